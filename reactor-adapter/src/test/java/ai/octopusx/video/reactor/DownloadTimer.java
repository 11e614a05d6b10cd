package ai.octopusx.video.reactor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A clock that stands still until a test moves it. Short pauses, such as a backoff, are written down and over at once; long
 * ones, such as an idle timeout, end when the clock is moved past them.
 */
final class DownloadTimer implements Scheduler {

    // Event loops give it tasks. The queue of a plain executor may hold them up for a moment, and BlockHound minds.
    private final Scheduler thread = Schedulers.newSingle("test-timer", true);
    private final List<Duration> pauses = new CopyOnWriteArrayList<>();
    private final List<Task> waiting = new ArrayList<>();
    private final Duration longest;
    private long now = 1_000_000;
    private int begun;

    /** @param longest pause that is over at once */
    DownloadTimer(Duration longest) {
        this.longest = longest;
    }

    /** The pauses that were over at once, in order. */
    List<Duration> pauses() {
        return pauses;
    }

    /** How many long ones there have been. */
    synchronized int begun() {
        return begun;
    }

    /** How many long ones are waiting. */
    synchronized long pending() {
        waiting.removeIf(Task::isDisposed);
        return waiting.size();
    }

    /** Moves the clock, and returns when everything that was due has run. */
    void advance(Duration time) throws Exception {
        List<Task> due = new ArrayList<>();
        synchronized (this) {
            now += time.toNanos();
            waiting.removeIf(task -> task.due <= now && due.add(task));
        }
        for (Task task : due) {
            CompletableFuture<Void> ran = new CompletableFuture<>();
            thread.schedule(() -> {
                try {
                    task.run();
                    ran.complete(null);
                } catch (RuntimeException | Error e) {
                    ran.completeExceptionally(e);
                }
            });
            ran.get(60, TimeUnit.SECONDS);
        }
    }

    @Override
    public Disposable schedule(Runnable action) {
        Task task = new Task(action, 0);
        thread.schedule(task);
        return task;
    }

    @Override
    public synchronized Disposable schedule(Runnable action, long delay, TimeUnit unit) {
        Task task = new Task(action, now + unit.toNanos(delay));
        if (unit.toNanos(delay) <= longest.toNanos()) {
            pauses.add(Duration.ofNanos(unit.toNanos(delay)));
            thread.schedule(task);
        } else {
            waiting.add(task);
            begun++;
        }
        return task;
    }

    @Override
    public synchronized long now(TimeUnit unit) {
        return unit.convert(now, TimeUnit.NANOSECONDS);
    }

    @Override
    public Worker createWorker() {
        return new Worker() {

            @Override
            public Disposable schedule(Runnable task) {
                return DownloadTimer.this.schedule(task);
            }

            @Override
            public Disposable schedule(Runnable task, long delay, TimeUnit unit) {
                return DownloadTimer.this.schedule(task, delay, unit);
            }

            @Override
            public void dispose() {}
        };
    }

    @Override
    public void dispose() {
        thread.dispose();
    }

    private static final class Task implements Runnable, Disposable {

        private final Runnable action;
        private final long due;
        private volatile boolean disposed;

        Task(Runnable action, long due) {
            this.action = action;
            this.due = due;
        }

        @Override
        public void run() {
            if (!disposed) {
                disposed = true;
                action.run();
            }
        }

        @Override
        public void dispose() {
            disposed = true;
        }

        @Override
        public boolean isDisposed() {
            return disposed;
        }
    }
}
