package ai.octopusx.video;

import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One kind of job: its lives, and the law and the plan that were made of them. Reading is one volatile read; whoever comes
 * first after new evidence makes the new plan (about a millisecond), while the others go on with the old one.
 */
final class KindCourse {

    /** A new plan once the lives since the last one are so large a part of all; the first ones each count. */
    private static final int NEW_PART = 16;

    final JobKind kind;
    final double scale;
    final LifeEvidence evidence = new LifeEvidence();

    private final AtomicBoolean making = new AtomicBoolean();
    private volatile boolean stale = true;
    private volatile @Nullable Plan plan;

    /** Lives since the last plan; a race may lose one, which only delays the next plan by a life. */
    private volatile int news;

    /** Counts the observations of all kinds: who was fed last. */
    volatile long lastFed;

    KindCourse(JobKind kind, double scale) {
        this.kind = kind;
        this.scale = scale;
    }

    /** What was made of the evidence at one moment: so many lives, the masses on the grid, the law and the looks. */
    record Plan(int lives, double[] masses, LifeLaw law, InspectionPlan looks) {}

    interface Maker {
        Plan make(KindCourse course, @Nullable Plan before);
    }

    void observe(int notBeforeMillis, int notAfterMillis, long fed) {
        evidence.add(notBeforeMillis, notAfterMillis);
        fed(fed);
    }

    /** A life more is known. */
    void fed(long fed) {
        lastFed = fed;
        int since = news + 1;
        news = since;
        if (since * NEW_PART >= evidence.size()) {
            stale = true;
        }
    }

    void refresh() {
        stale = true;
    }

    /** The plan as it is, null if none was made yet. */
    @Nullable
    Plan latest() {
        return plan;
    }

    Plan plan(Maker maker) {
        Plan present = plan;
        if (present != null && !stale) {
            return present;
        }
        if (!making.compareAndSet(false, true)) {
            // Another thread makes it; only the very first plan is worth making twice.
            return present != null ? present : maker.make(this, null);
        }
        try {
            stale = false;
            news = 0;
            Plan made = maker.make(this, present);
            plan = made;
            return made;
        } finally {
            making.set(false);
        }
    }
}
