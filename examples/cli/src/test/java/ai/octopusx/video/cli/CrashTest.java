package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.reactor.FileSubmissionJournal;
import ai.octopusx.video.simulator.AcceptedJob;
import ai.octopusx.video.simulator.Endpoint;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The process of a batch is killed at random moments, again and again, and started again each time. After each death the
 * ledger is held against what the gateway took. Fifty deaths, in two batches side by side.
 */
@Execution(ExecutionMode.CONCURRENT)
class CrashTest {

    private static final int DEATHS = 25;
    private static final int LINES = 300;

    @TempDir
    Path directory;

    private OctopusXSimulator simulator;
    private Path input;
    private Path ledger;

    @ParameterizedTest
    @ValueSource(longs = {20261122, 20261123})
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void noDeathPaysTwiceOrLosesAJob(long seed) throws Exception {
        input = directory.resolve("jobs.jsonl");
        ledger = BatchLedger.file(input.toString(), directory);
        List<String> lines = new ArrayList<>();
        for (int number = 1; number <= LINES; number++) {
            lines.add("{\"prompt\":\"line " + number + "\"}");
        }
        Files.write(input, lines);
        Random random = new Random(seed);
        // The wire is slow on purpose: so there is something to be cut off between the request and its answer.
        try (OctopusXSimulator started = OctopusXSimulator.start(SimulatorConfig.builder()
                .apiKeys(CliRun.KEY)
                .seed(seed)
                .life(Duration.ofSeconds(20))
                .speed(1_000)
                .snapshotInterval(Duration.ZERO)
                .maxRunning(1_000)
                .submissionsPerMinute(1_000_000)
                .faults("submit:latency/15ms@0.7")
                .build())) {
            simulator = started;
            int unknown = 0;
            int inTheMiddle = 0;
            for (int death = 1; death <= DEATHS; death++) {
                int before = simulator.ledger().acceptedCount();
                runAndKill(random);
                unknown = verify("death " + death);
                inTheMiddle += simulator.ledger().acceptedCount() > before ? 1 : 0;
            }
            assertThat(inTheMiddle).as("deaths in the middle of the work").isGreaterThan(2);
            assertThat(simulator.ledger().acceptedCount())
                    .as("work was left to the end")
                    .isLessThan(LINES);

            Process last = start();
            assertThat(last.waitFor()).isEqualTo(unknown == 0 ? ExitCode.DONE : ExitCode.UNKNOWN);
            assertThat(verify("the end")).isEqualTo(unknown);
            assertThat(simulator.ledger().violations()).isEmpty();
            assertThat(records().stream().filter(r -> r.state() == State.CLOSED))
                    .as("every other line has its video")
                    .hasSize(LINES - unknown)
                    .allSatisfy(r -> assertThat(directory.resolve(FileNames.video(r.taskId())))
                            .isNotEmptyFile());
        }
    }

    /** Kills some time after some number of submissions of this run, and now and then before there is any. */
    private void runAndKill(Random random) throws Exception {
        long submissions = simulator.ledger().requests(Endpoint.SUBMIT) + random.nextInt(12);
        long nanos = random.nextInt(20_000_000);
        Process process = start();
        while (process.isAlive() && simulator.ledger().requests(Endpoint.SUBMIT) < submissions) {
            LockSupport.parkNanos(1_000_000);
        }
        LockSupport.parkNanos(nanos);
        process.destroyForcibly();
        int code = process.waitFor();
        assertThat(code).as("it died, and did not end by itself").isEqualTo(137);
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xshare:auto",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "batch",
                input.toString(),
                "--output-dir",
                directory.toString(),
                "--poll-interval",
                "5ms",
                "--concurrency",
                "8");
        builder.environment().put("OCTOPUSX_API_KEY", CliRun.KEY);
        builder.environment().put("OCTOPUSX_BASE_URL", simulator.baseUrl().toString());
        return builder.redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** @return the lines whose outcome is unknown */
    private int verify(String when) {
        Map<String, List<AcceptedJob>> taken = simulator.ledger().accepted().stream()
                .collect(Collectors.groupingBy(job -> job.fields().get("prompt")));
        assertThat(taken).as(when).allSatisfy((prompt, jobs) -> assertThat(jobs)
                .as("jobs of " + prompt)
                .hasSize(1));

        Map<String, Record> known = new HashMap<>();
        for (Record record : records()) {
            String line = String.valueOf(record.entry().reference());
            String prompt = "line " + line.substring(0, line.indexOf(':'));
            if (record.state() != State.REJECTED) {
                assertThat(known.put(prompt, record)).as(when + ": noted twice").isNull();
            }
        }
        taken.forEach((prompt, jobs) -> {
            Record record = known.get(prompt);
            assertThat(record)
                    .as(when + ": a job that nobody knows of: " + prompt)
                    .isNotNull();
            if (record.state() != State.UNKNOWN) {
                assertThat(record.state()).as(when).isIn(State.TAKEN, State.CLOSED);
                assertThat(record.taskId()).isEqualTo(jobs.get(0).id());
            }
        });
        TreeSet<String> imagined = new TreeSet<>(known.keySet());
        imagined.removeIf(
                prompt -> taken.containsKey(prompt) || known.get(prompt).state() == State.UNKNOWN);
        assertThat(imagined).as(when + ": known as taken, and never taken").isEmpty();
        return (int) known.values().stream()
                .filter(record -> record.state() == State.UNKNOWN)
                .count();
    }

    private List<Record> records() {
        if (!Files.exists(ledger)) {
            return List.of();
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(ledger)) {
            return journal.records().toCompletableFuture().join();
        }
    }
}
