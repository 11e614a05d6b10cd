package ai.octopusx.video.reactor;

import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * Ends a body that brings nothing although bytes were asked for, and one that outlives the download's time. Time in which the
 * subscriber asks for nothing is his own. One timer per body, not one per piece.
 *
 * <p>The timer only aborts the call, which closes the connection; the failure then comes by way of the connection's event
 * loop, so that it never overtakes or overlaps a piece.
 */
final class DownloadWatch implements CoreSubscriber<ByteBuf>, Subscription, Runnable {

    private final CoreSubscriber<? super ByteBuf> actual;
    private final DownloadCall call;
    private final Scheduler timer;
    private final long idle;
    private final long deadline;
    private final AtomicLong demand = new AtomicLong();
    private final Disposable.Swap next = Disposables.swap();
    private volatile long since;
    private volatile boolean cancelled;

    @SuppressWarnings("NullAway.Init") // the first signal sets it
    private Subscription upstream;

    private DownloadWatch(
            CoreSubscriber<? super ByteBuf> actual, DownloadCall call, Duration idle, long deadline, Scheduler timer) {
        this.actual = actual;
        this.call = call;
        this.timer = timer;
        this.idle = idle.toNanos();
        this.deadline = deadline;
    }

    /** @param deadline by the timer's clock, in nanoseconds */
    static Function<Publisher<ByteBuf>, Publisher<ByteBuf>> over(
            DownloadCall call, Duration idle, long deadline, Scheduler timer) {
        return body -> Operators.<ByteBuf, ByteBuf>lift(
                        (source, actual) -> new DownloadWatch(actual, call, idle, deadline, timer))
                .apply(body);
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        since = now();
        lookAgainIn(Math.min(idle, deadline - since));
        actual.onSubscribe(this);
    }

    @Override
    public void request(long pieces) {
        if (Operators.validate(pieces)) {
            if (demand.getAndAccumulate(pieces, Operators::addCap) == 0) {
                since = now();
            }
            upstream.request(pieces);
        }
    }

    @Override
    public void onNext(ByteBuf piece) {
        if (cancelled) {
            return;
        }
        since = now();
        if (demand.get() != Long.MAX_VALUE) {
            demand.decrementAndGet();
        }
        actual.onNext(piece);
    }

    @Override
    public void onError(Throwable trouble) {
        next.dispose();
        if (!cancelled) {
            DownloadTrouble why = call.abortedBy();
            actual.onError(why == null ? trouble : why);
        }
    }

    @Override
    public void onComplete() {
        next.dispose();
        if (cancelled) {
            return;
        }
        DownloadTrouble why = call.abortedBy();
        if (why == null) {
            actual.onComplete();
        } else {
            actual.onError(why); // a body without a length ends cleanly when we close its connection
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        next.dispose();
        upstream.cancel();
    }

    /** Time to look whether anything has happened. */
    @Override
    public void run() {
        long now = now();
        if (now - deadline >= 0) {
            call.abort(DownloadTrouble.late());
            return;
        }
        boolean waiting = demand.get() > 0;
        if (waiting && now - since >= idle) {
            call.abort(DownloadTrouble.passing(
                    "nothing came for " + Duration.ofNanos(idle).toMillis() + " ms"));
            return;
        }
        lookAgainIn(Math.min(waiting ? since + idle - now : idle, deadline - now));
    }

    private void lookAgainIn(long nanos) {
        try {
            next.update(timer.schedule(this, Math.max(0, nanos), TimeUnit.NANOSECONDS));
        } catch (RejectedExecutionException e) {
            // The timers are gone: the application ends.
        }
    }

    private long now() {
        return timer.now(TimeUnit.NANOSECONDS);
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }
}
