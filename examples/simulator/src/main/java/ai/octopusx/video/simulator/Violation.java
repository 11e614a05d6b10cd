package ai.octopusx.video.simulator;

import java.time.Instant;

/**
 * Something that was sent where it must not be.
 *
 * @param what for example {@code authorization-at-files-origin}
 * @param detail without the secret itself
 */
public record Violation(String what, String detail, Instant at) {}
