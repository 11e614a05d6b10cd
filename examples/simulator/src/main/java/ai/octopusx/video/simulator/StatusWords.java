package ai.octopusx.video.simulator;

import static java.util.Objects.requireNonNull;

/**
 * The words in which the gateway tells a task's state. They differ between its documentation pages, and a client has to
 * read them all; so the words can be chosen freely here, also ones that no page knows.
 */
public record StatusWords(String queued, String processing, String completed, String failed, String cancelled) {

    public StatusWords {
        requireNonNull(queued, "queued");
        requireNonNull(processing, "processing");
        requireNonNull(completed, "completed");
        requireNonNull(failed, "failed");
        requireNonNull(cancelled, "cancelled");
    }

    /** The words of the Doubao page: {@code queued, processing, completed, failed, cancelled}. */
    public static StatusWords documented() {
        return new StatusWords("queued", "processing", "completed", "failed", "cancelled");
    }

    /** The words of the OpenAI page: as {@link #documented()}, with {@code in_progress}. */
    public static StatusWords openAi() {
        return new StatusWords("queued", "in_progress", "completed", "failed", "cancelled");
    }

    /** The words of the unified endpoints: {@code pending, in_progress, succeeded, failure, canceled}. */
    public static StatusWords unified() {
        return new StatusWords("pending", "in_progress", "succeeded", "failure", "canceled");
    }
}
