package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.io.IOException;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** A server that accepts a connection and then says nothing: the handshake of TLS belongs to the connection. */
class TlsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    static Stream<Named<UnaryOperator<HttpClient>>> customizers() {
        return Stream.of(
                Named.of("none", UnaryOperator.identity()),
                Named.of("a context", Tls::trusting),
                Named.of(
                        "a context and a timeout of its own",
                        http -> http.secure(
                                tls -> tls.sslContext(Tls.trusting()).handshakeTimeout(Duration.ofMinutes(5)))));
    }

    @ParameterizedTest
    @MethodSource("customizers")
    void aSilentHandshakeEndsWithTheConnectTimeoutAndTheSubmissionWasNotSent(UnaryOperator<HttpClient> customizer)
            throws Exception {
        try (RawGateway gateway = silent();
                VideoClient client = builder(gateway, customizer).build()) {
            OctopusXException failure = failure(client.submit(DoubaoVideoRequest.textToVideo("p")));

            assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
            assertThat(failure)
                    .rootCause()
                    .isInstanceOf(SslHandshakeTimeoutException.class)
                    .hasMessageContaining("300ms");
            assertThat(gateway.connections()).as("attempts").isEqualTo(3);
        }
    }

    @Test
    void soDoesThatOfAStatusOverHttp2() throws Exception {
        try (RawGateway gateway = silent();
                VideoClient client =
                        builder(gateway, UnaryOperator.identity()).http2(true).build()) {
            assertThat(failure(client.retrieve("video_1")))
                    .rootCause()
                    .isInstanceOf(SslHandshakeTimeoutException.class)
                    .hasMessageContaining("300ms");
        }
    }

    @Test
    void theNextAttemptIsTakenOnce() throws Exception {
        try (RawGateway gateway = new RawGateway(TlsTest::silentAtFirst, Tls.sockets(), 50);
                VideoClient client = builder(gateway, Tls::trusting)
                        .connectTimeout(Duration.ofSeconds(2))
                        .submitAttempts(9, PATIENCE)
                        .build()) {
            VideoTask task = client.submit(DoubaoVideoRequest.textToVideo("p")).block(PATIENCE);

            assertThat(task.id()).isEqualTo("video_1");
            assertThat(gateway.connections()).isGreaterThan(1);
            assertThat(gateway.taken()).hasSize(1);
            assertThat(gateway.troubles()).isEmpty();
        }
    }

    private static void silentAtFirst(RawGateway.Exchange exchange) throws IOException {
        if (exchange.connection() == 1) {
            exchange.stall(PATIENCE.toMillis());
        }
        exchange.readHead();
        exchange.take();
        exchange.answer(200, "{\"id\":\"video_1\",\"status\":\"queued\"}");
    }

    private static RawGateway silent() throws IOException {
        return new RawGateway(exchange -> exchange.stall(PATIENCE.toMillis()));
    }

    private static VideoClientBuilder builder(RawGateway gateway, UnaryOperator<HttpClient> customizer) {
        return VideoClient.builder()
                .apiKey("sk-secret")
                .baseUrl("https://127.0.0.1:" + gateway.port())
                .connectTimeout(Duration.ofMillis(300))
                .submitAttempts(3, Duration.ofSeconds(30))
                .submitBackoff(Duration.ofMillis(5))
                .httpClient(customizer);
    }

    private static OctopusXException failure(Mono<?> mono) {
        return catchThrowableOfType(OctopusXException.class, () -> mono.block(PATIENCE));
    }
}
