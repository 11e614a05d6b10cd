package ai.octopusx.video;

import java.io.Serial;

/** The key is known but may not do this: account, address, group or model. */
public final class PermissionDeniedException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For a 403 that is about this key and not about its balance.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public PermissionDeniedException(String message, Answer answer) {
        super(message, answer);
    }
}
