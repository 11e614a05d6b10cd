package ai.octopusx.video.service;

import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.VideoTaskError;
import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A job as browsers see it: without the key, without the signed link of the result.
 *
 * @param change the number of its latest change, which is also the id of the event that brings it
 * @param status queued, processing, completed, failed, cancelled, doubtful (nobody knows whether the gateway took it) or lost
 *     (the gateway does not know it any more)
 * @param progress percent
 * @param over whether it will not change any more
 * @param frames how many pictures it was made from
 * @param pixels of the video, such as {@code 1280x720}, as the gateway names them
 * @param taskId the gateway's own name, for its support
 * @param error why there is no video
 * @param note in words: why it is doubtful, lost, or not being watched at the moment
 * @param content where the video is to be had, once there is one
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobView(
        String id,
        long change,
        String status,
        int progress,
        boolean over,
        String model,
        String prompt,
        @Nullable String size,
        @Nullable Integer seconds,
        int frames,
        @Nullable String pixels,
        @Nullable String taskId,
        @Nullable Failure error,
        @Nullable String note,
        @Nullable String content,
        Instant createdAt,
        Instant updatedAt) {

    /**
     * Why there is no video.
     *
     * @param contentRejected whether moderation said no, so that other words or pictures may help
     */
    record Failure(String code, String message, boolean contentRejected) {

        static Failure of(VideoTaskError error) {
            return new Failure(error.code(), error.message(), error.isContentRejected());
        }
    }

    static JobView of(Job job) {
        VideoTask task = job.task();
        VideoTaskError error = task == null ? null : task.error();
        return new JobView(
                job.id(),
                job.change(),
                status(job),
                job.state() == JobState.COMPLETED ? 100 : task == null ? 0 : task.progress(),
                job.isOver(),
                job.order().model(),
                job.order().prompt(),
                job.order().size(),
                task != null && task.seconds() != null
                        ? task.seconds()
                        : job.order().seconds(),
                job.order().frames(),
                task == null ? null : task.size(),
                task == null ? null : task.id(),
                error == null ? null : Failure.of(error),
                job.note(),
                job.state() == JobState.COMPLETED ? "/videos/" + job.id() + "/content" : null,
                job.createdAt(),
                job.updatedAt());
    }

    private static String status(Job job) {
        VideoTask task = job.task();
        if (job.state() != JobState.OPEN || task == null) {
            return job.state().name().toLowerCase(Locale.ROOT);
        }
        return task.status() == VideoStatus.QUEUED ? "queued" : "processing";
    }
}
