package ai.octopusx.video.cli;

import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.TrackOptions;
import ai.octopusx.video.reactor.VideoClient;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** One run of a batch: what is finished is skipped, what is open is tracked on, the rest is sent. */
final class BatchRun {

    private final VideoClient client;
    private final Session session;
    private final BatchLedger ledger;
    private final Output output;
    private final Interruption interruption;
    private final Path directory;
    private final TrackOptions options;
    private final Map<Ending, Integer> endings = new EnumMap<>(Ending.class);

    BatchRun(
            Session session,
            BatchLedger ledger,
            Output output,
            Interruption interruption,
            Path directory,
            TrackOptions options) {
        this.client = session.client();
        this.session = session;
        this.ledger = ledger;
        this.output = output;
        this.interruption = interruption;
        this.directory = directory;
        this.options = options;
    }

    /** @return the exit code */
    int run(List<BatchLine> lines, BatchLedger.Known known, int concurrency) {
        refuseAnotherGateway(known);
        tellStrangers(known.strangers());
        List<Mono<Ending>> jobs = new ArrayList<>();
        for (BatchLine line : lines) {
            Record record = known.of(line);
            Ending earlier = record == null ? null : earlier(line, record);
            if (earlier != null) {
                count(earlier);
            } else {
                jobs.add(job(line, record));
            }
        }
        Flux<Ending> work = Flux.fromIterable(jobs)
                .flatMap(job -> job, concurrency)
                .doOnNext(ending -> {
                    count(ending);
                    progress(lines.size());
                });
        progress(lines.size());
        interruption.await(work.then());
        output.close();
        summary(lines.size());
        return exitCode();
    }

    /** A task's id means nothing to another gateway, and a line that one gateway took is not for the next one. */
    private void refuseAnotherGateway(BatchLedger.Known known) {
        String here = origin(session.baseUrl());
        for (Record record : known.lines().values()) {
            String there = record.entry().origin();
            if (record.state() == State.TAKEN && !there.equals(here)) {
                throw new UsageException("Nothing was sent: the ledger holds open tasks of " + there
                        + ", and OCTOPUSX_BASE_URL leads to " + here);
            }
        }
    }

    private static String origin(String baseUrl) {
        URI url = URI.create(baseUrl.strip());
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        int port = url.getPort();
        boolean usual = port < 0 || port == (scheme.equals("https") ? 443 : 80);
        return scheme + "://" + url.getHost() + (usual ? "" : ":" + port);
    }

    private void tellStrangers(List<Record> strangers) {
        for (Record record : strangers) {
            output.aside(Output.printable("octopusx: a line that is no longer in the batch "
                    + (record.state() == State.TAKEN
                            ? "is open as task " + record.taskId()
                            : "has an unknown outcome; it is not sent again")));
        }
    }

    /** How a line ended in an earlier run, or null if there is something left to do. */
    private @Nullable Ending earlier(BatchLine line, Record record) {
        if (record.state() == State.CLOSED) {
            boolean saved = record.note().startsWith(BatchLedger.SAVED);
            output.note("line " + line.number() + ": finished earlier (" + Output.printable(record.note()) + ")");
            return saved ? Ending.SKIPPED : Ending.FAILED;
        }
        if (record.state() == State.TAKEN) {
            return null;
        }
        output.failure(
                new Failure(
                        ExitCode.UNKNOWN,
                        "SubmissionOutcomeUnknownException",
                        "It was sent earlier and its outcome is unknown (" + record.note()
                                + "): it may have been taken and charged, and is not sent again",
                        null,
                        null,
                        null,
                        null),
                line.number());
        return Ending.UNKNOWN;
    }

    private Mono<Ending> job(BatchLine line, @Nullable Record record) {
        Flux<VideoTask> states = record == null
                ? Flux.defer(() -> client.submitAndTrack(line.request(), options))
                : Flux.defer(() -> client.track(Objects.requireNonNull(record.taskId()), options));
        return states.doOnNext(task -> {
                    if (!task.isCompleted()) {
                        output.state(task, line.number());
                    }
                })
                .last()
                .flatMap(task -> finish(line, task))
                .onErrorResume(thrown -> Mono.just(tell(line, thrown)));
    }

    private Mono<Ending> finish(BatchLine line, VideoTask task) {
        if (!task.isCompleted()) {
            return close(line, String.valueOf(new VideoFailedException(task).getMessage()))
                    .then(Mono.error(new VideoFailedException(task)));
        }
        Path file = line.output() == null ? directory.resolve(FileNames.video(task.id())) : line.output();
        return client.downloadTo(task, file)
                .doOnError(thrown -> output.state(task, line.number()))
                .onErrorMap(NotSaved::new)
                .flatMap(path -> Mono.fromCallable(() -> Files.size(path)).flatMap(bytes -> close(
                                line, BatchLedger.SAVED + file)
                        .then(Mono.fromRunnable(() -> output.saved(task, file.toString(), bytes, line.number())))))
                .thenReturn(Ending.SAVED);
    }

    private Mono<Void> close(BatchLine line, String note) {
        return Mono.fromCompletionStage(() -> ledger.finished(line, note));
    }

    private Ending tell(BatchLine line, Throwable thrown) {
        Failure failure = Failure.of(thrown);
        output.failure(failure, line.number());
        return Ending.of(failure.exitCode());
    }

    private void count(Ending ending) {
        synchronized (endings) {
            endings.merge(ending, 1, Integer::sum);
        }
    }

    /** How many lines have ended, in this run or before, and how. */
    private void progress(int lines) {
        if (lines == 0) {
            return;
        }
        // Counted and told in one step: else the older count of two might be the last one shown.
        synchronized (endings) {
            int ended = endings.values().stream().mapToInt(Integer::intValue).sum();
            StringBuilder told = new StringBuilder(of(Ending.SAVED) + " saved");
            endings.forEach((ending, count) -> {
                if (ending != Ending.SAVED) {
                    told.append(", ").append(count).append(' ').append(ending.word);
                }
            });
            output.progress("batch", ended, lines, told.toString());
        }
    }

    private int of(Ending ending) {
        synchronized (endings) {
            return endings.getOrDefault(ending, 0);
        }
    }

    private void summary(int lines) {
        Map<String, Integer> counts = new LinkedHashMap<>();
        counts.put("lines", lines);
        for (Ending ending : Ending.values()) {
            counts.put(ending.word, of(ending));
        }
        output.jsonLine("{\"summary\":" + JsonLine.of(counts) + "}");
        StringBuilder told = new StringBuilder(lines + (lines == 1 ? " line: " : " lines: "));
        String comma = "";
        for (Ending ending : Ending.values()) {
            if (of(ending) > 0) {
                told.append(comma).append(of(ending)).append(' ').append(ending.told);
                comma = ", ";
            }
        }
        output.note(lines == 0 ? "No lines, nothing to do" : told.toString());
    }

    private int exitCode() {
        for (Ending ending : Ending.WORST_FIRST) {
            if (of(ending) > 0) {
                return ending.exitCode;
            }
        }
        return ExitCode.DONE;
    }

    /** How a line can end, in the order of the summary. */
    private enum Ending {
        SAVED(ExitCode.DONE, "saved", "saved"),
        SKIPPED(ExitCode.DONE, "skipped", "saved earlier"),
        FAILED(ExitCode.VIDEO_FAILED, "failed", "failed or cancelled"),
        REFUSED(ExitCode.REFUSED, "refused", "refused"),
        OPEN(ExitCode.DEADLINE, "open", "still open at the deadline (start the same command again)"),
        TROUBLE(ExitCode.TROUBLE, "trouble", "stopped by trouble (start the same command again)"),
        UNKNOWN(ExitCode.UNKNOWN, "unknown", "with an unknown outcome (not sent again)");

        static final List<Ending> WORST_FIRST = List.of(UNKNOWN, TROUBLE, OPEN, REFUSED, FAILED);

        final int exitCode;
        final String word;
        final String told;

        Ending(int exitCode, String word, String told) {
            this.exitCode = exitCode;
            this.word = word;
            this.told = told;
        }

        static Ending of(int exitCode) {
            return switch (exitCode) {
                case ExitCode.VIDEO_FAILED -> FAILED;
                // A picture that changed after the check is refused too, by this program.
                case ExitCode.REFUSED, ExitCode.USAGE -> REFUSED;
                case ExitCode.DEADLINE -> OPEN;
                case ExitCode.UNKNOWN -> UNKNOWN;
                default -> TROUBLE;
            };
        }
    }
}
