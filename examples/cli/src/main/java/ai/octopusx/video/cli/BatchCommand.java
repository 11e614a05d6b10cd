package ai.octopusx.video.cli;

import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.reactor.TrackOptions;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Many jobs from one file, each paid for once however often the program is stopped and started. */
@Command(
        name = "batch",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Makes a video of each line of a file.",
        footer = {
            "",
            "Each line is a JSON object with prompt, model, size, seconds, first_frame_image, last_frame_image and"
                    + " output; only the prompt is required. Pictures are found from the current directory, an output"
                    + " from DIR. All lines are checked before the first one is sent.",
            "",
            "Stop it at any time (even by a power cut) and start the same command again: no line is submitted twice."
                    + " The ledger of what was sent is DIR/.octopusx-batch-<hash of the file's name>.journal, also for"
                    + " stdin. A line is known by its number and its text, so two equal lines are two jobs. Finished"
                    + " lines are skipped, open ones are tracked on.",
            "",
            "A line whose outcome is unknown may have been taken and charged: it is reported and never sent again by"
                    + " itself. To send one line again, put it into another file. To forget a batch, delete its"
                    + " ledger: the same file then pays for all its lines again.",
            "",
            "Ends with 0, or with 1 if videos failed, or with the worst of 6, 4, 5 and 3, in that order."
        })
final class BatchCommand implements Callable<Integer> {

    @ParentCommand
    @Nullable
    Cli cli;

    @Parameters(paramLabel = "FILE.jsonl|-", description = "The batch; - reads it from stdin.")
    String input = "";

    @Option(names = "--concurrency", paramLabel = "N", description = "Jobs that are open at once. Default: 4.")
    int concurrency = 4;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "Where the videos and the ledger go; made if it is missing. Default: the current directory.")
    String outputDirectory = "";

    @Mixin
    WatchOptions watch = new WatchOptions();

    @Mixin
    ExchangeOptions exchange = new ExchangeOptions();

    @Mixin
    DemoOption demo = new DemoOption();

    @Mixin
    CommonOptions common = new CommonOptions();

    @Override
    public Integer call() {
        Cli app = Objects.requireNonNull(cli);
        return app.running(common, output -> run(app, output));
    }

    private int run(Cli app, Output output) throws IOException {
        if (concurrency < 1) {
            throw new UsageException("--concurrency is " + concurrency + ", allowed is 1 or more");
        }
        Path directory = RequestOptions.path("--output-dir", outputDirectory);
        List<BatchLine> lines = read(app.terminal(), directory);
        TrackOptions options = watch.toTrackOptions();
        if (!demo.demo) {
            Session.requireKey(app.terminal());
        }
        makeDirectories(directory, lines);
        return demo.demo
                ? demonstrated(app, output, directory, lines, options)
                : ledgered(app, output, BatchLedger.file(input, directory), directory, lines, options);
    }

    private List<BatchLine> read(Terminal terminal, Path directory) throws IOException {
        if (input.equals("-")) {
            return BatchFile.read(terminal.in(), directory);
        }
        Path file = RequestOptions.path("FILE", input);
        if (!Files.exists(file) || Files.isDirectory(file)) {
            throw new UsageException("'" + input + "' is no file");
        }
        InputStream opened;
        try {
            opened = Files.newInputStream(file);
        } catch (IOException e) {
            throw new UsageException("'" + input + "' cannot be read", e);
        }
        try (InputStream in = opened) {
            return BatchFile.read(in, directory);
        }
    }

    private static void makeDirectories(Path directory, List<BatchLine> lines) {
        Stream<Path> parents =
                lines.stream().map(BatchLine::output).filter(Objects::nonNull).map(Path::getParent);
        for (Path needed : Stream.concat(Stream.of(directory), parents.filter(Objects::nonNull))
                .distinct()
                .toList()) {
            Path absolute = needed.toAbsolutePath();
            try {
                Files.createDirectories(absolute);
            } catch (IOException e) {
                throw new UsageException("Nothing was sent: the directory '" + needed + "' cannot be made", e);
            }
            String problem = OutputFiles.directoryProblem(absolute);
            if (problem != null) {
                throw new UsageException("Nothing was sent: the batch " + problem);
            }
        }
    }

    /** The simulator forgets its tasks when it ends, so a demonstration leaves no ledger. */
    private int demonstrated(Cli app, Output output, Path directory, List<BatchLine> lines, TrackOptions options)
            throws IOException {
        Path temporary = Files.createTempDirectory("octopusx-demo");
        try {
            return ledgered(app, output, BatchLedger.file(input, temporary), directory, lines, options);
        } finally {
            try (Stream<Path> left = Files.list(temporary)) {
                for (Path file : left.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(temporary);
        }
    }

    private int ledgered(
            Cli app, Output output, Path ledgerFile, Path directory, List<BatchLine> lines, TrackOptions options) {
        try (BatchLedger ledger = BatchLedger.open(ledgerFile)) {
            BatchLedger.Known known = ledger.match(lines);
            Session session = Session.open(app.terminal(), demo.demo, exchange.requestTimeout, ledger);
            BatchRun run = new BatchRun(session, ledger, output, app.interruption(), directory, options);
            app.interruption().working();
            try {
                // Closed before the last words: submissions under way may still end, and the ledger hears of it.
                try (session) {
                    return run.run(lines, known, concurrency);
                }
            } catch (Interruption.Interrupted e) {
                throw new Cli.Told(interrupted(ledger, ledgerFile), e);
            }
        }
    }

    private static Failure interrupted(BatchLedger ledger, Path ledgerFile) {
        List<Record> open = ledger.openNow();
        String tasks = open.stream()
                .filter(record -> record.state() == State.TAKEN)
                .map(Record::taskId)
                .collect(Collectors.joining(", "));
        long unknown =
                open.stream().filter(record -> record.state() != State.TAKEN).count();
        String message = "Interrupted. "
                + (tasks.isEmpty() ? "No task is open" : "These tasks go on at the gateway: " + tasks)
                + (unknown == 0 ? "" : ". Submissions with an unknown outcome, which are not sent again: " + unknown)
                + ". Start the same command again to go on (its ledger is " + ledgerFile + ")";
        return new Failure(ExitCode.INTERRUPTED, "Interrupted", message, null, null, null, null);
    }
}
