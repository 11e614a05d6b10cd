package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.DoubaoVideoRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which headers a host may add: none that would make the answer to a submission one that cannot be read. */
class HeaderRulesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept",
                "Accept-Encoding",
                "Authorization",
                "Connection",
                "Content-Encoding",
                "Content-Length",
                "Content-Range",
                "Content-Type",
                "Expect",
                "Host",
                "If-Match",
                "If-Modified-Since",
                "If-None-Match",
                "If-Range",
                "If-Unmodified-Since",
                "Range",
                "TE",
                "Trailer",
                "Transfer-Encoding",
                "Upgrade"
            })
    void whatDecidesHowMessagesAreReadIsRefusedInAnySpelling(String name) {
        for (String spelling : new String[] {name, name.toLowerCase(Locale.ROOT), name.toUpperCase(Locale.ROOT)}) {
            assertThatThrownBy(() -> VideoClient.builder().header(spelling, "gzip"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("The header " + spelling + " cannot be added")
                    .hasMessageContaining("set by the client itself")
                    .hasMessageContaining("whether an answer can be read");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"X-Team", "Accept-Language", "Cookie", "Cache-Control", "traceparent"})
    void anyOtherMayBeAdded(String name) {
        VideoClient.builder().header(name, "film");
    }

    @Test
    void norCanACustomizerAskForACompressedAnswer() throws Exception {
        AtomicReference<String> head = new AtomicReference<>();
        try (RawGateway gateway = new RawGateway(exchange -> {
                    head.set(exchange.readHead());
                    exchange.take();
                    exchange.answer(200, "{\"id\":\"video_1\",\"status\":\"queued\"}");
                });
                VideoClient client = VideoClient.builder()
                        .apiKey("sk-secret")
                        .baseUrl(gateway.url())
                        .httpClient(http -> http.headers(headers -> headers.set(HttpHeaderNames.ACCEPT_ENCODING, "gzip")
                                .set("X-Team", "film")))
                        .build()) {
            client.submit(DoubaoVideoRequest.textToVideo("p")).block(PATIENCE);
        }

        assertThat(head.get())
                .containsIgnoringCase("\r\nX-Team: film\r\n")
                .doesNotContainIgnoringCase("accept-encoding");
    }
}
