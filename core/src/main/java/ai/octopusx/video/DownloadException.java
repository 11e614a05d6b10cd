package ai.octopusx.video;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The video could not be fetched whole. The task is not touched by that: it can be downloaded again while its link lives. */
public final class DownloadException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final long received;
    private final @Nullable Long expected;
    private final boolean resumable;

    /**
     * @param received bytes that arrived and are known to be good
     * @param expected bytes of the whole file, null where nobody said
     * @param resumable whether a later attempt can go on from there
     */
    public DownloadException(
            String message,
            @Nullable Throwable cause,
            @Nullable String taskId,
            long received,
            @Nullable Long expected,
            boolean resumable) {
        super(message, cause, null, taskId, null);
        this.received = received;
        this.expected = expected;
        this.resumable = resumable;
    }

    /** Bytes that arrived and are known to be good. */
    public long received() {
        return received;
    }

    /** Bytes of the whole file; null where nobody said. */
    public @Nullable Long expected() {
        return expected;
    }

    /** Whether a later attempt can go on from where this one ended. */
    public boolean resumable() {
        return resumable;
    }
}
