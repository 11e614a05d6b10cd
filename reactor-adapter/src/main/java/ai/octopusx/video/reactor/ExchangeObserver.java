package ai.octopusx.video.reactor;

import org.jspecify.annotations.Nullable;
import reactor.util.context.ContextView;

/** Who hears of exchanges with the gateway. Thread-safe, and never fails. */
interface ExchangeObserver {

    ExchangeObserver NONE = new ExchangeObserver() {};

    /** Whether there is anybody. If not, an exchange need not be wrapped at all. */
    default boolean observes() {
        return false;
    }

    /**
     * One exchange begins.
     *
     * @param model null if not known
     * @param taskId null if there is none yet
     * @param subscriber whose context may hold a parent
     */
    default Observed begin(
            ObservedOperation operation, @Nullable String model, @Nullable String taskId, ContextView subscriber) {
        return Observed.NONE;
    }
}
