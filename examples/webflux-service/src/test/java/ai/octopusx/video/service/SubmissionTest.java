package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ai.octopusx.video.simulator.AcceptedJob;
import ai.octopusx.video.simulator.Endpoint;
import ai.octopusx.video.simulator.ReceivedFile;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import ai.octopusx.video.simulator.SimulatorLedger;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class SubmissionTest {

    private static final String PROBLEM = "urn:octopusx-video:problem:";
    private static final int LARGEST_PICTURE = 400_000;

    @RegisterExtension
    static final SimulatorExtension gateway =
            new SimulatorExtension(SimulatorConfig.builder().manualClock().build());

    @TempDir
    static Path data;

    private static RunningService service;
    private static SimulatorLedger ledger;

    @BeforeAll
    static void start() {
        service = RunningService.start(
                gateway.simulator(), data, "octopusx.service.max-image-size=" + LARGEST_PICTURE + "B");
        ledger = gateway.simulator().ledger();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void nothingGoesWrongAnyMore() {
        gateway.simulator().clearFaults();
    }

    // ---- what is taken

    @Test
    void wordsAreEnough() {
        HttpResponse<String> answer = service.post(Form.of("A paper boat"));

        JsonNode job = RunningService.json(answer);
        String id = job.get("id").asString();
        assertThat(answer.statusCode()).isEqualTo(201);
        assertThat(answer.headers().firstValue("Location")).contains("/videos/" + id);
        assertThat(job.get("status").asString()).isIn("queued", "processing");
        assertThat(job.get("prompt").asString()).isEqualTo("A paper boat");
        assertThat(service.job(id).get("taskId")).isEqualTo(job.get("taskId"));
        assertThat(taken("A paper boat").fields())
                .containsEntry("model", "doubao-seedance-1-5-pro_720p")
                .doesNotContainKeys("size", "seconds");
        assertThat(taken("A paper boat").files()).isEmpty();
    }

    @Test
    void everyFieldReachesTheGateway() {
        service.submitted(Form.of("纸船 ⛵ \"quoted\"\r\nsecond line")
                .text("model", "doubao-seedance-1-0-pro_1080p")
                .text("size", "9:16")
                .text("seconds", "7"));

        assertThat(taken("纸船 ⛵ \"quoted\"\r\nsecond line").fields())
                .containsEntry("model", "doubao-seedance-1-0-pro_1080p")
                .containsEntry("size", "9:16")
                .containsEntry("seconds", "7");
    }

    @Test
    void aFirstFrameIsPassedOnByteForByte() {
        byte[] first = Pictures.morning(640, 360);

        String id =
                service.submitted(Form.of("From one").text("size", "keep_ratio").picture("first_frame_image", first));

        assertThat(taken("From one").files())
                .extracting(ReceivedFile::field, ReceivedFile::sha256)
                .containsExactly(tuple("first_frame_image", Pictures.sha256(first)));
        assertThat(service.job(id).get("frames").asInt()).isEqualTo(1);
    }

    @Test
    void aFirstAndALastFrameArePassedOnAndNotKept() throws IOException {
        byte[] first = Pictures.morning(640, 360);
        byte[] last = Pictures.evening(640, 360);

        String id = service.submitted(
                Form.of("From two").picture("last_frame_image", last).picture("first_frame_image", first));

        assertThat(taken("From two").files())
                .extracting(ReceivedFile::field, ReceivedFile::sha256)
                .containsExactlyInAnyOrder(
                        tuple("first_frame_image", Pictures.sha256(first)),
                        tuple("last_frame_image", Pictures.sha256(last)));
        assertThat(service.job(id).get("frames").asInt()).isEqualTo(2);
        try (Stream<Path> left = Files.list(data.resolve("uploads"))) {
            assertThat(left).isEmpty();
        }
    }

    /** Browsers send a file field that was left empty as a file without a name. */
    @Test
    void anEmptyFileFieldIsNoPicture() {
        service.submitted(Form.of("No picture").noPicture("first_frame_image").noPicture("last_frame_image"));

        assertThat(taken("No picture").files()).isEmpty();
    }

    @Test
    void theKeyAndTheLinkStayHere() {
        String id = service.submitted(Form.of("A secret link"));
        gateway.simulator().advance(Duration.ofHours(1));
        service.end(id);

        String everything =
                service.get("/videos").body() + service.get("/videos/" + id).body();

        assertThat(everything)
                .contains("\"status\":\"completed\"")
                .doesNotContain(gateway.simulator().apiKey())
                .doesNotContain(gateway.simulator().filesUrl().getAuthority());
    }

    // ---- what is not

    static Stream<Arguments> wrongForms() {
        byte[] picture = Pictures.morning(640, 360);
        return Stream.of(
                Arguments.of(Form.empty(), "prompt"),
                Arguments.of(Form.of("   "), "prompt"),
                Arguments.of(Form.of("x".repeat(4001)), "prompt"),
                Arguments.of(Form.of("twice").text("prompt", "twice"), "prompt"),
                Arguments.of(Form.of("wrong").text("model", "sora-2"), "model"),
                Arguments.of(Form.of("wrong").text("size", "2:1"), "size"),
                Arguments.of(Form.of("wrong").text("size", "keep_ratio"), "size"),
                Arguments.of(Form.of("wrong").text("seconds", "3"), "seconds"),
                Arguments.of(Form.of("wrong").text("seconds", "12"), "seconds"),
                Arguments.of(Form.of("wrong").text("seconds", "five"), "seconds"),
                Arguments.of(Form.of("wrong").text("callback_url", "http://elsewhere"), "form"),
                Arguments.of(Form.of("wrong").text("first_frame_image", "text"), "first_frame_image"),
                Arguments.of(Form.of("wrong").picture("prompt", picture), "prompt"),
                Arguments.of(Form.of("wrong").picture("last_frame_image", picture), "last_frame_image"),
                Arguments.of(Form.of("wrong").picture("first_frame_image", new byte[] {1, 2, 3}), "first_frame_image"),
                Arguments.of(
                        Form.of("wrong").picture("first_frame_image", Pictures.morning(200, 200)), "first_frame_image"),
                Arguments.of(
                        Form.of("wrong").picture("first_frame_image", Pictures.morning(1200, 400)),
                        "first_frame_image"));
    }

    @ParameterizedTest(name = "{index}: {1}")
    @MethodSource("wrongForms")
    void whatIsWrongIsNamedAndNothingIsSent(Form form, String field) {
        long before = ledger.requests(Endpoint.SUBMIT);
        String listed = service.get("/videos").body();

        HttpResponse<String> answer = service.post(form);

        JsonNode problem = problem(answer, 422, "invalid-request");
        assertThat(problem.get("submission").asString()).isEqualTo("NOT_SENT");
        assertThat(problem.get("problems").values().stream()
                        .map(each -> each.get("field").asString()))
                .containsExactly(field);
        assertThat(problem.get("problems").get(0).get("allowed").asString()).isNotBlank();
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(before);
        assertThat(service.get("/videos").body()).isEqualTo(listed);
    }

    @Test
    void allThatIsWrongIsToldAtOnce() {
        HttpResponse<String> answer = service.post(Form.of(" ")
                .text("model", "sora-2")
                .text("size", "2:1")
                .text("seconds", "60")
                .picture("last_frame_image", Pictures.morning(640, 360)));

        assertThat(problem(answer, 422, "invalid-request").get("problems").values().stream()
                        .map(each -> each.get("field").asString()))
                .containsExactlyInAnyOrder("prompt", "model", "size", "seconds", "last_frame_image");
    }

    @Test
    void whatIsNoFormIsToldSo() {
        HttpResponse<String> answer = service.postBody("multipart/form-data; boundary=b", "--b\r\nno header at all");

        problem(answer, 400, "unreadable");
        HttpResponse<String> json = service.postBody("application/json", "{}");
        assertThat(problem(json, 415, "unreadable").get("submission").asString())
                .isEqualTo("NOT_SENT");
        assertThat(json.headers().firstValue("Accept").orElse("")).contains("multipart/form-data");
    }

    @Test
    void aTextAndAPictureThatAreTooLargeAreToldSo() {
        long before = ledger.requests(Endpoint.SUBMIT);

        HttpResponse<String> picture =
                service.post(Form.of("large").picture("first_frame_image", new byte[LARGEST_PICTURE + 1]));
        HttpResponse<String> text = service.post(Form.of("x".repeat(300_000)));

        problem(picture, 413, "too-large");
        problem(text, 413, "too-large");
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(before);
    }

    // ---- what the gateway says

    @ParameterizedTest
    @CsvSource({
        "submit:401,                     502, not-authorised,   REJECTED",
        "submit:403,                     502, gateway-not-authorised, REJECTED",
        "submit:403/e1/code=insufficient_user_quota, 503, no-balance, REJECTED",
        "submit:400/e2/code=InvalidParameter, 422, refused,     REJECTED",
        "submit:429/retry-after=90,      503, busy,             REJECTED"
    })
    void aRefusalIsToldInWordsAndLeavesNothingBehind(String fault, int status, String type, String verdict) {
        String listed = service.get("/videos").body();
        gateway.simulator().inject(fault);

        HttpResponse<String> answer = service.post(Form.of("Refused"));

        JsonNode problem = problem(answer, status, type);
        assertThat(problem.get("submission").asString()).isEqualTo(verdict);
        assertThat(problem.get("title").asString()).isNotBlank();
        assertThat(answer.body()).doesNotContain(gateway.simulator().apiKey());
        assertThat(answer.headers().firstValue("Retry-After").isPresent()).isEqualTo(fault.contains("retry-after"));
        assertThat(service.get("/videos").body()).isEqualTo(listed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"submit:answer-lost*1", "submit:504/accepted*1", "submit:no-id*1"})
    void aJobOfWhichNobodyKnowsIsShownAndNotSentAgain(String fault) {
        gateway.simulator().inject(fault);

        HttpResponse<String> answer = service.post(Form.of("Doubtful " + fault));

        JsonNode problem = problem(answer, 504, "outcome-unknown");
        assertThat(problem.get("submission").asString()).isEqualTo("UNKNOWN");
        assertThat(accepted("Doubtful " + fault)).hasSize(1);
        JsonNode newest =
                RunningService.json(service.get("/videos")).get("videos").get(0);
        assertThat(newest.get("prompt").asString()).isEqualTo("Doubtful " + fault);
        assertThat(newest.get("status").asString()).isEqualTo("doubtful");
        assertThat(newest.get("over").asBoolean()).isTrue();
    }

    // ---- what is asked for

    @ParameterizedTest
    @ValueSource(strings = {"", "/events", "/content"})
    void anUnknownJobIsNotFound(String what) {
        problem(service.get("/videos/" + UUID.randomUUID() + what), 404, "no-such-job");
        problem(service.get("/videos/..%2F..%2Fetc" + what), 404, "no-such-job");
    }

    /** A stream of events that does not come about is no event. */
    @Test
    void whatTheRequestAcceptsDoesNotChangeHowAProblemIsTold() {
        String job = "/videos/" + UUID.randomUUID();

        problem(service.get(job + "/events", "Accept", "text/event-stream"), 404, "no-such-job");
        problem(service.get(job + "/content", "Accept", "video/mp4"), 404, "no-such-job");
        untypedProblem(service.get("/no/such/page", "Accept", "text/event-stream"), 404);
        untypedProblem(service.get(job, "Accept", "text/html"), 406);
    }

    @Test
    void theNewestAreListedFirst() {
        String first = service.submitted(Form.of("one"));
        String second = service.submitted(Form.of("two"));

        List<String> ids = RunningService.json(service.get("/videos")).get("videos").values().stream()
                .map(job -> job.get("id").asString())
                .toList();

        assertThat(ids).startsWith(second, first);
    }

    // ---- what other sites may do

    @ParameterizedTest
    @CsvSource({
        "Sec-Fetch-Site, cross-site",
        "Sec-Fetch-Site, same-site",
        "Origin,         https://elsewhere.example",
        "Origin,         null"
    })
    void thePageOfAnotherSiteCannotSpendMoneyHere(String header, String value) {
        long before = ledger.requests(Endpoint.SUBMIT);

        HttpResponse<String> answer = service.post(Form.of("From elsewhere"), header, value);

        assertThat(problem(answer, 403, "cross-site").get("submission").asString())
                .isEqualTo("NOT_SENT");
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(before);
    }

    @Test
    void theOwnPageMay() {
        String origin = "http://" + service.uri("/").getAuthority();

        assertThat(service.post(Form.of("own"), "Sec-Fetch-Site", "same-origin", "Origin", origin)
                        .statusCode())
                .isEqualTo(201);
        assertThat(service.post(Form.of("old browser"), "Origin", origin).statusCode())
                .isEqualTo(201);
    }

    @Test
    void thePageTrustsNothingFromElsewhere() {
        HttpResponse<String> page = service.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
                .contains("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
        assertThat(page.body()).doesNotContain("http://").doesNotContain("https://");
    }

    private static AcceptedJob taken(String prompt) {
        return accepted(prompt).get(0);
    }

    private static List<AcceptedJob> accepted(String prompt) {
        return ledger.accepted().stream()
                .filter(job -> prompt.equals(job.fields().get("prompt")))
                .toList();
    }

    private static JsonNode problem(HttpResponse<String> answer, int status, String type) {
        JsonNode problem = problem(answer, status);
        assertThat(problem.get("type").asString()).isEqualTo(PROBLEM + type);
        return problem;
    }

    private static void untypedProblem(HttpResponse<String> answer, int status) {
        assertThat(problem(answer, status).has("type")).isFalse();
    }

    private static JsonNode problem(HttpResponse<String> answer, int status) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/problem+json");
        JsonNode problem = RunningService.json(answer);
        assertThat(problem.get("status").asInt()).isEqualTo(status);
        return problem;
    }
}
