package ai.octopusx.video.reactor;

import java.time.Duration;

/**
 * How many polls may be in flight, below the limit that the user has set: as many as help.
 *
 * <p>A burst of polls that are due together (after a collection of garbage, say) is over in a moment if the gateway is near,
 * whether fifty connections carry it or a thousand; and to open a thousand for it, that are idle and closed afterwards, is work
 * for both sides. So a poll beyond the window waits for one to end.
 *
 * <p>While some wait, half of the window is tried from time to time. Where the gateway is far away, that brings half of the
 * answers, and the window doubles. Where a processor is busy, the gateway's or ours, half of it brings as many, and it stays.
 * To try half opens no connection, and costs nothing where it shows that more would be of no help. A program that has just been
 * started becomes faster by itself, theirs or ours: so half is believed to bring less only if the whole brought more before
 * it and brings more after it.
 *
 * <p>While none wait, the window shrinks towards twice of what was in flight on average lately: a burst that used all of it
 * does not show that it was needed.
 *
 * <p>Guarded by the line's lock.
 */
final class PollWindow {

    /** Until something is known. */
    static final int FIRST = 256;

    /** Enough for thousands of polls a second from a gateway nearby. */
    static final int LEAST = 32;

    /** Answers are counted for at least so long before two rates are compared. */
    static final long LOOK = Duration.ofMillis(100).toNanos();

    /** A gateway that stands still for so long is not waited for: more in flight may be what is needed. */
    static final long PATIENCE = Duration.ofSeconds(1).toNanos();

    /** But for the first round: the first connections of a process take their time, and say nothing about the way. */
    static final long FIRST_PATIENCE = Duration.ofSeconds(5).toNanos();

    /** Where more would not have helped, that is looked at again after so long, then after twice as long each time. */
    static final long FIRST_PAUSE = Duration.ofSeconds(1).toNanos();

    /** A part of a second with half of the window, every so often, is not missed even where it does make a difference. */
    static final long LONGEST_PAUSE = Duration.ofSeconds(5).toNanos();

    /** Over so long the average is taken. */
    static final long LATELY = Duration.ofSeconds(5).toNanos();

    /** The whole is needed if it brings so many times the answers of its half; where the gateway is far away, it is 2. */
    private static final double HELP = 1.5;

    /** It stands still if fewer than this part of the window are answered meanwhile. */
    private static final double STANDSTILL = 0.25;

    /** We are busy if this part of a poll's time goes by before an event loop turns to it. */
    private static final double BUSY = 0.25;

    private static final long NONE = Long.MIN_VALUE;

    /** What is being counted. */
    private enum Trial {
        WHOLE,
        HALF,
        WHOLE_AGAIN
    }

    private final int most;
    private int size;
    private Trial trial = Trial.WHOLE;

    /** Answers per nanosecond, of the whole and of its half. */
    private double wholeRate;

    private double halfRate;

    /** Since when answers are counted, or from when on if a trial is just over; nothing while none wait. */
    private long since = NONE;

    private int ended;

    /** Whether a round went before, so that those which are counted were asked for with as many in flight as now. */
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
        if (trial == Trial.HALF && inFlight > size()) {
            countFrom(now); // those of the whole have to end first
        } else if (inFlight >= size() && size < most) {
            look(now);
        }
        return inFlight < size();
    }

    /** As many may be in flight now. */
    int size() {
        return trial == Trial.HALF ? Math.max(1, size / 2) : size;
    }

    // ---- while some wait

    private void look(long now) {
        if (since == NONE) {
            count(Math.max(now, pausedUntil), false);
        } else if (now < since) {
            ended = 0;
        } else if (ended >= size() && !settled) {
            patience = PATIENCE;
            count(now, true);
        } else if (ended >= size() && now - since >= LOOK) {
            compare(now);
        } else if (now >= patientUntil) {
            if (ended - endedBefore < STANDSTILL * size()) {
                stoodStill(now);
            } else {
                bePatientFrom(now);
            }
        }
    }

    private void count(long from, boolean afterARound) {
        countFrom(from);
        settled = afterARound;
        loopKnown = false;
    }

    private void countFrom(long from) {
        since = from;
        ended = 0;
        bePatientFrom(from);
    }

    private void bePatientFrom(long from) {
        patientUntil = from + patience;
        endedBefore = ended;
    }

    private void compare(long now) {
        double rate = (double) ended / (now - since);
        switch (trial) {
            case WHOLE -> {
                wholeRate = rate;
                go(Trial.HALF, now);
            }
            case HALF -> {
                halfRate = rate;
                if (wholeRate < HELP * rate) {
                    pause(now);
                } else {
                    go(Trial.WHOLE_AGAIN, now);
                }
            }
            case WHOLE_AGAIN -> {
                if (rate < HELP * halfRate) {
                    pause(now);
                } else {
                    grow(now);
                }
            }
        }
    }

    private void go(Trial next, long now) {
        trial = next;
        count(now, false);
    }

    /** More would be of no help. */
    private void pause(long now) {
        trial = Trial.WHOLE;
        pausedUntil = now + pause;
        pause = Math.min(LONGEST_PAUSE, 2 * pause);
        count(pausedUntil, false);
    }

    private void grow(long now) {
        size = Math.min(most, 2 * size);
        pause = FIRST_PAUSE;
        go(Trial.WHOLE, now);
    }

    /** More in flight may be what is needed, unless it is our own event loops that are held up. */
    private void stoodStill(long now) {
        if (trial == Trial.WHOLE && loopKnown && loopTook < BUSY * (now - since)) {
            grow(now);
        } else {
            go(Trial.WHOLE, now);
        }
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
        trial = Trial.WHOLE;
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
}
