package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import ai.octopusx.video.simulator.SimulatorLedger;
import io.netty.channel.ChannelOption;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

class CrowdTest {

    private static final int CROWD = 2_000;
    private static final Duration LIFE = Duration.ofSeconds(60);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @RegisterExtension
    final SimulatorExtension gateway = new SimulatorExtension(SimulatorConfig.builder()
            .manualClock()
            .life(LIFE)
            .snapshotInterval(Duration.ZERO)
            .build());

    /** The measure is a twin: a job that lives through the same time with one watcher. */
    @Test
    void twoThousandWhoWatchOneJobCauseOnePollLoop(
            OctopusXSimulator simulator, SimulatorLedger ledger, @TempDir Path data) throws InterruptedException {
        try (RunningService service = RunningService.start(simulator, data, "octopusx.video.polling.interval=250ms");
                Browsers browsers = new Browsers()) {
            String lonely = service.submitted(Form.of("watched by one"));
            String famous = service.submitted(Form.of("watched by two thousand"));
            CountDownLatch present = new CountDownLatch(CROWD + 1);
            Mono<List<String>> streams = Flux.range(0, CROWD + 1)
                    .map(number -> service.uri("/videos/" + (number == 0 ? lonely : famous) + "/events"))
                    .flatMap(uri -> browsers.watch(uri.toString(), present), CROWD + 1)
                    .collectList();
            var ends = streams.toFuture();

            assertThat(present.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
            simulator.advance(LIFE.plusSeconds(1));

            assertThat(ends.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join())
                    .hasSize(CROWD + 1)
                    .allSatisfy(stream -> assertThat(stream).contains("\"status\":\"completed\""));
            long byOne = ledger.polls(service.job(lonely).get("taskId").asString());
            long byCrowd = ledger.polls(service.job(famous).get("taskId").asString());
            assertThat(byOne).isPositive();
            assertThat(byCrowd).isBetween(1L, 2 * byOne + 5).isLessThan(CROWD);
            assertThat(ledger.acceptedTwice()).isEmpty();
        }
    }

    /** As many connections as there are streams, on two threads of their own. */
    private static final class Browsers implements AutoCloseable {

        private final LoopResources loops = LoopResources.create("browsers", 2, true);
        private final ConnectionProvider connections = ConnectionProvider.builder("browsers")
                .maxConnections(CROWD + 1)
                .pendingAcquireMaxCount(CROWD + 1)
                .pendingAcquireTimeout(PATIENCE)
                .build();
        private final HttpClient http = HttpClient.create(connections)
                .runOn(loops)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) PATIENCE.toMillis());

        /** The whole stream, once it has ended. Counts down when the first event is there. */
        Mono<String> watch(String uri, CountDownLatch present) {
            return http.get()
                    .uri(uri)
                    .responseContent()
                    .asString(StandardCharsets.UTF_8)
                    .scan(String::concat)
                    .doOnNext(new FirstEvent(present)::seen)
                    .last();
        }

        @Override
        public void close() {
            connections.disposeLater().block(PATIENCE);
            loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
        }
    }

    private static final class FirstEvent {

        private final CountDownLatch present;
        private boolean counted;

        FirstEvent(CountDownLatch present) {
            this.present = present;
        }

        void seen(String soFar) {
            if (!counted && soFar.contains("data:")) {
                counted = true;
                present.countDown();
            }
        }
    }
}
