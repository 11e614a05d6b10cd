package ai.octopusx.video.simulator;

import java.util.Locale;

/** What a request asks for. */
public enum Endpoint {
    /** {@code POST /v1/videos} */
    SUBMIT,
    /** {@code GET /v1/videos/{id}} */
    STATUS,
    /** {@code GET /v1/videos/{id}/content} */
    CONTENT,
    /** A signed link, on the files origin. */
    FILES,
    /** {@code POST /v1/videos/{id}/remix} */
    REMIX,
    /** {@code GET /v1/video/generations/{id}} */
    GENERATIONS,
    /** {@code GET /api/usage/token/} */
    USAGE,
    /** Whatever has no route. */
    OTHER;

    String text() {
        return name().toLowerCase(Locale.ROOT);
    }
}
