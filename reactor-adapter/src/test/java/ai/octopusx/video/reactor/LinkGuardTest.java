package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.reactor.LinkGuard.PrivateAddressException;
import io.netty.channel.DefaultEventLoop;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LinkGuardTest {

    private final DefaultEventLoop loop = new DefaultEventLoop();

    @AfterEach
    void stop() {
        loop.shutdownGracefully(0, 0, java.util.concurrent.TimeUnit.SECONDS).syncUninterruptibly();
    }

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, true",
        "0.255.255.255, true",
        "1.0.0.0, false",
        "1.1.1.1, false",
        "9.255.255.255, false",
        "10.0.0.0, true",
        "10.255.255.255, true",
        "11.0.0.0, false",
        "100.63.255.255, false",
        "100.64.0.0, true",
        "100.100.100.200, true",
        "100.127.255.255, true",
        "100.128.0.0, false",
        "126.255.255.255, false",
        "127.0.0.1, true",
        "127.255.255.255, true",
        "128.0.0.0, false",
        "168.63.129.15, false",
        "168.63.129.16, true",
        "168.63.129.17, false",
        "169.253.255.255, false",
        "169.254.0.0, true",
        "169.254.169.254, true",
        "169.254.255.255, true",
        "169.255.0.0, false",
        "172.15.255.255, false",
        "172.16.0.0, true",
        "172.31.255.255, true",
        "172.32.0.0, false",
        "191.255.255.255, false",
        "192.0.0.192, true",
        "192.0.1.0, false",
        "192.0.2.1, true",
        "192.0.3.0, false",
        "192.88.99.1, true",
        "192.167.255.255, false",
        "192.168.0.0, true",
        "192.168.255.255, true",
        "192.169.0.0, false",
        "198.17.255.255, false",
        "198.18.0.0, true",
        "198.19.255.255, true",
        "198.20.0.0, false",
        "198.51.100.7, true",
        "203.0.113.7, true",
        "203.0.114.0, false",
        "223.255.255.255, false",
        "224.0.0.1, true",
        "239.255.255.255, true",
        "240.0.0.0, true",
        "255.255.255.255, true",
        "::, true",
        "::1, true",
        "::2, true",
        "::7f00:1, true",
        "::808:808, true",
        "::ffff:127.0.0.1, true",
        "::ffff:10.1.2.3, true",
        "::ffff:8.8.8.8, false",
        "::ffff:0:c0a8:101, true",
        "::ffff:0:808:808, false",
        "64:ff9b::a00:1, true",
        "64:ff9b::808:808, false",
        "64:ff9b:1::808:808, true",
        "100::1, true",
        "2002:7f00:1::, true",
        "2002:c0a8:101::1, true",
        "2002:808:808::1, false",
        "2001::1, true",
        "2001:1::1, true",
        "2001:db8::1, true",
        "2001:200::1, false",
        "2001:4860:4860::8888, false",
        "2606:4700::1111, false",
        "2a00::1, false",
        "3fff::1, true",
        "3fff:1000::1, false",
        "2606:4700::5efe:a00:1, true",
        "2606:4700::200:5efe:808:808, false",
        "4000::1, true",
        "fc00::1, true",
        "fd00:ec2::254, true",
        "fe80::1, true",
        "febf::1, true",
        "fec0::1, true",
        "ff02::1, true"
    })
    void tellsPublicAddressesFromAllOthers(String address, boolean isPrivate) {
        assertThat(LinkGuard.isPrivate(NetUtil.createByteArrayFromIpAddressString(address)))
                .isEqualTo(isPrivate);
    }

    @ParameterizedTest
    @CsvSource({
        "localhost, true",
        "LOCALHOST., true",
        "a.localhost, true",
        "printer.local, true",
        "metadata.google.internal, true",
        "nas.home.arpa, true",
        "intranet, true",
        "octopusx.ai, false",
        "cdn.octopusx.ai., false",
        "10.example.com, false",
        "127.0.0.1, true",
        "8.8.8.8, false",
        "[::1], true",
        "::1, true",
        "[2606:4700::1111], false",
        "127.1, true",
        "0x7f.1, true",
        "2130706433, true",
        "0x7f000001, true",
        "8.8.2056, true",
        "1.2.3.4.5, true"
    })
    void judgesAHostByItsNameAlone(String host, boolean isPrivate) {
        assertThat(LinkGuard.isPrivateName(host)).isEqualTo(isPrivate);
    }

    @Test
    void ofTheAddressesOfANameOnlyThePublicOnesAreConnectedTo() throws Exception {
        assertThat(resolveAll("10.0.0.1", "93.184.216.34", "::1", "2606:4700::1111")
                        .get())
                .extracting(address -> address.getAddress().getHostAddress())
                .containsExactly("93.184.216.34", "2606:4700:0:0:0:0:0:1111");
    }

    @Test
    void aNameThatLeadsBehindTheWallOnlyIsRefusedWithoutTellingWhere() {
        Future<List<InetSocketAddress>> refused = resolveAll("10.0.0.1", "169.254.169.254");

        refused.awaitUninterruptibly();
        assertThat(refused.cause())
                .isInstanceOf(PrivateAddressException.class)
                .hasMessage("rebound.example leads to a private address");
        assertThat(PrivateAddressException.in(new RuntimeException(refused.cause())))
                .isSameAs(refused.cause());
    }

    @Test
    void aNameThatIsNotKnownFailsAsEver() {
        Future<List<InetSocketAddress>> unknown = resolveAll();

        unknown.awaitUninterruptibly();
        assertThat(unknown.cause()).isExactlyInstanceOf(UnknownHostException.class);
        assertThat(PrivateAddressException.in(unknown.cause())).isNull();
    }

    @Test
    void asksForEachConnectionAnewSoThatANameWhichChangesItsMindGainsNothing() throws Exception {
        List<String> answers = new ArrayList<>(List.of("93.184.216.34", "127.0.0.1"));
        AddressResolver<InetSocketAddress> resolver = LinkGuard.publicOnly(new Names(() -> List.of(answers.remove(0))))
                .getResolver(loop);
        InetSocketAddress name = InetSocketAddress.createUnresolved("rebound.example", 443);

        assertThat(resolver.isResolved(name)).isFalse();
        assertThat(resolver.resolve(name).get().getAddress().getHostAddress()).isEqualTo("93.184.216.34");
        Future<InetSocketAddress> second = resolver.resolve(name).awaitUninterruptibly();
        assertThat(second.cause()).isInstanceOf(PrivateAddressException.class);
    }

    private Future<List<InetSocketAddress>> resolveAll(String... addresses) {
        return LinkGuard.publicOnly(new Names(() -> List.of(addresses)))
                .getResolver(loop)
                .resolveAll(InetSocketAddress.createUnresolved("rebound.example", 443));
    }

    /** Every name leads to these addresses. */
    private static final class Names extends AddressResolverGroup<InetSocketAddress> {

        private final java.util.function.Supplier<List<String>> addresses;

        Names(java.util.function.Supplier<List<String>> addresses) {
            this.addresses = addresses;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {

                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) {
                    throw new AssertionError("a single address is not enough to judge");
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) throws Exception {
                    List<InetAddress> all = new ArrayList<>();
                    for (String address : addresses.get()) {
                        all.add(InetAddress.getByAddress(name, NetUtil.createByteArrayFromIpAddressString(address)));
                    }
                    if (all.isEmpty()) {
                        promise.setFailure(new UnknownHostException(name));
                    } else {
                        promise.setSuccess(all);
                    }
                }
            }.asAddressResolver();
        }
    }
}
