package ai.octopusx.video.reactor;

import java.time.Duration;

/**
 * How many polls may be in flight, below the limit that the user has set: as many as help.
 *
 * <p>A burst of polls that are due together (after a collection of garbage, say) is over in a moment if the gateway is near,
 * whether fifty connections carry it or a thousand; and to open a thousand for it, that are idle and closed afterwards, is work
 * for both sides. So while polls wait for it, the window is doubled as long as that brings more answers a second, as it does
 * with a gateway far away, and tried again after a while if it does not, as when a processor is busy. While none wait, it
 * shrinks towards what was needed lately. From its beginning it reaches a thousand in two looks.
 *
 * <p>Guarded by the line's lock.
 */
final class PollWindow {

    /** Until something is known. */
    static final int FIRST = 256;

    /** Enough for thousands of polls a second from a gateway nearby. */
    static final int LEAST = 32;

    /** From one look at a full window to the next. */
    static final long LOOK = Duration.ofMillis(100).toNanos();

    /** After a doubling that brought nothing. */
    static final long PAUSE = Duration.ofSeconds(1).toNanos();

    /** So many times the answers a second are more. */
    private static final double GAIN = 1.25;

    /** What was needed within so long is needed. */
    static final long LATELY = Duration.ofSeconds(5).toNanos();

    private static final long NOT_FULL = Long.MIN_VALUE;

    private final int most;
    private int size;

    /** Since when it has been full while others wait, or since the last look. */
    private long fullSince = NOT_FULL;

    private int endedSince;

    /** Whether it was doubled at the last look, and how many answers a nanosecond there were before. */
    private boolean trying;

    private double rateBefore;
    private long pausedUntil = Long.MIN_VALUE;

    private int peak;
    private long peakSince;

    /** @param most that the user allows */
    PollWindow(int most) {
        this.most = most;
        this.size = Math.min(FIRST, most);
    }

    /** Whether one of those that wait may begin. */
    boolean hasRoom(int inFlight, long now) {
        if (inFlight >= size && size < most) {
            look(now);
        }
        return inFlight < size;
    }

    private void look(long now) {
        if (fullSince == NOT_FULL) {
            startOver(now);
        } else if (now - fullSince >= LOOK) {
            judge((double) endedSince / (now - fullSince), now);
            startOver(now);
        }
    }

    private void startOver(long now) {
        fullSince = now;
        endedSince = 0;
    }

    private void judge(double rate, long now) {
        if (trying && rate < GAIN * rateBefore) {
            trying = false;
            size = Math.max(LEAST, size / 2);
            pausedUntil = now + PAUSE;
        } else if (now >= pausedUntil) {
            trying = true;
            rateBefore = rate;
            size = Math.min(most, 2 * size);
        }
    }

    /** When to look again, although no answer has come; {@link Agenda#NEVER} if that would change nothing. */
    long lookAgainAt() {
        return fullSince == NOT_FULL ? Agenda.NEVER : fullSince + LOOK;
    }

    /** Nobody waits. */
    void calm(long now) {
        fullSince = NOT_FULL;
        trying = false;
        if (now - peakSince >= LATELY) {
            size = Math.min(size, Math.min(most, Math.max(LEAST, 2 * peak)));
            peak = 0;
            peakSince = now;
        }
    }

    /** One has begun, and so many are in flight now. */
    void begun(int inFlight) {
        peak = Math.max(peak, inFlight);
    }

    /** One has ended. */
    void ended() {
        endedSince++;
    }

    int size() {
        return size;
    }
}
