package ai.octopusx.video;

import ai.octopusx.video.wire.Quote;
import ai.octopusx.video.wire.TaskReader;
import ai.octopusx.video.wire.TaskWriter;
import java.io.Serial;
import java.io.Serializable;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A task as the gateway showed it at one moment. Only {@code id}, {@code status}, {@code progress}, {@code rawStatus} and
 * {@code additionalProperties} are always there; the gateway leaves the rest out, or fills it with placeholders that are
 * read as absent.
 *
 * @param id the gateway's name for the task; opaque, never blank
 * @param status where it stands
 * @param progress percent, 0 to 100; moves in jumps, may step back, and may be 100 on a failed task
 * @param model the model's name on the wire
 * @param createdAt when the gateway took it
 * @param completedAt when it ended; the gateway may fill it earlier, so trust it only on a terminal task
 * @param expiresAt when the result can no longer be fetched
 * @param seconds length of the clip, in seconds
 * @param size pixels such as {@code 1280x720} (not the ratio that was asked for); opaque
 * @param videoUrl a link to the result, signed and short-lived (hours); text, for it may be no valid URI. A secret: who has
 *     it has the video
 * @param remixedFromVideoId the task that this one was made from
 * @param error what the gateway says went wrong; null if it says nothing, even on a failed task. It decides nothing: a task
 *     that says it runs or is completed keeps that status
 * @param rawStatus the status as it stood on the wire, empty if there was none
 * @param additionalProperties members that this version does not know, as text, numbers ({@code Integer},
 *     {@code Long}, {@code BigInteger}, {@code Double}), booleans, lists, maps and nulls; unmodifiable
 */
public record VideoTask(
        String id,
        VideoStatus status,
        int progress,
        @Nullable String model,
        @Nullable Instant createdAt,
        @Nullable Instant completedAt,
        @Nullable Instant expiresAt,
        @Nullable Integer seconds,
        @Nullable String size,
        @Nullable String videoUrl,
        @Nullable String remixedFromVideoId,
        @Nullable VideoTaskError error,
        String rawStatus,
        Map<String, @Nullable Object> additionalProperties)
        implements Serializable {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * What says nothing becomes null: blank texts, a length of zero or less, an error without code and message.
     *
     * @throws IllegalArgumentException if the id is blank or the progress is not 0 to 100
     */
    public VideoTask {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(rawStatus, "rawStatus");
        if (id.isBlank()) {
            throw new IllegalArgumentException("A task's id is blank");
        }
        if (progress < 0 || progress > 100) {
            throw new IllegalArgumentException("progress is " + progress + ", allowed is 0 to 100");
        }
        model = orAbsent(model);
        size = orAbsent(size);
        videoUrl = orAbsent(videoUrl);
        remixedFromVideoId = orAbsent(remixedFromVideoId);
        seconds = seconds == null || seconds <= 0 ? null : seconds;
        error = error == null || (error.code().isEmpty() && error.message().isEmpty()) ? null : error;
        additionalProperties = unmodifiable(additionalProperties);
    }

    /** The gateway's placeholders mean nothing, whoever makes the task. */
    private static @Nullable String orAbsent(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** Map.copyOf would refuse the nulls that JSON has. The empty map is shared: there is one per watched task. */
    private static Map<String, @Nullable Object> unmodifiable(Map<String, @Nullable Object> properties) {
        if (properties.isEmpty()) {
            return Collections.emptyMap();
        }
        return Collections.unmodifiableMap(new LinkedHashMap<>(properties));
    }

    /** Whether it will not change any more. */
    public boolean isTerminal() {
        return status.isTerminal();
    }

    /** Whether there is a video. */
    public boolean isCompleted() {
        return status == VideoStatus.COMPLETED;
    }

    /**
     * This task as one line of JSON in the gateway's field names, for a store. Holds the signed link. {@link #parse} reads
     * it back to an equal task.
     */
    public String toJson() {
        return TaskWriter.write(this);
    }

    /**
     * Reads a task in any of the forms that the gateway and its relatives use, or from {@link #toJson}.
     *
     * @throws MalformedResponseException if the text is no JSON object or names no task
     */
    public static VideoTask parse(String json) {
        return TaskReader.read(json);
    }

    /** Without the link, which is a secret, and without what the gateway added, which nobody knows. */
    @Override
    public String toString() {
        return "VideoTask[" + Quote.sentence(id) + " " + Quote.sentence(rawStatus) + " " + progress + "%"
                + (error == null ? "" : " " + Quote.sentence(error.code())) + "]";
    }
}
