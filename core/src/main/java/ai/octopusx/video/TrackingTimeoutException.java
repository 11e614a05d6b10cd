package ai.octopusx.video;

import ai.octopusx.video.wire.Quote;
import java.io.Serial;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** We stopped watching; the task did not stop. {@code track(taskId)} goes on where this ended. */
public final class TrackingTimeoutException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final @Nullable VideoTask lastTask;

    /** @param lastTask the last state that was seen, null if none was */
    public TrackingTimeoutException(
            String taskId, Duration deadline, @Nullable VideoTask lastTask, @Nullable Throwable lastTrouble) {
        super(
                "Task " + Quote.sentence(taskId) + " was not finished after " + inWords(deadline) + " (last seen: "
                        + (lastTask == null
                                ? "nothing"
                                : Quote.sentence(lastTask.rawStatus()) + " " + lastTask.progress() + "%")
                        + "); it goes on at the gateway, track it again by its id",
                lastTrouble,
                null,
                taskId,
                null);
        this.lastTask = lastTask;
    }

    private static String inWords(Duration time) {
        return time.toSeconds() < 10 ? time.toMillis() + " ms" : time.toSeconds() + " s";
    }

    /** The last state that was seen; null if none was. */
    public @Nullable VideoTask lastTask() {
        return lastTask;
    }
}
