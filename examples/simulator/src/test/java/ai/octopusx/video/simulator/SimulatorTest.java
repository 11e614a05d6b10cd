package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.scheduler.Schedulers;

/** Starting, stopping, and what a configuration may say. */
class SimulatorTest {

    @Test
    void manyServeSideBySide() {
        List<OctopusXSimulator> all = new ArrayList<>();
        try {
            for (int i = 0; i < 5; i++) {
                all.add(OctopusXSimulator.start());
            }
            String id = new Http(all.get(0)).submitted(Form.of("x"));

            assertThat(all).extracting(OctopusXSimulator::baseUrl).doesNotHaveDuplicates();
            assertThat(new Http(all.get(1)).status(id).statusCode()).isEqualTo(400);
            assertThat(all.get(1).ledger().acceptedCount()).isZero();
            assertThat(all.get(0).apiKey()).isEqualTo("sk-simulator");
        } finally {
            all.forEach(OctopusXSimulator::close);
        }
    }

    @Test
    void closingFreesPortsAndThreadsAndMayBeRepeated() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        OctopusXSimulator simulator = OctopusXSimulator.start();
        int port = simulator.baseUrl().getPort();
        int filesPort = simulator.filesUrl().getPort();
        Socket open = new Socket("127.0.0.1", port);
        open.setSoTimeout(20_000);
        Eventually.until(() -> simulator.ledger().connections() == 1);

        simulator.close();
        simulator.close();

        assertThat(open.getInputStream().read()).isEqualTo(-1);
        open.close();
        assertThatThrownBy(() -> new Socket("127.0.0.1", port).close()).isInstanceOf(ConnectException.class);
        assertThatThrownBy(() -> new Socket("127.0.0.1", filesPort).close()).isInstanceOf(ConnectException.class);
        simulator.awaitClose();
        assertThat(simulator.baseUrl().getPort()).isEqualTo(port);
        Eventually.until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("octopusx-simulator") && !before.contains(thread)));
    }

    @Test
    void itMayBeClosedOnAThreadThatMustNotWait() throws Exception {
        OctopusXSimulator simulator = OctopusXSimulator.start();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Schedulers.parallel().schedule(() -> {
            try {
                simulator.close();
            } catch (Throwable e) {
                failure.set(e);
            }
        });

        simulator.awaitClose();
        assertThat(failure).hasValue(null);
    }

    @Test
    void aTakenPortIsSaidToBeTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, java.net.InetAddress.getByName("127.0.0.1"))) {
            SimulatorConfig config =
                    SimulatorConfig.builder().port(taken.getLocalPort()).build();

            assertThatThrownBy(() -> OctopusXSimulator.start(config)).hasStackTraceContaining("Address already in use");
        }
    }

    @Test
    void aPortMayBeChosenAndUsedAgain() {
        OctopusXSimulator first = OctopusXSimulator.start();
        int port = first.baseUrl().getPort();
        first.close();
        try (OctopusXSimulator second =
                OctopusXSimulator.start(SimulatorConfig.builder().port(port).build())) {
            assertThat(second.baseUrl().getPort()).isEqualTo(port);
        }
    }

    @Test
    void badValuesAreToldWithWhatIsAllowed() {
        assertThatThrownBy(() -> SimulatorConfig.builder().speed(0).build())
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("speed is 0.0: allowed is more than 0");
        assertThatThrownBy(() -> SimulatorConfig.builder().port(70_000).build()).hasMessageContaining("port is 70000");
        assertThatThrownBy(() -> SimulatorConfig.builder()
                        .snapshotInterval(Duration.ofSeconds(-1))
                        .build())
                .hasMessageContaining("snapshotInterval");
        assertThatThrownBy(
                        () -> SimulatorConfig.builder().apiKeys("sk with space").build())
                .hasMessageNotContaining("sk with space");
        assertThatThrownBy(() -> SimulatorConfig.builder().faults("nonsense")).hasMessageContaining("nonsense");
        assertThat(SimulatorConfig.builder().apiKeys("sk-hidden").build().toString())
                .doesNotContain("hidden");
    }

    @Test
    void aPollOfAnUnchangedStateMakesNothingNew() {
        SimulatorConfig config = SimulatorConfig.builder()
                .manualClock()
                .life(Duration.ofSeconds(60))
                .build();
        GatewayClock clock = GatewayClock.manual();
        Snapshots snapshots = new Snapshots(config.snapshotInterval.toNanos());
        StatusBodies bodies =
                new StatusBodies(config, clock, snapshots, new SignedLinks("http://files", clock, config));
        Jobs jobs = new Jobs(config, clock, new FaultBox(1, List.of()), new Clips(0), snapshots, 1);
        Accounts.Key key = new Accounts(config).all().iterator().next();
        Job job = jobs.accept(
                        new Submission(
                                key, java.util.Map.of("model", Form.MODEL, "prompt", "x"), List.of(), null, null),
                        null)
                .job();

        for (int seconds = 0; seconds < 100; seconds += 15) {
            Answer first = bodies.status(job, clock.now(), false);
            for (int i = 0; i < 1_000; i++) {
                assertThat(bodies.status(job, clock.now(), false)).isSameAs(first);
            }
            clock.advance(Duration.ofSeconds(15));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--port",
                "--nonsense 1",
                "serve",
                "--speed fast",
                "--profile C",
                "--life forever",
                "--faults status:explode",
                "--speed -1"
            })
    void optionsThatAreNotUnderstoodAreExplained(String line) {
        assertThatThrownBy(() -> SimulatorServer.configure(List.of(line.split(" ")), text -> {}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(
                        line.split(" ")[0].replace("--speed -1", "speed").replace("--", ""));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--snapshot", "--snapshot-interval"})
    void theTimeBetweenTwoLooksHasTwoNames(String option) {
        assertThat(SimulatorServer.configure(List.of(option, "2s"), text -> {}).snapshotInterval)
                .isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void theOptionsOfTheProgramMakeAConfiguration() {
        List<String> log = new ArrayList<>();
        SimulatorConfig config = SimulatorServer.configure(
                List.of(
                        "--port",
                        "0",
                        "--speed",
                        "20",
                        "--seed",
                        "7",
                        "--life",
                        "10s",
                        "--snapshot",
                        "500ms",
                        "--max-running",
                        "2",
                        "--balance",
                        "5.50",
                        "--link-life",
                        "1h",
                        "--profile",
                        "b",
                        "--lenient",
                        "--clip-bytes",
                        "100000",
                        "--key",
                        "sk-mine",
                        "--faults",
                        "status:429*3",
                        "--host",
                        "127.0.0.1",
                        "--files-port",
                        "0"),
                log::add);

        assertThat(config.maxRunning).isEqualTo(2);
        assertThat(config.accounts.values()).singleElement().satisfies(account -> assertThat(account.balance())
                .isEqualByComparingTo("5.50"));
        try (OctopusXSimulator simulator = OctopusXSimulator.start(config)) {
            assertThat(simulator.apiKey()).isEqualTo("sk-mine");
            assertThat(SimulatorServer.greeting(simulator))
                    .contains("OCTOPUSX_BASE_URL=" + simulator.baseUrl(), "OCTOPUSX_API_KEY=sk-mine");
            assertThat(new Http(simulator).submitted(Form.of("any-model", "x").text("seconds", "30")))
                    .startsWith("task_");
            assertThat(new Http(simulator).status("x").statusCode()).isEqualTo(429);
            assertThat(log).isNotEmpty();
        }
    }
}
