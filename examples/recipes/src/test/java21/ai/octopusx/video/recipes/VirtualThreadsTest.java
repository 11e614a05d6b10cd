package ai.octopusx.video.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VirtualThreadsTest {

    @Test
    void manyThreadsWaitForAVideoEach(@TempDir Path directory) throws Exception {
        SimulatorConfig quick = SimulatorConfig.builder()
                .life(Duration.ofMillis(200))
                .snapshotInterval(Duration.ofMillis(20))
                .maxRunning(1_000)
                .build();
        List<String> prompts =
                IntStream.range(0, 200).mapToObj(i -> "Boat " + i).toList();
        try (OctopusXSimulator gateway = OctopusXSimulator.start(quick);
                VideoClient client = VideoClient.builder()
                        .baseUrl(gateway.baseUrl().toString())
                        .apiKey(gateway.apiKey())
                        .polling(PollingPolicy.fixed(Duration.ofMillis(50)))
                        .build()) {
            List<Future<Path>> files = new VirtualThreads(client).videos(prompts, directory);

            assertThat(files).hasSize(200).allSatisfy(file -> assertThat(file.get()).isNotEmptyFile());
            assertThat(gateway.ledger().acceptedTwice()).isEmpty();
        }
    }
}
