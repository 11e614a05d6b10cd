package ai.octopusx.video.reactor;

import java.time.Duration;

/**
 * How many polls may be in flight, below the limit that the user has set: as many as help.
 *
 * <p>A burst of polls that are due together (after a collection of garbage, say) is over in a moment if the gateway is near,
 * whether fifty connections carry it or a thousand; and to open a thousand for it, that are idle and closed afterwards, is work
 * for both sides. So a poll beyond the window waits for one to end. While some wait, the window grows: by a quarter at each
 * look if fewer polls ended since the last one than are in flight, for then the gateway is far away and more at once help, and
 * also if many rounds of the window are waiting; else by one, for then a processor is busy, and more at once only wait
 * elsewhere. While none wait, it shrinks towards
 * twice of what was in flight on average lately: a burst that used all of it does not show that it was needed.
 *
 * <p>Guarded by the line's lock.
 */
final class PollWindow {

    /** Until something is known. */
    static final int FIRST = 256;

    /** Enough for thousands of polls a second from a gateway nearby. */
    static final int LEAST = 32;

    /** From one look at a full window to the next. */
    static final long LOOK = Duration.ofMillis(25).toNanos();

    /** The first connections of a process take their time, and say nothing about the way. */
    static final long FIRST_LOOK = Duration.ofMillis(200).toNanos();

    /** Over so long the average is taken. */
    static final long LATELY = Duration.ofSeconds(5).toNanos();

    private static final int SMALLEST_STEP = 8;

    private static final int MANY_ROUNDS = 8;

    private static final long NOT_FULL = Long.MIN_VALUE;

    private final int most;
    private int size;

    /** Since when it has been full while others wait, or since the last look. */
    private long fullSince = NOT_FULL;

    private int endedSince;
    private long patience = FIRST_LOOK;

    private long inFlightSum;
    private int begun;
    private long averagedSince;

    /** @param most that the user allows */
    PollWindow(int most) {
        this.most = most;
        this.size = Math.min(FIRST, most);
    }

    /** Whether one of so many that wait may begin. */
    boolean hasRoom(int inFlight, int waiting, long now) {
        if (inFlight >= size && size < most) {
            look(waiting, now);
        }
        return inFlight < size;
    }

    private void look(int waiting, long now) {
        if (fullSince == NOT_FULL) {
            startOver(now);
        } else if (now - fullSince >= patience) {
            boolean far = endedSince < size || waiting > (long) MANY_ROUNDS * size;
            size = Math.min(most, size + (far ? Math.max(SMALLEST_STEP, size / 4) : 1));
            patience = LOOK;
            startOver(now);
        }
    }

    private void startOver(long now) {
        fullSince = now;
        endedSince = 0;
    }

    /** When to look again, although no answer has come; {@link Agenda#NEVER} if that would change nothing. */
    long lookAgainAt() {
        return fullSince == NOT_FULL ? Agenda.NEVER : fullSince + patience;
    }

    /** Nobody waits. Only then: a place that becomes free for the next in line makes it no less full. */
    void calm(long now) {
        fullSince = NOT_FULL;
        if (now - averagedSince >= LATELY) {
            long twice = begun == 0 ? 0 : 2 * inFlightSum / begun;
            size = (int) Math.min(size, Math.max(LEAST, twice));
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

    /** One has ended. */
    void ended() {
        endedSince++;
    }

    int size() {
        return size;
    }
}
