package ai.octopusx.video;

import java.io.Serial;

/** The balance of the account or of the key does not cover the job. Nothing was charged. */
public final class QuotaExceededException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For a job that the balance does not cover.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public QuotaExceededException(String message, Answer answer) {
        super(message, answer);
    }
}
