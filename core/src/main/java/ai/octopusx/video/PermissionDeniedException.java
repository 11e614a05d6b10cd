package ai.octopusx.video;

import java.io.Serial;

/** The key is known but may not do this: account, address, group or model. */
public final class PermissionDeniedException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public PermissionDeniedException(String message, Answer answer) {
        super(message, answer);
    }
}
