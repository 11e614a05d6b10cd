package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.cli.CliRun.Result;
import ai.octopusx.video.simulator.AcceptedJob;
import ai.octopusx.video.simulator.Endpoint;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One job, told by the simulator. */
class JobTest {

    @TempDir
    Path directory;

    private OctopusXSimulator simulator;

    @BeforeEach
    void start() {
        simulator = OctopusXSimulator.start(SimulatorConfig.builder()
                .apiKeys(CliRun.KEY)
                .life(Duration.ofSeconds(60))
                .speed(200)
                .snapshotInterval(Duration.ZERO)
                .build());
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private CliRun cli() {
        return CliRun.against(simulator.baseUrl());
    }

    @Test
    void generateSubmitsWatchesAndSaves() throws IOException {
        Path picture = Pictures.png(directory.resolve("猫 \"first\".png"));
        Path file = directory.resolve("out.mp4");
        Files.writeString(file, "an older video");
        Result result = cli().run(
                        "generate",
                        "--prompt",
                        "@喵 😀",
                        "--model",
                        "doubao-seedance-1-0-pro_480p",
                        "--size",
                        "keep_ratio",
                        "--seconds",
                        "7",
                        "--first-frame",
                        picture.toString(),
                        "--last-frame",
                        picture.toString(),
                        "--output",
                        file.toString(),
                        "--poll-interval",
                        "20ms")
                .exits(0);

        AcceptedJob job = simulator.ledger().accepted().get(0);
        assertThat(job.fields())
                .containsEntry("prompt", "@喵 😀")
                .containsEntry("model", "doubao-seedance-1-0-pro_480p")
                .containsEntry("size", "keep_ratio")
                .containsEntry("seconds", "7");
        assertThat(job.files()).extracting("field").containsExactly("first_frame_image", "last_frame_image");
        assertThat(isMp4(file)).isTrue();
        assertThat(result.err()).isEmpty();
        assertThat(result.lines().get(0)).matches(job.id() + "  queued  0%  0:0\\d");
        assertThat(result.lastLine()).startsWith("Saved " + file + " (").contains("task " + job.id());
        assertThat(result.lines()).as("no state twice").doesNotHaveDuplicates();
        assertThat(simulator.ledger().violations()).isEmpty();
    }

    @Test
    void whatIsLeftOutIsNotSent() {
        cli().run("submit", "--prompt", "a cat").exits(0);
        assertThat(simulator.ledger().accepted().get(0).fields())
                .containsOnlyKeys("model", "prompt")
                .containsEntry("model", "doubao-seedance-1-5-pro_720p");
    }

    @Test
    void aPromptThatLooksLikeAnOptionIsAPrompt() {
        cli().run("submit", "--prompt=--json").exits(0);
        cli().run("submit", "--prompt", "-5 degrees, \"quoted\" ${HOME} %s").exits(0);
        assertThat(simulator.ledger().accepted())
                .extracting(job -> job.fields().get("prompt"))
                .containsExactly("--json", "-5 degrees, \"quoted\" ${HOME} %s");
    }

    @Test
    void generateAsJsonTellsEachStateOnceAndEndsWithTheOutput() {
        Path file = directory.resolve("out.mp4");
        Result result = cli().run(
                        "generate", "--prompt", "喵", "--output", file.toString(), "--poll-interval", "10ms", "--json")
                .exits(0);

        List<VideoTask> states = result.lines().stream().map(VideoTask::parse).toList();
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(states).extracting(VideoTask::id).containsOnly(id);
        assertThat(states).extracting(VideoTask::rawStatus).startsWith("queued").endsWith("completed");
        assertThat(states.stream().filter(VideoTask::isCompleted)).hasSize(1);
        assertThat(result.lastLine()).endsWith(",\"output\":\"" + file + "\"}");
        assertThat(result.lines().stream().filter(line -> line.contains("\"output\"")))
                .hasSize(1);
        assertThat(states.stream().map(s -> s.status() + " " + s.progress()).toList())
                .doesNotHaveDuplicates();
        assertThat(result.err()).isEmpty();
    }

    @Test
    void submitPrintsTheTaskAndLeavesIt() {
        String json =
                cli().run("submit", "--prompt", "a cat", "--json").exits(0).lastLine();
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(VideoTask.parse(json).id()).isEqualTo(id);
        assertThat(cli().run("submit", "--prompt", "a dog").exits(0).lines()).hasSize(1);
        assertThat(simulator.ledger().requests(Endpoint.STATUS)).isZero();
    }

    @Test
    void aTaskCanBeLookedAtTrackedAndFetchedLater() throws IOException {
        cli().run("submit", "--prompt", "a cat").exits(0);
        String id = simulator.ledger().accepted().get(0).id();
        Path file = directory.resolve("later.mp4");

        VideoTask now =
                VideoTask.parse(cli().run("status", id, "--json").exits(0).out());
        assertThat(now.id()).isEqualTo(id);
        assertThat(cli().run("track", id, "--poll-interval", "20ms").exits(0).lastLine())
                .contains(id + "  completed  100%");
        assertThat(VideoTask.parse(cli().run("track", id, "--json").exits(0).lastLine())
                        .isCompleted())
                .isTrue();
        assertThat(cli().run("download", id, "--output", file.toString(), "--json")
                        .exits(0)
                        .lines())
                .hasSize(1)
                .first()
                .asString()
                .endsWith(",\"output\":\"" + file + "\"}");
        assertThat(isMp4(file)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "failed/OutputVideoSensitiveContentDetected, OutputVideoSensitiveContentDetected",
        "failed-without-error,",
        "cancelled,",
    })
    void aVideoThatFailedOrWasCancelledEndsWithOne(String outcome, String code) {
        simulator.inject("outcome:" + outcome);
        Path file = directory.resolve("none.mp4");
        Result result = cli().run(
                        "generate", "--prompt", "x", "--output", file.toString(), "--poll-interval", "10ms", "--json")
                .exits(1);
        String id = simulator.ledger().accepted().get(0).id();
        String last = result.lastLine();
        assertThat(last)
                .startsWith("{\"error\":{\"type\":\"VideoFailedException\",\"message\":\"Task " + id)
                .endsWith((code == null ? "" : "\"code\":\"" + code + "\",") + "\"task_id\":\"" + id + "\"}}");
        assertThat(result.err()).isEqualTo("octopusx: " + messageOf(last) + "\n");
        VideoTask terminal = VideoTask.parse(result.lines().get(result.lines().size() - 2));
        assertThat(terminal.isTerminal()).isTrue();
        assertThat(file).doesNotExist();

        cli().run("track", id).exits(1);
        cli().run("status", id).exits(1);
        cli().run("download", id, "--output", file.toString()).exits(1);
    }

    /** Each spoils what comes before the money, so nothing may reach the gateway. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "generate",
                "generate --prompt",
                "generate --prompt= ",
                "generate --prompt=x --prompt=y",
                "generate --prompt=x --prompt y",
                "generate --prompt x --prompt=y",
                "generate --prompt --seconds=5",
                "generate --prompt=x --seconds=3",
                "generate --prompt=x --seconds=12",
                "generate --prompt=x --seconds=five",
                "generate --prompt=x --size=5:4",
                "generate --prompt=x --size=keep_ratio",
                "generate --prompt=x --model= ",
                "generate --prompt=x --last-frame=good.png",
                "generate --prompt=x --first-frame=missing.png",
                "generate --prompt=x --first-frame=",
                "generate --prompt=x --first-frame=.",
                "generate --prompt=x --first-frame=text.png",
                "generate --prompt=x --first-frame=empty.png",
                "generate --prompt=x --first-frame=tiny.png",
                "generate --prompt=x --first-frame=good.png --last-frame=text.png",
                "generate --prompt=x --poll-interval=2",
                "generate --prompt=x --poll-interval=0s",
                "generate --prompt=x --timeout=-1s",
                "generate --prompt=x --timeout=9999999h",
                "generate --prompt=x --request-timeout=soon",
                "generate --prompt=x --output=.",
                "generate --prompt=x --output=no/such/place.mp4",
                "generate --prompt=x --output=",
                "generate --prompt=x --unknown",
                "generate --prompt=x y",
                "submit",
                "submit --prompt=x --seconds=3",
                "submit --prompt=x --output=x.mp4",
                "status",
                "status  ",
                "status ..",
                "track .",
                "track ID --timeout=x",
                "download ID",
                "download ID --output=.",
                "batch",
                "batch missing.jsonl",
                "batch .",
                "batch good.jsonl --concurrency=0",
                "batch good.jsonl --output-dir=text.png",
                "simulator --speed=0",
                "simulator --faults=nonsense",
                "simulator --profile=C",
                "simulator --link-life=long",
                "simulator --clip-bytes=-1",
                "nonsense",
            })
    void badInputEndsWithTwoAndOneSentenceAndNothingIsSent(String command) throws IOException {
        Pictures.png(directory.resolve("good.png"));
        Pictures.tiny(directory.resolve("tiny.png"));
        Files.writeString(directory.resolve("text.png"), "this is no picture");
        Files.createFile(directory.resolve("empty.png"));
        Files.writeString(directory.resolve("good.jsonl"), "{\"prompt\":\"x\"}");

        for (boolean json : List.of(false, true)) {
            Result result =
                    cli().run(inDirectory(command + (json ? " --json" : ""))).exits(2);
            assertThat(result.err()).startsWith("octopusx: ").doesNotContain("\tat ");
            assertThat(result.err().lines()).as("one sentence").hasSize(1);
            if (json) {
                assertThat(result.lines()).hasSize(1);
                assertThat(result.lastLine()).startsWith("{\"error\":{\"type\":\"");
                assertThat(result.err()).contains(messageOf(result.lastLine()));
            } else {
                assertThat(result.out()).isEmpty();
            }
        }
        assertThat(simulator.ledger().requests()).isZero();
        assertThat(simulator.ledger().allConnections()).isZero();
    }

    /** Relative names are made absolute, for this process stands elsewhere. */
    private String[] inDirectory(String command) {
        List<String> args = new ArrayList<>();
        for (String part : command.split(" (?=[^ ])")) {
            String[] pair = part.split("=", 2);
            boolean file = List.of("--first-frame", "--last-frame", "--output", "--output-dir")
                    .contains(pair[0]);
            if (file && pair.length == 2 && !pair[1].isEmpty()) {
                args.add(pair[0] + "=" + directory.resolve(pair[1]));
            } else if (args.equals(List.of("batch")) && !part.startsWith("-")) {
                args.add(directory.resolve(part).toString());
            } else {
                args.add(part);
            }
        }
        return args.toArray(String[]::new);
    }

    @Test
    void withoutAUsableKeyOrAddressNothingIsSent() {
        String url = simulator.baseUrl().toString();
        for (CliRun run : List.of(
                CliRun.withoutEnvironment().with("OCTOPUSX_BASE_URL", url),
                cli().with("OCTOPUSX_API_KEY", "  "),
                cli().with("OCTOPUSX_API_KEY", "sk-with\nnewline"),
                cli().with("OCTOPUSX_BASE_URL", "octopusx.ai"),
                cli().with("OCTOPUSX_BASE_URL", "ftp://octopusx.ai"))) {
            Result result = run.run(
                            "generate",
                            "--prompt",
                            "x",
                            "--output",
                            directory.resolve("x.mp4").toString())
                    .exits(2);
            assertThat(result.err().lines()).hasSize(1);
            assertThat(result.err()).contains("OCTOPUSX_").doesNotContain("newline");
        }
        assertThat(simulator.ledger().allConnections()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "submit:400/e2          | BadRequestException       | 400 ",
                "submit:401/e1          | AuthenticationException   | 401",
                "submit:302             | ApiException              | 302",
            })
    void aRefusalEndsWithThree(String fault, String type, int status) {
        simulator.inject(fault);
        Result result = cli().run("submit", "--prompt", "x", "--json").exits(3);
        assertThat(result.lastLine()).contains("\"type\":\"" + type + "\"").contains("\"status\":" + status);
        assertThat(simulator.ledger().acceptedCount()).isZero();
        assertThat(simulator.ledger().requests(Endpoint.SUBMIT)).isEqualTo(1);
    }

    @Test
    void aWrongKeyEndsWithThreeAndIsNotShown() {
        Result result = cli().with("OCTOPUSX_API_KEY", "sk-wrong-WRONG")
                .run("submit", "--prompt", "x", "--json", "--verbose")
                .exits(3);
        assertThat(result.lastLine())
                .contains("\"type\":\"AuthenticationException\"")
                .contains("\"request_id\":\"");
        assertThat(result.out() + result.err()).doesNotContain("WRONG");
        assertThat(result.err()).as("--verbose shows the trace").contains("\tat ");
    }

    @Test
    void aTaskThatNobodyKnowsEndsWithThree() {
        Result result = cli().run("status", "video_nobody", "--json").exits(3);
        assertThat(result.lastLine())
                .contains("\"type\":\"TaskNotFoundException\"")
                .contains("\"code\":\"task_not_exist\"")
                .contains("\"task_id\":\"video_nobody\"");
        cli().run("track", "video_nobody", "--poll-interval", "10ms").exits(3);
        cli().run("download", "video_nobody", "--output", directory.resolve("x").toString())
                .exits(3);
    }

    @Test
    void troubleThatOutlastsTheRetriesEndsWithFour() {
        simulator.inject("submit:429/retry-after=3600");
        assertThat(cli().run("submit", "--prompt", "x", "--json").exits(4).lastLine())
                .contains("\"type\":\"RateLimitedException\"")
                .contains("\"status\":429");
        simulator.clearFaults();
        simulator.inject("status:502/html");
        assertThat(cli().run("status", "video_x", "--json").exits(4).lastLine())
                .contains("\"type\":\"GatewayException\"")
                .contains("\"status\":502");
        assertThat(simulator.ledger().acceptedCount()).isZero();
    }

    @Test
    void aVideoThatCannotBeFetchedEndsWithFourAndSaysHowToFetchItLater() {
        simulator.inject("files:403,content:404");
        Path file = directory.resolve("never.mp4");
        Result result = cli().run(
                        "generate", "--prompt", "x", "--output", file.toString(), "--poll-interval", "10ms", "--json")
                .exits(4);
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(result.lastLine()).contains("octopusx download " + id + " --output " + file);
        assertThat(VideoTask.parse(result.lines().get(result.lines().size() - 2))
                        .isCompleted())
                .as("the finished task is told all the same")
                .isTrue();
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void whatIsNotFinishedCannotBeFetched() {
        simulator.inject("outcome:never-ending");
        cli().run("submit", "--prompt", "x").exits(0);
        String id = simulator.ledger().accepted().get(0).id();
        Result result = cli().run(
                        "download", id, "--output", directory.resolve("x.mp4").toString())
                .exits(4);
        assertThat(result.err()).contains("not finished").contains("octopusx track " + id);
    }

    @Test
    void theDeadlineEndsWithFiveAndSaysHowToResume() {
        simulator.inject("outcome:never-ending");
        Path file = directory.resolve("late.mp4");
        Result result = cli().run(
                        "generate",
                        "--prompt",
                        "x",
                        "--output",
                        file.toString(),
                        "--poll-interval",
                        "20ms",
                        "--timeout",
                        "200ms")
                .exits(5);
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(result.err())
                .contains("octopusx track " + id)
                .contains("octopusx download " + id + " --output " + file);
        assertThat(cli().run("track", id, "--timeout", "100ms", "--json")
                        .exits(5)
                        .lastLine())
                .contains("\"type\":\"TrackingTimeoutException\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"submit:answer-lost", "submit:504/html/accepted", "submit:no-id", "submit:hang/accepted"})
    void anUnknownOutcomeEndsWithSixAndIsNotRepeated(String fault) {
        simulator.inject(fault);
        Result result = cli().run("submit", "--prompt", "x", "--json", "--request-timeout", "500ms")
                .exits(6);
        assertThat(result.lastLine()).contains("\"type\":\"SubmissionOutcomeUnknownException\"");
        assertThat(simulator.ledger().requests(Endpoint.SUBMIT)).isEqualTo(1);
    }

    @Test
    void anInterruptionWhileWatchingNamesTheTask() throws Exception {
        simulator.inject("outcome:never-ending");
        CliRun run = cli();
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> run.run(
                "generate",
                "--prompt",
                "x",
                "--output",
                directory.resolve("x.mp4").toString(),
                "--poll-interval",
                "5ms",
                "--json"));
        await(() -> simulator.ledger().requests(Endpoint.STATUS) > 1);
        run.interruption().interrupt();
        Result result = running.get(60, TimeUnit.SECONDS).exits(130);
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(result.lastLine())
                .startsWith("{\"error\":{\"type\":\"Interrupted\"")
                .contains("octopusx track " + id)
                .endsWith("\"task_id\":\"" + id + "\"}}");
    }

    @Test
    void anInterruptionWhileSubmittingWaitsForTheTaskAndNamesIt() throws Exception {
        simulator.inject("submit:latency/5s");
        CliRun run = cli();
        CompletableFuture<Result> running =
                CompletableFuture.supplyAsync(() -> run.run("submit", "--prompt", "x", "--json"));
        await(() -> simulator.ledger().requests(Endpoint.SUBMIT) == 1);
        run.interruption().interrupt();
        Result result = running.get(60, TimeUnit.SECONDS).exits(130);
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(result.lastLine()).contains("was taken meanwhile").contains("octopusx track " + id);
    }

    @Test
    void anInterruptionWhoseSubmissionStaysUnansweredSaysSoWithinTheRequestTimeout() throws Exception {
        simulator.inject("submit:hang");
        CliRun run = cli();
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(
                () -> run.run("submit", "--prompt", "x", "--json", "--request-timeout", "1s"));
        await(() -> simulator.ledger().requests(Endpoint.SUBMIT) == 1);
        run.interruption().interrupt();
        assertThat(running.get(60, TimeUnit.SECONDS).exits(130).lastLine()).contains("may have been taken and charged");
    }

    @Test
    void aTerminalGetsALiveLineAndTheResult() {
        Path file = directory.resolve("out.mp4");
        Result result = cli().onTerminal()
                .run("generate", "--prompt", "x", "--output", file.toString(), "--poll-interval", "10ms")
                .exits(0);
        assertThat(result.err()).contains("\rvideo").contains("saved");
        assertThat(result.lines()).hasSize(1).first().asString().startsWith("Saved " + file);
        String id = simulator.ledger().accepted().get(0).id();
        assertThat(result.err()).containsOnlyOnce("Task " + id);
    }

    @Test
    void aTerminalShowsThatAVideoIsBeingSubmitted() throws Exception {
        simulator.inject("submit:hang");
        CliRun run = cli().onTerminal();
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> run.run(
                "generate",
                "--prompt",
                "x",
                "--output",
                directory.resolve("x.mp4").toString(),
                "--request-timeout",
                "1s"));
        await(() -> run.errSoFar().contains("submitting"));
        assertThat(run.errSoFar()).contains("\rvideo").doesNotContain("Task ");
        run.interruption().interrupt();
        running.get(60, TimeUnit.SECONDS).exits(130);
    }

    @Test
    void theKeyIsShownNowhere() {
        Result result = cli().run(
                        "generate",
                        "--prompt",
                        "x",
                        "--output",
                        directory.resolve("out.mp4").toString(),
                        "--poll-interval",
                        "10ms",
                        "--verbose")
                .exits(0);
        assertThat(result.out() + result.err()).doesNotContain(CliRun.KEY);
    }

    @Test
    void helpIsNoError() {
        for (String[] args : List.of(
                new String[] {"--help"},
                new String[] {"generate", "--help"},
                new String[] {"batch", "-h"},
                new String[] {"simulator", "--help"})) {
            Result result = CliRun.withoutEnvironment().run(args).exits(0);
            assertThat(result.out())
                    .startsWith("Usage: octopusx")
                    .contains("-h, --help")
                    .doesNotContain("${");
            assertThat(result.err()).isEmpty();
        }
        assertThat(CliRun.withoutEnvironment().run("--version").exits(0).out()).startsWith("octopusx ");
        assertThat(CliRun.withoutEnvironment().run("batch", "--help").out())
                .contains(".octopusx-batch-")
                .contains("To forget a batch");
    }

    static String messageOf(String errorLine) {
        String from = errorLine.substring(errorLine.indexOf("\"message\":\"") + 11);
        StringBuilder message = new StringBuilder();
        for (int i = 0; from.charAt(i) != '"'; i++) {
            if (from.charAt(i) == '\\') {
                i++;
            }
            message.append(from.charAt(i));
        }
        return message.toString();
    }

    private static boolean isMp4(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return bytes.length > 1000
                && new String(Arrays.copyOfRange(bytes, 4, 8), StandardCharsets.US_ASCII).equals("ftyp");
    }

    /** The simulator's counters have no events to wait for. */
    static void await(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("a condition that never came").isLessThan(end);
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    static Stream<Path> videos(Path directory) throws IOException {
        return Files.list(directory).filter(file -> file.toString().endsWith(".mp4"));
    }
}
