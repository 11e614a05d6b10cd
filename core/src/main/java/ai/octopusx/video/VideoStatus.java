package ai.octopusx.video;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where a task stands. The five words of the gateway's page, and {@link #UNKNOWN} for a word that this version does not
 * know: such a task counts as running, for a new word must not end a wait that was paid for. The word itself is kept in
 * {@link VideoTask#rawStatus()}.
 */
public enum VideoStatus {
    /** Accepted and waiting for its turn. */
    QUEUED("queued", false),
    /** Being rendered. */
    PROCESSING("processing", false),
    /** Done: there is a video. Terminal. */
    COMPLETED("completed", true),
    /** There will be no video. Terminal; the gateway refunds the price. Also what it calls expired and timed out. */
    FAILED("failed", true),
    /** Stopped on the gateway's side. Terminal; clients cannot cancel a task. */
    CANCELLED("cancelled", true),
    /** A word that this version does not know. Not terminal. */
    UNKNOWN("unknown", false);

    private final String wireName;
    private final boolean terminal;

    VideoStatus(String wireName, boolean terminal) {
        this.wireName = wireName;
        this.terminal = terminal;
    }

    /** The canonical word of the gateway's page, such as {@code processing}. */
    public String wireName() {
        return wireName;
    }

    /** Whether the task will not change any more. */
    public boolean isTerminal() {
        return terminal;
    }

    /**
     * Reads a status word in any of the forms that the gateway and its relatives use, whatever its case.
     *
     * @param word the word on the wire, or null where there was none
     * @return the state; {@link #UNKNOWN} for null and for a word that is not known
     */
    public static VideoStatus fromWire(@Nullable String word) {
        if (word == null) {
            return UNKNOWN;
        }
        // wire-protocol.md, section 5: one table for all spellings.
        return switch (word) {
            case "queued" -> QUEUED;
            case "processing" -> PROCESSING;
            case "completed" -> COMPLETED;
            case "failed" -> FAILED;
            case "cancelled" -> CANCELLED;
            default -> fromVariant(word.strip().toLowerCase(Locale.ROOT));
        };
    }

    private static VideoStatus fromVariant(String word) {
        return switch (word) {
            case "queued", "pending", "submitted", "not_start" -> QUEUED;
            case "processing", "in_progress", "running", "generating" -> PROCESSING;
            case "completed", "succeeded", "success" -> COMPLETED;
            case "failed", "failure", "error", "expired", "timeout" -> FAILED;
            case "cancelled", "canceled" -> CANCELLED;
            default -> UNKNOWN;
        };
    }
}
