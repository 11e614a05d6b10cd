package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.http.HttpResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.UnauthorizedException;
import com.openai.models.videos.Video;
import com.openai.models.videos.VideoCreateParams;
import com.openai.models.videos.VideoSeconds;
import com.openai.models.videos.VideoSize;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The official OpenAI library, unchanged: a client that nobody here wrote. */
@SuppressWarnings("deprecation") // OpenAI retires its own video models; the gateway keeps the shape.
class OpenAiClientTest {

    private final OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
            .manualClock()
            .strict(false)
            .life(Duration.ofSeconds(60))
            .build());
    private final OpenAIClient openai = client(simulator.apiKey());

    private OpenAIClient client(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(simulator.baseUrl() + "/v1")
                .apiKey(key)
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void close() {
        openai.close();
        simulator.close();
    }

    @Test
    void itCreatesRetrievesAndDownloadsAVideo() throws Exception {
        byte[] image = Form.png(720, 1280, 3_000);
        Video created = openai.videos()
                .create(VideoCreateParams.builder()
                        .model("sora-2")
                        .prompt("一只猫 rides a bicycle")
                        .seconds(VideoSeconds._4)
                        .size(VideoSize._720X1280)
                        .inputReference(image)
                        .build());

        assertThat(created.status()).isEqualTo(Video.Status.QUEUED);
        assertThat(created.progress()).isZero();
        AcceptedJob job = simulator.ledger().job(created.id()).orElseThrow();
        assertThat(job.fields())
                .containsEntry("model", "sora-2")
                .containsEntry("prompt", "一只猫 rides a bicycle")
                .containsEntry("seconds", "4")
                .containsEntry("size", "720x1280");

        simulator.advance(Duration.ofSeconds(30));
        Video running = openai.videos().retrieve(created.id());
        assertThat(running.progress()).isEqualTo(50);
        assertThat(running.status().asString()).isEqualTo("processing");

        simulator.advance(Duration.ofSeconds(30));
        Video done = openai.videos().retrieve(created.id());
        assertThat(done.status()).isEqualTo(Video.Status.COMPLETED);
        assertThat(done.completedAt()).isPresent();
        assertThat(done.expiresAt()).isPresent();
        try (HttpResponse film = openai.videos().downloadContent(created.id())) {
            assertThat(Mp4.boxes(film.body().readAllBytes())).startsWith("ftyp", "moov");
        }
        assertThat(simulator.ledger().violations()).isEmpty();
    }

    @Test
    void itReadsTheWordsOfItsOwnPage() {
        try (OctopusXSimulator other = OctopusXSimulator.start(SimulatorConfig.builder()
                .manualClock()
                .words(StatusWords.openAi())
                .snapshotInterval(Duration.ZERO)
                .life(Duration.ofSeconds(60))
                .outcomes(Outcome.failed("OutputVideoSensitiveContentDetected", "withheld"))
                .build())) {
            OpenAIClient client = OpenAIOkHttpClient.builder()
                    .baseUrl(other.baseUrl() + "/v1")
                    .apiKey(other.apiKey())
                    .build();
            String id = client.videos()
                    .create(VideoCreateParams.builder()
                            .model(Form.MODEL)
                            .prompt("x")
                            .build())
                    .id();
            assertThat(client.videos().retrieve(id).status()).isEqualTo(Video.Status.IN_PROGRESS);
            other.advance(Duration.ofSeconds(60));

            Video failed = client.videos().retrieve(id);
            assertThat(failed.status()).isEqualTo(Video.Status.FAILED);
            assertThat(failed.error()).get().satisfies(error -> assertThat(error.code())
                    .isEqualTo("OutputVideoSensitiveContentDetected"));
            client.close();
        }
    }

    @Test
    void itUnderstandsTheRefusals() {
        OpenAIClient stranger = client("sk-wrong");
        assertThatThrownBy(() -> stranger.videos().retrieve("video_x"))
                .isInstanceOf(UnauthorizedException.class)
                .hasMessageContaining("Invalid token");
        assertThatThrownBy(() -> openai.videos().retrieve("video_x")).isInstanceOf(BadRequestException.class);
        stranger.close();
    }

    @Test
    void itsOwnRetriesBuyTheSameVideoTwiceAndTheLedgerSaysSo() {
        simulator.inject("submit:answer-lost*1");
        OpenAIClient asShipped = OpenAIOkHttpClient.builder()
                .baseUrl(simulator.baseUrl() + "/v1")
                .apiKey(simulator.apiKey())
                .build();

        asShipped
                .videos()
                .create(VideoCreateParams.builder()
                        .model("sora-2")
                        .prompt("once, please")
                        .build());

        assertThat(simulator.ledger().acceptedTwice()).singleElement().satisfies(group -> assertThat(group)
                .hasSize(2));
        asShipped.close();
    }
}
