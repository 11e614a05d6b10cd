package ai.octopusx.video.reactor;

import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/** What all tenants of one client share: connections, clock, limits, poll loops, and the way it all ends. */
final class Engine {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    private final Settings settings;
    private final Transport transport;
    private final Scheduler timer = Schedulers.newSingle("octopusx-timer", true);
    private final Scheduler files = Schedulers.boundedElastic();
    private final Chance chance = new Chance();
    private final Permits submissions;
    private final Permits reads;
    private final Runs runs = new Runs();
    private final Recent recent = new Recent();
    private final HttpClient submitClient;
    private final HttpClient statusClient;
    private final StatusReader statusReader;
    private final TaskTracker tracker;
    private final Downloads downloads;
    private final Figures figures;
    private final Mono<Void> closing;

    Engine(Settings settings) {
        this.settings = settings;
        this.transport = new Transport(settings);
        this.submissions = new Permits(settings.maxConcurrentSubmissions);
        this.reads = new Permits(settings.maxConcurrentReads);
        this.submitClient = transport.submit();
        this.statusClient = transport.status();
        this.statusReader = new StatusReader(this);
        this.tracker =
                new TaskTracker(statusReader::look, settings, timer, Transport.loopsOf(statusClient), this::dice);
        this.downloads =
                new Downloads(transport.files(), settings, (key, taskId) -> statusReader.retrieve(tenant(key), taskId));
        this.figures = new Figures(tracker, submissions, downloads.turns());
        this.closing = close().cache();
        settings.meter.watch(figures);
    }

    Settings settings() {
        return settings;
    }

    String origin() {
        return settings.origin;
    }

    Scheduler timer() {
        return timer;
    }

    /** Where files are read and written. */
    Scheduler files() {
        return files;
    }

    Permits submissions() {
        return submissions;
    }

    Permits reads() {
        return reads;
    }

    Runs runs() {
        return runs;
    }

    HttpClient submitClient() {
        return submitClient;
    }

    Downloads downloads() {
        return downloads;
    }

    StatusReader statusReader() {
        return statusReader;
    }

    TaskTracker tracker() {
        return tracker;
    }

    Tenant tenant(ApiKey key) {
        return new Tenant(key, statusClient);
    }

    /** A clock that never jumps. */
    long nanos() {
        return timer.now(TimeUnit.NANOSECONDS);
    }

    /** The clock on the wall. */
    long millis() {
        return timer.now(TimeUnit.MILLISECONDS);
    }

    /** A name that nobody can guess. */
    String name() {
        return chance.name();
    }

    double dice() {
        return ThreadLocalRandom.current().nextDouble();
    }

    /** For what others supply to a submission: it must not hold a place for ever. */
    <T> Mono<T> timely(Mono<T> supplied) {
        return supplied.timeout(settings.submitTimeout, timer);
    }

    /** Nobody was waiting for this one any more. */
    void orphaned(OrphanedTask orphan) {
        try {
            settings.onOrphanedTask.accept(orphan);
        } catch (RuntimeException | AssertionError e) {
            LOG.warn("The handler of orphaned tasks failed; what it was told: {}", orphan, e);
        }
    }

    void recentlySubmitted(ApiKey key, String taskId) {
        recent.add(new Job(key, taskId), nanos());
    }

    /** Age of a job that this client submitted a moment ago, in nanoseconds; null for any other. */
    @Nullable
    Long ageOfOwn(ApiKey key, String taskId) {
        return recent.age(new Job(key, taskId), nanos());
    }

    OctopusXException closedBeforeSending() {
        return new OctopusXException(
                "Nothing was sent: the client is closed", null, null, null, SubmissionVerdict.NOT_SENT);
    }

    /** Runs once, however often it is subscribed, and goes on if a subscriber leaves. */
    Mono<Void> closing() {
        return closing;
    }

    private Mono<Void> close() {
        return Mono.<Void>fromRunnable(this::endWhatMayEnd)
                .then(runs.close(settings.closeTimeout, timer))
                .then(Mono.defer(transport::dispose))
                .doFinally(end -> settings.meter.forget(figures))
                .doFinally(end -> files.schedule(timer::dispose)); // which may wait for a lock
    }

    private void endWhatMayEnd() {
        tracker.close();
        downloads.close();
    }

    private record Job(ApiKey key, String taskId) {}

    /** The jobs of the last minute, so that a later {@code track(id)} knows that the gateway may not know them yet. */
    private static final class Recent {

        private static final long MEMORY = Duration.ofSeconds(60).toNanos();

        private final Map<Job, Long> since = new LinkedHashMap<>();

        synchronized void add(Job job, long now) {
            forgetOld(now);
            since.put(job, now);
        }

        synchronized @Nullable Long age(Job job, long now) {
            forgetOld(now);
            Long at = since.get(job);
            return at == null ? null : now - at;
        }

        private void forgetOld(long now) {
            var oldest = since.values().iterator();
            while (oldest.hasNext() && now - oldest.next() > MEMORY) {
                oldest.remove();
            }
        }
    }
}
