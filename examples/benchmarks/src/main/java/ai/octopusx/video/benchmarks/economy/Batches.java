package ai.octopusx.video.benchmarks.economy;

import ai.octopusx.video.AdaptivePolling;
import ai.octopusx.video.PollContext;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Jobs that are submitted together: the short ones end first, the long ones last, and the client learns in that order while
 * it watches the rest. One batch after the other is over.
 */
final class Batches {

    static final int JOBS = 300;

    static final int SEEDS = 5;

    private Batches() {}

    /** What the client is told. */
    enum Told {
        /** Of each job when it begins and at each look, as the client's own tracking does. */
        BEGINS,
        /** Of each job when it is over. */
        ENDS
    }

    /**
     * @param polls per job
     * @param behindGateway mean time from the moment at which the gateway showed the end to the poll that saw it, seconds
     */
    record Outcome(double polls, double behindGateway) {}

    /**
     * Some successive batches of all seeds.
     *
     * @param worst the batch with the highest mean lateness, seconds
     */
    record Summary(double polls, double behindGateway, double worst) {

        static Summary of(LifeTimes law, Duration targetDelay, Told told, int known, int from, int to) {
            List<Outcome> all = new ArrayList<>();
            for (long seed = 1; seed <= SEEDS; seed++) {
                all.addAll(run(law, targetDelay, told, known, to, seed).subList(from, to));
            }
            return new Summary(
                    all.stream().mapToDouble(Outcome::polls).average().orElseThrow(),
                    all.stream().mapToDouble(Outcome::behindGateway).average().orElseThrow(),
                    all.stream().mapToDouble(Outcome::behindGateway).max().orElseThrow());
        }
    }

    private static final class Watched {

        final double shown;
        final AdaptivePolling.@Nullable Job job;
        double lastLook;
        double due;

        Watched(double shown, AdaptivePolling.@Nullable Job job) {
            this.shown = shown;
            this.job = job;
        }
    }

    /** The outcome of each batch. */
    static List<Outcome> run(LifeTimes law, Duration targetDelay, Told told, int known, int batches, long seed) {
        SplittableRandom dice = new SplittableRandom(seed);
        AdaptivePolling policy = AdaptivePolling.builder()
                .targetDelay(targetDelay)
                .refresh(law.snapshotEvery())
                .build();
        for (int i = 0; i < known; i++) {
            Score.Found found = Score.watch(policy, Learning.KIND, law.draw(dice), dice);
            policy.observe(Learning.KIND, Learning.seconds(found.notBefore()), Learning.seconds(found.notAfter()));
        }
        List<Outcome> outcomes = new ArrayList<>();
        for (int batch = 0; batch < batches; batch++) {
            outcomes.add(batch(policy, law, told, dice));
        }
        return outcomes;
    }

    private static Outcome batch(AdaptivePolling policy, LifeTimes law, Told told, SplittableRandom dice) {
        PriorityQueue<Watched> line = new PriorityQueue<>(Comparator.comparingDouble(watched -> watched.due));
        for (int i = 0; i < JOBS; i++) {
            Watched watched =
                    new Watched(law.draw(dice).shown(), told == Told.BEGINS ? policy.begin(Learning.KIND) : null);
            watched.due = dueAfter(policy, 0, dice);
            line.add(watched);
        }
        double polls = 0;
        double late = 0;
        while (!line.isEmpty()) {
            Watched watched = line.remove();
            double age = watched.due;
            polls++;
            if (age < watched.shown) {
                if (watched.job != null) {
                    watched.job.looked(Learning.seconds(age));
                }
                watched.lastLook = age;
                watched.due = dueAfter(policy, age, dice);
                line.add(watched);
                continue;
            }
            late += age - watched.shown;
            if (watched.job != null) {
                watched.job.ended(Learning.seconds(watched.lastLook), Learning.seconds(age), null);
            } else {
                policy.observe(Learning.KIND, Learning.seconds(watched.lastLook), Learning.seconds(age));
            }
        }
        return new Outcome(polls / JOBS, late / JOBS);
    }

    private static double dueAfter(AdaptivePolling policy, double age, SplittableRandom dice) {
        PollContext context = new PollContext(1, Learning.seconds(age), null, Learning.KIND, 0, dice.nextDouble());
        return age + policy.nextDelay(context).toNanos() / 1e9;
    }
}
