package studio;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import ai.octopusx.video.simulator.SimulatorLedger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.web.reactive.function.client.WebClient;

/** The service that the README shows, as pasted, on the simulator. */
@SpringBootTest(
        classes = VideoService.class,
        webEnvironment = WebEnvironment.RANDOM_PORT,
        properties = {
            "octopusx.video.polling.policy=fixed",
            "octopusx.video.polling.interval=50ms",
            "management.health.octopusx.enabled=true",
            "management.endpoint.health.show-details=always"
        })
class VideoServiceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @RegisterExtension
    static final SimulatorExtension gateway =
            new SimulatorExtension(SimulatorConfig.builder().speed(100).seed(7).build());

    @DynamicPropertySource
    static void pointAtTheSimulator(DynamicPropertyRegistry registry) {
        registry.add("octopusx.video.base-url", () -> gateway.simulator().baseUrl());
        registry.add("octopusx.video.api-key", () -> gateway.simulator().apiKey());
    }

    private final WebClient browser;

    VideoServiceTest(@Value("${local.server.port}") int port) {
        this.browser = WebClient.builder()
                .baseUrl("http://localhost:" + port)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(64 << 20))
                .build();
    }

    @BeforeEach
    void allIsWell() {
        gateway.simulator().clearFaults();
    }

    @Test
    void aPromptBecomesAVideo(SimulatorLedger ledger) {
        String id = (String) submit("A paper boat").get("id");

        List<Map<String, Object>> states = events(id);
        byte[] video = content(id);

        assertThat(states.get(states.size() - 1))
                .containsEntry("id", id)
                .containsEntry("status", "COMPLETED")
                .containsEntry("progress", 100);
        assertThat(new String(video, 4, 4, StandardCharsets.US_ASCII)).isEqualTo("ftyp");
        assertThat(ledger.accepted()).singleElement().satisfies(job -> assertThat(job.fields())
                .containsEntry("prompt", "A paper boat"));
        assertThat(ledger.violations()).isEmpty();
    }

    private Map<String, Object> submit(String prompt) {
        return browser.post()
                .uri("/videos")
                .bodyValue(prompt)
                .retrieve()
                .bodyToMono(new ParameterizedTypeReference<Map<String, Object>>() {})
                .block(PATIENCE);
    }

    private List<Map<String, Object>> events(String id) {
        return browser.get()
                .uri("/videos/{id}/events", id)
                .retrieve()
                .bodyToFlux(new ParameterizedTypeReference<Map<String, Object>>() {})
                .collectList()
                .block(PATIENCE);
    }

    private byte[] content(String id) {
        return browser.get()
                .uri("/videos/{id}/content", id)
                .retrieve()
                .bodyToMono(byte[].class)
                .block(PATIENCE);
    }

    @Test
    void theHealthOfTheGatewayIsSeenAndCostsNothing(SimulatorLedger ledger) {
        int charges = ledger.charges().size();

        assertThat(health()).isEqualTo("200 UP");
        assertThat(ledger.charges()).hasSize(charges);
    }

    @Test
    void aKeyThatIsRefusedIsIll() {
        gateway.simulator().inject("status:401/e1");

        assertThat(health()).isEqualTo("503 DOWN");
    }

    @Test
    void aBusyGatewayIsNotIll() {
        gateway.simulator().inject("status:429/e1");

        assertThat(health()).isEqualTo("200 UP");
    }

    /** A base URL that is wrong leads to one of these more often than nowhere. */
    @ParameterizedTest
    @ValueSource(
            strings = {"status:404/html", "status:404/e1", "status:400/html", "status:400/e2/code=invalid_channel_id"})
    void aWebServerThatIsNotTheGatewayIsIllAndSaysWhy(String answer) {
        gateway.simulator().inject(answer);

        assertThat(health()).isEqualTo("503 DOWN");
        assertThat(reason()).contains("does not speak as the gateway does", "octopusx.video.base-url");
    }

    private String health() {
        return asked((status, health) -> status + " " + health.get("status"));
    }

    private String reason() {
        return asked((status, health) -> String.valueOf(health.get("details")));
    }

    private String asked(BiFunction<Integer, Map<String, Object>, String> reader) {
        return browser.get()
                .uri("/actuator/health/octopusx")
                .exchangeToMono(answer -> answer.bodyToMono(new ParameterizedTypeReference<Map<String, Object>>() {})
                        .map(health -> reader.apply(answer.statusCode().value(), health)))
                .block(PATIENCE);
    }

    @Test
    void itIsTheOneThatTheReadmeShows() throws Exception {
        String service = Files.readString(Path.of("../src/test/java/studio/VideoService.java"));

        assertThat(Files.readString(Path.of("../../../README.md"))).contains(service.strip());
    }
}
