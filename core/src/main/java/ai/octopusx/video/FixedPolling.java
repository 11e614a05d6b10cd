package ai.octopusx.video;

import java.time.Duration;

/** {@link PollingPolicy#fixed}. */
record FixedPolling(Duration interval) implements PollingPolicy {

    FixedPolling {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("interval is " + interval + ", allowed is more than zero");
        }
    }

    @Override
    public Duration nextDelay(PollContext context) {
        return interval;
    }
}
