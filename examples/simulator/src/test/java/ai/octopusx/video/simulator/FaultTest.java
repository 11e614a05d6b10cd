package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault, as it leaves the wire. */
class FaultTest {

    private final OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
            .manualClock()
            .seed(1)
            .life(Duration.ofSeconds(15))
            .build());
    private final Http http = new Http(simulator);
    private String id = "";
    private String link = "";

    @BeforeEach
    void finishOne() {
        id = http.submitted(Form.of("before any fault"));
        simulator.advance(Duration.ofSeconds(15));
        link = Http.member(http.status(id).body(), "video_url");
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    private Raw.End getRaw(String path) {
        try (Raw raw = new Raw(simulator.baseUrl())) {
            return raw.get(simulator, path).readToTheEnd();
        }
    }

    private Raw.End postRaw(Form form) {
        try (Raw raw = new Raw(simulator.baseUrl())) {
            return raw.post(simulator, form).readToTheEnd();
        }
    }

    private Raw.End fileRaw() {
        try (Raw raw = new Raw(simulator.filesUrl())) {
            return raw.get(simulator, link.substring(link.indexOf("/v/"))).readToTheEnd();
        }
    }

    // Other answers than the true one

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "status:429; 429; {\"code\":\"fail_to_fetch_task\",\"message\":\"当前分组上游负载已饱和，请稍后再试\",\"data\":null}",
                "status:429/empty; 429;",
                "status:500; 500; {\"code\":\"get_task_failed\"",
                "status:502; 502; <html>",
                "status:504; 504; <html>",
                "status:503; 503; {\"error\":{\"message\":\"No available channel",
                "status:401; 401; {\"error\":{\"message\":\"Invalid token (request id: ",
                "status:200/html; 200; <html>",
                "status:200/e1; 200; {\"error\":{\"message\":",
                "status:200/e2; 200; {\"code\":\"get_task_failed\"",
                "status:200/nothing; 200; {\"code\":\"success\",\"data\":null}",
                "status:500/text; 500; upstream connect error",
                "status:400/e2/code=Own_Code; 400; {\"code\":\"Own_Code\"",
            })
    void aStatusIsAnsweredInTheShapeThatWasAskedFor(String fault, int status, String body) {
        simulator.inject(fault + "*1");

        HttpResponse<String> response = http.status(id);
        assertThat(response.statusCode()).isEqualTo(status);
        if (body == null) {
            assertThat(response.body()).isEmpty();
        } else {
            assertThat(response.body()).startsWith(body);
        }
        assertThat(Http.headers(response)).containsKey("X-Oneapi-Request-Id").doesNotContainKey("Retry-After");
        assertThat(http.status(id).body()).contains("completed");
        assertThat(simulator.ledger().faults()).containsEntry(fault + "*1", 1L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "submit:503; 503; {\"error\":{\"message\":\"No available channel for the model (distributor) (request id:; false",
                "submit:500; 500; {\"code\":\"do_request_failed\"; false",
                "submit:500/accepted; 500; {\"code\":\"do_request_failed\"; true",
                "submit:504/accepted; 504; <html>; true",
                "submit:429; 429; {\"code\":\"fail_to_fetch_task\"; false",
                "submit:201; 201; {\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"error\\\":; false",
                "submit:413/early; 413; <html>; false",
            })
    void aSubmissionIsAnsweredWrongAndTakenOrNot(String fault, int status, String body, boolean taken) {
        int before = simulator.ledger().acceptedCount();
        simulator.inject(fault + "*1");

        HttpResponse<String> response = http.submit(Form.of("x"));
        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.body()).startsWith(body);
        assertThat(simulator.ledger().acceptedCount() - before).isEqualTo(taken ? 1 : 0);
        http.submitted(Form.of("the next one"));
    }

    @ParameterizedTest
    @CsvSource({"files:404, 404", "files:410, 410", "files:403, 403", "files:503, 503"})
    void theFilesOriginFailsToo(String fault, int status) {
        simulator.inject(fault + "*1");

        assertThat(http.fetch(link).statusCode()).isEqualTo(status);
        assertThat(http.fetch(link).statusCode()).isEqualTo(200);
    }

    @Test
    void contentFailsInItsOwnShape() {
        simulator.inject("content:502*1,content:404*1,content:500*1,content:429*1");

        assertThat(text(http.content(id)))
                .isEqualTo(
                        "{\"error\":{\"message\":\"Upstream service returned status 403\",\"type\":\"server_error\"}}");
        assertThat(text(http.content(id))).contains("Task not found");
        assertThat(text(http.content(id))).contains("Failed to query task");
        assertThat(http.content(id).statusCode()).isEqualTo(429);
        assertThat(http.content(id).statusCode()).isEqualTo(200);
    }

    @Test
    void retryAfterComesInSecondsOrAsADate() {
        simulator.inject("status:429/e1/retry-after=2*1,status:429/retry-after=date+5*1,status:429/retry-after=soon*1");

        assertThat(Http.headers(http.status(id))).containsEntry("Retry-After", "2");
        assertThat(Http.headers(http.status(id)).get("Retry-After"))
                .matches("\\w{3}, \\d+ \\w{3} \\d{4} [\\d:]{8} GMT");
        assertThat(Http.headers(http.status(id))).containsEntry("Retry-After", "soon");
    }

    // Late, slow, silent

    @Test
    void latencyDelaysTheTrueAnswerAndAddsToAFault() {
        simulator.inject("status:latency/150ms*2,status:500*1");

        long start = System.nanoTime();
        assertThat(http.status(id).statusCode()).isEqualTo(500);
        assertThat(http.status(id).body()).contains("completed");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThanOrEqualTo(Duration.ofMillis(300));
    }

    @Test
    void aSubmissionWithLatencyIsTakenBeforeTheWait() {
        simulator.inject("submit:latency/20s");
        try (Raw raw = new Raw(simulator.baseUrl()).post(simulator, Form.of("patience"))) {
            Eventually.until(() -> simulator.ledger().acceptedCount() == 2);
            assertThat(raw.isSilent()).isTrue();
        }
    }

    @Test
    void aHangingExchangeKeepsItsConnectionUntilTheClientLeaves() {
        simulator.inject("status:hang*1");
        int before = simulator.ledger().connections();
        try (Raw raw = new Raw(simulator.baseUrl()).get(simulator, "/v1/videos/" + id)) {
            assertThat(raw.isSilent()).isTrue();
            assertThat(simulator.ledger().connections()).isEqualTo(before + 1);
        }
        Eventually.until(() -> simulator.ledger().connections() == before);
    }

    @Test
    void aDrippingAnswerIsWholeInTheEnd() {
        simulator.inject("status:drip/100/5ms*1,files:drip/8k/1ms*1");

        long start = System.nanoTime();
        String body = http.status(id).body();
        assertThat(body).isEqualTo(http.status(id).body());
        assertThat(Duration.ofNanos(System.nanoTime() - start))
                .isGreaterThanOrEqualTo(Duration.ofMillis(5L * (body.length() / 100)));
        assertThat(http.fetch(link).body()).isEqualTo(http.fetch(link).body());
    }

    // Ends before the end

    @Test
    void resetBeforeReadingHearsNothing() {
        simulator.inject("submit:reset-before-read*1");
        Form form = Form.of("unheard");

        Raw.End end;
        try (Raw raw = new Raw(simulator.baseUrl())) {
            end = raw.send(Raw.head(simulator, form)).readToTheEnd();
        }
        assertThat(end.reset()).isTrue();
        assertThat(end.bytes()).isEmpty();
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(1);
    }

    @Test
    void resetInTheMiddleOfTheBodyTakesNothing() {
        simulator.inject("submit:reset-mid-read/5000*1");
        Form form = Form.of("half").file("first_frame_image", "a.png", "image/png", Form.png(800, 600, 200_000));

        Raw.End end;
        try (Raw raw = new Raw(simulator.baseUrl())) {
            end = raw.send(Raw.head(simulator, form))
                    .send(Arrays.copyOf(form.bytes(), 6_000))
                    .readToTheEnd();
        }
        assertThat(end.reset()).isTrue();
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(1);
    }

    @Test
    void resetAfterReadingTakesNothing() {
        simulator.inject("submit:reset-after-read*1");

        assertThat(postRaw(Form.of("heard and ignored")).reset()).isTrue();
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "submit:answer-lost, false",
        "submit:answer-lost/reset, true",
        "submit:cut-head, false",
        "submit:cut/20, false"
    })
    void aTakenSubmissionMayLoseItsAnswer(String fault, boolean reset) {
        simulator.inject(fault + "*1");

        Raw.End end = postRaw(Form.of("taken"));
        assertThat(end.reset()).isEqualTo(reset);
        assertThat(end.body().length()).isLessThan(21);
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
        assertThat(simulator.ledger().charges()).hasSize(2);
    }

    @Test
    void anAnswerMayBeLostInSilence() {
        simulator.inject("submit:answer-lost/hang*1");
        try (Raw raw = new Raw(simulator.baseUrl()).post(simulator, Form.of("taken"))) {
            Eventually.until(() -> simulator.ledger().acceptedCount() == 2);
            assertThat(raw.isSilent()).isTrue();
        }
    }

    @Test
    void closingEndsInOrderWithoutAWord() {
        simulator.inject("status:close*1,status:close/reset*1");

        Raw.End inOrder = getRaw("/v1/videos/" + id);
        assertThat(inOrder.reset()).isFalse();
        assertThat(inOrder.bytes()).isEmpty();
        assertThat(getRaw("/v1/videos/" + id).reset()).isTrue();
    }

    @Test
    void aTruncatedBodyIsShorterThanItsLengthSays() {
        String whole = http.status(id).body();
        simulator.inject("status:truncated*1");

        Raw.End end = getRaw("/v1/videos/" + id);
        assertThat(end.head()).containsIgnoringCase("content-length: " + whole.length());
        assertThat(end.body()).isEqualTo(whole.substring(0, whole.length() / 2));
    }

    @ParameterizedTest
    @ValueSource(strings = {"content", "files"})
    void aDownloadIsCutAfterSoManyBytes(String where) {
        byte[] film = http.fetch(link).body();
        simulator.inject(where + ":cut/12345*1");

        Raw.End end = where.equals("files") ? fileRaw() : getRaw("/v1/videos/" + id + "/content");
        assertThat(end.head()).containsIgnoringCase("content-length: " + film.length);
        assertThat(end.body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(Arrays.copyOf(film, 12_345));
    }

    @Test
    void theHeadItselfMayBeCut() {
        simulator.inject("status:cut-head*1");

        assertThat(getRaw("/v1/videos/" + id).text()).isEqualTo("HTTP/1.1 200 OK\r\nContent-Ty");
    }

    @Test
    void aShortChunkedBodyEndsAsIfItWereWhole() {
        byte[] film = http.fetch(link).body();
        simulator.inject("content:short/9000*1,files:short/9000*1");

        HttpResponse<byte[]> content = http.content(id);
        assertThat(Http.headers(content)).doesNotContainKey("Content-Length");
        assertThat(content.body()).isEqualTo(Arrays.copyOf(film, 9_000));
        assertThat(http.fetch(link).body()).hasSize(9_000);
        assertThat(http.fetch(link).body()).isEqualTo(film);
    }

    @Test
    void aLengthMayBeMissing() {
        byte[] film = http.fetch(link).body();
        simulator.inject("files:no-length*1");

        HttpResponse<byte[]> response = http.fetch(link);
        assertThat(Http.headers(response)).doesNotContainKey("Content-Length");
        assertThat(response.body()).isEqualTo(film);
    }

    // Too much, and nonsense

    @Test
    void anOversizedBodyIsJsonAllTheSame() {
        simulator.inject("status:oversized/3m*1");

        String body = http.status(id).body();
        assertThat(body)
                .hasSize(3 << 20)
                .startsWith("{\"id\":\"video_oversized\"")
                .endsWith("xx\"}");
    }

    @Test
    void garbageSaysThatItIsJson() {
        simulator.inject("status:garbage*1,files:garbage*1");

        HttpResponse<String> response = http.status(id);
        assertThat(Http.headers(response)).containsEntry("Content-Type", "application/json");
        assertThat(response.body()).endsWith("oops");
        assertThat(text(http.fetch(link))).contains("no film");
    }

    @Test
    void anAnswerWithoutAnIdHidesATakenJob() {
        simulator.inject("submit:no-id*1,submit:task-id-only*1");

        assertThat(http.submit(Form.of("a")).body())
                .startsWith("{\"object\":\"video\"")
                .doesNotContain("video_");
        String body = http.submit(Form.of("b")).body();
        assertThat(body).startsWith("{\"id\":\"\",\"task_id\":\"video_");
        assertThat(http.status(Http.member(body, "task_id")).statusCode()).isEqualTo(200);
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(3);
    }

    // Tasks that are not what they were

    @Test
    void aYoungTaskMayBeUnknown() {
        simulator.inject("status:task-not-exist/5s");
        String young = http.submitted(Form.of("x"));

        assertThat(http.status(young).body())
                .isEqualTo("{\"code\":\"task_not_exist\",\"message\":\"task_not_exist\",\"data\":null}");
        assertThat(http.status(id).statusCode()).isEqualTo(200);
        simulator.advance(Duration.ofMillis(4_999));
        assertThat(http.status(young).statusCode()).isEqualTo(400);
        simulator.advance(Duration.ofMillis(1));
        assertThat(http.status(young).statusCode()).isEqualTo(200);
        assertThat(simulator.ledger().polls(young)).isEqualTo(3);
    }

    @Test
    void progressMayRunBackwardsButNeverOutOfTheEnd() {
        try (OctopusXSimulator slow = OctopusXSimulator.start(SimulatorConfig.builder()
                .manualClock()
                .life(Duration.ofSeconds(150))
                .build())) {
            Http client = new Http(slow);
            String task = client.submitted(Form.of("x"));
            slow.advance(Duration.ofSeconds(90));
            slow.inject("status:backwards*1");

            assertThat(client.status(task).body()).contains("\"progress\":40");
            assertThat(client.status(task).body()).contains("\"progress\":60");
            slow.advance(Duration.ofSeconds(60));
            slow.inject("status:backwards*1");
            assertThat(client.status(task).body()).contains("completed");
        }
    }

    // Files that are not what they were

    @Test
    void rangesMayBeIgnored() {
        simulator.inject("files:ignore-range*1");

        assertThat(http.fetch(link, "Range", "bytes=5-9").statusCode()).isEqualTo(200);
        assertThat(http.fetch(link, "Range", "bytes=5-9").statusCode()).isEqualTo(206);
    }

    @Test
    void aChangedFileHasOtherBytesAndAnotherTag() {
        HttpResponse<byte[]> before = http.fetch(link);
        simulator.inject("files:change-etag");
        String etag = Http.headers(before).get("ETag");

        HttpResponse<byte[]> after = http.fetch(link, "Range", "bytes=100-", "If-Range", etag);
        assertThat(after.statusCode()).isEqualTo(200);
        assertThat(Http.headers(after).get("ETag")).isNotEqualTo(etag);
        assertThat(after.body()).isNotEqualTo(before.body());
        assertThat(Http.headers(http.fetch(link)).get("ETag"))
                .isNotEqualTo(Http.headers(after).get("ETag"));
    }

    @Test
    void tagsMayBeWeakOrMissing() {
        simulator.inject("files:weak-etag*1,files:no-etag*1");

        HttpResponse<byte[]> both = http.fetch(link);
        assertThat(Http.headers(both)).doesNotContainKey("ETag");
        simulator.inject("files:weak-etag*1");
        assertThat(Http.headers(http.fetch(link)).get("ETag")).startsWith("W/\"");
    }

    @Test
    void aPartMayBeAnotherOneThanAskedFor() {
        byte[] film = http.fetch(link).body();
        simulator.inject("files:wrong-range*1");

        HttpResponse<byte[]> part = http.fetch(link, "Range", "bytes=1000-");
        assertThat(Http.headers(part)).containsEntry("Content-Range", "bytes 500-25919/25920");
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(film, 500, film.length));
    }

    @Test
    void redirectsLeadToTheOtherOrigin() {
        simulator.inject("submit:redirect/307*1,status:redirect*1,content:redirect*1");

        HttpResponse<String> submit = http.submit(Form.of("x"));
        assertThat(submit.statusCode()).isEqualTo(307);
        String target = Http.headers(submit).get("Location");
        assertThat(target).startsWith(simulator.filesUrl().toString());
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(1);
        Http.text(java.net.http.HttpRequest.newBuilder(java.net.URI.create(target))
                .POST(java.net.http.HttpRequest.BodyPublishers.ofString("x"))
                .build());
        assertThat(simulator.ledger().violations())
                .extracting(Violation::what)
                .containsExactly("submission-at-files-origin");

        assertThat(http.status(id).statusCode()).isEqualTo(302);
        HttpResponse<byte[]> content = http.content(id);
        assertThat(content.statusCode()).isEqualTo(302);
        assertThat(Http.headers(content)).containsEntry("Location", link);
        simulator.inject("files:redirect/301*1");
        HttpResponse<byte[]> file = http.fetch(link);
        assertThat(file.statusCode()).isEqualTo(301);
        assertThat(http.fetch(Http.headers(file).get("Location")).statusCode()).isEqualTo(200);
    }

    // When

    @Test
    void rulesAreAScriptInTheirOrder() {
        simulator.inject("status:429*2,status:500*1,status:502*1");

        List<Integer> statuses = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            statuses.add(http.status(id).statusCode());
        }
        assertThat(statuses).containsExactly(429, 429, 500, 502, 200);
    }

    @Test
    void aRulePerTaskCountsForEach() {
        String other = http.submitted(Form.of("another"));
        simulator.inject("status:429/per-task*1");

        assertThat(http.status(id).statusCode()).isEqualTo(429);
        assertThat(http.status(other).statusCode()).isEqualTo(429);
        assertThat(http.status(id).statusCode()).isEqualTo(200);
        assertThat(http.status(other).statusCode()).isEqualTo(200);
    }

    @Test
    void theSameSeedThrowsTheSameDice() {
        simulator.inject("status:500@0.3");
        List<Integer> first = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            first.add(http.status(id).statusCode());
        }
        assertThat(first.stream().filter(status -> status == 500).count()).isBetween(6L, 32L);

        FaultBox box = new FaultBox(1, FaultRule.parse("status:500@0.3"));
        List<Integer> again = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            again.add(box.next(Endpoint.STATUS, "", fault -> true).main() == null ? 200 : 500);
        }
        assertThat(again).isEqualTo(first);
    }

    @Test
    void clearedFaultsAreGone() {
        simulator.inject("any:500");
        simulator.clearFaults();

        assertThat(http.status(id).statusCode()).isEqualTo(200);
    }

    @Test
    void aSubmissionWhoseClientHungUpIsTakenAndCharged() {
        try (Raw raw = new Raw(simulator.baseUrl())) {
            raw.post(
                    simulator,
                    Form.of("gone").file("first_frame_image", "a.png", "image/png", Form.png(800, 600, 300_000)));
        }
        Eventually.until(() -> simulator.ledger().acceptedCount() == 2);
        assertThat(simulator.ledger().charges()).hasSize(2);
    }

    @Test
    void aSubmissionThatNeverArrivedWholeIsNot() {
        Form form = Form.of("broken off").file("first_frame_image", "a.png", "image/png", Form.png(800, 600, 300_000));
        try (Raw raw = new Raw(simulator.baseUrl())) {
            raw.send(Raw.head(simulator, form)).send(Arrays.copyOf(form.bytes(), form.bytes().length - 1));
        }
        Eventually.until(() -> simulator.ledger().interruptedSubmissions() == 1);
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(1);
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
