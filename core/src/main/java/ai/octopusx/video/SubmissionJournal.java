package ai.octopusx.video;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Remembers submissions across a crash. The client notes each one as being sent before its first byte leaves, and its outcome
 * after. An entry without an outcome when a journal is opened is {@link State#UNKNOWN}: the process died in between, the
 * gateway may have taken the job, and it is reported, never sent again.
 *
 * <p>Implementations must be safe for many threads and must not block the calling one. A stage completes once the note is as
 * durable as this journal makes it. If {@link #sending} fails, the job is not sent; if a later note fails, the outcome still
 * reaches the caller, and the client logs the failure.
 *
 * <p>Each submission is an entry of its own, also one that is refused and asked for again. A journal may forget entries that
 * were rejected, for there is no job, and closed ones within bounds that it tells; never one that is open or being sent.
 */
public interface SubmissionJournal {

    /** Notes that a job is about to be sent. Completes before its first byte leaves. */
    CompletionStage<Void> sending(Entry entry);

    /** Notes that the gateway took the job. Completes before the task reaches the caller. */
    CompletionStage<Void> taken(Entry entry, VideoTask task);

    /**
     * Notes that there certainly is no job. A journal need not remember that for long.
     *
     * @param verdict {@link SubmissionVerdict#NOT_SENT} or {@link SubmissionVerdict#REJECTED}
     * @param why one sentence, without secrets
     */
    CompletionStage<Void> rejected(Entry entry, SubmissionVerdict verdict, String why);

    /**
     * Notes that nobody knows whether there is a job.
     *
     * @param why one sentence, without secrets
     */
    CompletionStage<Void> unknown(Entry entry, String why);

    /**
     * What is still open: jobs whose outcome is unknown, and jobs that were taken and not yet {@linkplain #close closed}, in
     * the order in which they were sent.
     */
    CompletionStage<List<Record>> open();

    /**
     * The caller is done with a job; it is no longer open. The note stays with the entry until the journal forgets it.
     *
     * @param note the caller's own, such as where the video lies; empty for none
     */
    CompletionStage<Void> close(String entryId, String note);

    /**
     * One job that this client was asked to submit.
     *
     * @param id of the journal's own, unique
     * @param reference the caller's own name for the job ({@link DoubaoVideoRequest.Builder#reference}), or null
     * @param at when it was about to be sent
     * @param origin scheme, host and port that it was for
     * @param model the model's name on the wire
     */
    record Entry(String id, @Nullable String reference, Instant at, String origin, String model) {}

    /** How far a job is known to have come. */
    enum State {
        /** It is being sent by this very process. */
        SENDING,
        /** Nobody knows whether the gateway took it. Never sent again by this client. */
        UNKNOWN,
        /** The gateway took it; {@link Record#taskId()} names the task. */
        TAKEN,
        /** There is no job. */
        REJECTED,
        /** The caller is done with it. */
        CLOSED
    }

    /**
     * An entry with what is known of it.
     *
     * @param taskId the task, once taken; else null
     * @param note why it was rejected or unknown, or the caller's own note when it was closed; empty for none
     */
    record Record(Entry entry, State state, @Nullable String taskId, String note) {}
}
