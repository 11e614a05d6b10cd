package ai.octopusx.video.service;

import java.io.Serial;

/** This service has no such job. Its message does not repeat what was asked for: that may come from anyone. */
final class NoSuchJobException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    NoSuchJobException(String id) {
        super("There is no job " + (JobIds.isOne(id) ? id : "of that id"));
    }
}
