package ai.octopusx.video.reactor;

import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One look at a task, in flight. Ends once: with a result, or by being called off. What comes later is nobody's business any
 * more, an error no less than a state.
 */
final class Poll implements CoreSubscriber<Result> {

    private static final AtomicReferenceFieldUpdater<Poll, Subscription> UPSTREAM =
            AtomicReferenceFieldUpdater.newUpdater(Poll.class, Subscription.class, "upstream");

    private static final Subscription OVER = Operators.cancelledSubscription();

    private final TaskTracker tracker;
    private final Watch watch;
    private final CoreSubscriber<?> onBehalfOf;
    final long startedAt;

    private volatile @Nullable Subscription upstream;

    /** @param onBehalfOf whose context the request carries */
    Poll(TaskTracker tracker, Watch watch, CoreSubscriber<?> onBehalfOf, long startedAt) {
        this.tracker = tracker;
        this.watch = watch;
        this.onBehalfOf = onBehalfOf;
        this.startedAt = startedAt;
    }

    @Override
    public Context currentContext() {
        return onBehalfOf.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (UPSTREAM.compareAndSet(this, null, subscription)) {
            subscription.request(Long.MAX_VALUE);
        } else {
            subscription.cancel();
        }
    }

    @Override
    public void onNext(Result result) {
        if (end() != OVER) {
            tracker.answered(watch, this, result);
        }
    }

    @Override
    public void onError(Throwable trouble) {
        if (end() != OVER) {
            tracker.broke(watch, this, trouble);
        }
    }

    @Override
    public void onComplete() {
        if (end() != OVER) {
            tracker.broke(watch, this, new IllegalStateException("The poll ended without an answer"));
        }
    }

    /** Stops the request in flight. False if it had ended by itself. */
    boolean callOff() {
        Subscription running = end();
        if (running != null) {
            running.cancel();
        }
        return running != OVER;
    }

    private @Nullable Subscription end() {
        return UPSTREAM.getAndSet(this, OVER);
    }
}
