package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import io.netty.handler.proxy.ProxyConnectException;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.netty.http.client.HttpClient;
import reactor.netty.transport.ProxyProvider;

/** A proxy that alone knows the names outside: it is told them, and here nobody looks them up. */
class ProxyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final byte[] VIDEO = Mp4s.video(5_000);

    /** By RFC 2606 names under {@code invalid} lead nowhere. */
    private static final String GATEWAY = "gateway.invalid";

    private static final String LINK = "http://files.invalid/v.mp4";

    /** What the client learns of a proxy from. */
    private enum Told {
        BY_PROPERTIES,
        BY_CUSTOMIZER
    }

    private final Queue<String> tunnels = new ConcurrentLinkedQueue<>();
    private final Map<String, String> before = new HashMap<>();
    private RawGateway proxy;

    @BeforeEach
    void start() throws IOException {
        proxy = new RawGateway(this::serve);
    }

    @AfterEach
    void stop() {
        before.forEach((name, value) -> {
            if (value == null) {
                System.clearProperty(name);
            } else {
                System.setProperty(name, value);
            }
        });
        proxy.close();
        assertThat(proxy.troubles()).isEmpty();
    }

    /** First the proxy, and then whoever is at the other end of the tunnel. */
    private void serve(RawGateway.Exchange exchange) throws IOException {
        String[] line = exchange.readHead().split(" ", 3);
        if (line[0].equals("CONNECT")) {
            tunnels.add(line[1]);
            exchange.write("HTTP/1.1 200 Connected\r\n\r\n");
            return;
        }
        exchange.take();
        if (line[1].equals("/v.mp4") || line[1].endsWith("/content")) {
            exchange.write("HTTP/1.1 200 OK\r\nContent-Length: " + VIDEO.length + "\r\n\r\n", VIDEO);
        } else {
            String status = line[0].equals("POST") ? "queued" : "completed";
            exchange.answer(200, "{\"id\":\"video_1\",\"status\":\"" + status + "\",\"video_url\":\"" + LINK + "\"}");
        }
    }

    @ParameterizedTest
    @EnumSource
    void namesAreLeftToTheProxyForTheGatewayAndForTheLinks(Told told, @TempDir Path directory) throws Exception {
        Path file = directory.resolve("v.mp4");
        try (VideoClient client = behindProxy(told, "", http -> http, builder())
                .refusePrivateAddresses(true)
                .build()) {
            VideoTask task = client.submit(DoubaoVideoRequest.textToVideo("p")).block(PATIENCE);
            VideoTask ended = client.retrieve(task.id()).block(PATIENCE);
            client.downloadTo(ended, file).block(PATIENCE);
        }

        assertThat(Files.readAllBytes(file)).isEqualTo(VIDEO);
        assertThat(tunnels).containsExactly(GATEWAY + ":80", GATEWAY + ":80", "files.invalid:80");
    }

    @ParameterizedTest
    @EnumSource
    void aHostThatNeedsNoProxyIsLookedUpAndReachedDirectly(Told told) throws Exception {
        try (VideoClient client = behindProxy(told, "localhost", http -> http, builder())
                .baseUrl("http://localhost:" + proxy.port())
                .build()) {
            assertThat(client.retrieve("video_1").block(PATIENCE).isCompleted()).isTrue();
        }
        assertThat(tunnels).isEmpty();
    }

    /** The proxy would refuse it, perhaps; here there is only the guard. */
    @ParameterizedTest
    @EnumSource
    void aLinkThatNeedsNoProxyMayNotLeadBehindTheWall(Told told) {
        Queue<String> names = new ConcurrentLinkedQueue<>();
        List<ByteBuffer> video;
        try (VideoClient client = behindProxy(told, "files.invalid", http -> http.resolver(new Known(names)), builder())
                .refusePrivateAddresses(true)
                .build()) {
            VideoTask ended = client.retrieve("video_1").block(PATIENCE);
            video = client.download(ended).collectList().block(PATIENCE);
        }

        assertThat(names).contains("files.invalid");
        assertThat(tunnels).as("to the gateway, which has a copy").containsOnly("localhost:80");
        assertThat(video).isNotEmpty();
    }

    @Test
    void aResolverOfTheUsersOwnIsAskedAllTheSame() {
        Queue<String> names = new ConcurrentLinkedQueue<>();
        try (VideoClient client = builder()
                .httpClient(http -> throughProxy(http).resolver(new Known(names)))
                .build()) {
            client.retrieve("video_1").block(PATIENCE);
        }

        assertThat(names).containsExactly(GATEWAY);
        assertThat(tunnels).containsExactly("localhost:80");
    }

    @Test
    void withoutAProxyNamesAreLookedUpHere() {
        OctopusXException failure;
        try (VideoClient client = builder().systemProxy(true).build()) {
            failure = failure(client);
        }

        assertThat(failure).rootCause().isInstanceOf(UnknownHostException.class);
        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
    }

    /** Without the limit this would take as long as the proxy was given here. */
    @Test
    void aProxyThatStaysSilentIsLeftAfterTheConnectTimeout() throws Exception {
        try (RawGateway silent = new RawGateway(exchange -> exchange.stall(2 * PATIENCE.toMillis()));
                VideoClient client = builder()
                        .connectTimeout(Duration.ofMillis(300))
                        .httpClient(http -> http.proxy(to -> to.type(ProxyProvider.Proxy.HTTP)
                                .host("127.0.0.1")
                                .port(silent.port())
                                .connectTimeoutMillis(2 * PATIENCE.toMillis())))
                        .build()) {
            OctopusXException failure = failure(client);

            assertThat(failure).hasCauseInstanceOf(ProxyConnectException.class);
            assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
            assertThat(silent.connections()).as("attempts").isEqualTo(2);
        }
    }

    // ---- helpers

    private static VideoClientBuilder builder() {
        return VideoClient.builder()
                .apiKey("sk-secret")
                .baseUrl("http://" + GATEWAY)
                .submitAttempts(2, Duration.ofSeconds(30))
                .submitBackoff(Duration.ofMillis(5));
    }

    /** @param direct who needs no proxy */
    private VideoClientBuilder behindProxy(
            Told told, String direct, UnaryOperator<HttpClient> customizer, VideoClientBuilder builder) {
        if (told == Told.BY_CUSTOMIZER) {
            return builder.httpClient(http -> customizer.apply(http.proxy(to -> to.type(ProxyProvider.Proxy.HTTP)
                    .host("127.0.0.1")
                    .port(proxy.port())
                    .nonProxyHosts(direct))));
        }
        property("http.proxyHost", "127.0.0.1");
        property("http.proxyPort", String.valueOf(proxy.port()));
        property("http.nonProxyHosts", direct);
        return builder.systemProxy(true).httpClient(customizer);
    }

    private HttpClient throughProxy(HttpClient http) {
        return http.proxy(
                to -> to.type(ProxyProvider.Proxy.HTTP).host("127.0.0.1").port(proxy.port()));
    }

    private void property(String name, String value) {
        before.put(name, System.setProperty(name, value));
    }

    private static OctopusXException failure(VideoClient client) {
        return catchThrowableOfType(OctopusXException.class, () -> client.submit(DoubaoVideoRequest.textToVideo("p"))
                .block(PATIENCE));
    }

    /** Knows where everything is. */
    private static final class Known extends AddressResolverGroup<InetSocketAddress> {

        private final Queue<String> asked;

        Known(Queue<String> asked) {
            this.asked = asked;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetSocketAddressResolver(executor, new InetNameResolver(executor) {

                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) {
                    asked.add(name);
                    promise.setSuccess(InetAddress.getLoopbackAddress());
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
                    asked.add(name);
                    promise.setSuccess(List.of(InetAddress.getLoopbackAddress()));
                }
            });
        }
    }
}
