package ai.octopusx.video.service;

import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Watches each open job once, whoever looks at it, and writes what it sees into the log. At the start it takes up what an earlier
 * process left; at the end it lets go, and the next one takes up.
 */
@Component
final class JobWatcher implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(JobWatcher.class);
    private static final String DIED = "The service ended while this was being submitted";
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final VideoClient client;
    private final JobStore store;
    private final JobLog log;
    private final Uploads uploads;
    private final Map<String, Disposable.Swap> watches = new ConcurrentHashMap<>();
    private volatile boolean running;

    JobWatcher(VideoClient client, JobStore store, JobLog log, Uploads uploads) {
        this.client = client;
        this.store = store;
        this.log = log;
        this.uploads = uploads;
    }

    /** Before the web server opens: nobody sees what is not yet as it should be. */
    @Override
    public int getPhase() {
        return 0;
    }

    @Override
    public void start() {
        try {
            uploads.removeAll();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        running = true;
        log.changes().filter(job -> job.note() == null).subscribe(this::watch);
        store.removePrepared()
                .thenMany(store.inState(JobState.SENDING))
                .concatMap(job -> log.doubtful(job.id(), DIED))
                .thenMany(store.inState(JobState.OPEN))
                .doOnNext(this::watch)
                .count()
                .doOnNext(open -> LOG.info("{} open jobs are watched on", open))
                .block(PATIENCE);
    }

    /** If it is open and not being watched, also one that was let go of because something was wrong. */
    void watch(Job job) {
        VideoTask task = job.task();
        if (!running || job.state() != JobState.OPEN || task == null) {
            return;
        }
        Disposable.Swap watch = Disposables.swap();
        if (watches.putIfAbsent(job.id(), watch) == null) {
            watch.update(life(job.id(), task)
                    .doFinally(end -> watches.remove(job.id(), watch))
                    .subscribe());
        }
        if (!running) {
            watch.dispose();
        }
    }

    /** All trouble of the gateway is the client's; what comes through to here is the database's, or final. */
    private Flux<Job> life(String id, VideoTask task) {
        return Flux.defer(() -> client.track(task))
                .concatMap(seen -> log.saw(id, seen))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(200))
                        .maxBackoff(Duration.ofSeconds(30))
                        .filter(JobWatcher::mayPass))
                .onErrorResume(OctopusXException.class, trouble -> ended(id, trouble))
                .doOnError(trouble -> LOG.error("Job {} is not watched any more", id, trouble))
                .onErrorComplete();
    }

    private static boolean mayPass(Throwable trouble) {
        return !(trouble instanceof OctopusXException || trouble instanceof NoSuchJobException);
    }

    private Mono<Job> ended(String id, OctopusXException trouble) {
        if (!running) {
            return Mono.empty();
        }
        LOG.warn("Job {} is not watched any more: {}", id, trouble.getMessage());
        String why = String.valueOf(trouble.getMessage());
        return trouble instanceof TaskNotFoundException ? log.lost(id, why) : log.unwatched(id, why);
    }

    /** Before the web server waits for its requests to end: the event streams would keep it waiting. */
    @EventListener(ContextClosedEvent.class)
    void letGo() {
        running = false;
        log.close();
        LOG.info("{} open jobs are stored and let go of", watches.size());
        watches.values().forEach(Disposable::dispose);
        watches.clear();
    }

    @Override
    public void stop() {
        running = false;
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
