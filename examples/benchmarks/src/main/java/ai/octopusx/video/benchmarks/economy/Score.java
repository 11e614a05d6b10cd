package ai.octopusx.video.benchmarks.economy;

import ai.octopusx.video.JobKind;
import ai.octopusx.video.PollContext;
import ai.octopusx.video.PollingPolicy;
import java.time.Duration;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What a policy did to a number of jobs.
 *
 * @param polls polls per job
 * @param behindGateway mean time from the moment at which the gateway showed the end to the poll that saw it, seconds
 * @param lateness mean time from the true end to the poll that saw it, seconds
 * @param lateness95 95 of 100 jobs were seen sooner after their true end, seconds
 */
record Score(double polls, double behindGateway, double lateness, double lateness95) {

    /** How one job was found: by so many polls, between two looks. */
    record Found(int polls, double notBefore, double notAfter) {}

    static Score of(PollingPolicy policy, JobKind kind, LifeTimes lives, int jobs, SplittableRandom dice) {
        double polls = 0;
        double behindGateway = 0;
        double[] lateness = new double[jobs];
        for (int i = 0; i < jobs; i++) {
            LifeTimes.Job job = lives.draw(dice);
            Found found = watch(policy, kind, job, dice);
            polls += found.polls();
            behindGateway += found.notAfter() - job.shown();
            lateness[i] = found.notAfter() - job.ended();
        }
        Arrays.sort(lateness);
        return new Score(
                polls / jobs,
                behindGateway / jobs,
                Arrays.stream(lateness).average().orElseThrow(),
                lateness[(int) (0.95 * jobs)]);
    }

    /** The submission's answer is the first look, and costs no poll. Answers take no time here. */
    static Found watch(PollingPolicy policy, JobKind kind, LifeTimes.Job job, SplittableRandom dice) {
        double before = 0;
        for (int polls = 1; ; polls++) {
            PollContext context =
                    new PollContext(polls, Duration.ofNanos((long) (before * 1e9)), null, kind, 0, dice.nextDouble());
            double age = before + policy.nextDelay(context).toNanos() / 1e9;
            if (age >= job.shown()) {
                return new Found(polls, before, age);
            }
            before = age;
        }
    }

    /** What the watching cost when so much lateness is as bad as one poll. */
    double price(double seconds) {
        return polls + behindGateway / seconds;
    }
}
