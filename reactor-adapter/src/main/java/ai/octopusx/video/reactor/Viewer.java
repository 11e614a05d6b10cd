package ai.octopusx.video.reactor;

import ai.octopusx.video.VideoTask;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscriber of one watched task. Keeps at most one state that was not asked for yet, the latest, and how it ended: a
 * terminal state waits for demand, and a failure, which itself tells the last state, does not.
 *
 * <p>News come in two steps. They are offered under the watch's lock, so that they come in order, and handed out by
 * {@link #drain} without any. There may be a hundred thousand of these: each field counts.
 */
final class Viewer implements Subscription {

    private static final AtomicLongFieldUpdater<Viewer> REQUESTED =
            AtomicLongFieldUpdater.newUpdater(Viewer.class, "requested");
    private static final AtomicIntegerFieldUpdater<Viewer> WORK =
            AtomicIntegerFieldUpdater.newUpdater(Viewer.class, "work");
    private static final AtomicIntegerFieldUpdater<Viewer> DONE =
            AtomicIntegerFieldUpdater.newUpdater(Viewer.class, "done");

    /** The end of one whose task is over. */
    private static final Throwable COMPLETION = new Completion();

    private final CoreSubscriber<? super VideoTask> actual;
    private final TrackOptions options;
    private final long deadlineAt;

    private volatile long requested;
    private volatile int work;

    /** Whether it was told of its end, or left. */
    private volatile int done;

    private volatile @Nullable Watch watch;

    /** Guarded by {@code this}, as is {@link #end}. */
    private @Nullable VideoTask pending;

    private @Nullable Throwable end;

    Viewer(CoreSubscriber<? super VideoTask> actual, TrackOptions options, long deadlineAt) {
        this.actual = actual;
        this.options = options;
        this.deadlineAt = deadlineAt;
    }

    TrackOptions options() {
        return options;
    }

    long deadlineAt() {
        return deadlineAt;
    }

    CoreSubscriber<? super VideoTask> actual() {
        return actual;
    }

    boolean isDone() {
        return done != 0;
    }

    void watches(Watch watched) {
        watch = watched;
    }

    // ---- what it is told

    /** A state that is news to it, or that it wants to see all the same. */
    synchronized void offer(VideoTask state) {
        if (end == null) {
            pending = state;
        }
    }

    /** The state after which none comes. */
    synchronized void offerLast(VideoTask state) {
        if (end == null) {
            pending = state;
            end = COMPLETION;
        }
    }

    /** It ends here. */
    void fail(Throwable failure) {
        synchronized (this) {
            if (end == null) {
                end = failure;
            }
        }
        drain();
    }

    // ---- what it asks for

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            Operators.addCap(REQUESTED, this, n);
            drain();
        }
    }

    @Override
    public void cancel() {
        if (DONE.compareAndSet(this, 0, 1)) {
            Watch watched = watch;
            if (watched != null) {
                watched.tracker.leave(watched, this);
            }
        }
    }

    // ---- what it gets

    /** Hands out what there is; one thread at a time, and never under a lock. */
    void drain() {
        if (WORK.getAndIncrement(this) != 0) {
            return;
        }
        int missed = 1;
        do {
            emit();
            missed = WORK.addAndGet(this, -missed);
        } while (missed != 0);
    }

    private void emit() {
        if (isDone()) {
            return;
        }
        VideoTask next = null;
        Throwable last;
        synchronized (this) {
            if (pending != null && requested > 0) {
                next = pending;
                pending = null;
            }
            last = end == COMPLETION && pending != null ? null : end;
        }
        try {
            if (next != null) {
                Operators.produced(REQUESTED, this, 1);
                actual.onNext(next);
            }
            if (last != null && DONE.compareAndSet(this, 0, 1)) {
                end(last);
            }
        } catch (Throwable broken) {
            gaveUp(broken);
        }
    }

    private void end(Throwable last) {
        if (last == COMPLETION) {
            actual.onComplete();
        } else {
            actual.onError(last);
        }
    }

    /**
     * A subscriber must not throw. One that does has left, and the others of its task, and of its thread, go on: whatever it
     * was, for they would wait for ever.
     */
    private void gaveUp(Throwable broken) {
        cancel();
        Operators.onErrorDropped(broken, Context.empty());
    }

    private static final class Completion extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Completion() {
            super("completed", null, false, false);
        }
    }
}
