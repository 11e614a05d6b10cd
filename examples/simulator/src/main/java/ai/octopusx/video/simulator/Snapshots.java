package ai.octopusx.video.simulator;

/**
 * When the gateway last looked at its upstream. It looks at fixed moments, each {@code interval} after the start, and
 * answers from what it saw then; so what a poll sees is a function of the time of the poll.
 */
final class Snapshots {

    private final long interval;

    Snapshots(long intervalNanos) {
        this.interval = intervalNanos;
    }

    /** The last look at or before a moment. */
    long lastBefore(long now) {
        return interval == 0 ? now : now - now % interval;
    }

    /** Whether there was a look since a task was made; where every question is a look of its own, there always was. */
    boolean lookedSince(long created, long now) {
        return interval == 0 || lastBefore(now) > created;
    }

    /** {@code looks} looks earlier; where every question is a look of its own, a second counts as one. */
    long earlier(long now, int looks) {
        return lastBefore(now) - looks * (interval == 0 ? 1_000_000_000L : interval);
    }

    /** The look at which something that happened at {@code moment} comes to light, for a task made at {@code created}. */
    long revealing(long moment, long created) {
        if (moment == Job.NEVER || interval == 0) {
            return moment;
        }
        long look = (moment + interval - 1) / interval * interval;
        return look <= created ? look + interval : look;
    }
}
