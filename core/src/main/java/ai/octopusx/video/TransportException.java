package ai.octopusx.video;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** No usable exchange took place: refused, unresolved, TLS, reset, or too slow. May pass. */
public final class TransportException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String origin;

    /** @param origin scheme, host and port that was asked */
    public TransportException(
            String message,
            @Nullable Throwable cause,
            String origin,
            @Nullable String taskId,
            @Nullable SubmissionVerdict submission) {
        super(message, cause, null, taskId, submission);
        this.origin = origin;
    }

    /** Scheme, host and port that was asked. */
    public String origin() {
        return origin;
    }
}
