package ai.octopusx.video.cli;

import java.io.Serial;

/** What was asked for cannot be done as it was asked; nothing was sent. */
final class UsageException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }

    UsageException(String message, Throwable cause) {
        super(message, cause);
    }
}
