package ai.octopusx.video;

import java.time.Duration;

/** {@link PollingPolicy#exponential}. */
record ExponentialPolling(Duration first, Duration max, double factor, double jitter) implements PollingPolicy {

    ExponentialPolling {
        require(!first.isNegative() && !first.isZero(), "first", first, "more than zero");
        require(max.compareTo(first) >= 0, "max", max, "at least first, " + first);
        require(factor >= 1 && factor < Double.POSITIVE_INFINITY, "factor", factor, "1 or more");
        require(jitter >= 0 && jitter <= 1, "jitter", jitter, "0 to 1");
    }

    private static void require(boolean fine, String name, Object value, String allowed) {
        if (!fine) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + allowed);
        }
    }

    @Override
    public Duration nextDelay(PollContext context) {
        return shortened(grown(context.polls() - 1), context.dice());
    }

    /** In doubles on purpose: a huge exponent becomes infinity and loses to max, where a long would wrap. */
    private double grown(int steps) {
        return Math.min(nanos(first) * Math.pow(factor, steps), nanos(max));
    }

    private Duration shortened(double nanos, double dice) {
        return Duration.ofNanos((long) (nanos * (1 - jitter * dice)));
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }
}
