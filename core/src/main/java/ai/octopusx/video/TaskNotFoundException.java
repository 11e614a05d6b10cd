package ai.octopusx.video;

import java.io.Serial;

/** The gateway knows no such task for this key's account. */
public final class TaskNotFoundException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For a 404, or the code {@code task_not_exist}, when a task was asked for; its id stands in the answer.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public TaskNotFoundException(String message, Answer answer) {
        super(message, answer);
    }
}
