package ai.octopusx.video.service;

import ai.octopusx.video.VideoTask;
import java.io.Serial;

/** The gateway took the job, and the store did not: it goes on, and must not be sent again. */
final class NotStoredException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final String taskId;

    NotStoredException(String id, VideoTask task, Throwable cause) {
        super("Job " + id + " was taken as task " + task.id() + " and could not be stored", cause);
        this.taskId = task.id();
    }

    /** The gateway's name for it: all that there is to find it by until the store has it. */
    String taskId() {
        return taskId;
    }
}
