package ai.octopusx.video.reactor;

import ai.octopusx.video.VideoStatus;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meters of {@link VideoMeter} in a Micrometer registry. */
final class MicrometerMeter implements FleetMeter {

    private static final Map<MeterRegistry, Clients> CLIENTS = Collections.synchronizedMap(new WeakHashMap<>());

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    private final MeterRegistry registry;
    private final Clients clients;
    private final AtomicBoolean complained = new AtomicBoolean();

    private MicrometerMeter(MeterRegistry registry, Clients clients) {
        this.registry = registry;
        this.clients = clients;
    }

    static FleetMeter of(MeterRegistry registry) {
        return new MicrometerMeter(registry, CLIENTS.computeIfAbsent(registry, any -> new Clients()));
    }

    // ---- what is under way

    @Override
    public void watch(Figures figures) {
        clients.open.add(figures);
        safely(() -> {
            boolean known = registry.find(VideoMeter.JOBS_WATCHED.getName()).gauge() != null;
            if (!known) { // registries complain of the second time
                register();
            }
        });
    }

    @Override
    public void forget(Figures figures) {
        clients.open.remove(figures);
    }

    private void register() {
        gauge(VideoMeter.JOBS_WATCHED, Figures::jobsUnderWatch);
        gauge(VideoMeter.POLLS_IN_FLIGHT, Figures::pollsInFlight);
        for (PollLimit limit : PollLimit.values()) {
            waiting(VideoMeter.POLLS_WAITING, limit);
            late(VideoMeter.POLLS_LATE, limit);
        }
        longestWait(VideoMeter.POLLS_LONGEST_WAIT);
        gauge(VideoMeter.KEYS_SLOWED, Figures::slowedKeys);
        gauge(VideoMeter.SUBMISSIONS_IN_FLIGHT, Figures::submissionsInFlight);
        gauge(VideoMeter.SUBMISSIONS_WAITING, Figures::submissionsWaiting);
        gauge(VideoMeter.DOWNLOADS_IN_FLIGHT, Figures::downloadsInFlight);
        gauge(VideoMeter.DOWNLOADS_WAITING, Figures::downloadsWaiting);
    }

    private void gauge(VideoMeter meter, ToIntFunction<Figures> figure) {
        Gauge.builder(meter.getName(), clients, all -> all.sum(figure))
                .description(meter.description())
                .register(registry);
    }

    private void waiting(VideoMeter meter, PollLimit limit) {
        Gauge.builder(meter.getName(), clients, all -> all.sum(figures -> figures.pollsWaiting(limit)))
                .description(meter.description())
                .tag(VideoKey.LIMIT.asString(), limit.setting())
                .register(registry);
    }

    private void longestWait(VideoMeter meter) {
        TimeGauge.builder(meter.getName(), clients, TimeUnit.NANOSECONDS, Clients::longestWait)
                .description(meter.description())
                .register(registry);
    }

    // ---- what has happened

    @Override
    public void ended(@Nullable String model, VideoStatus end, long nanos) {
        safely(() -> Timer.builder(VideoMeter.JOB.getName())
                .description(VideoMeter.JOB.description())
                .tag(VideoKey.MODEL.asString(), VideoKey.modelOf(model))
                .tag(VideoKey.OUTCOME.asString(), end.wireName())
                .register(registry)
                .record(nanos, TimeUnit.NANOSECONDS));
    }

    @Override
    public void late(PollLimit limit) {
        safely(() -> late(VideoMeter.POLLS_LATE, limit).increment());
    }

    /** A registry may refuse a meter, for one of that name with other keys is there already. That must not cost a job. */
    private void safely(Runnable step) {
        try {
            step.run();
        } catch (RuntimeException e) {
            if (complained.compareAndSet(false, true)) {
                LOG.warn("The meter registry failed, and the client goes on without that figure (said once)", e);
            }
        }
    }

    private Counter late(VideoMeter meter, PollLimit limit) {
        return Counter.builder(meter.getName())
                .description(meter.description())
                .tag(VideoKey.LIMIT.asString(), limit.setting())
                .register(registry);
    }

    /**
     * The open clients of one registry. A registry knows a gauge by its name alone, and so asks for the sum; it holds this
     * weakly, and a closed client not at all.
     */
    private static final class Clients {

        private final List<Figures> open = new CopyOnWriteArrayList<>();

        int sum(ToIntFunction<Figures> figure) {
            return open.stream().mapToInt(figure).sum();
        }

        double longestWait() {
            return open.stream()
                    .map(Figures::longestWait)
                    .mapToLong(Duration::toNanos)
                    .max()
                    .orElse(0);
        }
    }
}
