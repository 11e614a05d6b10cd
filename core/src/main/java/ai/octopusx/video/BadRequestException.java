package ai.octopusx.video;

import java.io.Serial;

/** The gateway, or the model behind it, refused what was asked. Mend the request; the same one will fail again. */
public final class BadRequestException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For a request that would be refused again.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public BadRequestException(String message, Answer answer) {
        super(message, answer);
    }
}
