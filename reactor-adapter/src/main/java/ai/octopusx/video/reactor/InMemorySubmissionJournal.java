package ai.octopusx.video.reactor;

import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * A journal that lasts as long as its process: for tests, and to ask a running service which jobs are open. Safe for many
 * threads; every stage is complete when it is returned.
 *
 * <p>What is open stays, and so does what was closed with a note, until it is {@linkplain #forget forgotten}. Of rejected
 * entries the newest 1,000 stay, of those closed without a note the newest 100,000.
 */
public final class InMemorySubmissionJournal implements SubmissionJournal {

    private final JournalBook book = new JournalBook();

    @Override
    public CompletionStage<Void> sending(Entry entry) {
        return note(book -> book.sending(entry));
    }

    @Override
    public CompletionStage<Void> taken(Entry entry, VideoTask task) {
        return note(book -> book.taken(entry, task.id()));
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

    /** Removes an entry with all that is known of it. An entry that is not there is no error. */
    public CompletionStage<Void> forget(String entryId) {
        return note(book -> book.forget(entryId));
    }

    @Override
    public CompletionStage<List<Record>> open() {
        return ask(JournalBook::open);
    }

    /** Every entry that is still here in the order in which they were sent, also rejected and closed ones. */
    public CompletionStage<List<Record>> records() {
        return ask(JournalBook::all);
    }

    private CompletionStage<Void> note(Consumer<JournalBook> change) {
        try {
            synchronized (book) {
                change.accept(book);
            }
            return CompletableFuture.completedFuture(null);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private CompletionStage<List<Record>> ask(Function<JournalBook, List<Record>> question) {
        synchronized (book) {
            return CompletableFuture.completedFuture(question.apply(book));
        }
    }
}
