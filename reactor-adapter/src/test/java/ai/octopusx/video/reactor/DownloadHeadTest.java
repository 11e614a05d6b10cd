package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.reactor.DownloadHead.ContentRange;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadHeadTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "bytes 0-0/1, 0, 0, 1",
                "bytes 10-19/20, 10, 19, 20",
                "BYTES  10 - 19 / *, 10, 19, -",
                "bytes */20, -1, -1, 20",
                "bytes 0-999999999999999/1000000000000000, 0, 999999999999999, 1000000000000000",
            })
    void readsASoundContentRange(String header, long first, long last, Long total) {
        assertThat(ContentRange.parse(header)).isEqualTo(new ContentRange(first, last, total));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "bytes",
                "bytes 5-4/10",
                "bytes 0-10/10",
                "bytes 0-9",
                "0-9/10",
                "items 0-9/10",
                "bytes -9/10",
                "bytes 0-/10",
                "bytes */*",
                "bytes 0-9/10, bytes 0-9/10",
                "bytes 0-99999999999999999999/*",
                "bytes +1-2/3"
            })
    void anyOtherContentRangeIsNone(String header) {
        assertThat(ContentRange.parse(header)).isNull();
    }

    @Test
    void readsWhatAnAnswerSaysAboutItsBody() {
        DownloadHead head = head(Map.of(
                "Content-Type", "video/mp4",
                "Content-Length", "10",
                "Content-Range", "bytes 10-19/20",
                "ETag", "\"a\"",
                "Last-Modified", "Sat, 01 Aug 2026 10:00:00 GMT",
                "Retry-After", "7"));

        assertThat(head)
                .isEqualTo(new DownloadHead(
                        206,
                        "video/mp4",
                        10L,
                        new ContentRange(10, 19, 20L),
                        new DownloadValidator("\"a\"", "Sat, 01 Aug 2026 10:00:00 GMT"),
                        null,
                        Duration.ofSeconds(7)));
    }

    @Test
    void whatIsNotSaidIsNotKnown() {
        assertThat(head(Map.of()))
                .isEqualTo(new DownloadHead(206, null, null, null, DownloadValidator.NONE, null, null));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"-, -", "identity, -", "' ', -", "gzip, gzip", "' br', br"})
    void onlyARealCodingIsOne(String header, String coding) {
        assertThat(head(header == null ? Map.of() : Map.of("Content-Encoding", header))
                        .coding())
                .isEqualTo(coding);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1e3", "", "99999999999999999999", "0x10"})
    void aLengthThatIsNoNumberIsNone(String length) {
        assertThat(head(Map.of("Content-Length", length)).length()).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "text/html; charset=utf-8, true", "TEXT/PLAIN, true", "application/json, true",
                "application/problem+json, true",
        "application/xml, true", "image/svg+xml, true", "video/mp4, false", "application/octet-stream, false",
        "binary/octet-stream, false", "application/mp4; x=text/html, false",
    })
    void knowsTheTypesOfErrorPages(String type, boolean text) {
        assertThat(head(Map.of("Content-Type", type)).saysText()).isEqualTo(text);
    }

    private static DownloadHead head(Map<String, String> headers) {
        return DownloadHead.of(206, headers::get, Instant.EPOCH);
    }
}
