package ai.octopusx.video.reactor;

/**
 * So many polls per second and no more, on average and nearly at any moment. What was not spent is kept for a tenth of a
 * second only, so that a pause is not followed by a burst. Guarded by the lock of the line that spends it.
 */
final class PollBudget {

    private static final double KEPT_SECONDS = 0.1;

    /** A large budget is handed out a hundred times a second, and not with a timer for each poll. */
    private static final double HAND_OUT_SECONDS = 0.01;

    private static final double ROUNDING = 1e-6;

    private final double perSecond;
    private final double most;
    private double saved;
    private long savedAt;

    /** @param perSecond more than zero */
    PollBudget(double perSecond) {
        this.perSecond = perSecond;
        this.most = Math.max(1, perSecond * KEPT_SECONDS);
        this.saved = most;
    }

    double perSecond() {
        return perSecond;
    }

    /** Whether there is one left to take. */
    boolean has(long now) {
        save(now);
        return saved >= 1 - ROUNDING;
    }

    /** Whether there was one left to take. */
    boolean take(long now) {
        if (!has(now)) {
            return false;
        }
        saved--;
        return true;
    }

    /** One that was taken has not been used. */
    void giveBack() {
        saved = Math.min(most, saved + 1);
    }

    /** When to come again. */
    long nextAt(long now) {
        save(now);
        double wanted = Math.max(1, perSecond * HAND_OUT_SECONDS);
        return now + (long) Math.ceil(Math.max(0, wanted - saved) / perSecond * 1e9);
    }

    private void save(long now) {
        saved = Math.min(most, saved + (now - savedAt) / 1e9 * perSecond);
        savedAt = now;
    }
}
