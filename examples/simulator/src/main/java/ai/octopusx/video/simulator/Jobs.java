package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * All jobs, and the moment of their acceptance: the one place where money is taken. Reading is free of locks; accepting
 * and accounting hold one lock for a few microseconds.
 */
final class Jobs {

    /** The gateway's own limit for a task that does not end. */
    static final Duration GIVE_UP = Duration.ofHours(24);

    /** A refused input fails early: one published moderation failure took 19 s where a video takes a minute. */
    private static final double SHARE_OF_LIFE_TO_A_FAILURE = 0.3;

    private static final long MINUTE = Duration.ofMinutes(1).toNanos();

    private final SimulatorConfig config;
    private final GatewayClock clock;
    private final FaultBox faults;
    private final Clips clips;
    private final Snapshots snapshots;
    private final long seed;
    private final SplittableRandom ids =
            new SplittableRandom(ThreadLocalRandom.current().nextLong());

    private final Map<String, Job> byId = new ConcurrentHashMap<>();
    private final Collection<Job> inOrder = new ConcurrentLinkedQueue<>();

    // Guarded by this.
    private final Map<String, Upstream> upstreams = new HashMap<>();
    private final PriorityQueue<Job> toRefund =
            new PriorityQueue<>(Comparator.comparingLong((Job job) -> job.refunded));
    private final List<Job> refunds = new ArrayList<>();
    private long count;

    Jobs(SimulatorConfig config, GatewayClock clock, FaultBox faults, Clips clips, Snapshots snapshots, long seed) {
        this.config = config;
        this.clock = clock;
        this.faults = faults;
        this.clips = clips;
        this.snapshots = snapshots;
        this.seed = seed;
    }

    /**
     * Takes the job and the money for it, or says why not.
     *
     * @param refusal what the upstream says to this form, null if it likes it; asked only after the money was reserved
     */
    synchronized Acceptance accept(Submission submission, @Nullable Answer refusal) {
        long now = clock.now();
        settle(now);
        Integer asked = wholeNumber(submission.seconds());
        // What the gateway assumes for the bill where the form says nothing, and what the upstream then makes.
        BigDecimal price = VideoModel.price(submission.model(), asked == null ? 4 : asked);
        Answer unpaid = reserve(submission.key(), price);
        if (unpaid != null) {
            return new Acceptance(null, unpaid);
        }
        if (refusal != null) {
            giveBack(submission.key(), price);
            return new Acceptance(null, refusal);
        }
        Upstream upstream = upstreams.computeIfAbsent(
                VideoModel.version(submission.model()), version -> new Upstream(config.maxRunning));
        if (!upstream.takesOneMore(now, config.submissionsPerMinute)) {
            giveBack(submission.key(), price);
            return new Acceptance(null, Answer.taskError(429, "fail_to_fetch_task", Answer.SATURATED));
        }
        Job job = begin(submission, asked == null ? 5 : asked, price, now, upstream);
        byId.put(job.id, job);
        inOrder.add(job);
        if (job.refunded != Job.NEVER) {
            toRefund.add(job);
        }
        return new Acceptance(job, null);
    }

    /** Either a job or a refusal. */
    record Acceptance(@Nullable Job job, @Nullable Answer refusal) {}

    private Job begin(Submission submission, int seconds, BigDecimal price, long now, Upstream upstream) {
        count++;
        Outcome outcome = outcome(submission);
        long life = life(submission.model(), seconds, outcome);
        boolean endless = outcome.kind() == Outcome.Kind.NEVER_ENDING;
        long started = upstream.start(now, endless ? GIVE_UP.toNanos() : life);
        long ended = endless ? Job.NEVER : started + life;
        long visible = snapshots.revealing(ended, now);
        String pixels = VideoModel.pixels(submission.model(), submission.size(), submission.firstFrame());
        return new Job(
                id(),
                "cgt-" + RequestIds.random(ids, 20),
                submission,
                outcome,
                pixels,
                Integer.toString(seconds),
                clips.nearest(VideoModel.ratio(pixels), seconds),
                price,
                now,
                started,
                ended,
                visible,
                refundAt(outcome, now, visible));
    }

    private Outcome outcome(Submission submission) {
        if (count <= config.outcomes.size()) {
            return config.outcomes.get((int) count - 1);
        }
        Outcome wanted = faults.nextOutcome();
        if (wanted != null) {
            return wanted;
        }
        return config.outcomeOf == null ? Outcome.completed() : config.outcomeOf.apply(submission.fields());
    }

    /** The n-th job of a seed lives as long in every run. */
    private long life(String model, int seconds, Outcome outcome) {
        if (config.life != null) {
            return config.life.toNanos();
        }
        double median = VideoModel.medianLife(model, seconds).toNanos();
        double share = outcome.hasVideo() ? 1 : SHARE_OF_LIFE_TO_A_FAILURE;
        return (long) (median * share * Math.exp(config.lifeSpread * Dice.gaussian(seed, count)));
    }

    private long refundAt(Outcome outcome, long created, long visible) {
        long givenUp = created + GIVE_UP.toNanos();
        return switch (outcome.kind()) {
            case COMPLETED, COMPLETED_WITHOUT_URL -> visible > givenUp ? givenUp : Job.NEVER;
            case LOST -> Job.NEVER;
            case NEVER_ENDING -> givenUp;
            case CANCELLED -> config.profile == Profile.B ? givenUp : Math.min(visible, givenUp);
            case FAILED, FAILED_WITHOUT_ERROR, ERROR_BODY, NOTHING_TO_SAY -> Math.min(visible, givenUp);
        };
    }

    private String id() {
        return config.profile == Profile.A
                ? "video_"
                        + new java.util.UUID(ids.nextLong() & ~0xF000L | 0x4000L, ids.nextLong() >>> 2 | Long.MIN_VALUE)
                : "task_" + RequestIds.random(ids, 32);
    }

    private @Nullable Answer reserve(Accounts.Key key, BigDecimal price) {
        BigDecimal balance = key.account.balance;
        if (balance != null && balance.compareTo(price) < 0) {
            return Answer.taskError(
                    403,
                    "insufficient_user_quota",
                    "balance too low: left " + balance.toPlainString() + ", needed " + price.toPlainString());
        }
        BigDecimal quota = key.quota;
        if (quota != null && quota.compareTo(price) < 0) {
            return Answer.taskError(
                    403,
                    "pre_consume_token_quota_failed",
                    "token quota too low: left " + quota.toPlainString() + ", needed " + price.toPlainString());
        }
        giveBack(key, price.negate());
        return null;
    }

    private static void giveBack(Accounts.Key key, BigDecimal amount) {
        BigDecimal balance = key.account.balance;
        if (balance != null) {
            key.account.balance = balance.add(amount);
        }
        BigDecimal quota = key.quota;
        if (quota != null) {
            key.quota = quota.add(amount);
        }
    }

    /** Gives back what is due. */
    synchronized void settle() {
        settle(clock.now());
    }

    private void settle(long now) {
        for (Job next = toRefund.peek(); next != null && next.refunded <= now; next = toRefund.peek()) {
            toRefund.remove();
            refunds.add(next);
            giveBack(next.submission.key(), next.price);
        }
    }

    synchronized List<Job> refunds() {
        settle(clock.now());
        return List.copyOf(refunds);
    }

    /** Dollars left on an account, null where there is no limit. */
    synchronized @Nullable BigDecimal balance(Accounts.Account account) {
        settle(clock.now());
        return account.balance;
    }

    /** The job, if the account may know of it. */
    @Nullable
    Job find(String id, Accounts.Account account) {
        Job job = byId.get(id);
        return job != null && job.submission.key().account == account && job.outcome.kind() != Outcome.Kind.LOST
                ? job
                : null;
    }

    /** The job, whoever asks. */
    @Nullable
    Job find(String id) {
        return byId.get(id);
    }

    Collection<Job> all() {
        return inOrder;
    }

    int size() {
        return byId.size();
    }

    static @Nullable Integer wholeNumber(String text) {
        try {
            return text.isEmpty() ? null : Integer.valueOf(text.strip());
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** The upstream's room for one model version: so many at once, so many a minute. Guarded by {@link Jobs}. */
    private static final class Upstream {

        private final int slots;
        private final PriorityQueue<Long> busyUntil = new PriorityQueue<>();
        private final Deque<Long> lastMinute = new ArrayDeque<>();

        Upstream(int slots) {
            this.slots = slots;
        }

        boolean takesOneMore(long now, int perMinute) {
            while (!lastMinute.isEmpty() && lastMinute.getFirst() <= now - MINUTE) {
                lastMinute.removeFirst();
            }
            if (lastMinute.size() >= perMinute) {
                return false;
            }
            if (perMinute != Integer.MAX_VALUE) {
                lastMinute.addLast(now);
            }
            return true;
        }

        /** Lives are known beforehand, so the start of a queued job is known too: the first slot to become free. */
        long start(long now, long life) {
            if (slots == Integer.MAX_VALUE) {
                return now;
            }
            while (!busyUntil.isEmpty() && busyUntil.peek() <= now) {
                busyUntil.remove();
            }
            long start = busyUntil.size() < slots ? now : Math.max(now, busyUntil.remove());
            busyUntil.add(start + life);
            return start;
        }
    }
}
