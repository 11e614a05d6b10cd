package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.simulator.Endpoint;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The launcher with the packed jar and a real JVM, as a user runs it: after packaging, for it needs the jar. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class LauncherIT {

    private static final Path LAUNCHER =
            Path.of("..", "octopusx").toAbsolutePath().normalize();

    @TempDir
    Path directory;

    private OctopusXSimulator simulator;

    @BeforeEach
    void start() {
        simulator = OctopusXSimulator.start(SimulatorConfig.builder()
                .apiKeys(CliRun.KEY)
                .life(Duration.ofSeconds(20))
                .speed(200)
                .snapshotInterval(Duration.ZERO)
                .build());
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private ProcessBuilder launcher(String... args) throws Exception {
        List<String> command = new ArrayList<>(heedingInterrupts("env"));
        command.add(LAUNCHER.toString());
        command.addAll(Arrays.asList(args));
        return process(command);
    }

    /**
     * What to put before a command. A build may run with SIGINT ignored, which children inherit; a person's shell does not. Only
     * the {@code env} of GNU can undo that.
     */
    private static List<String> heedingInterrupts(String env) throws Exception {
        List<String> prefix = List.of(env, "--default-signal=INT");
        List<String> probe = new ArrayList<>(prefix);
        probe.add("true");
        Process trial = new ProcessBuilder(probe)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        return trial.waitFor() == 0 ? prefix : List.of();
    }

    private ProcessBuilder process(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().put("LC_ALL", "POSIX");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("OCTOPUSX_API_KEY", CliRun.KEY);
        builder.environment().put("OCTOPUSX_BASE_URL", simulator.baseUrl().toString());
        return builder;
    }

    private static Run run(ProcessBuilder builder) throws Exception {
        Path err = Files.createTempFile(builder.directory().toPath().getParent(), "octopusx", ".err");
        Process process = builder.redirectError(err.toFile()).start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Run run = new Run(process.waitFor(), out, Files.readString(err));
        Files.delete(err);
        return run;
    }

    private record Run(int code, String out, String err) {}

    @Test
    void aPromptArrivesWholeInThePosixLocale() throws Exception {
        String prompt = "@一只猫 😀 \"q\" \\ $HOME — é";
        Path picture = Pictures.png(directory.resolve("猫.png"));
        Run run = run(launcher(
                "generate",
                "--prompt",
                prompt,
                "--first-frame",
                picture.getFileName().toString(),
                "--output",
                "输出 😀.mp4",
                "--poll-interval",
                "10ms",
                "--json"));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(simulator.ledger().accepted()).hasSize(1);
        assertThat(simulator.ledger().accepted().get(0).fields()).containsEntry("prompt", prompt);
        assertThat(run.out()).contains("\"output\":\"输出 😀.mp4\"");
        assertThat(directory.resolve("输出 😀.mp4")).isNotEmptyFile();
    }

    @Test
    void aBatchFromStdinArrivesWholeInThePosixLocale() throws Exception {
        Path jobs = Files.writeString(directory.resolve("任务.jsonl"), "{\"prompt\":\"喵 😀\"}\n");
        Run run = run(launcher("batch", "-", "--poll-interval", "10ms").redirectInput(jobs.toFile()));
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(simulator.ledger().accepted().get(0).fields()).containsEntry("prompt", "喵 😀");
        assertThat(run(launcher("batch", "任务.jsonl", "--poll-interval", "10ms")).code())
                .isZero();
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
    }

    @Test
    void theVideoLiesInTheCurrentDirectoryUnderItsId() throws Exception {
        Run run = run(launcher("generate", "--prompt", "x", "--poll-interval", "10ms"));
        assertThat(run.code()).as(run.err()).isZero();
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(directory.resolve(id + ".mp4")).isNotEmptyFile();
        assertThat(run.out()).doesNotContain("\r").contains("Saved " + id + ".mp4");
    }

    @Test
    void aDemonstrationNeedsNothing() throws Exception {
        ProcessBuilder builder = launcher("generate", "--demo", "--prompt", "a paper boat");
        builder.environment().remove("OCTOPUSX_API_KEY");
        builder.environment().remove("OCTOPUSX_BASE_URL");
        Run run = run(builder);
        assertThat(run.code()).as(run.err()).isZero();
        assertThat(JobTest.videos(directory)).hasSize(1);
        assertThat(simulator.ledger().requests()).isZero();
    }

    @Test
    void ctrlCNamesTheOpenTaskAndEndsWith130() throws Exception {
        simulator.inject("outcome:never-ending");
        Process process = launcher("generate", "--prompt", "x", "--poll-interval", "10ms", "--json")
                .start();
        JobTest.await(() -> simulator.ledger().requests(Endpoint.STATUS) > 2);
        interrupt(process);
        assertThat(process.waitFor()).isEqualTo(130);
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("octopusx track " + id);
        assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains("{\"error\":{\"type\":\"Interrupted\"");
    }

    @Test
    void ctrlCWhileASubmissionIsUnderWayWaitsForItsTask() throws Exception {
        simulator.inject("submit:latency/5s");
        Process process = launcher("submit", "--prompt", "x").start();
        JobTest.await(() -> simulator.ledger().requests(Endpoint.SUBMIT) == 1);
        interrupt(process);
        assertThat(process.waitFor()).isEqualTo(130);
        assertThat(new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8))
                .contains(
                        "octopusx track " + simulator.ledger().accepted().get(0).id());
    }

    @Test
    void theSimulatorServesUntilItIsStopped() throws Exception {
        Process process = launcher("simulator", "--speed", "200", "--snapshot", "1ms", "--life", "20s", "--json")
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            String said = out.readLine();
            assertThat(said).startsWith("{\"base_url\":\"http://127.0.0.1:").contains("\"api_key\":\"");
            String url = said.substring(13, said.indexOf('"', 13));
            String key = said.substring(said.indexOf("\"api_key\":\"") + 11, said.length() - 2);
            CliRun.against(url)
                    .with("OCTOPUSX_API_KEY", key)
                    .run(
                            "generate",
                            "--prompt",
                            "x",
                            "--output",
                            directory.resolve("s.mp4").toString(),
                            "--poll-interval",
                            "10ms")
                    .exits(0);
            assertThat(process.isAlive()).isTrue();
            interrupt(process);
            assertThat(process.waitFor()).isEqualTo(130);
        }
    }

    @Test
    void whatTheSimulatorPrintsWorksAsPrinted() throws Exception {
        Process process = launcher("simulator", "--speed", "200", "--snapshot", "1ms", "--life", "20s", "--quiet")
                .start();
        try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
            List<String> hint = new ArrayList<>();
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                hint.add(line);
                if (line.contains("generate")) {
                    break;
                }
            }
            assertThat(hint).hasSize(5).element(0).asString().contains("Ctrl-C stops it");
            ProcessBuilder shell = process(List.of("bash", "-c", String.join("\n", hint.subList(1, hint.size()))));
            shell.environment().remove("OCTOPUSX_API_KEY");
            shell.environment().remove("OCTOPUSX_BASE_URL");
            Run run = run(shell);

            assertThat(run.code()).as(hint + run.err()).isZero();
            assertThat(JobTest.videos(directory)).hasSize(1);
            interrupt(process);
            assertThat(process.waitFor()).isEqualTo(130);
        }
    }

    @Test
    void anEnvThatCannotUndoAnIgnoredSignalIsLeftOut() throws Exception {
        Path other = Files.writeString(directory.resolve("env"), "#!/bin/sh\nexit 125\n");
        Files.setPosixFilePermissions(other, PosixFilePermissions.fromString("rwx------"));

        assertThat(heedingInterrupts(other.toString())).isEmpty();
    }

    /** Of the process itself: the launcher has become the JVM. */
    private static void interrupt(Process process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(process.pid()))
                        .start()
                        .waitFor())
                .isZero();
    }
}
