package ai.octopusx.video.reactor;

import java.time.Duration;

/**
 * How many polls may be in flight, below the limit that the user has set: as many as help.
 *
 * <p>A burst of polls that are due together (after a collection of garbage, say) is over in a moment if the gateway is near,
 * whether fifty connections carry it or a thousand; and to open a thousand for it, that are idle and closed afterwards, is work
 * for both sides. So a poll beyond the window waits for one to end. While some wait, the window doubles as long as that brings
 * answers faster, as it does where the gateway is far away. It does not where the gateway's processor is busy, or ours: our
 * event loops are asked how long a task waits there. And because a program that has just been started becomes faster by
 * itself, theirs or ours, the smaller window is tried once more before the larger one is believed. While none wait, the window shrinks towards twice of what was in flight on average lately: a burst
 * that used all of it does not show that it was needed.
 *
 * <p>Guarded by the line's lock.
 */
final class PollWindow {

    /** Until something is known. */
    static final int FIRST = 256;

    /** Enough for thousands of polls a second from a gateway nearby. */
    static final int LEAST = 32;

    /** Answers are counted for at least so long before two sizes are compared. */
    static final long LOOK = Duration.ofMillis(100).toNanos();

    /** A gateway that stands still for so long is not waited for: more in flight may be what is needed. */
    static final long PATIENCE = Duration.ofSeconds(1).toNanos();

    /** But for the first round: the first connections of a process take their time, and say nothing about the way. */
    static final long FIRST_PATIENCE = Duration.ofSeconds(5).toNanos();

    /** What has not helped is tried again after so long, then after twice as long each time. */
    static final long FIRST_PAUSE = Duration.ofSeconds(1).toNanos();

    static final long LONGEST_PAUSE = Duration.ofSeconds(30).toNanos();

    /** Over so long the average is taken. */
    static final long LATELY = Duration.ofSeconds(5).toNanos();

    /** A window that is twice as large helps if it brings so many times the answers; where the gateway is far away, it is 2. */
    private static final double HELP = 1.5;

    /** It stands still if fewer than this part of the window are answered meanwhile. */
    private static final double STANDSTILL = 0.25;

    /** We are busy if this part of a poll's time goes by before an event loop turns to it. */
    private static final double BUSY = 0.25;

    /** What is left of the best rate at the next look, so that a gateway may become slower for good. */
    private static final double FADING = 0.85;

    private static final long NONE = Long.MIN_VALUE;

    private final int most;
    private int size;

    /** Since when answers are counted, or from when on if a step has just failed; nothing while none wait. */
    private long since = NONE;

    private int ended;

    /** Whether a round went before, so that those which are counted were asked for with the window full and of its size. */
    private boolean settled;

    private long patience = FIRST_PATIENCE;
    private long patientUntil;

    /** So many had ended when that began. */
    private int endedBefore;

    /** When a task was given to an event loop that has not come to it yet. */
    private long askedLoopAt = NONE;

    /** How long such tasks waited lately: a busy loop may come to one of them at once. Known once one was answered since. */
    private long loopTook;

    private boolean loopKnown;

    /** Before the last step: its size, 0 if there was none yet, and answers per nanosecond, 0 if nobody knows. */
    private int smaller;

    private double smallerRate;

    /** While the smaller size is tried once more: the rate of the larger one; else 0. */
    private double largerRate;

    /** Of the size as it is, lately: one rate may be low because the machine looked elsewhere. */
    private double bestRate;

    private long pausedUntil;
    private long pause = FIRST_PAUSE;

    private long inFlightSum;
    private int begun;
    private long averagedSince;

    /** @param most that the user allows */
    PollWindow(int most) {
        this.most = most;
        this.size = Math.min(FIRST, most);
    }

    /** Whether one that waits may begin. */
    boolean hasRoom(int inFlight, long now) {
        if (inFlight >= size && (size < most || smaller > 0)) {
            look(now);
        }
        return inFlight < size;
    }

    // ---- while some wait

    private void look(long now) {
        if (since == NONE) {
            count(Math.max(now, pausedUntil), false);
        } else if (now < since) {
            ended = 0;
        } else if (ended >= size && !settled) {
            patience = PATIENCE;
            count(now, true);
        } else if (ended >= size && now - since >= LOOK) {
            compare(now);
        } else if (now >= patientUntil) {
            if (ended - endedBefore >= STANDSTILL * size) {
                bePatientFrom(now);
            } else if (largerRate > 0) {
                believe(now);
            } else {
                growUnlessBusy(now);
            }
        }
    }

    private void count(long from, boolean afterARound) {
        since = from;
        ended = 0;
        settled = afterARound;
        loopKnown = false;
        bePatientFrom(from);
    }

    private void bePatientFrom(long from) {
        patientUntil = from + patience;
        endedBefore = ended;
    }

    private void compare(long now) {
        double rate = rate(now);
        if (smaller == 0) {
            bestRate = Math.max(FADING * bestRate, rate);
            growUnlessBusy(now);
        } else if (largerRate == 0) {
            compareLarger(now, rate);
        } else if (largerRate >= HELP * rate) {
            believe(now);
        } else {
            stay(now, rate);
        }
    }

    private void compareLarger(long now, double rate) {
        if (smallerRate == 0) {
            largerRate = rate;
            believe(now);
            return;
        }
        size = smaller;
        if (rate >= HELP * smallerRate) {
            largerRate = rate;
            count(now, false);
        } else {
            stay(now, smallerRate);
        }
    }

    /** The larger one was of no help. */
    private void stay(long now, double rate) {
        smaller = 0;
        largerRate = 0;
        bestRate = rate;
        pausedUntil = now + pause;
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
        count(pausedUntil, false);
    }

    /** The larger one helps, and perhaps one that is larger still. */
    private void believe(long now) {
        size = Math.min(most, 2 * smaller);
        bestRate = largerRate;
        largerRate = 0;
        pause = FIRST_PAUSE;
        growUnlessBusy(now);
    }

    private void growUnlessBusy(long now) {
        long roundTook = (now - since) / Math.max(1, ended / size);
        if (loopKnown && loopTook < BUSY * roundTook && size < most) {
            smaller = size;
            smallerRate = bestRate;
            size = Math.min(most, 2 * size);
            bestRate = 0;
            count(now, false);
        } else {
            smaller = 0;
            count(now, true);
        }
    }

    private double rate(long now) {
        return (double) ended / (now - since);
    }

    /** When to look again, although no answer has come; {@link Agenda#NEVER} if that would change nothing. */
    long lookAgainAt() {
        return since == NONE || size == most ? Agenda.NEVER : patientUntil;
    }

    /** One has ended. */
    void ended() {
        ended++;
    }

    /** Whether an event loop should be given a task now, to be told of as soon as it has come to it. */
    boolean asksLoop(long now) {
        boolean asks = since != NONE && now >= since && !loopKnown && askedLoopAt == NONE;
        if (asks) {
            askedLoopAt = now;
        }
        return asks;
    }

    /** An event loop has come to its task. */
    void loopCame(long now) {
        loopTook = Math.max(now - askedLoopAt, loopTook / 2);
        loopKnown = true;
        askedLoopAt = NONE;
    }

    // ---- while nobody waits

    /** Only then: a place that becomes free for the next in line makes it no less full. */
    void calm(long now) {
        since = NONE;
        smaller = 0;
        largerRate = 0;
        bestRate = 0;
        if (now - averagedSince >= LATELY) {
            long twice = begun == 0 ? 0 : 2 * inFlightSum / begun;
            size = (int) Math.min(size, Math.max(LEAST, twice));
            pausedUntil = now;
            pause = FIRST_PAUSE;
            inFlightSum = 0;
            begun = 0;
            averagedSince = now;
        }
    }

    /** One has begun, and so many are in flight now. */
    void begun(int inFlight) {
        inFlightSum += inFlight;
        begun++;
    }

    int size() {
        return size;
    }
}
