package ai.octopusx.video.wire;

import ai.octopusx.video.SubmissionVerdict;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What to do after an attempt that failed. */
public sealed interface Decision {

    /**
     * Send the same again.
     *
     * @param after counted from now
     */
    record Repeat(Duration after) implements Decision {}

    /**
     * Do not send it again.
     *
     * @param verdict what is known of the job; null unless this was a submission
     */
    record GiveUp(@Nullable SubmissionVerdict verdict) implements Decision {}
}
