package ai.octopusx.video.reactor.boot;

import org.jspecify.annotations.Nullable;

/** A property of which no client can be made. Does not hold its value, which may be the key. */
final class VideoPropertyException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String property;

    VideoPropertyException(String property, String problem, @Nullable Throwable cause) {
        super("The property " + property + " " + problem, cause);
        this.property = property;
    }

    /** What the application said wrong: {@code trouble} tells what it is and what is allowed. */
    static VideoPropertyException refused(String property, RuntimeException trouble) {
        return new VideoPropertyException(property, "is of no use: " + trouble.getMessage(), trouble);
    }

    String property() {
        return property;
    }
}
