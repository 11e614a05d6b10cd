package ai.octopusx.video;

import java.io.Serial;

/** The balance of the account or of the key does not cover the job. Nothing was charged. */
public final class QuotaExceededException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public QuotaExceededException(String message, Answer answer) {
        super(message, answer);
    }
}
