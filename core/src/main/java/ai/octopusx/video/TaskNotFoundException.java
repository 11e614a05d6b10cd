package ai.octopusx.video;

import java.io.Serial;

/** The gateway knows no such task for this key's account. */
public final class TaskNotFoundException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public TaskNotFoundException(String message, Answer answer) {
        super(message, answer);
    }
}
