package ai.octopusx.video.reactor;

import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal of submissions in a file, for one process at a time. A note is on disk when its stage completes: it survives a
 * killed process and a power cut.
 *
 * <p>Safe for many threads, none of which is blocked: one thread of its own writes, and brings all notes that came in
 * meanwhile to the disk together. The file holds ids, references and reasons, one JSON object a line; no prompt, no key and
 * no link of a result. It is compacted when it is opened and when most of it is outdated.
 *
 * <p>What is open stays, and so does what was closed with a note, until it is {@linkplain #forget forgotten}: a ledger of
 * what is done can be built on such notes, and who does not need them forgets the entry instead of closing it. Of rejected
 * entries the newest 1,000 stay, of those closed without a note the newest 100,000.
 *
 * <p>Stages complete on other threads of the journal's own, named {@code octopusx-journal-stages}, which end when there is
 * nothing to do; so does, unless it changes threads, what the client delivers after a note. There are {@value #LISTENING}
 * of them, and more while some of them wait for a {@link CompletableFuture}. Whoever blocks them otherwise holds up all
 * stages once he blocks every one.
 *
 * <p>When the disk fails, the stages of the notes concerned fail and nothing is sent; as soon as the disk works again, the
 * file is rewritten with all that is known.
 */
public final class FileSubmissionJournal implements SubmissionJournal, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FileSubmissionJournal.class);

    /** Notes that go to the disk together at most: some hundred kilobytes. */
    private static final int MAX_GROUP = 1_024;

    /** Outdated lines that are not worth a compaction. */
    private static final int FEW_LINES = 10_000;

    /** Threads that complete stages, for what hangs on a stage may take its time. */
    private static final int LISTENING = 16;

    /** Threads that complete stages at most, with those that wait for another stage. */
    private static final int MAX_LISTENING = 256;

    private static final long SECONDS_IDLE = 5;

    private final Path file;
    private final JournalDisk disk;
    private final JournalBook book;
    private final int fewLines;
    private final Queue<Call<?>> calls = new ConcurrentLinkedQueue<>();
    private final Thread writer;
    private final ForkJoinPool stages = stages();

    private volatile boolean closed;
    private volatile boolean finished;

    // Of the writer alone.
    private long lines;
    private long compactAt;

    private FileSubmissionJournal(Path file, JournalDisk disk, JournalBook book, int fewLines) {
        this.file = file;
        this.disk = disk;
        this.book = book;
        this.fewLines = fewLines;
        this.lines = book.size();
        this.compactAt = nextCompaction();
        this.writer = new Thread(this::write, "octopusx-journal");
        this.writer.setDaemon(true);
    }

    /**
     * Such a pool replaces threads that wait for one of our stages inside another, which any other of bounded size would
     * let starve. It is never shut down, for that could interrupt those; without work its threads end by themselves.
     */
    private static ForkJoinPool stages() {
        return new ForkJoinPool(
                LISTENING,
                FileSubmissionJournal::stageThread,
                null,
                true,
                0,
                MAX_LISTENING,
                1,
                saturated -> true,
                SECONDS_IDLE,
                TimeUnit.SECONDS);
    }

    private static ForkJoinWorkerThread stageThread(ForkJoinPool pool) {
        ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
        thread.setName("octopusx-journal-stages-" + thread.getPoolIndex());
        return thread;
    }

    /**
     * Opens a journal, or begins one; its directory must exist. What was being sent when the last process ended is
     * {@link State#UNKNOWN} from now on. Blocks while it reads and compacts the file. Beside it lies a file
     * {@code <name>.lock}, which may stay.
     *
     * @throws UncheckedIOException if another journal has it open, if it is no journal, if a line of it is damaged (the
     *     message names the line; nothing is changed), or if the disk fails
     */
    public static FileSubmissionJournal open(Path file) {
        return open(file, FEW_LINES, UnaryOperator.identity());
    }

    /** For tests, which slip something between the journal and its disk. */
    static FileSubmissionJournal open(Path file, int fewLines, UnaryOperator<JournalDisk> seam) {
        Objects.requireNonNull(file, "file");
        try {
            JournalFile locked = JournalFile.locked(file);
            try {
                JournalBook book = new JournalBook();
                locked.readInto(book);
                book.giveUpOnSending();
                JournalDisk disk = seam.apply(locked);
                disk.replace(lines(book));
                FileSubmissionJournal journal = new FileSubmissionJournal(file, disk, book, fewLines);
                journal.writer.start();
                return journal;
            } catch (IOException | RuntimeException e) {
                locked.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "The submission journal " + file + " cannot be opened: " + e.getMessage(), e);
        }
    }

    @Override
    public CompletionStage<Void> sending(Entry entry) {
        return call(new Sending(entry));
    }

    @Override
    public CompletionStage<Void> taken(Entry entry, VideoTask task) {
        String taskId = task.id();
        return note(book -> book.taken(entry, taskId));
    }

    @Override
    public CompletionStage<Void> rejected(Entry entry, SubmissionVerdict verdict, String why) {
        return note(book -> book.rejected(entry, why));
    }

    @Override
    public CompletionStage<Void> unknown(Entry entry, String why) {
        return note(book -> book.unknown(entry, why));
    }

    @Override
    public CompletionStage<Void> close(String entryId, String note) {
        return note(book -> book.close(entryId, note));
    }

    /**
     * Removes an entry with all that is known of it. An entry that is not there is no error. Do this only with a job that
     * needs no remembering: one that is unknown can then be sent again.
     */
    public CompletionStage<Void> forget(String entryId) {
        return call(new Note(book -> book.forget(entryId) ? JournalLines.forgotten(entryId) : null));
    }

    @Override
    public CompletionStage<List<Record>> open() {
        return call(new Question(JournalBook::open));
    }

    /** Every entry that is still here in the order in which they were sent, with all that was noted before. */
    public CompletionStage<List<Record>> records() {
        return call(new Question(JournalBook::all));
    }

    private CompletionStage<Void> note(Function<JournalBook, Record> change) {
        return call(new Note(book -> JournalLines.of(change.apply(book))));
    }

    /** Never blocks: a queue without locks, and a wake-up. */
    private <T> CompletionStage<T> call(Call<T> call) {
        if (closed) {
            fail(call, isClosed());
            return call.done;
        }
        calls.add(call);
        LockSupport.unpark(writer);
        if (finished) {
            failLeftovers();
        }
        return call.done;
    }

    private void write() {
        try {
            while (true) {
                // In this order: what was called before close() is written.
                boolean last = closed;
                List<Call<?>> group = nextGroup();
                if (!group.isEmpty()) {
                    commit(group);
                } else if (last) {
                    return;
                } else {
                    LockSupport.park(this);
                    // Nobody interrupts this thread; if someone did, park would spin and channels would close.
                    Thread.interrupted();
                }
            }
        } finally {
            closed = true;
            finished = true;
            failLeftovers();
            closeDisk();
        }
    }

    private List<Call<?>> nextGroup() {
        List<Call<?>> group = new ArrayList<>();
        while (group.size() < MAX_GROUP) {
            Call<?> next = calls.poll();
            if (next == null) {
                break;
            }
            group.add(next);
        }
        return group;
    }

    private void commit(List<Call<?>> group) {
        ByteArrayOutputStream fresh = new ByteArrayOutputStream();
        List<Call<?>> accepted = new ArrayList<>(group.size());
        int count = 0;
        for (Call<?> call : group) {
            try {
                byte[] line = call.change(book);
                if (line != null) {
                    fresh.writeBytes(line);
                    count++;
                }
                accepted.add(call);
            } catch (Throwable e) {
                fail(call, e);
            }
        }
        try {
            if (count > 0) {
                save(fresh.toByteArray(), count);
            }
        } catch (Throwable e) {
            failed(accepted, e);
            return;
        }
        accepted.forEach(call -> stages.execute(call.answer(book)));
        compactIfWorthwhile();
    }

    private void save(byte[] fresh, int count) throws IOException {
        if (disk.isWhole()) {
            disk.append(fresh);
            disk.force();
            lines += count;
        } else {
            disk.replace(lines(book));
            lines = book.size();
        }
    }

    /** What is known stays known and is written with the next note; but what was not noted as being sent is not sent. */
    private void failed(List<Call<?>> accepted, Throwable cause) {
        disk.cutBack();
        for (int i = accepted.size() - 1; i >= 0; i--) {
            accepted.get(i).undo(book);
        }
        String message = "The submission journal " + file + " could not be written: " + cause.getMessage();
        IOException wrapped = cause instanceof IOException io ? io : new IOException(cause);
        accepted.forEach(call -> fail(call, new UncheckedIOException(message, wrapped)));
    }

    private void compactIfWorthwhile() {
        if (lines < compactAt) {
            return;
        }
        try {
            disk.replace(lines(book));
            lines = book.size();
            compactAt = nextCompaction();
        } catch (IOException | RuntimeException e) {
            compactAt = 2 * compactAt;
            LOG.warn("The submission journal {} could not be compacted; it goes on as it is", file, e);
        }
    }

    private long nextCompaction() {
        return 2L * book.size() + fewLines;
    }

    private static Iterable<byte[]> lines(JournalBook book) {
        return () -> book.all().stream().map(JournalLines::of).iterator();
    }

    private void failLeftovers() {
        for (Call<?> call = calls.poll(); call != null; call = calls.poll()) {
            fail(call, isClosed());
        }
    }

    private void fail(Call<?> call, Throwable e) {
        stages.execute(() -> call.done.completeExceptionally(e));
    }

    private IllegalStateException isClosed() {
        return new IllegalStateException("The submission journal " + file + " is closed");
    }

    private void closeDisk() {
        try {
            disk.close();
        } catch (IOException e) {
            LOG.warn("The submission journal {} could not be closed", file, e);
        }
    }

    /** Brings to the disk what was noted before, then lets the file go. Blocks meanwhile; later calls only wait. */
    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(writer);
        try {
            writer.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A change of the book, durable before its stage completes; or only a question. */
    private abstract static class Call<T> {

        final CompletableFuture<T> done = new CompletableFuture<>();

        /** The line to be written, or null if there is nothing to write. */
        abstract byte @Nullable [] change(JournalBook book);

        void undo(JournalBook book) {}

        /** What completes the stage, to be run elsewhere: what hangs on it is not the writer's work, and may take its time. */
        abstract Runnable answer(JournalBook book);
    }

    private static class Note extends Call<Void> {

        private final Function<JournalBook, byte @Nullable []> change;

        Note(Function<JournalBook, byte @Nullable []> change) {
            this.change = change;
        }

        @Override
        byte @Nullable [] change(JournalBook book) {
            return change.apply(book);
        }

        @Override
        final Runnable answer(JournalBook book) {
            return () -> done.complete(null);
        }
    }

    private static final class Sending extends Note {

        private final Entry entry;
        private @Nullable Record before;
        private @Nullable Record made;

        Sending(Entry entry) {
            super(book -> null);
            this.entry = entry;
        }

        @Override
        byte[] change(JournalBook book) {
            before = book.get(entry.id());
            Record record = book.sending(entry);
            made = record;
            return JournalLines.of(record);
        }

        @Override
        void undo(JournalBook book) {
            if (book.get(entry.id()) != made) {
                return;
            }
            if (before == null) {
                book.forget(entry.id());
            } else {
                book.put(before);
            }
        }
    }

    private static final class Question extends Call<List<Record>> {

        private final Function<JournalBook, List<Record>> question;

        Question(Function<JournalBook, List<Record>> question) {
            this.question = question;
        }

        @Override
        byte @Nullable [] change(JournalBook book) {
            return null;
        }

        @Override
        Runnable answer(JournalBook book) {
            List<Record> answer = question.apply(book);
            return () -> done.complete(answer);
        }
    }
}
