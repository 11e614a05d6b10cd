package ai.octopusx.video.reactor;

import io.netty.resolver.AbstractAddressResolver;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.util.NetUtil;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Which hosts a public gateway has no business to send us to: by name, by literal address, and by what a name resolves to. */
final class LinkGuard {

    /** The last label of a name is never a number; resolvers take such a "name" for an address, 127.1 or 0x7f000001. */
    private static final Pattern NUMERIC = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\\.?");

    /** A cloud's agent behind an address that looks public: Azure's wire server. */
    private static final int AZURE_WIRE_SERVER = ipv4(168, 63, 129, 16);

    /** Blocks that lead to no public server, as network and length of the prefix. */
    private static final int[][] NOT_PUBLIC_V4 = {
        {ipv4(0, 0, 0, 0), 8}, // this network
        {ipv4(10, 0, 0, 0), 8},
        {ipv4(100, 64, 0, 0), 10}, // carrier-grade NAT; one cloud keeps its metadata service here
        {ipv4(127, 0, 0, 0), 8},
        {ipv4(169, 254, 0, 0), 16}, // link-local; most clouds keep their metadata service here
        {ipv4(172, 16, 0, 0), 12},
        {ipv4(192, 0, 0, 0), 24}, // protocol assignments; one cloud keeps its metadata service here
        {ipv4(192, 0, 2, 0), 24}, // documentation
        {ipv4(192, 88, 99, 0), 24}, // 6to4 relays
        {ipv4(192, 168, 0, 0), 16},
        {ipv4(198, 18, 0, 0), 15}, // benchmarks
        {ipv4(198, 51, 100, 0), 24}, // documentation
        {ipv4(203, 0, 113, 0), 24}, // documentation
        {ipv4(224, 0, 0, 0), 4}, // multicast
        {ipv4(240, 0, 0, 0), 4}, // reserved, and broadcast
        {AZURE_WIRE_SERVER, 32},
    };

    private LinkGuard() {}

    /** By the name or the literal address alone, without asking a resolver. */
    static boolean isPrivateName(String host) {
        String name = unbracketed(host).toLowerCase(Locale.ROOT);
        byte[] literal = NetUtil.createByteArrayFromIpAddressString(name);
        if (literal != null) {
            return isPrivate(literal);
        }
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return bare.equals("localhost")
                || bare.endsWith(".localhost")
                || bare.endsWith(".local")
                || bare.endsWith(".internal")
                || bare.endsWith(".home.arpa")
                || !bare.contains(".")
                || NUMERIC.matcher(bare).matches();
    }

    private static String unbracketed(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    /** Loopback, private, link-local, shared, reserved and multicast addresses, in IPv4, IPv6 and IPv4 inside IPv6. */
    static boolean isPrivate(InetAddress address) {
        return isPrivate(address.getAddress());
    }

    static boolean isPrivate(byte[] address) {
        return address.length == 4 ? isPrivateV4(address, 0) : isPrivateV6(address);
    }

    private static boolean isPrivateV4(byte[] bytes, int offset) {
        int address = ipv4(bytes[offset], bytes[offset + 1], bytes[offset + 2], bytes[offset + 3]);
        for (int[] block : NOT_PUBLIC_V4) {
            if (address >>> (32 - block[1]) == block[0] >>> (32 - block[1])) {
                return true;
            }
        }
        return false;
    }

    private static boolean isPrivateV6(byte[] bytes) {
        int first = pair(bytes, 0);
        if (first == 0x2002) { // 6to4
            return isPrivateV4(bytes, 2);
        }
        if (startsWith(bytes, 0x0064, 0xff9b, 0, 0, 0, 0)) { // NAT64
            return isPrivateV4(bytes, 12);
        }
        if (startsWith(bytes, 0, 0, 0, 0, 0, 0xffff)
                || startsWith(bytes, 0, 0, 0, 0, 0xffff, 0)) { // mapped, translated
            return isPrivateV4(bytes, 12);
        }
        if ((pair(bytes, 8) & 0xfdff) == 0 && pair(bytes, 10) == 0x5efe && isPrivateV4(bytes, 12)) { // ISATAP
            return true;
        }
        return first >>> 13
                        != 1 // only 2000::/3 is public at all: this takes ::1, fc00::/7, fe80::/10, ff00::/8, 100::/64
                || (first == 0x2001 && pair(bytes, 2) >>> 9 == 0) // 2001::/23, protocol assignments; Teredo is one
                || startsWith(bytes, 0x2001, 0x0db8) // documentation
                || (first == 0x3fff && pair(bytes, 2) >>> 12 == 0); // documentation
    }

    private static boolean startsWith(byte[] bytes, int... pairs) {
        for (int i = 0; i < pairs.length; i++) {
            if (pair(bytes, 2 * i) != pairs[i]) {
                return false;
            }
        }
        return true;
    }

    private static int pair(byte[] bytes, int offset) {
        return (bytes[offset] & 0xff) << 8 | bytes[offset + 1] & 0xff;
    }

    private static int ipv4(int a, int b, int c, int d) {
        return (a & 0xff) << 24 | (b & 0xff) << 16 | (c & 0xff) << 8 | d & 0xff;
    }

    /**
     * Hands out only public addresses of a name. The connection is made to the very addresses that were looked at, so a name
     * that changes its mind between two look-ups gains nothing. Literal addresses never come by here: see
     * {@link #isPrivateName}. Where a proxy resolves names, there is nothing to look at.
     */
    @SuppressWarnings("unchecked") // only internet addresses are ever looked up for a link
    static AddressResolverGroup<InetSocketAddress> publicOnly(AddressResolverGroup<?> resolvers) {
        return new PublicOnly((AddressResolverGroup<InetSocketAddress>) resolvers);
    }

    private static final class PublicOnly extends AddressResolverGroup<InetSocketAddress> {

        private final AddressResolverGroup<InetSocketAddress> resolvers;

        PublicOnly(AddressResolverGroup<InetSocketAddress> resolvers) {
            this.resolvers = resolvers;
        }

        /** Not kept: the superclass would hang what it keeps on the event loops, which may be the host's and outlive us. */
        @Override
        public AddressResolver<InetSocketAddress> getResolver(EventExecutor executor) {
            return newResolver(executor);
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new PublicOnlyResolver(executor, resolvers.getResolver(executor));
        }
    }

    private static final class PublicOnlyResolver extends AbstractAddressResolver<InetSocketAddress> {

        private final AddressResolver<InetSocketAddress> resolver;

        PublicOnlyResolver(EventExecutor executor, AddressResolver<InetSocketAddress> resolver) {
            super(executor, InetSocketAddress.class);
            this.resolver = resolver;
        }

        @Override
        protected boolean doIsResolved(InetSocketAddress address) {
            return !address.isUnresolved();
        }

        @Override
        protected void doResolve(InetSocketAddress unresolved, Promise<InetSocketAddress> promise) {
            Promise<List<InetSocketAddress>> all = executor().newPromise();
            all.addListener((FutureListener<List<InetSocketAddress>>) future -> {
                if (future.isSuccess()) {
                    promise.trySuccess(future.getNow().get(0));
                } else {
                    promise.tryFailure(future.cause());
                }
            });
            doResolveAll(unresolved, all);
        }

        @Override
        protected void doResolveAll(InetSocketAddress unresolved, Promise<List<InetSocketAddress>> promise) {
            resolver.resolveAll(unresolved).addListener((Future<List<InetSocketAddress>> future) -> {
                if (future.isSuccess()) {
                    settle(unresolved.getHostString(), future.getNow(), promise);
                } else {
                    promise.tryFailure(future.cause());
                }
            });
        }

        private static void settle(
                String host, List<InetSocketAddress> addresses, Promise<List<InetSocketAddress>> promise) {
            List<InetSocketAddress> open = new ArrayList<>(addresses.size());
            for (InetSocketAddress address : addresses) {
                if (address.getAddress() != null && !isPrivate(address.getAddress())) {
                    open.add(address);
                }
            }
            if (open.isEmpty()) {
                promise.tryFailure(new PrivateAddressException(host));
            } else {
                promise.trySuccess(open);
            }
        }
    }

    /** A name that leads to addresses behind the wall only. They are not told: whoever made the link would learn them. */
    static final class PrivateAddressException extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        PrivateAddressException(String host) {
            super(host + " leads to a private address");
        }

        /** The one in the chain of causes, if that is what happened. */
        static @Nullable PrivateAddressException in(Throwable trouble) {
            Throwable cause = trouble;
            for (int depth = 0; cause != null && depth < 16; depth++) {
                if (cause instanceof PrivateAddressException found) {
                    return found;
                }
                cause = cause.getCause();
            }
            return null;
        }
    }
}
