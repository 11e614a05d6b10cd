package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import javax.net.ssl.KeyManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.Http2SslContextSpec;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** Statuses over HTTP/2, submissions never. */
class Http2Test {

    private static final Duration PATIENCE = Duration.ofSeconds(100);
    private static final String RUNNING = "{\"id\":\"video_1\",\"status\":\"processing\",\"progress\":50}";
    private static final String DONE = "{\"id\":\"video_1\",\"status\":\"completed\",\"progress\":100}";

    private final Queue<String> asked = new ConcurrentLinkedQueue<>();
    private final Set<Object> connections = ConcurrentHashMap.newKeySet();
    private final Set<String> polled = ConcurrentHashMap.newKeySet();
    private DisposableServer gateway;

    private HttpServer server(HttpProtocol... protocols) {
        return HttpServer.create().host("127.0.0.1").port(0).protocol(protocols).route(routes -> routes.post(
                        "/v1/videos", (request, response) -> {
                            asked.add(request.method() + " " + request.version());
                            return request.receive()
                                    .then(response.header("Content-Type", "application/json")
                                            .sendString(Mono.just(RUNNING))
                                            .then());
                        })
                .get("/v1/videos/{id}", (request, response) -> {
                    asked.add(request.method() + " " + request.version());
                    request.withConnection(connection -> connections.add(
                            connection.channel().parent() == null
                                    ? connection.channel().id()
                                    : connection.channel().parent().id()));
                    // The first look at each shows it running, the second one its end.
                    return response.header("Content-Type", "application/json")
                            .sendString(Mono.just(polled.add(request.param("id")) ? RUNNING : DONE));
                }));
    }

    @AfterEach
    void stop() {
        gateway.disposeNow();
    }

    private VideoClient client(String scheme, UnaryOperator<VideoClientBuilder> more) {
        return more.apply(VideoClient.builder()
                        .apiKey("sk-http2")
                        .baseUrl(scheme + "://127.0.0.1:" + gateway.port())
                        .polling(PollingPolicy.fixed(Duration.ofMillis(10))))
                .build();
    }

    @Test
    void withPriorKnowledgeAThousandPollsShareAFewConnections() {
        gateway = server(HttpProtocol.H2C, HttpProtocol.HTTP11).bindNow();
        try (VideoClient client = client("http", builder -> builder.http2(true))) {
            List<VideoTask> ended = Flux.range(0, 1_000)
                    .flatMap(job -> client.track("video_" + job).last(), 1_000)
                    .collectList()
                    .block(PATIENCE);

            assertThat(ended).hasSize(1_000).allMatch(VideoTask::isCompleted);
        }
        assertThat(asked).hasSize(2_000).containsOnly("GET HTTP/2.0");
        assertThat(connections.size()).isBetween(1, 25); // 1,250 readings at once, 50 a connection
    }

    @Test
    void aSubmissionStaysWithOneExchangeAConnection() {
        gateway = server(HttpProtocol.H2C, HttpProtocol.HTTP11).bindNow();
        try (VideoClient client = client("http", builder -> builder.http2(true))) {
            VideoTask task =
                    client.generate(DoubaoVideoRequest.textToVideo("p")).block(PATIENCE);

            assertThat(task.isCompleted()).isTrue();
        }
        assertThat(asked).startsWith("POST HTTP/1.1").endsWith("GET HTTP/2.0");
    }

    @Test
    void behindTlsItIsNegotiated() throws Exception {
        KeyManagerFactory keys = Tls.keys();
        gateway = server(HttpProtocol.H2, HttpProtocol.HTTP11)
                .secure(tls -> tls.sslContext((GenericSslContextSpec<?>) Http2SslContextSpec.forServer(keys)))
                .bindNow();
        GenericSslContextSpec<?> trusting = Http2SslContextSpec.forClient()
                .configure(context -> context.trustManager(InsecureTrustManagerFactory.INSTANCE));
        try (VideoClient client = client("https", builder -> builder.http2(true)
                .httpClient(http -> http.secure(tls -> tls.sslContext(trusting))))) {
            assertThat(client.track("video_1").last().block(PATIENCE).isCompleted())
                    .isTrue();
        }
        assertThat(asked).hasSize(2).containsOnly("GET HTTP/2.0");
    }

    /** A key of 512 letters and more is Huffman-coded by HTTP/2, and whoever knows the code could read it. */
    @ParameterizedTest
    @CsvSource({"http, 20, true", "https, 20, true", "http, 600, false", "https, 600, false"})
    void theWiretapShowsItsBytesButNotTheKey(String scheme, int length, boolean shown) throws Exception {
        KeyManagerFactory keys = Tls.keys();
        gateway = scheme.equals("http")
                ? server(HttpProtocol.H2C, HttpProtocol.HTTP11).bindNow()
                : server(HttpProtocol.H2, HttpProtocol.HTTP11)
                        .secure(tls -> tls.sslContext((GenericSslContextSpec<?>) Http2SslContextSpec.forServer(keys)))
                        .bindNow();
        GenericSslContextSpec<?> trusting = Http2SslContextSpec.forClient()
                .configure(context -> context.trustManager(InsecureTrustManagerFactory.INSTANCE));
        String key = "k3".repeat(length / 2);
        List<String> lines;
        try (WiretapDump dump = new WiretapDump();
                VideoClient client = client(scheme, builder -> builder.apiKey(key)
                        .http2(true)
                        .wiretap(true)
                        .httpClient(
                                http -> scheme.equals("http") ? http : http.secure(tls -> tls.sslContext(trusting))))) {
            client.track("video_1").last().block(PATIENCE);
            lines = dump.lines();
        }

        assertThat(WiretapDump.bytes(lines))
                .contains("PRI * HTTP/2.0")
                .doesNotContain("k3k3")
                .matches(bytes -> bytes.contains("*".repeat(length)) == shown, "the key is masked");
        assertThat(lines.stream().anyMatch(line -> line.contains("cannot be found")))
                .isNotEqualTo(shown);
    }

    @Test
    void aGatewayWithoutItIsAskedOverHttp11() throws Exception {
        KeyManagerFactory keys = Tls.keys();
        gateway = server(HttpProtocol.HTTP11)
                .secure(tls -> tls.sslContext((GenericSslContextSpec<?>) Http11SslContextSpec.forServer(keys)))
                .bindNow();
        GenericSslContextSpec<?> trusting = Http2SslContextSpec.forClient()
                .configure(context -> context.trustManager(InsecureTrustManagerFactory.INSTANCE));
        try (VideoClient client = client("https", builder -> builder.http2(true)
                .httpClient(http -> http.secure(tls -> tls.sslContext(trusting))))) {
            assertThat(client.track("video_1").last().block(PATIENCE).isCompleted())
                    .isTrue();
        }
        assertThat(asked).hasSize(2).containsOnly("GET HTTP/1.1");
    }

    @Test
    void byDefaultItIsNotSpoken() {
        gateway = server(HttpProtocol.H2C, HttpProtocol.HTTP11).bindNow();
        try (VideoClient client = client("http", builder -> builder)) {
            assertThat(client.track("video_1").last().block(PATIENCE).isCompleted())
                    .isTrue();
        }
        assertThat(asked).hasSize(2).containsOnly("GET HTTP/1.1");
    }
}
