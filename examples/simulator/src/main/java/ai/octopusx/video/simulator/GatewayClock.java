package ai.octopusx.video.simulator;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;

/**
 * Time as the gateway lives it, in nanoseconds since its start. Everything that the gateway does is a function of
 * {@link #now()}, so no timer runs for a job, however many there are. Safe for use by many threads.
 */
abstract sealed class GatewayClock {

    private final Instant start = Instant.now();

    abstract long now();

    /** How an observer outside dates a moment of the gateway: stamps on the wire agree with the caller's clock. */
    abstract Instant wall(long gatewayNanos);

    /** Runs {@code task} on {@code loop} after {@code delay} of the gateway's time, unless disposed of before. */
    abstract Disposable after(Duration delay, EventLoop loop, Runnable task);

    abstract void advance(Duration by);

    final Instant start() {
        return start;
    }

    static GatewayClock running(double speed) {
        return new Running(speed);
    }

    static GatewayClock manual() {
        return new Manual();
    }

    /** Real time, or real time at a multiple of its pace: lives and refreshes shrink, stamps stay those of the wall. */
    private static final class Running extends GatewayClock {

        private final long origin = System.nanoTime();
        private final double speed;

        Running(double speed) {
            this.speed = speed;
        }

        @Override
        long now() {
            return (long) ((System.nanoTime() - origin) * speed);
        }

        @Override
        Instant wall(long gatewayNanos) {
            return start().plusNanos((long) (gatewayNanos / speed));
        }

        @Override
        Disposable after(Duration delay, EventLoop loop, Runnable task) {
            Future<?> timer = loop.schedule(task, (long) (delay.toNanos() / speed), TimeUnit.NANOSECONDS);
            return () -> timer.cancel(false);
        }

        @Override
        void advance(Duration by) {
            throw new IllegalStateException(
                    "The simulator's time runs by itself: build its SimulatorConfig with manualClock() to drive it");
        }
    }

    /** Stands still until it is told to move. */
    private static final class Manual extends GatewayClock {

        private record Waiting(long due, EventLoop loop, Runnable task) {}

        private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiting::due));
        private volatile long now;

        @Override
        long now() {
            return now;
        }

        @Override
        Instant wall(long gatewayNanos) {
            return start().plusNanos(gatewayNanos);
        }

        @Override
        Disposable after(Duration delay, EventLoop loop, Runnable task) {
            synchronized (waiting) {
                Waiting entry = new Waiting(now + delay.toNanos(), loop, task);
                waiting.add(entry);
                return () -> forget(entry);
            }
        }

        private void forget(Waiting entry) {
            synchronized (waiting) {
                waiting.remove(entry);
            }
        }

        @Override
        void advance(Duration by) {
            if (by.isNegative()) {
                throw new IllegalArgumentException("Time does not run backwards: " + by);
            }
            List<Waiting> due = new ArrayList<>();
            synchronized (waiting) {
                now += by.toNanos();
                for (Waiting next = waiting.peek(); next != null && next.due() <= now; next = waiting.peek()) {
                    due.add(next);
                    waiting.remove();
                }
            }
            due.forEach(each -> each.loop().execute(each.task()));
        }
    }
}
