package ai.octopusx.video.reactor;

import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A number of places, given out in the order in which they were asked for. Any number may wait, so that nobody is turned
 * away; a waiter costs one small object. Thread-safe.
 */
final class Permits {

    private final int total;
    private final Queue<Permit> waiting = new ArrayDeque<>();
    private int taken;
    private int withdrawn;
    private boolean granting;

    Permits(int total) {
        this.total = total;
    }

    /** A place to be {@linkplain Permit#request requested}. The callback is told once when it is there. */
    Permit permit(Runnable granted) {
        return new Permit(granted);
    }

    /** Subscribes to the work once there is a place for it, and gives the place back when the work ends or is cancelled. */
    <T> Mono<T> when(Mono<T> work) {
        return Mono.usingWhen(place(), place -> work, place -> Mono.fromRunnable(place::release));
    }

    /** A place when its turn comes, to be {@linkplain Permit#release released}; who leaves before that leaves the line. */
    Mono<Permit> place() {
        return Mono.create(sink -> {
            Permit[] place = new Permit[1];
            place[0] = permit(() -> sink.success(place[0]));
            sink.onCancel(place[0]::release);
            place[0].request();
        });
    }

    /** How many are waiting for a place. */
    synchronized int waiting() {
        return waiting.size() - withdrawn;
    }

    /** How many hold a place. */
    synchronized int taken() {
        return taken;
    }

    /** A loop instead of a call chain: ten thousand jobs that fail at once must not end in ten thousand stack frames. */
    private void grant() {
        synchronized (this) {
            if (granting) {
                return;
            }
            granting = true;
        }
        boolean done = false;
        try {
            for (Permit next = next(); next != null; next = next()) {
                next.grant();
            }
            done = true;
        } finally {
            if (!done) {
                stumbled();
            }
        }
    }

    /** The callback threw: the next one to ask grants on. */
    private synchronized void stumbled() {
        granting = false;
    }

    private synchronized @Nullable Permit next() {
        while (taken < total) {
            Permit permit = waiting.poll();
            if (permit == null) {
                break;
            }
            if (permit.state == State.RELEASED) {
                withdrawn--;
            } else {
                permit.state = State.HELD;
                taken++;
                return permit;
            }
        }
        granting = false;
        return null;
    }

    private enum State {
        NEW,
        WAITING,
        HELD,
        RELEASED
    }

    /** A place, or the wait for one. */
    final class Permit {

        /** Let go with the permit: it may stay in line for long after that. */
        private @Nullable Runnable granted;

        private State state = State.NEW;

        private Permit(Runnable granted) {
            this.granted = granted;
        }

        private void grant() {
            Runnable callback;
            synchronized (Permits.this) {
                callback = granted;
                granted = null;
            }
            if (callback != null) {
                callback.run();
            }
        }

        /**
         * Gets in line. The callback runs on this thread or on one that gave a place back; not at all if this permit has
         * been released before.
         */
        void request() {
            synchronized (Permits.this) {
                if (state != State.NEW) {
                    return;
                }
                state = State.WAITING;
                waiting.add(this);
            }
            Permits.this.grant();
        }

        /** Gives the place back, or stops waiting for it. Does nothing the second time. */
        void release() {
            synchronized (Permits.this) {
                switch (state) {
                    case RELEASED -> {
                        return;
                    }
                    case HELD -> taken--;
                    case WAITING -> withdrawn++; // stays in line until its turn: finding it now would be a long walk
                    case NEW -> {}
                }
                state = State.RELEASED;
                granted = null;
            }
            Permits.this.grant();
        }
    }
}
