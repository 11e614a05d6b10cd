package ai.octopusx.video.reactor;

import ai.octopusx.video.PollingPolicy;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How to watch one task. Immutable: each method returns a copy. What is not set is the client's own. */
public final class TrackOptions {

    private static final TrackOptions DEFAULTS = new TrackOptions(null, null, false, 0);

    private final @Nullable PollingPolicy polling;
    private final @Nullable Duration deadline;
    private final boolean emitEveryPoll;
    private final int maxFailuresInARow;

    private TrackOptions(
            @Nullable PollingPolicy polling,
            @Nullable Duration deadline,
            boolean emitEveryPoll,
            int maxFailuresInARow) {
        this.polling = polling;
        this.deadline = deadline;
        this.emitEveryPoll = emitEveryPoll;
        this.maxFailuresInARow = maxFailuresInARow;
    }

    /** The client's policy and deadline, changes only, any number of failures. */
    public static TrackOptions defaults() {
        return DEFAULTS;
    }

    /** When to ask again. Where several watch one task, the shortest delay that one of them asks for counts. */
    public TrackOptions polling(PollingPolicy polling) {
        return new TrackOptions(Objects.requireNonNull(polling, "polling"), deadline, emitEveryPoll, maxFailuresInARow);
    }

    /**
     * How long to watch at most, from the subscription on.
     *
     * @param deadline more than zero
     */
    public TrackOptions deadline(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException("deadline is " + deadline + ", allowed is more than zero");
        }
        return new TrackOptions(polling, deadline, emitEveryPoll, maxFailuresInARow);
    }

    /** Whether each answered poll is an element, also one that brought no news. Off by default. */
    public TrackOptions emitEveryPoll(boolean emitEveryPoll) {
        return new TrackOptions(polling, deadline, emitEveryPoll, maxFailuresInARow);
    }

    /**
     * Ends the watch with the last error once this many polls in a row have failed. Off by default: the job is paid for, so
     * only the deadline ends the patience.
     *
     * @param maxFailuresInARow at least 1
     */
    public TrackOptions maxFailuresInARow(int maxFailuresInARow) {
        if (maxFailuresInARow < 1) {
            throw new IllegalArgumentException("maxFailuresInARow is " + maxFailuresInARow + ", allowed is 1 or more");
        }
        return new TrackOptions(polling, deadline, emitEveryPoll, maxFailuresInARow);
    }

    @Nullable
    PollingPolicy polling() {
        return polling;
    }

    @Nullable
    Duration deadline() {
        return deadline;
    }

    boolean emitEveryPoll() {
        return emitEveryPoll;
    }

    /** Zero for no limit. */
    int maxFailuresInARow() {
        return maxFailuresInARow;
    }
}
