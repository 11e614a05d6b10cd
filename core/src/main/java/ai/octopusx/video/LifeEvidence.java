package ai.octopusx.video;

import java.util.Arrays;

/**
 * The last lives of one kind of job, each known as the span between two looks, in milliseconds; newer ones count for more.
 * Bounded. Safe for threads: every method holds the monitor for a few hundred steps at most.
 */
final class LifeEvidence {

    static final int CAPACITY = 256;

    /** After so many newer lives one counts half. */
    private static final double HALVED_AFTER = 200;

    private static final double FADING = Math.pow(0.5, 1 / HALVED_AFTER);

    private final int[] notBefore = new int[CAPACITY];
    private final int[] notAfter = new int[CAPACITY];
    private int size;
    private int oldest;

    /** How many were ever added; tells whether one came in the meantime. */
    private long added;

    synchronized void add(int notBeforeMillis, int notAfterMillis) {
        int place = (oldest + size) % CAPACITY;
        notBefore[place] = notBeforeMillis;
        notAfter[place] = notAfterMillis;
        added++;
        if (size < CAPACITY) {
            size++;
        } else {
            oldest = (oldest + 1) % CAPACITY;
        }
    }

    /** Forgets all but the newest {@code kept} and those that came after {@code seen} were known. */
    synchronized void keepNewest(int kept, Lives seen) {
        int newer = (int) Math.min(CAPACITY, added - seen.added());
        int remaining = Math.min(size, kept + newer);
        oldest = (oldest + size - remaining) % CAPACITY;
        size = remaining;
    }

    synchronized int size() {
        return size;
    }

    /** A copy, the oldest first. */
    synchronized Lives lives() {
        int[] from = new int[size];
        int[] to = new int[size];
        for (int i = 0; i < size; i++) {
            from[i] = notBefore[(oldest + i) % CAPACITY];
            to[i] = notAfter[(oldest + i) % CAPACITY];
        }
        return new Lives(from, to, added);
    }

    /** What was known at one moment, the oldest first. Nobody writes to the arrays. */
    record Lives(int[] notBefore, int[] notAfter, long added) {

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
                    Arrays.copyOfRange(notBefore, from, size()), Arrays.copyOfRange(notAfter, from, size()), added);
        }
    }
}
