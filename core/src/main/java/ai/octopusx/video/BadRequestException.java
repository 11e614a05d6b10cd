package ai.octopusx.video;

import java.io.Serial;

/** The gateway, or the model behind it, refused what was asked. Mend the request; the same one will fail again. */
public final class BadRequestException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public BadRequestException(String message, Answer answer) {
        super(message, answer);
    }
}
