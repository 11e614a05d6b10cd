package ai.octopusx.video;

import ai.octopusx.video.wire.Quote;
import java.io.Serial;

/** A completed video was asked for, and the task ended without one. The gateway refunds failed tasks. */
public final class VideoFailedException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final VideoTask task;

    /** @param task in a terminal state other than completed */
    public VideoFailedException(VideoTask task) {
        super(sentence(task), null, null, task.id(), null);
        this.task = task;
    }

    private static String sentence(VideoTask task) {
        VideoTaskError error = task.error();
        String reason = error == null ? "no reason given" : Quote.sentence(words(error));
        return "Task " + Quote.sentence(task.id()) + " ended as " + Quote.sentence(task.rawStatus())
                + " without a video (" + reason + "); "
                + (error != null && error.isContentRejected()
                        ? "moderation said no: change the prompt or the image"
                        : "it will not change any more: submit it anew if you still want it");
    }

    private static String words(VideoTaskError error) {
        boolean both = !error.code().isEmpty() && !error.message().isEmpty();
        return error.code() + (both ? ": " : "") + error.message();
    }

    /** The task as it ended. */
    public VideoTask task() {
        return task;
    }
}
