package ai.octopusx.video.recipes;

// tag::spring-boot-test[]
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import ai.octopusx.video.simulator.SimulatorLedger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Import;
import org.springframework.stereotype.Service;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import reactor.core.publisher.Mono;

@SpringBootTest(
        properties = {
            "octopusx.video.api-key=sk-simulator",
            "octopusx.video.polling.policy=fixed",
            "octopusx.video.polling.interval=50ms"
        })
class VideoServiceTest {

    /** Lives a hundred times faster than the real one. */
    @RegisterExtension
    static final SimulatorExtension gateway =
            new SimulatorExtension(SimulatorConfig.builder().speed(100).build());

    @DynamicPropertySource
    static void pointAtTheSimulator(DynamicPropertyRegistry registry) {
        registry.add("octopusx.video.base-url", () -> gateway.simulator().baseUrl());
    }

    @Test
    void anOrderBecomesAVideo(@Autowired VideoService service, SimulatorLedger ledger) {
        VideoTask task = service.order("A paper boat").block();

        assertThat(task.isCompleted()).isTrue();
        assertThat(ledger.accepted()).singleElement().satisfies(job -> assertThat(job.fields())
                .containsEntry("prompt", "A paper boat"));
        assertThat(ledger.violations()).isEmpty();
    }

    // What follows is your application; the client comes from octopusx.video.* by itself.

    @SpringBootApplication
    @Import(VideoService.class) // found by itself, unless it stands inside of a test
    static class Application {}

    @Service
    static class VideoService {

        private final VideoClient client;

        VideoService(VideoClient client) {
            this.client = client;
        }

        Mono<VideoTask> order(String prompt) {
            return client.generate(DoubaoVideoRequest.textToVideo(prompt));
        }
    }
}
// end::spring-boot-test[]
