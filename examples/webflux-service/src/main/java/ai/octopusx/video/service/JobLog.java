package ai.octopusx.video.service;

import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.core.publisher.Sinks;
import reactor.util.retry.Retry;

/**
 * Every change of every job, numbered. Changes are made one after the other, stored before they are shown, and shown in the
 * order of their numbers: so one number is all that a browser has to remember to go on where it was, also after a restart of
 * the service. A change is made even if the one who asked for it leaves.
 */
@Component
final class JobLog {

    private static final Duration BUSY = Duration.ofSeconds(1);

    /** A database that is away for longer than these some 3 s is the asker's trouble. */
    private static final int RETRIES = 5;

    private static final Duration FIRST_RETRY = Duration.ofMillis(100);

    /** A browser that lags so far behind is cut off; it comes back with the number that it saw last. */
    private static final int MOST_UNREAD = 4_096;

    private final JobStore store;
    private final Sinks.Many<Step> steps = Sinks.many().unicast().onBackpressureBuffer();
    private final Sinks.Many<Job> changes = Sinks.many().multicast().directBestEffort();

    /** Read from the store by the first step; touched by one step at a time. */
    private @Nullable Long latest;

    JobLog(JobStore store) {
        this.store = store;
        steps.asFlux().concatMap(this::take).subscribe();
    }

    /** The gateway took the job. May be told more than once: by the journal, by the caller, by the report of an orphan. */
    Mono<Job> taken(String id, VideoTask task) {
        return change(id, job -> job.task() == null ? new Next(stateOf(task), task, null) : null);
    }

    /** Nobody knows whether the gateway took it. */
    Mono<Job> doubtful(String id, String why) {
        return change(id, job -> job.task() == null ? new Next(JobState.DOUBTFUL, null, why) : null);
    }

    /** The gateway showed a state. What brings nothing new is no change. */
    Mono<Job> saw(String id, VideoTask task) {
        return change(id, job -> job.isOver() || !isNews(job, task) ? null : new Next(stateOf(task), task, null));
    }

    /** The gateway does not know it any more. */
    Mono<Job> lost(String id, String why) {
        return change(id, job -> job.isOver() ? null : new Next(JobState.LOST, null, why));
    }

    /** It goes on, but it is not being watched. */
    Mono<Job> unwatched(String id, String why) {
        return change(id, job -> job.isOver() || why.equals(job.note()) ? null : new Next(job.state(), null, why));
    }

    /**
     * How much of this store somebody has seen who remembers a number: one that was never given here is of another store, and
     * then it is nothing.
     */
    Mono<Long> seenHere(long number) {
        return store.latestChange().map(newest -> number > newest ? 0 : number);
    }

    /** All changes from now on, in their order, until {@link #close}. Whoever is slower than they come misses some. */
    Flux<Job> changes() {
        return changes.asFlux();
    }

    /**
     * One job: its state now, unless that was seen, and each change up to its end.
     *
     * @param seen the number of the last change that was seen; 0 for none
     */
    Flux<Job> follow(String id, long seen) {
        Flux<Job> live = changes().filter(job -> job.id().equals(id));
        return joined(store.find(id).flux(), live, seen).takeUntil(Job::isOver);
    }

    /**
     * All jobs: what has changed since, and each change from now on.
     *
     * @param seen the number of the last change that was seen; 0 for none
     */
    Flux<Job> followAll(long seen) {
        return joined(store.changedSince(seen), changes(), seen);
    }

    /** First what is stored, then what came meanwhile and comes; the live ones are listened to before the store is asked. */
    private static Flux<Job> joined(Flux<Job> stored, Flux<Job> live, long seen) {
        return Flux.defer(() -> {
            Sinks.Many<Job> inbox = Sinks.many().unicast().onBackpressureBuffer(new LinkedBlockingQueue<>(MOST_UNREAD));
            Disposable listening = live.subscribe(
                    job -> inbox.emitNext(job, Sinks.EmitFailureHandler.FAIL_FAST),
                    inbox::tryEmitError,
                    inbox::tryEmitComplete);
            AtomicLong last = new AtomicLong(seen);
            return Flux.concat(stored, inbox.asFlux())
                    .filter(job -> job.change() > last.get())
                    .doOnNext(job -> last.set(job.change()))
                    .doFinally(end -> listening.dispose());
        });
    }

    /** Ends all streams. Changes are made and stored as before. */
    void close() {
        changes.emitComplete(Sinks.EmitFailureHandler.busyLooping(BUSY));
    }

    private Mono<Job> change(String id, Function<Job, @Nullable Next> decision) {
        return Mono.create(
                done -> steps.emitNext(new Step(id, decision, done), Sinks.EmitFailureHandler.busyLooping(BUSY)));
    }

    /** One at a time. Its trouble is the asker's, and must not stop the others. */
    private Mono<Job> take(Step step) {
        return numbered()
                .then(store.find(step.id))
                .switchIfEmpty(Mono.error(() -> new NoSuchJobException(step.id)))
                .flatMap(job -> make(step.decision.apply(job), job))
                .retryWhen(
                        Retry.backoff(RETRIES, FIRST_RETRY).filter(trouble -> !(trouble instanceof NoSuchJobException)))
                .doOnNext(step.done::success)
                .doOnError(step.done::error)
                .onErrorComplete();
    }

    private Mono<Long> numbered() {
        return latest != null ? Mono.just(latest) : store.latestChange().doOnNext(change -> latest = change);
    }

    private Mono<Job> make(@Nullable Next next, Job job) {
        if (next == null) {
            return Mono.just(job);
        }
        long number = Objects.requireNonNull(latest) + 1;
        return store.update(job.id(), number, next.state, next.task, next.note)
                .filter(updated -> updated)
                .switchIfEmpty(Mono.error(() -> new NoSuchJobException(job.id())))
                .then(store.find(job.id()))
                .doOnNext(changed -> {
                    latest = number;
                    changes.emitNext(changed, Sinks.EmitFailureHandler.busyLooping(BUSY));
                });
    }

    private static JobState stateOf(VideoTask task) {
        return switch (task.status()) {
            case COMPLETED -> JobState.COMPLETED;
            case FAILED -> JobState.FAILED;
            case CANCELLED -> JobState.CANCELLED;
            case QUEUED, PROCESSING, UNKNOWN -> JobState.OPEN;
        };
    }

    private static boolean isNews(Job job, VideoTask task) {
        VideoTask known = job.task();
        return known == null
                || job.note() != null
                || shown(known.status()) != shown(task.status())
                || known.progress() != task.progress()
                || !Objects.equals(known.videoUrl(), task.videoUrl())
                || !Objects.equals(known.error(), task.error());
    }

    /** A word that is not known reads as running. */
    private static VideoStatus shown(VideoStatus status) {
        return status == VideoStatus.UNKNOWN ? VideoStatus.PROCESSING : status;
    }

    /** @param task null leaves what is known of it */
    private record Next(
            JobState state,
            @Nullable VideoTask task,
            @Nullable String note) {}

    private record Step(String id, Function<Job, @Nullable Next> decision, MonoSink<Job> done) {}
}
