package ai.octopusx.video;

import java.io.Serial;
import java.io.Serializable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The gateway answered, and the answer was no. The subtypes tell which no; this type itself stands for an answer that fits
 * none of them, such as a redirect of a submission, which is never followed.
 */
public class ApiException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Answer answer;

    /**
     * For an answer that none of the subtypes stands for.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public ApiException(String message, Answer answer) {
        super(message, null, answer.requestId(), answer.taskId(), answer.submission());
        this.answer = answer;
    }

    /** The HTTP status. */
    public int statusCode() {
        return answer.statusCode();
    }

    /** The gateway's code, such as {@code insufficient_user_quota}; null where it gave none. Branch on this. */
    public @Nullable String code() {
        return answer.code();
    }

    /** The gateway's type, such as {@code new_api_error}; null where it gave none. */
    public @Nullable String type() {
        return answer.type();
    }

    /** The code of the model's vendor, dug out of the gateway's message; null where there is none. */
    public @Nullable String upstreamCode() {
        return answer.upstreamCode();
    }

    /** The first kilobyte or so of the body as text, for people; empty where there was none. */
    public String bodyExcerpt() {
        return answer.excerpt();
    }

    /** How long the gateway asked us to stay away; null where it did not. As it said it, not capped. */
    public @Nullable Duration retryAfter() {
        return answer.retryAfter();
    }

    /** Scheme, host and port that answered; null where not known. */
    public @Nullable String origin() {
        return answer.origin();
    }

    /** The last state of the task that was seen before, if this ended a tracking; null otherwise, or if none was seen. */
    public @Nullable VideoTask lastTask() {
        return answer.lastTask();
    }

    /** Whether moderation refused the prompt, an image or the result: change the input, do not repeat it. */
    public boolean isContentRejected() {
        return ContentRejection.isCode(answer.upstreamCode()) || ContentRejection.isCode(answer.code());
    }

    /**
     * What is known of the answer.
     *
     * @param statusCode the HTTP status
     * @param code the gateway's code
     * @param type the gateway's type
     * @param upstreamCode the vendor's code inside the gateway's message
     * @param excerpt the beginning of the body, bounded, empty if there was none
     * @param retryAfter what the gateway asked for
     * @param requestId the gateway's name for the exchange
     * @param taskId the task in question
     * @param lastTask the last state of it that was seen before
     * @param origin scheme, host and port that answered
     * @param submission the verdict, if this was a submission
     */
    public record Answer(
            int statusCode,
            @Nullable String code,
            @Nullable String type,
            @Nullable String upstreamCode,
            String excerpt,
            @Nullable Duration retryAfter,
            @Nullable String requestId,
            @Nullable String taskId,
            @Nullable VideoTask lastTask,
            @Nullable String origin,
            @Nullable SubmissionVerdict submission)
            implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;
    }
}
