package ai.octopusx.video.cli;

import java.io.Serial;

/** There is a finished video, and it could not be fetched or put in its place, whoever is to blame. */
final class NotSaved extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Throwable why;

    NotSaved(Throwable why) {
        super(why);
        this.why = why;
    }

    Throwable why() {
        return why;
    }
}
