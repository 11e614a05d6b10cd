package ai.octopusx.video.cli;

import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.FileSubmissionJournal;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of the lines of a batch, on disk: a journal whose references name lines. Safe for many threads once it is open;
 * opening, matching and closing block.
 */
final class BatchLedger implements SubmissionJournal, AutoCloseable {

    /** The notes of a line that is finished begin so. */
    static final String SAVED = "saved ";

    private final FileSubmissionJournal journal;
    private final Map<String, String> entryIds = new ConcurrentHashMap<>();

    private BatchLedger(FileSubmissionJournal journal) {
        this.journal = journal;
    }

    /**
     * Where the ledger of a batch lies. By the name of the input and not by its place, so that a batch is known again when
     * its directory was moved.
     *
     * @param input the file, or {@code -}
     */
    static Path file(String input, Path outputDirectory) {
        Path name = input.equals("-") ? null : Path.of(input).getFileName();
        String hash = FileNames.hash(name == null ? input : name.toString()).substring(0, 16);
        return outputDirectory.resolve(".octopusx-batch-" + hash + ".journal");
    }

    /** @throws UsageException if it is in use, damaged or not writable */
    static BatchLedger open(Path file) {
        try {
            return new BatchLedger(FileSubmissionJournal.open(file));
        } catch (UncheckedIOException e) {
            throw new UsageException(e.getMessage() + ". Nothing was sent", e);
        }
    }

    /**
     * Finds what is known of each line. A line counts as known, too, if its text was sent as another line that is no longer
     * there: whoever inserts a line above does not pay for all below again.
     */
    Known match(List<BatchLine> lines) {
        Map<String, Record> byReference = new LinkedHashMap<>();
        for (Record record : await(journal.records())) {
            String reference = record.entry().reference();
            if (record.state() == State.REJECTED || reference == null) {
                await(journal.forget(record.entry().id())); // there is no job
            } else {
                byReference.put(reference, record);
            }
        }
        Map<BatchLine, Record> known = new HashMap<>();
        for (BatchLine line : lines) {
            Record record = byReference.remove(line.reference());
            if (record != null) {
                known.put(line, record);
            }
        }
        Map<String, Deque<Record>> byHash = new HashMap<>();
        byReference.forEach((reference, record) -> byHash.computeIfAbsent(
                        reference.substring(reference.indexOf(':') + 1), hash -> new ArrayDeque<>())
                .add(record));
        for (BatchLine line : lines) {
            Deque<Record> sameText = byHash.get(line.hash());
            if (!known.containsKey(line) && sameText != null && !sameText.isEmpty()) {
                known.put(line, sameText.remove());
            }
        }
        known.forEach(
                (line, record) -> entryIds.put(line.reference(), record.entry().id()));
        List<Record> strangers = new ArrayList<>();
        byHash.values().forEach(left -> left.stream()
                .filter(record -> record.state() != State.CLOSED)
                .forEach(strangers::add));
        return new Known(known, strangers);
    }

    /** What is open now, and what is still being sent; for the last words of a run. */
    List<Record> openNow() {
        return await(journal.records()).stream()
                .filter(record -> record.state() != State.CLOSED && record.state() != State.REJECTED)
                .toList();
    }

    /** The job of a line is finished, and its note says how. */
    CompletionStage<Void> finished(BatchLine line, String note) {
        String id = entryIds.get(line.reference());
        if (id == null) {
            throw new IllegalStateException("Line " + line.number() + " was never sent");
        }
        return journal.close(id, note);
    }

    @Override
    public CompletionStage<Void> sending(Entry entry) {
        if (entry.reference() != null) {
            entryIds.put(entry.reference(), entry.id());
        }
        return journal.sending(entry);
    }

    @Override
    public CompletionStage<Void> taken(Entry entry, VideoTask task) {
        return journal.taken(entry, task);
    }

    @Override
    public CompletionStage<Void> rejected(Entry entry, SubmissionVerdict verdict, String why) {
        return journal.rejected(entry, verdict, why);
    }

    @Override
    public CompletionStage<Void> unknown(Entry entry, String why) {
        return journal.unknown(entry, why);
    }

    @Override
    public CompletionStage<List<Record>> open() {
        return journal.open();
    }

    @Override
    public CompletionStage<Void> close(String entryId, String note) {
        return journal.close(entryId, note);
    }

    @Override
    public void close() {
        journal.close();
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    /**
     * What is known of a batch.
     *
     * @param lines the lines that were sent before
     * @param strangers open jobs of lines that are no longer in the batch
     */
    record Known(Map<BatchLine, Record> lines, List<Record> strangers) {

        @Nullable
        Record of(BatchLine line) {
            return lines.get(line);
        }
    }
}
