package ai.octopusx.video.reactor;

import ai.octopusx.video.VideoStatus;
import org.jspecify.annotations.Nullable;

/** Where the figures of a client go. Thread-safe, and never fails. */
interface FleetMeter {

    FleetMeter NONE = new FleetMeter() {};

    /** From now on these figures may be asked for, from any thread. */
    default void watch(Figures figures) {}

    /** The client is closed. */
    default void forget(Figures figures) {}

    /**
     * A job has come to its end before our eyes.
     *
     * @param model as the gateway or the request names it, null if nobody did
     * @param nanos since its submission where that is known, else since we first heard of it
     */
    default void ended(@Nullable String model, VideoStatus end, long nanos) {}

    /** A poll began late, and this was in its way. */
    default void late(PollLimit limit) {}
}
