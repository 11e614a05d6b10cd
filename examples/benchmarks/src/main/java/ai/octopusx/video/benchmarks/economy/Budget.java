package ai.octopusx.video.benchmarks.economy;

import ai.octopusx.video.AdaptivePolling;
import ai.octopusx.video.JobKind;
import ai.octopusx.video.PollContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Ten thousand jobs in ten minutes and 200 polls a second, which is less than they ask for: who is polled next? Half of the jobs
 * live lognormal 60 s / 0.3, a quarter lognormal 120 s / 0.5, a quarter the two humps.
 */
final class Budget {

    static final int JOBS = 10_000;
    static final double POLLS_PER_SECOND = 200;
    /** No job goes longer without a look. */
    static final double LONGEST_GAP = 60;

    private static final double ARRIVALS = 600;
    /** The dispatcher works in ticks; what a tick does not use is kept for the next, up to a tenth of a second. */
    private static final double TICK = 0.05;

    private static final double KEPT = POLLS_PER_SECOND * 0.1;

    private static final LifeTimes[] LAWS = {
        LifeTimes.lognormal(60, 0.3), LifeTimes.lognormal(120, 0.5), LifeTimes.twoHumps()
    };
    private static final int[] KIND_OF_JOB = {0, 0, 1, 2};
    private static final JobKind[] KINDS = {kind("60 s"), kind("120 s"), kind("two humps")};

    private Budget() {}

    private static JobKind kind(String model) {
        return new JobKind(model, 5, JobKind.Mode.TEXT);
    }

    /** Which of the jobs goes first. */
    enum Order {
        /** Everyone in turn, due or not: who has waited longest. */
        EQUAL_SHARES,
        /** Of those that are due by the policy, the one that has waited longest. */
        LONGEST_WAIT,
        /** Of those that are due by the policy, the one with the highest chance of news. */
        CHANCE,
        /** Of those that are due by the policy, the one with the highest chance of news times the time since its last look. */
        CHANCE_TIMES_WAIT
    }

    /**
     * @param lateness mean, seconds
     * @param lateness95 95 of 100 jobs were seen sooner, seconds
     * @param polls per job
     * @param longestGap the longest time that any job went without a look, seconds
     */
    record Outcome(double lateness, double lateness95, double polls, double longestGap) {}

    /**
     * @param taught lives of each kind that the policy knows at the start; from there it learns from the run itself
     */
    static Outcome run(Order order, Duration targetDelay, int taught, long seed) {
        SplittableRandom dice = new SplittableRandom(seed);
        AdaptivePolling policy = AdaptivePolling.builder()
                .targetDelay(targetDelay)
                .refresh(Duration.ZERO)
                .build();
        for (int kind = 0; kind < KINDS.length; kind++) {
            for (int i = 0; i < taught; i++) {
                policy.observe(
                        KINDS[kind], Learning.seconds(LAWS[kind].draw(dice).shown()));
            }
        }
        return new Run(order, policy, dice).outcome();
    }

    private static final class Watched {

        final JobKind kind;
        final double submitted;
        final double shown;
        /** Ages, in seconds. */
        double lastLook;

        double due;
        double value;

        Watched(JobKind kind, double submitted, double shown) {
            this.kind = kind;
            this.submitted = submitted;
            this.shown = shown;
        }
    }

    private static final class Run {

        private final Order order;
        private final AdaptivePolling policy;
        private final SplittableRandom dice;
        private final List<Watched> watched = new ArrayList<>();
        private final double[] lateness = new double[JOBS];
        private int submitted;
        private int over;
        private long polls;
        private double longestGap;

        Run(Order order, AdaptivePolling policy, SplittableRandom dice) {
            this.order = order;
            this.policy = policy;
            this.dice = dice;
        }

        Outcome outcome() {
            double tokens = 0;
            for (double now = TICK; over < JOBS; now += TICK) {
                submitUntil(now);
                tokens = Math.min(tokens + POLLS_PER_SECOND * TICK, KEPT);
                List<Watched> next = candidates(now);
                int room = Math.min((int) tokens, next.size());
                for (Watched job : next.subList(0, room)) {
                    look(job, now);
                }
                tokens -= room;
                watched.removeIf(job -> job.due == Double.POSITIVE_INFINITY);
            }
            Arrays.sort(lateness);
            return new Outcome(
                    Arrays.stream(lateness).average().orElseThrow(),
                    lateness[(int) (0.95 * JOBS)],
                    (double) polls / JOBS,
                    longestGap);
        }

        private void submitUntil(double now) {
            while (submitted < JOBS && submitted * ARRIVALS / JOBS <= now) {
                int kind = KIND_OF_JOB[submitted % KIND_OF_JOB.length];
                Watched job = new Watched(
                        KINDS[kind],
                        submitted * ARRIVALS / JOBS,
                        LAWS[kind].draw(dice).shown());
                job.due = dueAfterLookAt(job, 0);
                watched.add(job);
                submitted++;
            }
        }

        /** Best first. */
        private List<Watched> candidates(double now) {
            List<Watched> candidates = new ArrayList<>();
            for (Watched job : watched) {
                double age = now - job.submitted;
                boolean isOverlong = age - job.lastLook >= LONGEST_GAP - 1;
                if (order == Order.EQUAL_SHARES || age >= job.due || isOverlong) {
                    job.value = isOverlong ? Double.MAX_VALUE : value(job, age - job.lastLook);
                    candidates.add(job);
                }
            }
            candidates.sort(Comparator.comparingDouble((Watched job) -> -job.value)
                    .thenComparingDouble(job -> job.submitted + job.lastLook));
            return candidates;
        }

        private double value(Watched job, double wait) {
            return switch (order) {
                case EQUAL_SHARES, LONGEST_WAIT -> wait;
                case CHANCE -> chance(job, wait);
                case CHANCE_TIMES_WAIT -> chance(job, wait) * wait;
            };
        }

        private double chance(Watched job, double wait) {
            return policy.chanceOfNews(context(job, job.lastLook), Learning.seconds(wait));
        }

        private void look(Watched job, double now) {
            double age = now - job.submitted;
            polls++;
            longestGap = Math.max(longestGap, age - job.lastLook);
            if (age >= job.shown) {
                lateness[over++] = age - job.shown;
                policy.observe(job.kind, Learning.seconds(job.lastLook), Learning.seconds(age));
                job.due = Double.POSITIVE_INFINITY;
            } else {
                job.lastLook = age;
                job.due = dueAfterLookAt(job, age);
            }
        }

        private double dueAfterLookAt(Watched job, double age) {
            return age + policy.nextDelay(context(job, age)).toNanos() / 1e9;
        }

        private PollContext context(Watched job, double age) {
            return new PollContext(1, Learning.seconds(age), null, job.kind, 0, dice.nextDouble());
        }
    }
}
