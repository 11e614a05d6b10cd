package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.reactor.VideoClient;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class VideoShopTest {

    /** Lives a hundred times faster than the real one. */
    @RegisterExtension
    final SimulatorExtension gateway =
            new SimulatorExtension(SimulatorConfig.builder().speed(100).seed(7).build());

    private final VideoClient client = VideoClient.builder()
            .baseUrl(gateway.simulator().baseUrl().toString())
            .apiKey(gateway.simulator().apiKey())
            .polling(PollingPolicy.fixed(Duration.ofMillis(50)))
            .build();

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aVideoIsPaidOnceAlthoughTheGatewayIsInTrouble(SimulatorLedger ledger, @TempDir Path directory) {
        gateway.simulator().inject("submit:429*1,status:502*1,files:cut/5000*1");

        Path file = client.generate(DoubaoVideoRequest.textToVideo("A paper boat"))
                .flatMap(video -> client.downloadTo(video, directory.resolve("boat.mp4")))
                .block();

        assertThat(file).isNotEmptyFile();
        assertThat(ledger.accepted()).hasSize(1);
        assertThat(ledger.acceptedTwice()).isEmpty();
        assertThat(ledger.violations()).isEmpty();
    }

    @Test
    void aLostAnswerIsAskedAboutAndNotPaidAgain(SimulatorLedger ledger) {
        gateway.simulator().inject("submit:answer-lost*1");

        assertThatThrownBy(() -> client.submit(DoubaoVideoRequest.textToVideo("A paper boat"))
                        .retry(3)
                        .block())
                .isInstanceOf(SubmissionOutcomeUnknownException.class);
        assertThat(ledger.charges()).hasSize(1);
    }
}
