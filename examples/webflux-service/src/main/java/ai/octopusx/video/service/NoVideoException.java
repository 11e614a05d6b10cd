package ai.octopusx.video.service;

import java.io.Serial;

/** The job has no video: not yet, or never. */
final class NoVideoException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final boolean over;

    NoVideoException(Job job) {
        super(job.isOver() ? "Job " + job.id() + " ended without a video" : "Job " + job.id() + " is not finished yet");
        this.over = job.isOver();
    }

    /** Whether waiting would not help. */
    boolean isFinal() {
        return over;
    }
}
