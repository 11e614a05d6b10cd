package ai.octopusx.video;

import org.jspecify.annotations.Nullable;

/**
 * What jobs of about the same duration have in common.
 *
 * @param model the model's name on the wire, null if not known
 * @param seconds length of the clip in seconds, null if not known
 * @param mode what the video is made from
 */
public record JobKind(@Nullable String model, @Nullable Integer seconds, Mode mode) {

    /** A job of which only the id is known. */
    public static final JobKind UNKNOWN = new JobKind(null, null, Mode.UNKNOWN);

    /** What a video is made from. */
    public enum Mode {
        /** The prompt alone. */
        TEXT,
        /** A picture that the video begins with, and the prompt. */
        FIRST_FRAME,
        /** A picture for either end of the video, and the prompt. */
        FIRST_AND_LAST_FRAME,
        /** The task was not submitted by this client. */
        UNKNOWN
    }
}
