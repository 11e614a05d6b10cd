package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One video from its submission to its file. */
class StoryTest {

    private final OctopusXSimulator simulator = OctopusXSimulator.start(
            SimulatorConfig.builder().manualClock().life(Duration.ofSeconds(60)).build());
    private final Http http = new Http(simulator);

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void aVideoIsSubmittedWatchedAndFetchedFromAnotherOrigin() {
        String id = http.submitted(Form.of("一只猫 🐈"));
        assertThat(http.status(id).body()).contains("\"status\":\"queued\"", "\"progress\":0");

        simulator.advance(Duration.ofSeconds(30));
        assertThat(http.status(id).body())
                .contains("\"status\":\"processing\"", "\"progress\":50", "\"seconds\":\"5\"");

        simulator.advance(Duration.ofSeconds(30));
        String done = http.status(id).body();
        assertThat(done)
                .contains("\"status\":\"completed\"", "\"progress\":100", "\"completed_at\":", "\"expires_at\":");

        URI link = URI.create(Http.member(done, "video_url"));
        assertThat(link.getAuthority())
                .isEqualTo(simulator.filesUrl().getAuthority())
                .isNotEqualTo(simulator.baseUrl().getAuthority());
        HttpResponse<byte[]> film = http.fetch(link.toString());
        assertThat(film.statusCode()).isEqualTo(200);
        assertThat(Http.headers(film)).containsEntry("Content-Type", "video/mp4");
        assertThat(film.body()).hasSize(Integer.parseInt(Http.headers(film).get("Content-Length")));
        assertThat(new String(film.body(), 4, 4, java.nio.charset.StandardCharsets.US_ASCII))
                .isEqualTo("ftyp");
        assertThat(http.content(id).body()).isEqualTo(film.body());

        assertThat(simulator.ledger().accepted()).singleElement().satisfies(job -> {
            assertThat(job.id()).isEqualTo(id);
            assertThat(job.fields()).containsEntry("prompt", "一只猫 🐈");
            assertThat(job.polls()).isEqualTo(3);
            assertThat(job.endSeenAfter()).isEqualTo(Duration.ZERO);
        });
        assertThat(simulator.ledger().violations()).isEmpty();
    }
}
