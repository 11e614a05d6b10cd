package ai.octopusx.video.reactor;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * The clock of a tracker, and when which watch has to wake: one heap and one timer for the whole client. What it calls, it
 * calls without holding its lock.
 */
final class Agenda {

    static final long NEVER = Long.MAX_VALUE;

    /** The timer strikes at whole milliseconds: what falls due within one is served together. */
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

    /** Not zero: a virtual scheduler would run it right within {@code schedule}, under our lock. */
    private static final long AT_ONCE = 1;

    private final Scheduler timer;
    private final long origin;
    private final Consumer<Watch> woke;
    private final Runnable lineCalled;

    private @Nullable Watch[] heap = new Watch[64];
    private int size;
    private long lineAt = NEVER;

    /** The only timer. One that was replaced may still strike; its number then tells it that it is nobody's. */
    private @Nullable Disposable armed;

    private long armedFor;
    private int armedNumber;
    private boolean closed;

    /**
     * @param woke is told of a watch whose time has come, and that is no longer on the agenda; does not throw
     * @param lineCalled is told that the line's time has come
     */
    Agenda(Scheduler timer, Consumer<Watch> woke, Runnable lineCalled) {
        this.timer = timer;
        this.origin = timer.now(TimeUnit.NANOSECONDS);
        this.woke = woke;
        this.lineCalled = lineCalled;
    }

    /** Nanoseconds since the tracker was made; never jumps. */
    long now() {
        return timer.now(TimeUnit.NANOSECONDS) - origin;
    }

    /** The clock on the wall, which may jump. */
    long wallMillis() {
        return timer.now(TimeUnit.MILLISECONDS);
    }

    /** Puts a watch on the agenda, or moves it. */
    synchronized void wakeAt(Watch watch, long at) {
        if (closed) {
            return;
        }
        if (watch.agendaIndex < 0) {
            if (size == heap.length) {
                heap = Arrays.copyOf(heap, size * 2);
            }
            watch.wakeAt = at;
            place(watch, size++);
            siftUp(watch.agendaIndex);
        } else if (at < watch.wakeAt) {
            watch.wakeAt = at;
            siftUp(watch.agendaIndex);
        } else if (at > watch.wakeAt) {
            watch.wakeAt = at;
            siftDown(watch.agendaIndex);
        }
        arm();
    }

    /** Takes a watch off the agenda. */
    synchronized void remove(Watch watch) {
        int index = watch.agendaIndex;
        if (index < 0) {
            return;
        }
        watch.agendaIndex = -1;
        Watch moved = at(--size);
        heap[size] = null;
        if (moved != watch) {
            place(moved, index);
            siftUp(index);
            siftDown(moved.agendaIndex);
        }
        if (size < heap.length / 8 && heap.length > 1_024) {
            heap = Arrays.copyOf(heap, heap.length / 2);
        }
    }

    /** The line has to be looked at then, if not earlier. */
    synchronized void callLineAt(long at) {
        if (at < lineAt) {
            lineAt = at;
            arm();
        }
    }

    synchronized void close() {
        closed = true;
        if (armed != null) {
            armed.dispose();
        }
    }

    private void tick(int number) {
        List<Watch> due = new ArrayList<>();
        boolean line;
        synchronized (this) {
            if (number != armedNumber || closed) {
                return;
            }
            armed = null;
            long now = now();
            while (size > 0 && at(0).wakeAt <= now) {
                Watch first = at(0);
                remove(first);
                due.add(first);
            }
            line = lineAt <= now;
            lineAt = line ? NEVER : lineAt;
            arm();
        }
        try {
            wake(due);
        } finally {
            if (line) {
                lineCalled.run();
            }
        }
    }

    /** Whatever happens to one, the others are not forgotten. */
    private void wake(List<Watch> due) {
        int woken = 0;
        try {
            while (woken < due.size()) {
                woke.accept(due.get(woken++));
            }
        } finally {
            due.subList(woken, due.size()).forEach(left -> wakeAt(left, left.wakeAt));
        }
    }

    /** Keeps one timer, for the first of all. If it then strikes too early, it is set anew. */
    private void arm() {
        long first = Math.min(size == 0 ? NEVER : at(0).wakeAt, lineAt);
        if (first == NEVER || closed || (armed != null && armedFor <= first)) {
            return;
        }
        if (armed != null) {
            armed.dispose();
        }
        long now = now();
        armedFor = first;
        int number = ++armedNumber;
        try {
            armed = timer.schedule(() -> tick(number), untilNextTick(first, now), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            closed = true; // the timer was disposed: the client is closed
        }
    }

    private static long untilNextTick(long at, long now) {
        return at <= now ? AT_ONCE : (at + TICK - 1) / TICK * TICK - now;
    }

    private Watch at(int index) {
        return Objects.requireNonNull(heap[index]);
    }

    private void place(Watch watch, int index) {
        heap[index] = watch;
        watch.agendaIndex = index;
    }

    private void siftUp(int from) {
        int index = from;
        Watch watch = at(index);
        while (index > 0 && at((index - 1) / 2).wakeAt > watch.wakeAt) {
            place(at((index - 1) / 2), index);
            index = (index - 1) / 2;
        }
        place(watch, index);
    }

    private void siftDown(int from) {
        int index = from;
        Watch watch = at(index);
        while (2 * index + 1 < size) {
            int child = 2 * index + 1;
            if (child + 1 < size && at(child + 1).wakeAt < at(child).wakeAt) {
                child++;
            }
            if (watch.wakeAt <= at(child).wakeAt) {
                break;
            }
            place(at(child), index);
            index = child;
        }
        place(watch, index);
    }
}
