package ai.octopusx.video.benchmarks.economy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.benchmarks.economy.Learning.Stage;
import ai.octopusx.video.benchmarks.economy.Learning.Told;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pins the figures of the README. Everything here is arithmetic with fixed seeds: it holds exactly or not at all. */
@Timeout(600)
class PollingEconomyTest {

    private static final Duration TARGET = Duration.ofSeconds(5);

    static List<LifeTimes> laws() {
        return LifeTimes.ofTheTargets();
    }

    @ParameterizedTest
    @MethodSource("laws")
    void learnsTheLawFromItsOwnPollsAndComesNearTheOptimum(LifeTimes law) {
        Map<Stage, List<Double>> ratios = new EnumMap<>(Stage.class);
        List<Double> late = new ArrayList<>();
        double coldPrice = 0;
        double defaultPrice = 0;
        Optimum optimum = new Optimum(law);
        Optimum optimumAfterDrift = new Optimum(Learning.at(Stage.AFTER_DRIFT, law));
        for (long seed = 1; seed <= PollingEconomy.SEEDS; seed++) {
            Map<Stage, Score> scores = Learning.examined(law, TARGET, Told.SPAN, seed);
            scores.forEach((stage, score) -> ratios.computeIfAbsent(stage, first -> new ArrayList<>())
                    .add(score.polls()
                            / (stage == Stage.AFTER_DRIFT ? optimumAfterDrift : optimum).polls(score.behindGateway())));
            late.add(scores.get(Stage.AFTER_200).behindGateway());
            coldPrice += scores.get(Stage.COLD).price(5);
            defaultPrice += Score.of(
                            Learning.exponentialDefault(),
                            Learning.KIND,
                            law,
                            Learning.FRESH_JOBS,
                            new SplittableRandom(seed))
                    .price(5);
        }
        assertThat(PollingEconomy.median(ratios.get(Stage.AFTER_30))).isBetween(0.97, 1.15);
        assertThat(PollingEconomy.median(ratios.get(Stage.AFTER_200))).isBetween(0.97, 1.05);
        assertThat(ratios.get(Stage.AFTER_200))
                .allSatisfy(ratio -> assertThat(ratio).isLessThanOrEqualTo(1.15));
        assertThat(PollingEconomy.median(ratios.get(Stage.AFTER_DRIFT))).isBetween(0.97, 1.15);
        assertThat(PollingEconomy.median(late))
                .as("the lateness that was asked for")
                .isCloseTo(5, within(0.5));
        assertThat(coldPrice).isLessThanOrEqualTo(1.1 * defaultPrice);
    }

    /** Each batch ends in the order of its lives, the last of them long after the others: no drift. */
    @ParameterizedTest
    @MethodSource("laws")
    void batchAfterBatchIsFoundAsLateAsWasAskedFor(LifeTimes law) {
        Optimum optimum = new Optimum(law);
        for (int known : new int[] {0, 200}) {
            Batches.Summary batches = Batches.Summary.of(law, TARGET, Batches.Told.BEGINS, known, 0, 6);

            assertThat(batches.behindGateway()).isBetween(4.0, 6.0);
            assertThat(batches.worst()).isLessThanOrEqualTo(7);
            assertThat(Batches.Summary.of(law, TARGET, Batches.Told.BEGINS, known, 1, 6))
                    .satisfies(later -> assertThat(later.polls() / optimum.polls(later.behindGateway()))
                            .isLessThanOrEqualTo(1.1));
        }
    }

    @Test
    void aShortBudgetGoesWhereTheNewsIsAndLeavesNobodyBehind() {
        Budget.Outcome equal = Budget.run(Budget.Order.EQUAL_SHARES, Duration.ofSeconds(1), 0, 1);
        Budget.Outcome ranked = Budget.run(Budget.Order.CHANCE_TIMES_WAIT, Duration.ofSeconds(1), 0, 1);

        assertThat(ranked.lateness()).isLessThanOrEqualTo(0.7 * equal.lateness());
        assertThat(ranked.polls()).isLessThanOrEqualTo(equal.polls());
        assertThat(ranked.longestGap()).isLessThanOrEqualTo(Budget.LONGEST_GAP);
    }

    /** The yardstick itself: for a constant hazard every optimal schedule is periodic, so a fixed interval attains it. */
    @ParameterizedTest
    @CsvSource({"2", "5", "10"})
    void theOptimumOfAMemorylessLawIsAFixedInterval(double interval) {
        double mean = 40;
        LifeTimes memoryless = new Memoryless(mean);
        // Looks until the end are geometric; the lateness is what the last interval holds more than the life.
        double polls = 1 / (1 - Math.exp(-interval / mean));
        double lateness = polls * interval - mean;

        assertThat(new Optimum(memoryless).polls(lateness)).isCloseTo(polls, within(0.01 * polls));
    }

    /** Of equal lateness, where the published trial of fixed intervals found it. */
    @ParameterizedTest
    @CsvSource({"0.3, 2.06", "0.5, 1.42", "0.8, 1.12"})
    void aFixedIntervalNeedsAsManyTimesTheOptimumAsItAlwaysDid(double sigma, double times) {
        LifeTimes law = LifeTimes.lognormal(60, sigma);
        Score score = Score.of(PollingPolicy.fixed(TARGET), Learning.KIND, law, 20_000, new SplittableRandom(1));

        assertThat(score.polls() / new Optimum(law).polls(score.behindGateway()))
                .isCloseTo(times, within(0.04));
    }

    @ParameterizedTest
    @MethodSource("laws")
    void jobsAreDrawnFromTheLawThatTheOptimumIsComputedOn(LifeTimes law) {
        SplittableRandom dice = new SplittableRandom(3);
        int jobs = 40_000;
        double[] shown = DoubleStream.generate(() -> law.draw(dice).shown())
                .limit(jobs)
                .sorted()
                .toArray();
        for (int part = 1; part < 20; part++) {
            assertThat(law.over(shown[jobs * part / 20])).isCloseTo(part / 20.0, within(0.01));
        }
    }

    private record Memoryless(double mean) implements LifeTimes {

        @Override
        public String name() {
            return "memoryless";
        }

        @Override
        public double over(double age) {
            return age <= 0 ? 0 : -Math.expm1(-age / mean);
        }

        @Override
        public Job draw(SplittableRandom dice) {
            double end = -mean * Math.log(1 - dice.nextDouble());
            return new Job(end, end);
        }

        @Override
        public LifeTimes times(double factor) {
            return new Memoryless(mean * factor);
        }
    }
}
