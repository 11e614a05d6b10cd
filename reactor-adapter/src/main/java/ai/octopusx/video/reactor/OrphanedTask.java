package ai.octopusx.video.reactor;

import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.VideoTask;
import org.jspecify.annotations.Nullable;

/**
 * How a submission ended that nobody was waiting for any more: its caller cancelled or timed out after bytes had gone out.
 * Either there is a {@code task}, which runs and is paid for, or nobody knows, and {@code unknown} says why.
 *
 * @param task the task that the gateway took; null if that is not known
 * @param unknown why it is not known; null if there is a task
 * @param reference the caller's own name for the job; null if it gave none
 * @param origin scheme, host and port of the gateway
 */
public record OrphanedTask(
        @Nullable VideoTask task,
        @Nullable SubmissionOutcomeUnknownException unknown,
        @Nullable String reference,
        String origin) {}
