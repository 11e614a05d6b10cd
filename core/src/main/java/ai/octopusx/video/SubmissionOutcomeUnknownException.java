package ai.octopusx.video;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The submission went out, wholly or in part, and no readable answer came back. A video may be rendering, and charged, under
 * an id that never reached us. The client did not repeat the request, and neither should a general-purpose retry around it:
 * look at the account first. There is no way to list tasks with a key; {@link #taskId} is null, unless the id could still be
 * read from an answer that broke off: then look at that task.
 */
public final class SubmissionOutcomeUnknownException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String origin;
    private final @Nullable String reference;

    /**
     * @param origin scheme, host and port that was asked
     * @param cause the trouble that hid the answer
     * @param reference the caller's own name for the job, where it gave one
     */
    public SubmissionOutcomeUnknownException(
            String message,
            @Nullable Throwable cause,
            String origin,
            @Nullable String requestId,
            @Nullable String reference) {
        this(message, cause, origin, requestId, null, reference);
    }

    /**
     * @param origin scheme, host and port that was asked
     * @param cause the trouble that hid the answer
     * @param taskId the id that could still be read from an answer that broke off, or null; if it is there, so is the task
     * @param reference the caller's own name for the job, where it gave one
     */
    public SubmissionOutcomeUnknownException(
            String message,
            @Nullable Throwable cause,
            String origin,
            @Nullable String requestId,
            @Nullable String taskId,
            @Nullable String reference) {
        super(message, cause, requestId, taskId, SubmissionVerdict.UNKNOWN);
        this.origin = origin;
        this.reference = reference;
    }

    /** Scheme, host and port that was asked. */
    public String origin() {
        return origin;
    }

    /** The caller's own name for the job ({@link DoubaoVideoRequest.Builder#reference}); null where it gave none. */
    public @Nullable String reference() {
        return reference;
    }
}
