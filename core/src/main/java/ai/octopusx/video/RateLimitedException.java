package ai.octopusx.video;

import java.io.Serial;

/** Too many requests (429). Nothing was taken; wait, at least as long as {@link #retryAfter()} says, and try again. */
public final class RateLimitedException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For a 429; how long to stay away stands in the answer, if the gateway said it.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public RateLimitedException(String message, Answer answer) {
        super(message, answer);
    }
}
