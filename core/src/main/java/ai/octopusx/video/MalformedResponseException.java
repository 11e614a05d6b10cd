package ai.octopusx.video;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/**
 * The gateway said yes, but the body is not what it should be: no JSON object, cut off, without a task, or larger than the
 * limit. {@link #taskId} is the task that was asked for, or the one whose id could still be read from an answer to a
 * submission.
 */
public final class MalformedResponseException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String excerpt;

    /** @param excerpt the beginning of the body, bounded */
    public MalformedResponseException(
            String message,
            @Nullable Throwable cause,
            String excerpt,
            @Nullable String requestId,
            @Nullable String taskId) {
        super(message, cause, requestId, taskId, null);
        this.excerpt = excerpt;
    }

    /** The beginning of the body as text, for people. */
    public String bodyExcerpt() {
        return excerpt;
    }
}
