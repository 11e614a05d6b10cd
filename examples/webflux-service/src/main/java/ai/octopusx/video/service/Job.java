package ai.octopusx.video.service;

import ai.octopusx.video.VideoTask;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One video that somebody asked this service for.
 *
 * @param id this service's own; all that browsers know it by
 * @param change the number of its latest change, counted over all jobs; 0 while nobody sees it
 * @param order what was asked for
 * @param task what the gateway showed last; null until it took the job
 * @param note why it is doubtful or lost, or why it is not being watched; null otherwise
 */
record Job(
        String id,
        long change,
        JobState state,
        Order order,
        @Nullable VideoTask task,
        @Nullable String note,
        Instant createdAt,
        Instant updatedAt) {

    /**
     * What was asked for, in the words of the form.
     *
     * @param size the shape; null if it was left to the gateway
     * @param seconds null if it was left to the gateway
     * @param frames how many pictures came with it, 0 to 2
     */
    record Order(
            String model,
            String prompt,
            @Nullable String size,
            @Nullable Integer seconds,
            int frames) {}

    boolean isOver() {
        return state.isOver();
    }

    /** Without the prompt, which may be private, and the link, which is a secret. */
    @Override
    public String toString() {
        return "Job[" + id + " " + state + " #" + change + (task == null ? "" : " " + task) + "]";
    }
}
