package ai.octopusx.video.reactor;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where watches that are due stand until there is a place for their poll, and something left of the budget if there is one.
 *
 * <p>Without a budget it is served in order. When a budget is short, a poll goes where it is worth most, by
 * {@link Watch#worth}: the line is ranked anew for about each tenth of a second, whose share goes to the best. Nobody is
 * forgotten over that: who has stood there for {@value #ROUNDS} times as long as it takes to serve everyone once goes before
 * all others, in order. So no wait in the line is longer than {@value #ROUNDS} + 1 such rounds.
 *
 * <p>What it calls, it calls without holding its lock.
 */
final class PollLine {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    static final int ROUNDS = 3;

    /** How long one ranking holds; longer where the line is so long that ranking it is work. */
    private static final double RANKED_SECONDS = 0.1;

    private static final double RANKED_SECONDS_PER_WATCH = 1e-5;

    /** So many that become due within so long are a crowd. */
    private static final int CROWD = 16;

    private static final long MOMENT = Duration.ofMillis(10).toNanos();

    /** Later than this for want of a place is late. */
    private static final long LATE = Duration.ofMillis(250).toNanos();

    /** Later than this for want of budget is late: a budget is there to make polls wait, but not for as long as this. */
    private static final long LATE_BY_BUDGET = Duration.ofSeconds(5).toNanos();

    /** Once none has been late for so long, the trouble is over, and the next is worth another warning. */
    private static final long CALM = Duration.ofMinutes(1).toNanos();

    private final Agenda agenda;
    private final int places;
    private final PollWindow window;
    private final Executor loops;
    private final @Nullable PollBudget budget;
    private final ToDoubleFunction<Watch> worth;
    private final Consumer<Watch> start;
    private final FleetMeter meter;

    /** In order; those who left are still in it for a while. */
    private Deque<Watch> line = new ArrayDeque<>();

    /** Taken out of the line to be served next. */
    private final Deque<Watch> chosen = new ArrayDeque<>();

    /** Taken out of the line to be ranked. */
    private List<Watch> ranked = List.of();

    private int waiting;
    private int inFlight;
    private boolean starting;
    private boolean closed;

    /** What those in line have met last; null if nobody had to wait. */
    private @Nullable PollLimit inTheWay;

    private long momentAt;
    private int becameReady;

    private final EnumMap<PollLimit, Lateness> lateness = new EnumMap<>(PollLimit.class);

    /**
     * @param agenda gives the time, and calls {@link #serve} when a budget has something again
     * @param places for polls in flight
     * @param loops the event loops that the polls run on
     * @param budget null for none
     * @param worth of a poll now; may throw
     * @param start is told to poll; owes a {@link #pollEnded} or {@link #nothingSent} for it, also when it throws
     * @param meter is told of polls that begin late
     */
    PollLine(
            Agenda agenda,
            int places,
            Executor loops,
            @Nullable PollBudget budget,
            ToDoubleFunction<Watch> worth,
            Consumer<Watch> start,
            FleetMeter meter) {
        this.agenda = agenda;
        this.places = places;
        this.window = new PollWindow(places);
        this.loops = loops;
        this.budget = budget;
        this.worth = worth;
        this.start = start;
        this.meter = meter;
    }

    // ---- those who come and go

    /**
     * Its turn comes with a later {@link #serve}.
     *
     * @return whether many others came in the same moment
     */
    synchronized boolean add(Watch watch, long now) {
        if (closed) {
            return false;
        }
        watch.inLine = true;
        line.add(watch);
        waiting++;
        if (now - momentAt > MOMENT) {
            momentAt = now;
            becameReady = 0;
        }
        becameReady++;
        return becameReady > CROWD;
    }

    /** Of a watch that is over, and so does not come back. */
    synchronized void remove(Watch watch) {
        if (watch.inLine) {
            watch.inLine = false;
            waiting--;
            if (line.size() > 2 * waiting + CROWD) {
                line.removeIf(gone -> !gone.inLine);
            }
        }
    }

    /** A place is free again. */
    void pollEnded() {
        synchronized (this) {
            inFlight--;
            window.ended();
        }
        serve();
    }

    /** What was started has come to nothing: its place is free, and its share of the budget is not spent. */
    void nothingSent() {
        synchronized (this) {
            inFlight--;
            if (budget != null) {
                budget.giveBack();
            }
        }
        serve();
    }

    synchronized void close() {
        closed = true;
        line.clear();
        chosen.clear();
        waiting = 0;
    }

    // ---- what there is to see

    synchronized int inFlight() {
        return inFlight;
    }

    /** How many are due and not served yet. */
    synchronized int waiting() {
        return waiting;
    }

    /** How many of them have this in their way. */
    synchronized int waiting(PollLimit limit) {
        return inTheWay == limit ? waiting : 0;
    }

    /** How long the one that is due for longest has been. */
    synchronized Duration longestWait() {
        long now = agenda.now();
        long longest = 0;
        for (Collection<Watch> some : List.of(chosen, ranked, line)) {
            for (Watch watch : some) {
                if (watch.inLine) {
                    longest = Math.max(longest, now - watch.dueAt);
                    break; // they stand in order
                }
            }
        }
        return Duration.ofNanos(longest);
    }

    /** Polls that began late because of this. */
    synchronized long latePolls(PollLimit limit) {
        Lateness known = lateness.get(limit);
        return known == null ? 0 : known.polls;
    }

    // ---- service

    /** Starts what can be started. A loop, and one at a time, so that polls that fail at once do not pile up on the stack. */
    void serve() {
        synchronized (this) {
            if (starting) {
                return;
            }
            starting = true;
        }
        boolean done = false;
        try {
            for (Watch next = next(); next != null; next = next()) {
                start.accept(next);
            }
            done = true;
        } finally {
            if (!done) {
                stumbled();
            }
        }
    }

    /** Something fatal: the next one to come serves on. */
    private synchronized void stumbled() {
        starting = false;
    }

    private @Nullable Watch next() {
        long now = agenda.now();
        Watch next;
        PollLimit late = null;
        boolean warn = false;
        long callAt = Agenda.NEVER;
        boolean askLoop = false;
        rankIfShort(now);
        synchronized (this) {
            if (waiting == 0) {
                inTheWay = null;
                window.calm(now);
            } else if (inFlight >= places) {
                inTheWay = PollLimit.MAX_CONCURRENT_POLLS;
            }
            if (waiting == 0 || inFlight >= places) {
                starting = false;
                return null;
            }
            if (!window.hasRoom(inFlight, now)) {
                starting = false;
                next = null;
                callAt = window.lookAgainAt();
                askLoop = window.asksLoop(now);
            } else if (budget == null || budget.take(now)) {
                next = take();
                inFlight++;
                window.begun(inFlight);
                late = lateBy(next, now);
                warn = late != null && beginsTrouble(late, now);
            } else {
                starting = false;
                next = null;
                inTheWay = PollLimit.POLLS_PER_SECOND;
                callAt = budget.nextAt(now);
            }
        }
        if (callAt != Agenda.NEVER) {
            agenda.callLineAt(callAt);
        }
        if (askLoop) {
            askLoop();
        }
        if (late != null && next != null) {
            meter.late(late);
            if (warn) {
                warn(late, now - next.dueAt);
            }
        }
        return next;
    }

    private void askLoop() {
        try {
            loops.execute(this::loopCame);
        } catch (RejectedExecutionException e) {
            // they have ended, and with them the polls
        }
    }

    private synchronized void loopCame() {
        window.loopCame(agenda.now());
    }

    private Watch take() {
        Watch next = firstOf(chosen);
        if (next != null) {
            chosen.remove();
        } else {
            next = firstOf(line);
            if (next == null) {
                throw new IllegalStateException(waiting + " wait, and none is in the line");
            }
            line.remove();
        }
        next.inLine = false;
        waiting--;
        return next;
    }

    private static @Nullable Watch firstOf(Deque<Watch> queue) {
        Watch first = queue.peek();
        while (first != null && !first.inLine) {
            queue.remove();
            first = queue.peek();
        }
        return first;
    }

    // ---- who is worth most

    /** Policies are asked without the lock; meanwhile nobody else takes from the line, for one thread serves at a time. */
    private void rankIfShort(long now) {
        if (budget == null) {
            return;
        }
        int share;
        long patience;
        synchronized (this) {
            share = share(budget.perSecond());
            if (waiting <= share
                    || inFlight >= Math.min(places, window.size())
                    || firstOf(chosen) != null
                    || !budget.has(now)) {
                return;
            }
            ranked = List.copyOf(line);
            line.clear();
            patience = (long) (ROUNDS * waiting / budget.perSecond() * 1e9);
        }
        boolean[] best = best(worths(ranked, now, patience), share);
        synchronized (this) {
            Deque<Watch> cameMeanwhile = line;
            line = new ArrayDeque<>(ranked.size());
            for (int i = 0; i < best.length && !closed; i++) {
                if (ranked.get(i).inLine) {
                    (best[i] ? chosen : line).add(ranked.get(i));
                }
            }
            line.addAll(cameMeanwhile);
            ranked = List.of();
        }
    }

    private int share(double perSecond) {
        return (int) Math.ceil(perSecond * Math.max(RANKED_SECONDS, waiting * RANKED_SECONDS_PER_WATCH));
    }

    private double[] worths(List<Watch> all, long now, long patience) {
        double[] worths = new double[all.size()];
        for (int i = 0; i < worths.length; i++) {
            Watch watch = all.get(i);
            worths[i] = now - watch.dueAt > patience ? Double.POSITIVE_INFINITY : worthOf(watch);
        }
        return worths;
    }

    /** A policy that throws, or does not know, says nothing against the job: its patience brings it forward. */
    private double worthOf(Watch watch) {
        try {
            double known = worth.applyAsDouble(watch);
            return Double.isNaN(known) ? 0 : known;
        } catch (RuntimeException | Error e) { // while it is ranked, the line is out of our hands: it has to come back
            return 0;
        }
    }

    /** The so many highest; among equals, the first. */
    private static boolean[] best(double[] worths, int share) {
        double[] sorted = worths.clone();
        Arrays.sort(sorted);
        double threshold = sorted[sorted.length - share];
        int equals = share;
        for (int i = sorted.length - 1; i >= 0 && sorted[i] > threshold; i--) {
            equals--;
        }
        boolean[] best = new boolean[worths.length];
        for (int i = 0; i < worths.length; i++) {
            best[i] = worths[i] > threshold || (worths[i] == threshold && equals-- > 0);
        }
        return best;
    }

    // ---- what to say when it is too slow

    /** Null if it is in time, or late for another reason than a limit. */
    private @Nullable PollLimit lateBy(Watch next, long now) {
        long late = now - next.dueAt;
        return inTheWay != null && late > (inTheWay == PollLimit.POLLS_PER_SECOND ? LATE_BY_BUDGET : LATE)
                ? inTheWay
                : null;
    }

    private boolean beginsTrouble(PollLimit limit, long now) {
        Lateness known = lateness.computeIfAbsent(limit, any -> new Lateness(now - CALM));
        boolean begins = now - known.lastAt >= CALM;
        known.lastAt = now;
        known.polls++;
        return begins;
    }

    private void warn(PollLimit limit, long late) {
        LOG.warn(
                "A poll begins {} ms late, for {}, and {} more are due: raise {}, or poll more rarely (said again only"
                        + " after a minute in which none was late)",
                Duration.ofNanos(late).toMillis(),
                limit == PollLimit.POLLS_PER_SECOND
                        ? "the budget of " + (budget == null ? 0 : budget.perSecond()) + " a second is spent"
                        : places + " are in flight, which is the limit",
                waiting(),
                limit.setting());
    }

    /** Polls that had to wait too long for one limit. */
    private static final class Lateness {

        private long lastAt;
        private long polls;

        Lateness(long lastAt) {
            this.lastAt = lastAt;
        }
    }
}
