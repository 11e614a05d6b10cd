package ai.octopusx.video;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * All that a policy may know.
 *
 * @param polls how many polls of this task were answered or failed so far, at least 1
 * @param sinceStart age of the job: since its submission where known, else since the watch began
 * @param last the last state that was seen, null if none was yet
 * @param kind what kind of job it is
 * @param failuresInARow polls that failed since the last good one
 * @param dice a fresh random number, at least 0 and less than 1; the only source of chance
 */
public record PollContext(
        int polls, Duration sinceStart, @Nullable VideoTask last, JobKind kind, int failuresInARow, double dice) {}
