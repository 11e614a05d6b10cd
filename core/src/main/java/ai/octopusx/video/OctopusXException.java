package ai.octopusx.video;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * Something went wrong between this client and the gateway. The subtypes are named after what a caller can do next. No
 * message holds a key, a prompt or a signed link.
 */
public class OctopusXException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final @Nullable String requestId;
    private final @Nullable String taskId;
    private final @Nullable SubmissionVerdict submission;

    /**
     * @param requestId the gateway's name for the exchange, where it gave one
     * @param taskId the task in question, where one is known
     * @param submission the verdict, if a submission failed
     */
    public OctopusXException(
            String message,
            @Nullable Throwable cause,
            @Nullable String requestId,
            @Nullable String taskId,
            @Nullable SubmissionVerdict submission) {
        super(message, cause);
        this.requestId = requestId;
        this.taskId = taskId;
        this.submission = submission;
    }

    /** The gateway's name for the exchange ({@code X-Oneapi-Request-Id}), for its support; null where there was none. */
    public @Nullable String requestId() {
        return requestId;
    }

    /** The task in question; null where none is known. */
    public @Nullable String taskId() {
        return taskId;
    }

    /** What is known of the job; null if this is not about a submission. */
    public @Nullable SubmissionVerdict submission() {
        return submission;
    }
}
