package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/** One accepted job. Its whole life is decided when it is accepted; only the counts of who looked at it change. */
final class Job {

    static final long NEVER = Long.MAX_VALUE;

    private static final AtomicLongFieldUpdater<Job> POLLS = AtomicLongFieldUpdater.newUpdater(Job.class, "polls");
    private static final AtomicLongFieldUpdater<Job> FIRST_SEEN =
            AtomicLongFieldUpdater.newUpdater(Job.class, "firstSeen");

    final String id;
    final String upstreamId;
    final Submission submission;
    final Outcome outcome;
    final String size;
    final String seconds;
    final Clip clip;
    final BigDecimal price;

    /** Moments of the gateway's time, in nanoseconds; {@link #NEVER} where they do not come. */
    final long created;

    final long started;
    final long ended;

    /** When the gateway knows of the end. */
    final long visible;

    /** When the gateway gives the money back. */
    final long refunded;

    /** The last status body, kept until the state changes. */
    volatile @Nullable Rendered rendered;

    private volatile long polls;
    private volatile long firstSeen = NEVER;

    /** A status body and the state that it shows. */
    record Rendered(long state, Answer answer) {}

    Job(
            String id,
            String upstreamId,
            Submission submission,
            Outcome outcome,
            String size,
            String seconds,
            Clip clip,
            BigDecimal price,
            long created,
            long started,
            long ended,
            long visible,
            long refunded) {
        this.id = id;
        this.upstreamId = upstreamId;
        this.submission = submission;
        this.outcome = outcome;
        this.size = size;
        this.seconds = seconds;
        this.clip = clip;
        this.price = price;
        this.created = created;
        this.started = started;
        this.ended = ended;
        this.visible = visible;
        this.refunded = refunded;
    }

    void polled() {
        POLLS.incrementAndGet(this);
    }

    void endSeen(long now) {
        if (firstSeen == NEVER) {
            FIRST_SEEN.compareAndSet(this, NEVER, now);
        }
    }

    long polls() {
        return polls;
    }

    /** When a poll first saw the end, or {@link #NEVER}. */
    long firstSeen() {
        return firstSeen;
    }
}
