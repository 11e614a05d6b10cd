package ai.octopusx.video;

import java.io.Serial;
import java.io.Serializable;

/**
 * Why a task failed, in the gateway's words.
 *
 * @param code the gateway's code, such as {@code OutputVideoSensitiveContentDetected}; empty where it gave none
 * @param message a sentence for people, in whatever language the gateway chose, empty where it gave none; never branch on it
 */
public record VideoTaskError(String code, String message) implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    /** Blank texts become empty ones; null is not allowed. */
    public VideoTaskError {
        code = code.isBlank() ? "" : code;
        message = message.isBlank() ? "" : message;
    }

    /**
     * Whether moderation refused the input or withheld the result. Known by the code alone: codes of this family carry
     * {@code SensitiveContent} or {@code RiskDetection} and open-ended suffixes.
     */
    public boolean isContentRejected() {
        return ContentRejection.isCode(code);
    }
}
