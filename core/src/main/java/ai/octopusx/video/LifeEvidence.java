package ai.octopusx.video;

import java.util.Arrays;

/**
 * The last lives of one kind of job, each known as the span between two looks, in milliseconds; newer ones count for more.
 * Bounded. Safe for threads: every method holds the monitor for a few hundred steps at most.
 *
 * <p>A job that is announced when it begins keeps its place in that order, and counts while it runs as one that lived at least
 * as long as it was seen alive. Ordered by their ends, and without those that still run, the jobs of a batch would look like
 * a law of short lives that drifts to one of long ones.
 */
final class LifeEvidence {

    static final int CAPACITY = 256;

    /** So many jobs are followed at a time. Which ones is decided when they begin, so that it does not depend on their lives. */
    static final int MOST_RUNNING = 64;

    /** The place of a job that is not followed. */
    static final long NOWHERE = -1;

    /** The end of a life that nobody has seen. */
    private static final int OPEN = Integer.MAX_VALUE;

    /** After so many newer lives one counts half. */
    private static final double HALVED_AFTER = 200;

    private static final double FADING = Math.pow(0.5, 1 / HALVED_AFTER);

    /** A running job is evidence once so many of those that ended had done so at its age. Before, it tells nothing. */
    private static final double FEW = 0.02;

    private final int[] notBefore = new int[CAPACITY];
    private final int[] notAfter = new int[CAPACITY];
    private final boolean[] running = new boolean[CAPACITY];
    private int size;
    private int ended;
    private int followed;

    /** How many were ever added: the place of the next one. A place is valid while it is among the last {@link #size}. */
    private long added;

    synchronized void add(int notBeforeMillis, int notAfterMillis) {
        long place = place();
        notBefore[at(place)] = notBeforeMillis;
        notAfter[at(place)] = notAfterMillis;
        ended++;
    }

    /**
     * A job begins. Returns its place, or {@link #NOWHERE} if enough are followed already.
     *
     * @param usual a job that outlives this and everything seen may be stuck: it is not waited for any longer
     */
    synchronized long begin(int usual) {
        if (followed >= MOST_RUNNING && !leaveOneThatIsStuck(usual)) {
            return NOWHERE;
        }
        long place = place();
        notBefore[at(place)] = 0;
        notAfter[at(place)] = OPEN;
        running[at(place)] = true;
        followed++;
        return place;
    }

    /** Depends on the age that jobs reach, and not on how long this one will live: what is left of it is no biased sample. */
    private boolean leaveOneThatIsStuck(int usual) {
        int longest = usual;
        long oldest = NOWHERE;
        for (long place = added - 1; place >= added - size; place--) {
            if (running[at(place)]) {
                oldest = place;
            } else if (notAfter[at(place)] != OPEN) {
                longest = Math.max(longest, notAfter[at(place)]);
            }
        }
        if (oldest == NOWHERE || notBefore[at(oldest)] <= longest) {
            return false;
        }
        leave(oldest);
        return true;
    }

    /** The job at this place was not over at this age. */
    synchronized void looked(long place, int millis) {
        if (isFollowed(place)) {
            notBefore[at(place)] = Math.max(notBefore[at(place)], millis);
        }
    }

    /** The job at this place is over. False if it is not followed any more. */
    synchronized boolean end(long place, int notBeforeMillis, int notAfterMillis) {
        if (!isFollowed(place)) {
            return false;
        }
        leave(place);
        notBefore[at(place)] = notBeforeMillis;
        notAfter[at(place)] = notAfterMillis;
        ended++;
        return true;
    }

    /** Nobody looks at this job any more. That it was alive at its last look stays true. */
    synchronized void leave(long place) {
        if (isFollowed(place)) {
            running[at(place)] = false;
            followed--;
        }
    }

    private boolean isFollowed(long place) {
        return place >= added - size && place < added && running[at(place)];
    }

    /** A new place, for which the oldest makes room. */
    private long place() {
        if (size == CAPACITY) {
            forgetOldest();
        }
        size++;
        return added++;
    }

    private void forgetOldest() {
        long oldest = added - size;
        leave(oldest);
        if (notAfter[at(oldest)] != OPEN) {
            ended--;
        }
        size--;
    }

    private static int at(long place) {
        return (int) (place % CAPACITY);
    }

    /** Forgets all but the newest {@code kept} of those that were seen, and what began since the oldest of these. */
    synchronized void keepNewest(int kept, Lives seen) {
        if (kept >= seen.size()) {
            return;
        }
        long oldest = kept == 0 ? seen.added() : seen.place()[seen.size() - kept];
        while (size > 0 && added - size < oldest) {
            forgetOldest();
        }
    }

    /** How many lives are known to their end. */
    synchronized int size() {
        return ended;
    }

    /** A copy of those that are known to their end, the first begun first. */
    synchronized Lives ended() {
        return copy(OPEN);
    }

    /** A copy of all that tells something, the first begun first. */
    synchronized Lives lives() {
        int[] ends = new int[ended];
        int next = 0;
        for (long place = added - size; place < added; place++) {
            if (notAfter[at(place)] != OPEN) {
                ends[next++] = notAfter[at(place)];
            }
        }
        Arrays.sort(ends);
        return copy(ends.length == 0 ? OPEN : ends[(int) (FEW * ends.length)]);
    }

    private Lives copy(int leastAge) {
        int[] from = new int[size];
        int[] to = new int[size];
        long[] places = new long[size];
        int copied = 0;
        for (long place = added - size; place < added; place++) {
            if (notAfter[at(place)] != OPEN || notBefore[at(place)] >= leastAge) {
                from[copied] = notBefore[at(place)];
                to[copied] = notAfter[at(place)];
                places[copied++] = place;
            }
        }
        return new Lives(Arrays.copyOf(from, copied), Arrays.copyOf(to, copied), Arrays.copyOf(places, copied), added);
    }

    /**
     * What was known at one moment, the first begun first. Nobody writes to the arrays.
     *
     * @param notAfter the largest number if the end was not seen
     * @param place where each was, in ascending order
     * @param added the place after all these
     */
    record Lives(int[] notBefore, int[] notAfter, long[] place, long added) {

        int size() {
            return notBefore.length;
        }

        /** How much this life counts beside the newest, which counts 1. */
        double weight(int life) {
            return Math.pow(FADING, size() - 1 - life);
        }

        Lives newest(int kept) {
            int from = size() - kept;
            return new Lives(
                    Arrays.copyOfRange(notBefore, from, size()),
                    Arrays.copyOfRange(notAfter, from, size()),
                    Arrays.copyOfRange(place, from, size()),
                    added);
        }
    }
}
