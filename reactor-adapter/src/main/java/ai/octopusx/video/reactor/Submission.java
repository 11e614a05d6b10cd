package ai.octopusx.video.reactor;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;

/**
 * One call of {@code submit}: one job, however often it is subscribed.
 *
 * <p>The first subscriber starts a {@link SubmissionRun}, later ones join it. A run that ended without a job (not sent,
 * refused) may be followed by another; one that brought a task, or a doubt, is the last. When nobody waits any more, a run
 * from which no byte has left is stopped; any other goes on to the end of its exchange. A task or a doubt that nobody has got
 * is reported as an orphan, once.
 *
 * <p><b>Who has got it.</b> Reactive Streams know no receipt, so this is told from the cancellations:
 *
 * <ul>
 *   <li>One that comes before the result is handed over, or while it is kept for a subscriber that has not asked yet: that
 *       subscriber has not got it.
 *   <li>One that comes from another thread while the result is being handed over: not got. An operator that gave up at that
 *       very moment drops what it is given ({@code timeout}, {@code dispose}).
 *   <li>One that comes from inside the hand-over: got, for {@code take} and {@code next} cancel before they pass on. But
 *       {@code timeout} does the same when it drops, and then the cancellation of its clock follows from another thread: if
 *       one does, shortly after, it was not got. The same holds for one that follows an error, which nobody has a reason to
 *       cancel.
 *   <li>Any other that comes later is usual ({@code flatMapMany} passes on what ends the rest of its life): got.
 * </ul>
 *
 * What an operator got and threw away, as {@code zip} does when its other arm fails, cannot be seen from here; subscribing
 * once more brings it again.
 */
final class Submission extends Mono<VideoTask> {

    /**
     * An operator whose clock has struck cancels at once; this is for a thread that had to wait for a processor, or for a
     * collection of garbage. Longer is the safe side: a report too many, and no job too few.
     */
    private static final long SHORTLY = Duration.ofSeconds(10).toNanos();

    private final Engine engine;
    private final ApiKey key;
    private final @Nullable String reference;
    private final List<Waiter> waiters = new ArrayList<>(1);

    /** Let go once there is a task or a doubt, and the image bytes with it. */
    private @Nullable DoubaoVideoRequest request;

    private @Nullable SubmissionRun run;
    private @Nullable VideoTask task;
    private @Nullable OctopusXException doubt;

    /** How many have got the task or the doubt, or are about to. */
    private int holders;

    private boolean reported;

    Submission(Engine engine, ApiKey key, DoubaoVideoRequest request) {
        this.engine = engine;
        this.key = key;
        this.request = Objects.requireNonNull(request, "request");
        this.reference = request.reference();
    }

    @Override
    public void subscribe(CoreSubscriber<? super VideoTask> actual) {
        Waiter waiter = new Waiter(actual);
        actual.onSubscribe(waiter);
        SubmissionRun started = join(waiter);
        if (started != null) {
            started.start();
        }
    }

    /** Hands out what is settled, or waits for the run; returns one that has to be started. */
    private @Nullable SubmissionRun join(Waiter waiter) {
        synchronized (this) {
            if (!isSettled()) {
                if (waiter.isCancelled()) {
                    return null;
                }
                waiters.add(waiter);
                if (run != null) {
                    return null;
                }
                run = new SubmissionRun(
                        this, engine, key, Objects.requireNonNull(request), waiter.actual.currentContext());
                return run;
            }
            holders++;
        }
        waiter.settle();
        return null;
    }

    private boolean isSettled() {
        return task != null || doubt != null;
    }

    private void leave(Waiter waiter) {
        SubmissionRun stopped;
        synchronized (this) {
            if (!waiters.remove(waiter) || !waiters.isEmpty() || run == null || !run.abandon()) {
                return;
            }
            stopped = run;
            run = null;
        }
        stopped.stop();
    }

    /** Whether somebody waits. To be asked by a run that holds this lock. */
    boolean isAwaited() {
        return !waiters.isEmpty();
    }

    /** The gateway took the job. */
    void taken(SubmissionRun ended, VideoTask taken) {
        settled(ended, taken, null);
    }

    /** There is no job, or nobody knows. */
    void failed(SubmissionRun ended, OctopusXException failure) {
        if (failure.submission() == SubmissionVerdict.UNKNOWN) {
            settled(ended, null, failure);
            return;
        }
        List<Waiter> waiting;
        synchronized (this) {
            if (run != ended) {
                return;
            }
            run = null;
            waiting = drain();
        }
        each(waiting, waiter -> waiter.fail(failure));
    }

    private void settled(SubmissionRun ended, @Nullable VideoTask taken, @Nullable OctopusXException unknown) {
        List<Waiter> waiting;
        synchronized (this) {
            if (run != ended) {
                return;
            }
            run = null;
            request = null;
            task = taken;
            doubt = unknown;
            waiting = drain();
            holders = waiting.size();
        }
        if (waiting.isEmpty()) {
            lost(0);
        }
        each(waiting, Waiter::settle);
    }

    /** For one who passes the task on: the subscriber left before it could see it. */
    void unseen() {
        lost(1);
    }

    /** So many have not got it after all. */
    private void lost(int of) {
        synchronized (this) {
            holders = Math.max(0, holders - of);
            if (holders > 0 || reported) {
                return;
            }
            reported = true;
        }
        SubmissionOutcomeUnknownException unknown =
                doubt instanceof SubmissionOutcomeUnknownException known ? known : null;
        engine.orphaned(new OrphanedTask(task, unknown, reference, engine.origin()));
    }

    /** Ends a run from which no byte has left; any other goes on to its end. */
    void shutDown(SubmissionRun running, OctopusXException closed) {
        List<Waiter> waiting;
        synchronized (this) {
            if (run != running || !running.abandon()) {
                return;
            }
            run = null;
            waiting = drain();
        }
        running.stop();
        each(waiting, waiter -> waiter.fail(closed));
    }

    private List<Waiter> drain() {
        List<Waiter> all = List.copyOf(waiters);
        waiters.clear();
        return all;
    }

    /** One that throws, which subscribers must not, keeps nothing from the others. */
    private static void each(List<Waiter> waiting, Consumer<Waiter> tell) {
        for (Waiter waiter : waiting) {
            try {
                tell.accept(waiter);
            } catch (Throwable e) {
                Exceptions.throwIfFatal(e);
                Operators.onErrorDropped(e, waiter.actual.currentContext());
            }
        }
    }

    /** A subscriber. It is a holder from the moment when there is a result until it turns out not to have got it. */
    private final class Waiter implements Subscription {

        private final CoreSubscriber<? super VideoTask> actual;
        private boolean requested;
        private boolean cancelled;

        /** There is a task, and it has not asked yet. */
        private boolean kept;

        /** While the result is being handed over, and to compare with afterwards. */
        private @Nullable Thread giver;

        private boolean given;
        private long givenAt;
        private boolean leftInside;
        private boolean leftMeanwhile;

        Waiter(CoreSubscriber<? super VideoTask> actual) {
            this.actual = actual;
        }

        synchronized boolean isCancelled() {
            return cancelled;
        }

        /** There is a task or a doubt for it. */
        void settle() {
            boolean gone;
            synchronized (this) {
                gone = cancelled;
                kept = !gone && !requested && doubt == null;
                if (kept) {
                    return;
                }
                giver = Thread.currentThread();
            }
            if (gone) {
                lost(1);
            } else {
                give();
            }
        }

        private void give() {
            try {
                handOver();
            } finally {
                handedOver();
            }
        }

        private void handOver() {
            VideoTask result = task;
            OctopusXException failure = doubt;
            if (result != null) {
                actual.onNext(result);
                if (!isCancelled()) {
                    actual.onComplete();
                }
            } else if (failure != null) {
                actual.onError(failure);
            }
        }

        private void handedOver() {
            boolean left;
            synchronized (this) {
                given = true;
                givenAt = engine.nanos();
                left = leftMeanwhile;
            }
            if (left) {
                lost(1);
            }
        }

        /** There is no job; the next subscription will try again. */
        void fail(OctopusXException failure) {
            if (!isCancelled()) {
                actual.onError(failure);
            }
        }

        @Override
        public void request(long n) {
            if (!Operators.validate(n)) {
                return;
            }
            synchronized (this) {
                requested = true;
                if (!kept) {
                    return;
                }
                kept = false;
                giver = Thread.currentThread();
            }
            give();
        }

        @Override
        public void cancel() {
            boolean notGot;
            synchronized (this) {
                notGot = kept || (given && notGotAfterAll());
                kept = false;
                cancelled = true;
                if (!given && giver != null) {
                    leftInside |= giver == Thread.currentThread();
                    leftMeanwhile |= giver != Thread.currentThread();
                    return;
                }
            }
            if (notGot) {
                lost(1);
            } else {
                leave(this);
            }
        }

        private boolean notGotAfterAll() {
            boolean elsewhere = giver != null && giver != Thread.currentThread();
            boolean suspect = (leftInside || doubt != null) && !leftMeanwhile;
            boolean late = elsewhere && suspect && engine.nanos() - givenAt < SHORTLY;
            leftMeanwhile |= late; // once only
            return late;
        }
    }
}
