package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.simulator.Endpoint;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * There is room for one download, and it is not taken away from whoever sits on it: so whatever is not let go of shows, as the next
 * one waits for ever.
 */
class ContentTest {

    private static final Duration LIFE = Duration.ofSeconds(60);

    @RegisterExtension
    static final SimulatorExtension gateway = new SimulatorExtension(SimulatorConfig.builder()
            .manualClock()
            .life(LIFE)
            .snapshotInterval(Duration.ZERO)
            .build());

    @TempDir
    static Path data;

    private static RunningService service;

    /** Of each test its own, so that none profits from what the service learned in another. */
    private String content;

    @BeforeAll
    static void start() {
        service = RunningService.start(
                gateway.simulator(),
                data,
                "octopusx.video.max-concurrent-downloads=1",
                "octopusx.video.download-idle-timeout=10m");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @BeforeEach
    void makeAVideo() {
        String id = service.submitted(Form.of("A paper boat").text("seconds", "5"));
        gateway.simulator().advance(LIFE.plusSeconds(1));
        content = service.end(id).get("content").asString();
    }

    @AfterEach
    void nothingGoesWrongAnyMore() {
        gateway.simulator().clearFaults();
    }

    @Test
    void aVideoIsPassedOnWhole() {
        HttpResponse<byte[]> answer = service.bytes(content);

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Content-Type")).isEqualTo("video/mp4");
        assertThat(header(answer, "Accept-Ranges")).isEqualTo("bytes");
        assertThat(header(answer, "Content-Length")).isEqualTo(String.valueOf(answer.body().length));
        assertThat(header(answer, "ETag")).isNotBlank();
        assertThat(header(answer, "Cache-Control")).contains("private");
        assertThat(new String(answer.body(), 4, 4, StandardCharsets.US_ASCII)).isEqualTo("ftyp");
    }

    @Test
    void aHeadSaysTheSameWithoutTheBytes() {
        HttpResponse<byte[]> whole = service.bytes(content);

        HttpResponse<Void> head = service.head(content);

        assertThat(head.statusCode()).isEqualTo(200);
        for (String name : new String[] {"Content-Type", "Content-Length", "Accept-Ranges", "ETag"}) {
            assertThat(header(head, name)).as(name).isEqualTo(header(whole, name));
        }
    }

    @Test
    void aHeadMayBeTheFirstQuestion() {
        HttpResponse<Void> head = service.head(content);

        assertThat(header(head, "Content-Length"))
                .isEqualTo(String.valueOf(service.bytes(content).body().length));
    }

    @ParameterizedTest(name = "{0}, storage: {3}")
    @CsvSource({
        // asked, from, to (counted from the end where negative), storage
        "bytes=0-,        0,    -1,  plain",
        "bytes=0-0,       0,     0,  plain",
        "bytes=100-199,   100, 199,  plain",
        "bytes=100-,      100,  -1,  plain",
        "bytes=-100,      -100, -1,  plain",
        "bytes=5-99999999, 5,   -1,  plain",
        "bytes=0-0,       0,     0,  files:ignore-range",
        "bytes=100-199,   100, 199,  files:ignore-range",
        "bytes=100-,      100,  -1,  files:ignore-range",
        "bytes=-100,      -100, -1,  files:ignore-range",
        "bytes=100-199,   100, 199,  files:no-etag",
        "bytes=100-199,   100, 199,  files:weak-etag",
        "bytes=100-199,   100, 199,  files:410"
    })
    void aPlayerGetsTheRangeThatItAsksFor(String range, int from, int to, String storage) {
        byte[] whole = service.bytes(content).body();
        if (!storage.equals("plain")) {
            gateway.simulator().inject(storage);
        }

        HttpResponse<byte[]> answer = service.bytes(content, "Range", range);

        int first = from < 0 ? whole.length + from : from;
        int last = to < 0 ? whole.length + to : to;
        if (answer.statusCode() == 200) { // what was learned before no longer holds: the whole is a right answer too
            assertThat(storage).isNotEqualTo("plain").isNotEqualTo("files:ignore-range");
            assertThat(answer.body()).isEqualTo(whole);
            answer = service.bytes(content, "Range", range);
        }
        assertThat(answer.statusCode()).isEqualTo(206);
        assertThat(header(answer, "Content-Range")).isEqualTo("bytes " + first + "-" + last + "/" + whole.length);
        assertThat(header(answer, "Content-Length")).isEqualTo(String.valueOf(last - first + 1));
        assertThat(answer.body()).isEqualTo(Arrays.copyOfRange(whole, first, last + 1));
    }

    /** Storage that ignores ranges, asked for one before anything else. */
    @Test
    void aRangeMayBeTheFirstQuestion() {
        gateway.simulator().inject("files:ignore-range");

        HttpResponse<byte[]> part = service.bytes(content, "Range", "bytes=1000-1999");

        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body())
                .isEqualTo(Arrays.copyOfRange(service.bytes(content).body(), 1000, 2000));
    }

    @Test
    void whatWasOnlyLookedAtIsLetGoOf() {
        gateway.simulator().inject("files:change-etag"); // another file each time

        for (int i = 0; i < 3; i++) {
            HttpResponse<byte[]> answer = service.bytes(content, "Range", "bytes=1000-");
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(header(answer, "Content-Length")).isEqualTo(String.valueOf(answer.body().length));
        }
    }

    @Test
    void whatLiesBehindTheEndIsRefusedAndTheLengthTold() {
        int length = service.bytes(content).body().length;

        HttpResponse<byte[]> answer = service.bytes(content, "Range", "bytes=" + length + "-");

        assertThat(answer.statusCode()).isEqualTo(416);
        assertThat(header(answer, "Content-Range")).isEqualTo("bytes */" + length);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-5", "bytes=a-b", "lines=1-2", "bytes=0-1,5-6"})
    void aRangeThatIsNoneBringsTheWhole(String range) {
        assertThat(service.bytes(content, "Range", range).statusCode()).isEqualTo(200);
    }

    @Test
    void aRangeOfAnotherVersionIsNotMixedIn() {
        HttpResponse<byte[]> whole = service.bytes(content);
        String tag = header(whole, "ETag");

        assertThat(service.bytes(content, "Range", "bytes=10-19", "If-Range", tag)
                        .statusCode())
                .isEqualTo(206);
        assertThat(service.bytes(content, "Range", "bytes=10-19", "If-Range", "\"other\"")
                        .statusCode())
                .isEqualTo(200);
        assertThat(service.bytes(content, "Range", "bytes=10-19", "If-Range", "Sat, 21 Nov 2026 10:00:00 GMT")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{tag}", "\"other\", {tag}", "W/{tag}", "*"})
    void whatABrowserHasIsNotSentAgain(String known) {
        String tag = header(service.bytes(content), "ETag");
        long sent = filesSent();

        for (String[] wish : new String[][] {{}, {"Range", "bytes=10-19"}}) {
            HttpResponse<byte[]> answer =
                    service.bytes(content, with(wish, "If-None-Match", known.replace("{tag}", tag)));

            assertThat(answer.statusCode()).isEqualTo(304);
            assertThat(header(answer, "ETag")).isEqualTo(tag);
            assertThat(header(answer, "Cache-Control")).contains("private");
            assertThat(answer.body()).isEmpty();
        }
        assertThat(service.head(content, "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(filesSent()).isEqualTo(sent);
        assertThat(service.bytes(content, "If-None-Match", "\"other\"").statusCode())
                .isEqualTo(200);
    }

    /** What was known of the file is not what the storage has by now, so it is known too late that the bytes are not needed. */
    @Test
    void whatABrowserHasIsLetGoOfIfItIsOnItsWay() {
        String tag = header(service.bytes(content), "ETag");
        gateway.simulator().inject("files:no-etag");
        assertThat(header(service.bytes(content), "ETag")).isEmpty();
        gateway.simulator().clearFaults();

        assertThat(service.bytes(content, "If-None-Match", tag).statusCode()).isEqualTo(304);
        assertThat(service.bytes(content).statusCode()).isEqualTo(200);
    }

    @Test
    void whoWantsOneVersionGetsNoOther() {
        String tag = header(service.bytes(content), "ETag");
        long sent = filesSent();

        for (String other : new String[] {"\"other\"", "W/" + tag}) {
            assertThat(service.bytes(content, "If-Match", other).statusCode()).isEqualTo(412);
            assertThat(service.head(content, "If-Match", other).statusCode()).isEqualTo(412);
        }
        assertThat(filesSent()).isEqualTo(sent);
        for (String right : new String[] {tag, "\"other\", " + tag, "*"}) {
            assertThat(service.bytes(content, "If-Match", right).statusCode()).isEqualTo(200);
        }
    }

    private static long filesSent() {
        return gateway.simulator().ledger().requests(Endpoint.FILES);
    }

    private static String[] with(String[] headers, String name, String value) {
        return Stream.concat(Arrays.stream(headers), Stream.of(name, value)).toArray(String[]::new);
    }

    @Test
    void aVideoIsSavedUnderANameThatIsNoPath() {
        HttpResponse<Void> head = service.head(content + "?download=..%2F..%2F%E7%BA%B8%E8%88%B9%22.exe");

        assertThat(header(head, "Content-Disposition"))
                .startsWith("attachment")
                .contains(".mp4")
                .doesNotContain("..")
                .doesNotContain("/");
    }

    @Test
    void aJobThatIsNotOverHasNoVideoYet() {
        String id = service.submitted(Form.of("not yet"));

        HttpResponse<String> answer = service.get("/videos/" + id + "/content");

        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(RunningService.json(answer).get("type").asString()).endsWith(":not-finished");
    }

    @Test
    void aVideoThatCannotBeFetchedIsAProblemInWords() {
        gateway.simulator().inject("files:410,content:404");

        HttpResponse<String> answer = service.get(content);

        assertThat(answer.statusCode()).isIn(410, 502);
        assertThat(header(answer, "Content-Type")).isEqualTo("application/problem+json");
        assertThat(answer.body()).doesNotContain(gateway.simulator().filesUrl().getAuthority());
    }

    /** The answer has begun when it breaks off: a browser must see that, not a shorter video. */
    @Test
    void aVideoThatBreaksOffIsNotPassedOffAsWhole() {
        gateway.simulator().inject("files:cut/5000*1,files:410,content:404");

        assertThatThrownBy(() -> service.bytes(content)).hasCauseInstanceOf(IOException.class);
    }

    @Test
    void theKeyIsNotShownToTheStorage() {
        service.bytes(content);
        service.bytes(content, "Range", "bytes=0-99");

        assertThat(gateway.simulator().ledger().violations()).isEmpty();
    }

    private static String header(HttpResponse<?> answer, String name) {
        return answer.headers().firstValue(name).orElse("");
    }
}
