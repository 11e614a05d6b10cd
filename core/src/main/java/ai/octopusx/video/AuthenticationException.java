package ai.octopusx.video;

import java.io.Serial;

/** The gateway does not accept the key: unknown, disabled, expired, or its quota is used up. Tasks go on without it. */
public final class AuthenticationException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For a 401, unless it is about the balance or about the gateway's own account at the vendor.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public AuthenticationException(String message, Answer answer) {
        super(message, answer);
    }
}
