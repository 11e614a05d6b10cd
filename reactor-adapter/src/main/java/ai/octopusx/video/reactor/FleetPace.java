package ai.octopusx.video.reactor;

import java.time.Duration;

/**
 * How fast the tasks of one key may be polled after a 429, which is said to one poll and meant for all: every task of the key
 * pauses, and afterwards asks more rarely than its policy says, at first up to eight times, ever less as time goes by without
 * another. Times are on the tracker's clock.
 */
final class FleetPace {

    private static final long LONGEST_PAUSE = Duration.ofSeconds(15).toNanos();
    private static final double MOST_STRETCH = 8;
    private static final double STRETCH_STEP = 2;

    /** After so long without a 429, half of the slowness is gone. */
    private static final double HALF_LIFE = Duration.ofSeconds(30).toNanos();

    /** Slower by less than this is not slower. */
    private static final double UNNOTICED = 1.01;

    private boolean limitedBefore;
    private long limitedAt;
    private long pausedUntil;
    private long pause;
    private double stretch = 1;

    /**
     * Another 429. Of several that were in flight together only the first lengthens the pause; the {@code Retry-After} of
     * each counts.
     *
     * @param firstPause the pause, if all was well before
     */
    synchronized void limited(long now, long firstPause, long retryAfter) {
        if (!limitedBefore || now >= pausedUntil) {
            boolean again = stretchAt(now) > 1.5;
            pause = again ? Math.min(2 * pause, LONGEST_PAUSE) : firstPause;
            stretch = Math.min(MOST_STRETCH, stretchAt(now) * STRETCH_STEP);
            limitedAt = now;
            pausedUntil = now + pause;
            limitedBefore = true;
        }
        pausedUntil = Math.max(pausedUntil, now + retryAfter);
    }

    /** A delay at the present pace. */
    synchronized long stretched(long delay, long now) {
        return (long) (delay * stretchAt(now));
    }

    /** When the pause ends, or now. */
    synchronized long freeAt(long now) {
        return Math.max(now, pausedUntil);
    }

    /** How long the last pause was meant to be. */
    synchronized long pauseLength() {
        return pausedUntil - limitedAt;
    }

    synchronized boolean isOver(long now) {
        return now >= pausedUntil && stretchAt(now) < UNNOTICED;
    }

    private double stretchAt(long now) {
        return limitedBefore ? 1 + (stretch - 1) * Math.pow(0.5, (now - limitedAt) / HALF_LIFE) : 1;
    }
}
