package ai.octopusx.video.wire;

import java.time.Duration;

/**
 * How often, and how long, one operation may be tried.
 *
 * @param attempts in all, at least 1
 * @param within from the first attempt to the start of the last
 * @param firstDelay the backoff before the second attempt, at its longest; doubled from then on
 * @param maxDelay the longest backoff
 */
public record RepeatLimits(int attempts, Duration within, Duration firstDelay, Duration maxDelay) {

    /** Rule of the house: five attempts, the last one no later than 45 s after the first. */
    public static final RepeatLimits SUBMIT =
            new RepeatLimits(5, Duration.ofSeconds(45), Duration.ofSeconds(1), Duration.ofSeconds(15));

    /** A read costs nothing, but its caller waits. */
    public static final RepeatLimits RETRIEVE =
            new RepeatLimits(3, Duration.ofSeconds(15), Duration.ofSeconds(1), Duration.ofSeconds(5));

    public RepeatLimits {
        if (attempts < 1) {
            throw new IllegalArgumentException("attempts is " + attempts + ", allowed is 1 or more");
        }
        if (within.isNegative()) {
            throw new IllegalArgumentException("within is " + within + ", allowed is zero or more");
        }
        if (firstDelay.isNegative()) {
            throw new IllegalArgumentException("firstDelay is " + firstDelay + ", allowed is zero or more");
        }
        if (maxDelay.isNegative()) {
            throw new IllegalArgumentException("maxDelay is " + maxDelay + ", allowed is zero or more");
        }
    }
}
