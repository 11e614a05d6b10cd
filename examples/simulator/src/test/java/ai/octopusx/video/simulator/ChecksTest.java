package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may ask, and what is refused, by whom and in which order. */
class ChecksTest {

    private static final OctopusXSimulator SIMULATOR = OctopusXSimulator.start(SimulatorConfig.builder()
            .manualClock()
            .apiKeys("sk-first", "sk-limited", "sk-few-models", "sk-nearly")
            .keyModels("sk-few-models", "doubao-seedance-1-0-pro_480p")
            .keyQuota("sk-limited", new BigDecimal("0.10"))
            .keyQuota("sk-nearly", new BigDecimal("0.16"))
            .account("other", new BigDecimal("0.20"), "sk-other")
            .submissionsPerMinute(Integer.MAX_VALUE)
            .life(Duration.ofSeconds(1))
            .build());

    private final Http http = new Http(SIMULATOR);

    @AfterAll
    static void close() {
        SIMULATOR.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-unknown", "Bearer ", "Basic sk-first2", "sk-"})
    void anUnknownKeyIsRefusedInTheGatewaysShape(String authorization) {
        HttpResponse<String> response =
                Http.text(HttpRequest.newBuilder(SIMULATOR.baseUrl().resolve("/v1/videos/x"))
                        .header("Authorization", authorization)
                        .build());

        assertThat(response.statusCode()).isEqualTo(401);
        String requestId = Http.headers(response).get("X-Oneapi-Request-Id");
        assertThat(requestId).matches("\\d{23}[0-9a-f]{8}\\w{8}");
        assertThat(response.body())
                .isEqualTo("{\"error\":{\"message\":\"Invalid token (request id: " + requestId
                        + ")\",\"type\":\"new_api_error\",\"code\":\"\"}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-first", "bearer sk-first", "Bearer first"})
    void aKeyIsKnownWithAndWithoutItsPrefix(String authorization) {
        HttpResponse<String> response =
                Http.text(HttpRequest.newBuilder(SIMULATOR.baseUrl().resolve("/v1/videos/x"))
                        .header("Authorization", authorization)
                        .build());

        assertThat(response.body()).startsWith("{\"code\":\"task_not_exist\"");
    }

    @Test
    void theRefusalSpeaksTheLanguageOfTheCaller() {
        HttpResponse<String> response =
                Http.text(HttpRequest.newBuilder(SIMULATOR.baseUrl().resolve("/v1/videos/x"))
                        .header("Accept-Language", "zh-CN,zh;q=0.9")
                        .build());

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).contains("无效的令牌");
    }

    @Test
    void aKeyWithAChannelBehindItIsForbidden() {
        HttpResponse<String> response = new Http(SIMULATOR, "sk-first-7").status("x");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("\"type\":\"new_api_error\"");
    }

    @Test
    void aTaskIsSeenByEveryKeyOfItsAccountAndByNoOther() {
        String id = http.submitted(Form.of("mine"));

        assertThat(new Http(SIMULATOR, "sk-few-models").status(id).statusCode()).isEqualTo(200);
        HttpResponse<String> foreign = new Http(SIMULATOR, "sk-other").status(id);
        assertThat(foreign.statusCode()).isEqualTo(400);
        assertThat(foreign.body()).isEqualTo(http.status("video_unknown").body());
        assertThat(new Http(SIMULATOR, "sk-other").content(id).statusCode()).isEqualTo(404);
    }

    @Test
    void moneyIsAskedForLast() {
        HttpResponse<String> key = new Http(SIMULATOR, "sk-limited").submit(Form.of("x"));
        HttpResponse<String> account =
                new Http(SIMULATOR, "sk-other").submit(Form.of("x").text("seconds", "11"));

        assertThat(key.statusCode()).isEqualTo(403);
        assertThat(key.body()).contains("\"code\":\"pre_consume_token_quota_failed\"");
        assertThat(account.statusCode()).isEqualTo(403);
        assertThat(account.body())
                .contains("\"code\":\"insufficient_user_quota\"", "balance too low: left 0.20, needed 0.44");
    }

    @Test
    void aKeyWhoseLastMoneyWentIntoAJobCannotWatchIt() {
        Http nearly = new Http(SIMULATOR, "sk-nearly");
        String id = nearly.submitted(Form.of("the last one"));

        assertThat(nearly.status(id).statusCode()).isEqualTo(401);
        assertThat(nearly.content(id).statusCode()).isEqualTo(401);
        assertThat(http.status(id).statusCode()).isEqualTo(200);
    }

    /** Each row breaks what its name says and everything behind it; the first check that fails must answer. */
    static Stream<Arguments> order() {
        return Stream.of(
                Arguments.of("sk-wrong", "no form", 401, "\"code\":\"\""),
                Arguments.of("sk-few-models", "no form", 400, "Invalid request"),
                Arguments.of("sk-few-models", form("no-such-model", " ", "9999"), 403, "no access to model"),
                Arguments.of("sk-first", form("", " ", "9999"), 400, "Model name not specified"),
                Arguments.of("sk-first", form("no-such-model", " ", "9999"), 503, "\"code\":\"model_not_found\""),
                Arguments.of("sk-first", form(Form.MODEL, " \t", "9999"), 400, "\"code\":\"invalid_request\""),
                Arguments.of("sk-other", form(Form.MODEL, "x", "9999"), 400, "\"code\":\"invalid_seconds\""),
                Arguments.of("sk-other", form(Form.MODEL, "x", "12"), 403, "\"code\":\"insufficient_user_quota\""),
                Arguments.of("sk-first", form(Form.MODEL, "x", "12"), 400, "\"code\":\"fail_to_fetch_task\""));
    }

    @ParameterizedTest
    @MethodSource("order")
    void theFirstCheckThatFailsAnswers(String key, Object form, int status, String says) {
        HttpResponse<String> response = form instanceof Form parts
                ? new Http(SIMULATOR, key).submit(parts)
                : new Http(SIMULATOR, key).submit(Form.of("x").contentType(), new byte[0]);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(response.body()).contains(says);
    }

    private static Form form(String model, String prompt, String seconds) {
        return Form.of(model, prompt).text("seconds", seconds);
    }

    @ParameterizedTest
    @CsvSource({
        "size, 2:1",
        "size, 1280x720",
        "size, keep_ratio",
        "seconds, 3",
        "seconds, 12",
        "seconds, five",
        "first_frame_image, text instead of a file",
    })
    void theUpstreamRefusesWhatTheDocumentationForbids(String field, String value) {
        int before = SIMULATOR.ledger().acceptedCount();

        HttpResponse<String> response = http.submit(Form.of("x").text(field, value));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .startsWith(
                        "{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"error\\\":{\\\"code\\\":\\\"InvalidParameter."
                                + field);
        assertThat(SIMULATOR.ledger().acceptedCount()).isEqualTo(before);
    }

    static Stream<Arguments> images() {
        byte[] good = Form.png(800, 600, 2_000);
        return Stream.of(
                Arguments.of("last frame only", Form.of("x").file("last_frame_image", "a.png", "image/png", good)),
                Arguments.of(
                        "no image", Form.of("x").file("first_frame_image", "a.png", "image/png", "text".getBytes())),
                Arguments.of(
                        "too small",
                        Form.of("x").file("first_frame_image", "a.png", "image/png", Form.png(300, 600, 99))),
                Arguments.of(
                        "too large",
                        Form.of("x").file("first_frame_image", "a.png", "image/png", Form.png(6000, 5000, 99))),
                Arguments.of(
                        "too wide",
                        Form.of("x").file("first_frame_image", "a.png", "image/png", Form.png(1000, 400, 99))),
                Arguments.of(
                        "two of a kind",
                        Form.of("x")
                                .file("first_frame_image", "a.png", "image/png", good)
                                .file("first_frame_image", "b.png", "image/png", good)),
                Arguments.of(
                        "adaptive without an image on 1.0",
                        Form.of("doubao-seedance-1-0-pro_720p", "x").text("size", "adaptive")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("images")
    void theUpstreamLooksAtTheImages(String name, Form form) {
        HttpResponse<String> response = http.submit(form);

        assertThat(response.statusCode()).as(name).isEqualTo(400);
        assertThat(response.body()).contains("fail_to_fetch_task", "InvalidParameter.");
    }

    @Test
    void theThreeDocumentedModesPass() {
        byte[] good = Form.png(800, 600, 2_000);

        http.submitted(Form.of("text").text("size", "adaptive").text("seconds", "11"));
        http.submitted(
                Form.of("first").text("size", "keep_ratio").file("first_frame_image", "a.png", "image/png", good));
        http.submitted(Form.of("both")
                .text("seconds", "4")
                .file("last_frame_image", "b.png", "image/png", good)
                .file("first_frame_image", "a.png", "image/png", good));
    }

    @ParameterizedTest
    @CsvSource({
        "DELETE, /v1/videos/video_1, 404",
        "GET, /v1/videos, 404",
        "HEAD, /v1/videos/video_1, 404",
        "PUT, /v1/videos/video_1/content, 404",
        "GET, /v1/videos/video_1/thumbnail, 404",
        "GET, /, 404",
        "POST, /v1/videos/, 307"
    })
    void whatHasNoRouteIsSaidToHaveNone(String method, String path, int status) {
        HttpResponse<String> response = Http.text(http.request(path)
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build());

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(Http.headers(response)).containsKey("X-Oneapi-Request-Id");
        if (status == 404 && !method.equals("HEAD")) {
            assertThat(response.body())
                    .isEqualTo("{\"error\":{\"message\":\"Invalid URL (" + method + " " + path
                            + ")\",\"type\":\"invalid_request_error\",\"param\":\"\",\"code\":\"\"}}");
        }
    }

    @Test
    void aRefusalOfALargeBodyEndsTheConnectionAndOneOfASmallBodyKeepsIt() {
        Form large = Form.of("x").file("first_frame_image", "a.png", "image/png", new byte[400_000]);
        try (Raw raw = new Raw(SIMULATOR.baseUrl())) {
            String head = Raw.head(SIMULATOR, large).replace("sk-first", "sk-wrong");
            assertThat(raw.send(head).readUntil("\r\n\r\n"))
                    .startsWith("HTTP/1.1 401")
                    .containsIgnoringCase("connection: close");
        }
        Form small = Form.of("x");
        try (Raw raw = new Raw(SIMULATOR.baseUrl())) {
            raw.send(Raw.head(SIMULATOR, small).replace("sk-first", "sk-wrong")).send(small.bytes());
            assertThat(raw.readUntil("}}")).startsWith("HTTP/1.1 401");
            assertThat(raw.get(SIMULATOR, "/v1/videos/x").readUntil("null}")).startsWith("HTTP/1.1 400");
        }
    }
}
