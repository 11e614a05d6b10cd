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

    private static final SimulatorConfig QUICK = SimulatorConfig.builder()
            .life(Duration.ofMillis(200))
            .snapshotInterval(Duration.ofMillis(20))
            .maxRunning(1_000)
            .build();

    private static VideoClient clientOf(OctopusXSimulator gateway) {
        return VideoClient.builder()
                .baseUrl(gateway.baseUrl().toString())
                .apiKey(gateway.apiKey())
                .polling(PollingPolicy.fixed(Duration.ofMillis(50)))
                .build();
    }

    @Test
    void manyThreadsWaitForAVideoEach(@TempDir Path directory) throws Exception {
        List<String> prompts =
                IntStream.range(0, 200).mapToObj(i -> "Boat " + i).toList();
        try (OctopusXSimulator gateway = OctopusXSimulator.start(QUICK);
                VideoClient client = clientOf(gateway)) {
            List<Future<Path>> files = new VirtualThreads(client).videos(prompts, directory);

            assertThat(files).hasSize(200).allSatisfy(file -> assertThat(file.get()).isNotEmptyFile());
            assertThat(gateway.ledger().acceptedTwice()).isEmpty();
        }
    }

    @Test
    void twoEqualPromptsAreTwoVideosInTwoFiles(@TempDir Path directory) throws Exception {
        try (OctopusXSimulator gateway = OctopusXSimulator.start(QUICK);
                VideoClient client = clientOf(gateway)) {
            List<Future<Path>> files = new VirtualThreads(client).videos(List.of("Boat", "Boat"), directory);

            assertThat(files)
                    .extracting(Future::get)
                    .containsExactly(directory.resolve("0.mp4"), directory.resolve("1.mp4"))
                    .allSatisfy(file -> assertThat(file).isNotEmptyFile());
            assertThat(gateway.ledger().acceptedCount()).isEqualTo(2);
        }
    }
}
