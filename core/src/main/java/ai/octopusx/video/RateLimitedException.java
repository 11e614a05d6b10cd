package ai.octopusx.video;

import java.io.Serial;

/** Too many requests (429). Nothing was taken; wait, at least as long as {@link #retryAfter()} says, and try again. */
public final class RateLimitedException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public RateLimitedException(String message, Answer answer) {
        super(message, answer);
    }
}
