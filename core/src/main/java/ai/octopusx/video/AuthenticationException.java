package ai.octopusx.video;

import java.io.Serial;

/** The gateway does not accept the key: unknown, disabled, expired, or its quota is used up. Tasks go on without it. */
public final class AuthenticationException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public AuthenticationException(String message, Answer answer) {
        super(message, answer);
    }
}
