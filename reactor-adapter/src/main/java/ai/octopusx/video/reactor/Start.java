package ai.octopusx.video.reactor;

import ai.octopusx.video.JobKind;
import ai.octopusx.video.VideoTask;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a job when someone begins to watch it.
 *
 * @param kind which kind of job it is
 * @param state the last state that is known, null if none is
 * @param isNews whether that state is the subscriber's first element; the first poll then waits for the policy
 * @param ageNanos time since its submission; 0 if not known
 * @param own whether this client submitted it, so that the gateway may need a moment to know it
 */
record Start(JobKind kind, @Nullable VideoTask state, boolean isNews, long ageNanos, boolean own) {

    /** Only the id is known. */
    static Start ofId(boolean own, long ageNanos) {
        return new Start(JobKind.UNKNOWN, null, false, ageNanos, own);
    }

    /** Seen before, maybe by another process. */
    static Start ofTask(VideoTask task, boolean own, long ageNanos) {
        return new Start(new JobKind(task.model(), task.seconds(), JobKind.Mode.UNKNOWN), task, false, ageNanos, own);
    }

    /** Just submitted by this client. */
    static Start submitted(VideoTask task, JobKind kind, long ageNanos) {
        return new Start(kind, task, true, ageNanos, true);
    }
}
