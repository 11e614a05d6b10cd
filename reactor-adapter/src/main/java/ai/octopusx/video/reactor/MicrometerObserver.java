package ai.octopusx.video.reactor;

import ai.octopusx.video.VideoTask;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/** Turns exchanges into Micrometer's observations, by the names of {@link VideoObservation}. */
final class MicrometerObserver implements ExchangeObserver {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    /** Where Micrometer keeps the current observation in a Reactor context: ObservationThreadLocalAccessor.KEY. */
    static final String PARENT = "micrometer.observation";

    private final ObservationRegistry registry;
    private final String origin;
    private final AtomicBoolean complained = new AtomicBoolean();

    private MicrometerObserver(ObservationRegistry registry, String origin) {
        this.registry = registry;
        this.origin = origin;
    }

    static ExchangeObserver of(ObservationRegistry registry, String origin) {
        return new MicrometerObserver(registry, origin);
    }

    /** Asked each time: handlers may be added later. */
    @Override
    public boolean observes() {
        return !registry.isNoop();
    }

    /** A handler of the host that throws must not cost a job. */
    @Override
    public Observed begin(
            ObservedOperation operation, @Nullable String model, @Nullable String taskId, ContextView subscriber) {
        if (!observes()) {
            return Observed.NONE;
        }
        try {
            VideoObservation kind = kindOf(operation);
            VideoObservationContext context = new VideoObservationContext(kind, operation, model, taskId, origin);
            Observation observation = Observation.createNotStarted(
                    null, DefaultVideoObservationConvention.of(kind), () -> context, registry);
            // Not the thread's: it is some event loop's, and may be busy with somebody else's exchange.
            observation.parentObservation(subscriber.getOrDefault(PARENT, null));
            observation.start();
            return observation.isNoop() ? Observed.NONE : new Exchange(observation, context);
        } catch (RuntimeException e) {
            complain(e);
            return Observed.NONE;
        }
    }

    private void complain(RuntimeException failure) {
        if (complained.compareAndSet(false, true)) {
            LOG.warn("An observation handler failed, and the exchange went on without it (said once)", failure);
        }
    }

    private static VideoObservation kindOf(ObservedOperation operation) {
        return switch (operation) {
            case SUBMIT -> VideoObservation.SUBMIT;
            case TRACK, RETRIEVE -> VideoObservation.POLL;
            case DOWNLOAD -> VideoObservation.DOWNLOAD;
        };
    }

    /** One of them. */
    private final class Exchange implements Observed {

        private final Observation observation;
        private final VideoObservationContext context;
        private final AtomicBoolean over = new AtomicBoolean();

        Exchange(Observation observation, VideoObservationContext context) {
            this.observation = observation;
            this.context = context;
        }

        @Override
        public void describe(HttpHeaders headers) {
            for (Map.Entry<String, String> carried : Objects.requireNonNull(context.getCarrier())) {
                if (!headers.contains(carried.getKey())) { // ours are not a tracer's to change
                    headers.set(carried.getKey(), carried.getValue());
                }
            }
        }

        @Override
        public Context inside(Context outer) {
            return outer.put(PARENT, observation);
        }

        @Override
        public <T> Flux<T> over(Flux<T> bytes) {
            return bytes.doOnComplete(() -> ended(Outcome.SUCCESS, null))
                    .doOnError(trouble -> ended(Outcome.FAILED, trouble))
                    .doOnCancel(() -> ended(Outcome.CANCELLED, null))
                    .contextWrite(this::inside);
        }

        @Override
        public <T> Mono<T> over(Mono<T> work) {
            return work.doOnSuccess(result -> ended(Outcome.SUCCESS, null))
                    .doOnError(trouble -> ended(Outcome.FAILED, trouble))
                    .doOnCancel(() -> ended(Outcome.CANCELLED, null))
                    .contextWrite(this::inside);
        }

        @Override
        public void status(int status, @Nullable String requestId) {
            context.status(status, requestId);
        }

        @Override
        public void saw(VideoTask task) {
            context.task(task);
        }

        @Override
        public void ended(Outcome outcome, @Nullable Throwable failure) {
            if (!over.compareAndSet(false, true)) {
                return;
            }
            context.outcome(outcome);
            try {
                if (failure != null) {
                    observation.error(failure);
                }
                observation.stop();
            } catch (RuntimeException e) {
                complain(e);
            }
        }
    }
}
