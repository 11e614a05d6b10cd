package ai.octopusx.video.reactor;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The paces of all keys. Only those that a 429 has slowed down are kept, and only until they have recovered. */
final class FleetPaces {

    private static final long BETWEEN_SWEEPS = Duration.ofSeconds(10).toNanos();

    private final Map<Tenant, FleetPace> slowed = new ConcurrentHashMap<>();
    private volatile long sweptAt;

    void limited(Tenant tenant, long now, long firstPause, long retryAfter) {
        slowed.compute(tenant, (key, known) -> {
            FleetPace pace = known == null ? new FleetPace() : known;
            pace.limited(now, firstPause, retryAfter);
            return pace;
        });
    }

    /** A policy's delay at the present pace of this key. */
    long stretched(Tenant tenant, long delay, long now) {
        FleetPace pace = slowed.get(tenant);
        return pace == null ? delay : pace.stretched(delay, now);
    }

    /** When the pause of this key ends, or now. */
    long freeAt(Tenant tenant, long now) {
        FleetPace pace = slowed.get(tenant);
        return pace == null ? now : pace.freeAt(now);
    }

    /**
     * Over how long the tasks of this key are to be spread that became due during its pause. Not all at once when it ends:
     * that would be the next burst. So many became due as the shorter of the pause and the interval brings, and over that
     * span, at the present pace, they come back.
     */
    long spread(Tenant tenant, long interval, long now) {
        FleetPace pace = slowed.get(tenant);
        return pace == null ? 0 : pace.stretched(Math.min(pace.pauseLength(), interval), now);
    }

    /** How many keys are slower than they want to be. */
    int size() {
        return slowed.size();
    }

    /** To be called now and then: forgets whoever has recovered. */
    void sweep(long now) {
        if (slowed.isEmpty() || now - sweptAt < BETWEEN_SWEEPS) {
            return;
        }
        sweptAt = now;
        for (Tenant tenant : slowed.keySet()) {
            slowed.computeIfPresent(tenant, (key, pace) -> pace.isOver(now) ? null : pace);
        }
    }
}
