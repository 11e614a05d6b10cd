package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.cli.CliRun.Result;
import ai.octopusx.video.reactor.FileSubmissionJournal;
import ai.octopusx.video.simulator.AcceptedJob;
import ai.octopusx.video.simulator.Endpoint;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BatchTest {

    @TempDir
    Path directory;

    private OctopusXSimulator simulator;
    private Path input;
    private Path output;

    @BeforeEach
    void start() {
        simulator = OctopusXSimulator.start(SimulatorConfig.builder()
                .apiKeys(CliRun.KEY)
                .life(Duration.ofSeconds(20))
                .speed(200)
                .snapshotInterval(Duration.ZERO)
                .build());
        input = directory.resolve("jobs.jsonl");
        output = directory.resolve("out");
    }

    @AfterEach
    void stop() {
        simulator.close();
    }

    private Result batch(String... more) {
        return batch(CliRun.against(simulator.baseUrl()), more);
    }

    private Result batch(CliRun run, String... more) {
        List<String> args = new ArrayList<>(
                List.of("batch", input.toString(), "--output-dir", output.toString(), "--poll-interval", "10ms"));
        args.addAll(List.of(more));
        return run.run(args.toArray(String[]::new));
    }

    private void lines(String... lines) throws IOException {
        Files.write(input, List.of(lines));
    }

    private static String prompt(String text) {
        return "{\"prompt\":\"" + text + "\"}";
    }

    private List<String> acceptedPrompts() {
        return simulator.ledger().accepted().stream()
                .map(job -> job.fields().get("prompt"))
                .toList();
    }

    private Path ledger() {
        return BatchLedger.file(input.toString(), output);
    }

    private List<Record> records() {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(ledger())) {
            return journal.records().toCompletableFuture().join();
        }
    }

    @Test
    void eachLineBecomesAVideo() throws IOException {
        Path picture = Pictures.png(directory.resolve("first.png"));
        lines(
                "\ufeff" + prompt("喵 😀"),
                "",
                "  {\"prompt\":\"two\",\"model\":\"doubao-seedance-1-0-pro_480p\",\"size\":\"9:16\",\"seconds\":6,"
                        + "\"first_frame_image\":\"" + picture + "\",\"last_frame_image\":null,"
                        + "\"output\":\"sub/two.mp4\"}\r",
                "{\"prompt\":\"three\",\"seconds\":\"5\"}");
        Result result = batch().exits(0);

        assertThat(acceptedPrompts()).containsExactlyInAnyOrder("喵 😀", "two", "three");
        for (AcceptedJob job : simulator.ledger().accepted()) {
            boolean named = job.fields().get("prompt").equals("two");
            assertThat(output.resolve(named ? "sub/two.mp4" : job.id() + ".mp4"))
                    .isNotEmptyFile();
            if (named) {
                assertThat(job.fields())
                        .containsEntry("model", "doubao-seedance-1-0-pro_480p")
                        .containsEntry("size", "9:16")
                        .containsEntry("seconds", "6");
                assertThat(job.files()).hasSize(1);
            }
        }
        assertThat(result.lastLine()).isEqualTo("3 lines: 3 saved");
        assertThat(result.out())
                .contains("line 1: Saved ")
                .contains("line 3: Saved ")
                .contains("line 4: Saved ");
        assertThat(result.err()).isEmpty();
        assertThat(records()).extracting(Record::state).containsOnly(State.CLOSED);
    }

    @Test
    void asJsonEachStateEachFileAndTheSummaryAreLines() throws IOException {
        lines(prompt("one"), prompt("two"));
        Result result = batch("--json").exits(0);
        assertThat(result.lines()).allMatch(line -> line.startsWith("{") && line.endsWith("}"));
        assertThat(result.lines().stream().filter(line -> line.contains("\"output\":\"")))
                .hasSize(2)
                .allMatch(line -> line.contains("\"status\":\"completed\""))
                .anyMatch(line -> line.endsWith("\"line\":1}"))
                .anyMatch(line -> line.endsWith("\"line\":2}"));
        assertThat(result.lines()).doesNotHaveDuplicates();
        assertThat(result.lastLine())
                .isEqualTo("{\"summary\":{\"lines\":2,\"saved\":2,\"skipped\":0,\"failed\":0,\"refused\":0,\"open\":0,"
                        + "\"trouble\":0,\"unknown\":0}}");
    }

    @Test
    void everyBadLineIsToldBeforeAnythingIsSent() throws IOException {
        Path text = Files.writeString(directory.resolve("text.png"), "no picture");
        Path good = Pictures.png(directory.resolve("good.png"));
        List<String> bad = List.of(
                "not json",
                "[]",
                "\"text\"",
                "{\"prompt\":\"x\"",
                "{\"prompt\":\"x\"} {}",
                "{\"prompt\":\"x\",\"prompt\":\"y\"}",
                "{}",
                "{\"prompt\":\" \"}",
                "{\"prompt\":7}",
                "{\"promt\":\"x\"}",
                "{\"prompt\":\"x\",\"seconds\":3}",
                "{\"prompt\":\"x\",\"seconds\":12}",
                "{\"prompt\":\"x\",\"seconds\":5.5}",
                "{\"prompt\":\"x\",\"seconds\":\"five\"}",
                "{\"prompt\":\"x\",\"seconds\":99999999999}",
                "{\"prompt\":\"x\",\"size\":\"5:4\"}",
                "{\"prompt\":\"x\",\"size\":\"keep_ratio\"}",
                "{\"prompt\":\"x\",\"model\":\"\"}",
                "{\"prompt\":\"x\",\"last_frame_image\":\"" + good + "\"}",
                "{\"prompt\":\"x\",\"first_frame_image\":\"" + directory.resolve("missing.png") + "\"}",
                "{\"prompt\":\"x\",\"first_frame_image\":\"" + directory + "\"}",
                "{\"prompt\":\"x\",\"first_frame_image\":\"" + text + "\"}",
                "{\"prompt\":\"x\",\"first_frame_image\":\"\"}",
                "{\"prompt\":\"x\",\"first_frame_image\":\"" + good + "\",\"last_frame_image\":\"" + text + "\"}",
                "{\"prompt\":\"x\",\"output\":\"\"}",
                "{\"prompt\":\"x\",\"output\":\"a/\"}",
                "{\"prompt\":\"x\",\"output\":\".\"}",
                "{\"prompt\":\"x\",\"output\":\"same.mp4\"}");
        List<String> all = new ArrayList<>(List.of("{\"prompt\":\"x\",\"output\":\"./same.mp4\"}"));
        all.addAll(bad);
        Files.write(input, all);
        Files.write(
                input,
                new byte[] {'{', '"', 'p', 'r', 'o', 'm', 'p', 't', '"', ':', '"', (byte) 0xff, '"', '}'},
                StandardOpenOption.APPEND);

        Result result = batch("--json").exits(2);
        for (int number = 2; number <= all.size(); number++) {
            assertThat(result.err()).as(all.get(number - 1)).contains("line " + number + ": ");
        }
        assertThat(result.err())
                .contains("line " + (all.size() + 1) + " is no UTF-8")
                .doesNotContain("line 1: ")
                .contains("Nothing was sent");
        assertThat(result.err().lines()).hasSize(1);
        assertThat(result.lines()).hasSize(1);
        assertThat(simulator.ledger().allConnections()).isZero();
        assertThat(output).doesNotExist();
    }

    @Test
    void aFinishedBatchIsNotPaidAgain() throws IOException {
        lines(prompt("one"), prompt("two"));
        batch().exits(0);
        Result again = batch().exits(0);
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
        assertThat(again.lastLine()).isEqualTo("2 lines: 2 saved earlier");
        assertThat(simulator.ledger().requests(Endpoint.SUBMIT)).isEqualTo(2);

        // The same batch, asked for from another place and by another name of its directory.
        input = directory.resolve("out/../jobs.jsonl");
        batch().exits(0);
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
    }

    @Test
    void equalLinesAreTwoJobsAndAnAddedOneIsAThird() throws IOException {
        lines(prompt("same"), prompt("same"));
        batch().exits(0);
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
        lines(prompt("same"), prompt("same"), prompt("same"));
        assertThat(batch().exits(0).lastLine()).isEqualTo("3 lines: 1 saved, 2 saved earlier");
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(3);
    }

    @Test
    void aLineThatMovedIsKnownAndAChangedOneIsNew() throws IOException {
        lines(prompt("one"), prompt("two"));
        batch().exits(0);
        lines(prompt("zero"), prompt("one"), prompt("two, changed"));
        assertThat(batch().exits(0).lastLine()).isEqualTo("3 lines: 2 saved, 1 saved earlier");
        assertThat(acceptedPrompts()).containsExactlyInAnyOrder("one", "two", "zero", "two, changed");
    }

    @Test
    void anInterruptedBatchGoesOnWhereItStopped() throws Exception {
        simulator.inject("outcome:never-ending*3");
        lines(prompt("one"), prompt("two"), prompt("three"), prompt("four"), prompt("five"));
        CliRun run = CliRun.against(simulator.baseUrl());
        CompletableFuture<Result> running =
                CompletableFuture.supplyAsync(() -> batch(run, "--concurrency", "3", "--json"));
        JobTest.await(() -> simulator.ledger().requests(Endpoint.STATUS) > 6);
        run.interruption().interrupt();
        Result stopped = running.get(60, TimeUnit.SECONDS).exits(130);

        assertThat(acceptedPrompts()).as("no more than three were open").hasSize(3);
        for (AcceptedJob job : simulator.ledger().accepted()) {
            assertThat(stopped.err()).contains(job.id());
        }
        assertThat(stopped.err()).contains("Start the same command again");
        assertThat(records()).extracting(Record::state).containsOnly(State.TAKEN);

        assertThat(batch("--timeout", "300ms", "--concurrency", "5").exits(5).lastLine())
                .isEqualTo("5 lines: 2 saved, 3 still open at the deadline (start the same command again)");
        assertThat(acceptedPrompts()).containsExactlyInAnyOrder("one", "two", "three", "four", "five");
    }

    @Test
    void anUnknownLineIsToldAndNeverSentAgain() throws IOException {
        simulator.inject("submit:answer-lost*1");
        lines(prompt("lost"), prompt("fine"));
        Result first = batch("--concurrency", "1").exits(6);
        assertThat(first.err()).contains("line 1: ");
        assertThat(first.lastLine()).isEqualTo("2 lines: 1 saved, 1 with an unknown outcome (not sent again)");
        for (int time = 0; time < 2; time++) {
            Result again = batch("--json").exits(6);
            assertThat(again.lines().get(0))
                    .contains("\"type\":\"SubmissionOutcomeUnknownException\"")
                    .contains("\"line\":1");
        }
        assertThat(simulator.ledger().requests(Endpoint.SUBMIT)).isEqualTo(2);
    }

    @Test
    void aLineThatWasBeingSentWhenTheProcessDiedIsUnknown() throws IOException {
        lines(prompt("dead"), prompt("fine"));
        Files.createDirectories(output);
        String hash = FileNames.hash(prompt("dead")).substring(0, 32);
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(ledger())) {
            journal.sending(new SubmissionJournal.Entry(
                            "e", BatchLine.reference(1, hash), Instant.now(), origin(), "m"))
                    .toCompletableFuture()
                    .join();
        }
        Result result = batch().exits(6);
        assertThat(result.err()).contains("line 1: It was sent earlier and its outcome is unknown");
        assertThat(acceptedPrompts()).containsExactly("fine");
    }

    private String origin() {
        return simulator.baseUrl().toString();
    }

    @Test
    void aRefusedLineIsSentAgainAndItsRefusalForgotten() throws IOException {
        simulator.inject("submit:400/e2*1");
        lines(prompt("one"));
        batch().exits(3);
        assertThat(batch().exits(0).lastLine()).isEqualTo("1 line: 1 saved");
        assertThat(acceptedPrompts()).containsExactly("one");
        assertThat(records()).hasSize(1);
    }

    @Test
    void aVideoThatFailedIsNotPaidAgainAndStillCounts() throws IOException {
        simulator.inject("outcome:failed*1");
        lines(prompt("one"), prompt("two"));
        assertThat(batch("--concurrency", "1").exits(1).lastLine())
                .isEqualTo("2 lines: 1 saved, 1 failed or cancelled");
        assertThat(batch().exits(1).lastLine()).isEqualTo("2 lines: 1 saved earlier, 1 failed or cancelled");
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
    }

    @Test
    void aVideoThatCouldNotBeFetchedIsFetchedTheNextTime() throws IOException {
        simulator.inject("files:403,content:404");
        lines(prompt("one"));
        batch().exits(4);
        simulator.clearFaults();
        assertThat(batch().exits(0).lastLine()).isEqualTo("1 line: 1 saved");
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(1);
    }

    /** What happens to the lines in their order, one by one, and how the batch ends. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "outcome:failed*1                                               | 1",
                "submit:400/e2*1,outcome:failed*1                               | 3",
                "submit:400/e2*1,outcome:never-ending*1                         | 5",
                "submit:429/retry-after=3600*1,outcome:never-ending*1           | 4",
                "submit:answer-lost*1,files:403,content:404,outcome:failed*1    | 6",
            })
    void theWorstEndOfALineIsTheEndOfTheBatch(String faults, int code) throws IOException {
        simulator.inject(faults);
        lines(prompt("one"), prompt("two"), prompt("three"));
        batch("--concurrency", "1", "--timeout", "2s").exits(code);
    }

    @Test
    void noMoreJobsAreOpenAtOnceThanAsked() throws IOException {
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            many.add(prompt("job " + i));
        }
        Files.write(input, many);
        batch("--concurrency", "2").exits(0);
        List<AcceptedJob> jobs = simulator.ledger().accepted();
        assertThat(jobs).hasSize(12);
        for (int i = 2; i < jobs.size(); i++) {
            AcceptedJob job = jobs.get(i);
            long open = jobs.subList(0, i).stream()
                    .filter(earlier -> earlier.endSeenAt().isAfter(job.acceptedAt()))
                    .count();
            assertThat(open).as("jobs open when job " + i + " was taken").isLessThan(2);
        }
    }

    @Test
    void stdinIsABatchTooAndHasALedger() throws IOException {
        for (int time = 0; time < 2; time++) {
            CliRun run = CliRun.against(simulator.baseUrl()).reading(prompt("piped 喵") + "\n" + prompt("two"));
            run.run("batch", "-", "--output-dir", output.toString(), "--poll-interval", "10ms")
                    .exits(0);
        }
        assertThat(acceptedPrompts()).containsExactlyInAnyOrder("piped 喵", "two");
        assertThat(BatchLedger.file("-", output)).exists();
    }

    @Test
    void anEmptyBatchIsDone() throws IOException {
        lines("", "  ");
        assertThat(batch().exits(0).lastLine()).isEqualTo("No lines, nothing to do");
    }

    @Test
    void twoRunsOfOneBatchDoNotMeet() throws IOException {
        lines(prompt("one"));
        Files.createDirectories(output);
        FileSubmissionJournal other = FileSubmissionJournal.open(ledger());
        try {
            assertThat(batch().exits(2).err()).contains("in use").contains("Nothing was sent");
        } finally {
            other.close();
        }
        assertThat(simulator.ledger().acceptedCount()).isZero();
    }

    @Test
    void aDamagedLedgerStopsTheBatch() throws IOException {
        lines(prompt("one"), prompt("two"));
        batch().exits(0);
        List<String> ledger = Files.readAllLines(ledger());
        ledger.set(1, "rubbish");
        Files.write(ledger(), ledger);
        assertThat(batch().exits(2).err()).contains("line 2 is damaged");
        assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
    }

    @Test
    void openTasksOfOneGatewayAreNotAskedOfAnother() throws IOException {
        simulator.inject("outcome:never-ending");
        lines(prompt("one"));
        batch("--timeout", "200ms").exits(5);
        try (OctopusXSimulator another = OctopusXSimulator.start(
                SimulatorConfig.builder().apiKeys(CliRun.KEY).build())) {
            assertThat(batch(CliRun.against(another.baseUrl())).exits(2).err()).contains(origin());
            assertThat(another.ledger().requests()).isZero();
        }
    }

    @Test
    void anOpenJobOfALineThatIsGoneIsTold() throws IOException {
        simulator.inject("outcome:never-ending*1");
        lines(prompt("one"));
        batch("--timeout", "200ms").exits(5);
        lines(prompt("two"));
        assertThat(batch().exits(0).err())
                .contains("no longer in the batch")
                .contains(simulator.ledger().accepted().get(0).id());
    }

    @Test
    void theLedgerHoldsNoPromptNoKeyAndNoLink() throws IOException {
        lines(prompt("a very private prompt"));
        batch().exits(0);
        assertThat(Files.readString(ledger()))
                .contains(simulator.ledger().accepted().get(0).id())
                .doesNotContain("private prompt", CliRun.KEY, "Signature");
    }

    @Test
    void aTerminalShowsTheBatchBeforeTheFirstLineHasEndedAndCountsWhatEndedEarlier() throws Exception {
        lines(prompt("one"));
        batch().exits(0);
        lines(prompt("one"), prompt("two"), prompt("three"));
        simulator.inject("outcome:never-ending");
        CliRun run = CliRun.against(simulator.baseUrl()).onTerminal();
        CompletableFuture<Result> running = CompletableFuture.supplyAsync(() -> batch(run));
        JobTest.await(() -> running.isDone() || run.errSoFar().contains("0 saved, 1 skipped"));

        assertThat(run.errSoFar()).contains("\rbatch").contains(" 1/3 (0:0");
        run.interruption().interrupt();
        running.get(60, TimeUnit.SECONDS).exits(130);
    }

    @Test
    void aTerminalGetsOneLiveLineAndWhatIsSaved() throws IOException {
        lines(prompt("one"), prompt("two"));
        Result result = batch(CliRun.against(simulator.baseUrl()).onTerminal()).exits(0);
        assertThat(result.err()).contains("\rbatch").contains("2/2").contains("2 saved");
        assertThat(result.lines()).hasSize(3).last().isEqualTo("2 lines: 2 saved");
    }

    @Test
    void aDemonstrationNeedsNoKeyAndLeavesNoLedger() throws IOException {
        lines(prompt("one"));
        batch(CliRun.withoutEnvironment(), "--demo").exits(0);
        assertThat(JobTest.videos(output)).hasSize(1);
        assertThat(Files.list(output)).hasSize(1);
        assertThat(simulator.ledger().requests()).isZero();
    }

    @Test
    void aPathWithoutAFileNameIsNoBatch() {
        Result result = CliRun.against(simulator.baseUrl()).run("batch", "/").exits(2);
        assertThat(result.err().getBytes(StandardCharsets.UTF_8)).isNotEmpty();
    }
}
