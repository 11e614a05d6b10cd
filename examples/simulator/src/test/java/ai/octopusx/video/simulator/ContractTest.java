package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.atlassian.oai.validator.OpenApiInteractionValidator;
import com.atlassian.oai.validator.model.Request;
import com.atlassian.oai.validator.model.SimpleResponse;
import com.atlassian.oai.validator.report.ValidationReport;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every answer that no fault has changed is one that the contract allows, by the word of somebody else's validator. */
class ContractTest {

    private static final OpenApiInteractionValidator CONTRACT =
            OpenApiInteractionValidator.createFor(contract()).build();

    /** Which answers were held against the contract, so that none is forgotten. */
    private static final Set<String> JUDGED = new TreeSet<>();

    /**
     * The contract with its references to answers and headers filled in, and nothing more: asked to resolve everything, the
     * parser melts "an integer or a text" into an object, which no answer could be.
     */
    private static OpenAPI contract() {
        ParseOptions asWritten = new ParseOptions();
        asWritten.setResolve(true);
        asWritten.setResolveCombinators(false);
        OpenAPI api = new OpenAPIV3Parser()
                .read(String.valueOf(ContractTest.class.getResource("/openapi.yaml")), null, asWritten);
        Components parts = api.getComponents();
        parts.getResponses().values().forEach(response -> fillHeaders(response, parts));
        api.getPaths().values().forEach(path -> path.readOperations().forEach(operation -> {
            operation
                    .getResponses()
                    .replaceAll((status, response) -> response.get$ref() == null
                            ? response
                            : parts.getResponses().get(lastPart(response.get$ref())));
            operation.getResponses().values().forEach(response -> fillHeaders(response, parts));
        }));
        return api;
    }

    private static void fillHeaders(ApiResponse response, Components parts) {
        if (response.getHeaders() != null) {
            response.getHeaders()
                    .replaceAll((name, header) -> header.get$ref() == null
                            ? header
                            : parts.getHeaders().get(lastPart(header.get$ref())));
        }
    }

    private static String lastPart(String reference) {
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    @AfterAll
    static void everyDocumentedAnswerThatTheGatewayGivesByItselfWasSeen() {
        assertThat(JUDGED)
                .contains(
                        "POST 200",
                        "POST 400",
                        "POST 401",
                        "POST 403",
                        "POST 429",
                        "POST 503",
                        "GET 200",
                        "GET 400",
                        "GET 401",
                        "CONTENT 200",
                        "CONTENT 206",
                        "CONTENT 400",
                        "CONTENT 404",
                        "CONTENT 502");
    }

    private static SimulatorConfig.Builder config(Profile profile) {
        return SimulatorConfig.builder()
                .manualClock()
                .profile(profile)
                .apiKeys("sk-all", "sk-some")
                .keyModels("sk-some", "doubao-seedance-1-0-pro_480p")
                .balance(new BigDecimal("1000"))
                .life(Duration.ofSeconds(45));
    }

    private static void judge(HttpResponse<?> response) {
        HttpRequest request = response.request();
        String path = request.uri().getPath();
        SimpleResponse.Builder answer = SimpleResponse.Builder.status(response.statusCode());
        response.headers().map().forEach((name, values) -> answer.withHeader(name, values));
        answer.withBody(
                response.body() instanceof byte[] bytes
                        ? bytes
                        : String.valueOf(response.body()).getBytes(StandardCharsets.UTF_8));
        ValidationReport report =
                CONTRACT.validateResponse(path, Request.Method.valueOf(request.method()), answer.build());

        assertThat(report.getMessages())
                .as(
                        "%s %s: %s %s",
                        request.method(),
                        path,
                        response.statusCode(),
                        response.headers().map())
                .isEmpty();
        JUDGED.add((path.endsWith("/content") ? "CONTENT" : request.method()) + " " + response.statusCode());
    }

    @ParameterizedTest
    @EnumSource
    void aWholeLifeIsWithinTheContract(Profile profile) {
        for (boolean placeholders : new boolean[] {false, true}) {
            try (OctopusXSimulator simulator = OctopusXSimulator.start(
                    config(profile).placeholders(placeholders).build())) {
                Http http = new Http(simulator);
                HttpResponse<String> submitted = http.submit(
                        Form.of("x").file("first_frame_image", "a.png", "image/png", Form.png(800, 600, 500)));
                judge(submitted);
                String id = Http.member(submitted.body(), "id");
                for (int i = 0; i < 4; i++) {
                    judge(http.status(id));
                    judge(http.content(id));
                    simulator.advance(Duration.ofSeconds(15));
                }
                assertThat(http.status(id).body()).contains("completed");
                judge(http.content(id));
                simulator.advance(Duration.ofHours(25));
                judge(http.status(id));
                judge(http.content(id));
            }
        }
    }

    static Set<String> outcomes() {
        return Set.of(
                "completed-without-url",
                "failed",
                "failed-without-error",
                "cancelled",
                "never-ending",
                "lost",
                "as/expired");
    }

    @ParameterizedTest
    @MethodSource("outcomes")
    void everyEndIsWithinTheContract(String outcome) {
        for (Profile profile : Profile.values()) {
            try (OctopusXSimulator simulator = OctopusXSimulator.start(
                    config(profile).outcomes(Outcome.parse(outcome)).build())) {
                Http http = new Http(simulator);
                String id = http.submitted(Form.of("x"));
                simulator.advance(Duration.ofSeconds(45));
                judge(http.status(id));
                judge(http.content(id));
                simulator.advance(Duration.ofHours(24));
                judge(http.status(id));
                judge(http.content(id));
            }
        }
    }

    @Test
    void everyRefusalIsWithinTheContract() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(config(Profile.A)
                .submissionsPerMinute(1)
                .contentHonoursRange(true)
                .build())) {
            Http http = new Http(simulator);
            judge(http.status("video_unknown"));
            judge(http.content("video_unknown"));
            judge(new Http(simulator, "sk-wrong").status("video_unknown"));
            judge(new Http(simulator, "sk-wrong").content("video_unknown"));
            judge(new Http(simulator, "sk-wrong").submit(Form.of("x")));
            judge(new Http(simulator, "sk-all-7").status("video_unknown"));
            judge(new Http(simulator, "sk-some").submit(Form.of("x")));
            judge(http.submit("multipart/form-data; boundary=b", "no form".getBytes(StandardCharsets.UTF_8)));
            judge(http.submit(Form.of("", "x")));
            judge(http.submit(Form.of("no-such-model", "x")));
            judge(http.submit(Form.of(" ")));
            judge(http.submit(Form.of("x").text("seconds", "9999")));
            judge(http.submit(Form.of("x").text("seconds", "12")));
            judge(http.submit(Form.of("x").text("size", "5").text("size", "5")));
            String id = http.submitted(Form.of("x"));
            judge(http.submit(Form.of("one too many in a minute")));
            simulator.advance(Duration.ofSeconds(45));
            judge(http.content(id, "Range", "bytes=0-99"));
            judge(http.content(id, "Range", "bytes=99999-"));
        }
        try (OctopusXSimulator poor = OctopusXSimulator.start(
                SimulatorConfig.builder().balance(BigDecimal.ZERO).build())) {
            judge(new Http(poor).submit(Form.of("x")));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "200; {\"status\":\"queued\"}",
                "200; {\"id\":7}",
                "200; {\"id\":\"x\",\"progress\":\"half\"}",
                "200; {\"id\":\"x\",\"progress\":101}",
                "200; {\"id\":\"x\",\"created_at\":\"today\"}",
                "200; {\"id\":\"x\",\"error\":{\"code\":{}}}",
                "400; {\"code\":\"task_not_exist\"}",
                "401; {\"error\":{\"code\":\"\"}}",
                "401; {}",
                "200; no JSON",
            })
    void theValidatorWouldNotice(int status, String body) {
        SimpleResponse wrong = SimpleResponse.Builder.status(status)
                .withContentType("application/json")
                .withBody(body)
                .build();

        assertThat(CONTRACT.validateResponse("/v1/videos/x", Request.Method.GET, wrong)
                        .getMessages())
                .isNotEmpty();
    }
}
