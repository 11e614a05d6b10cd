package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class InspectionPlanTest {

    private static final double FLOOR = 1;
    private static final double CAP = 60;

    private final LifeLaw oneHump = new LifeLaw(60, LifeLaw.lognormal(0, 0.3));
    private final LifeLaw twoHumps = new LifeLaw(
            60,
            LifeEstimate.mixed(LifeLaw.lognormal(Math.log(0.75), 0.15), 6, LifeLaw.lognormal(Math.log(2.5), 0.15), 4));

    @ParameterizedTest
    @ValueSource(doubles = {1.5, 5, 15})
    void walkingThePlanGivesTheLatenessThatWasAskedForAndTheLooksThatItTells(double lateness) {
        for (LifeLaw law : new LifeLaw[] {oneHump, twoHumps}) {
            InspectionPlan plan = InspectionPlan.forMeanLateness(law, lateness, FLOOR, CAP, lateness);
            Walk walk = Walk.of(law, plan);

            // One look more or less in all may make it jump over what is wanted.
            assertThat(plan.meanLateness()).isCloseTo(lateness, within(0.1 * lateness));
            assertThat(walk.lateness()).isCloseTo(plan.meanLateness(), within(0.02 * lateness));
            assertThat(walk.looks()).isCloseTo(plan.looks(), within(0.02 * plan.looks()));
        }
    }

    /** All pairs of ages on a grid of half seconds: slower, and nothing to get wrong. */
    @ParameterizedTest
    @ValueSource(doubles = {2, 5, 12})
    void costsNoMoreThanTheBestOfAllSchedulesOnAGrid(double lateness) {
        for (LifeLaw law : new LifeLaw[] {oneHump, twoHumps}) {
            InspectionPlan plan = InspectionPlan.forMeanLateness(law, lateness, FLOOR, CAP, lateness);
            double best = bestOfAll(law, plan.price());

            assertThat(plan.price() * plan.looks() + plan.meanLateness()).isCloseTo(best, within(0.01 * best));
        }
    }

    private static double bestOfAll(LifeLaw law, double price) {
        double step = 0.5;
        int steps = (int) (law.ageWhen(0.9999) / step);
        double[] area = new double[steps + 1];
        for (int i = 1; i <= steps; i++) {
            area[i] = area[i - 1] + (law.over(i * step) + law.over((i - 1) * step)) / 2 * step;
        }
        double[] cost = new double[steps + 1];
        for (int from = steps - 1; from >= 0; from--) {
            cost[from] = Double.POSITIVE_INFINITY;
            for (int to = from + (int) (FLOOR / step); to <= steps; to++) {
                double late = area[to] - area[from] - law.over(from * step) * (to - from) * step;
                cost[from] = Math.min(cost[from], price * (1 - law.over(from * step)) + late + cost[to]);
            }
            cost[from] = Double.isInfinite(cost[from]) ? 0 : cost[from];
        }
        return cost[0];
    }

    @Test
    void looksLateWhileNothingEndsOftenWhereMostEndAndSeldomBetweenTheHumps() {
        InspectionPlan plan = InspectionPlan.forMeanLateness(twoHumps, 5, FLOOR, CAP, 5);

        assertThat(plan.delay(0)).isBetween(35.0, 50.0);
        assertThat(plan.delay(47)).isLessThan(12);
        assertThat(plan.delay(72)).isGreaterThan(30);
        assertThat(plan.delay(150)).isLessThan(20);
    }

    /** A law without memory: the same delay at every age. */
    @Test
    void aConstantHazardIsLookedAtInEqualSteps() {
        double[] masses = new double[LifeLaw.CELLS];
        for (int cell = 0; cell < masses.length; cell++) {
            double lower = Math.exp(LifeLaw.FIRST_EDGE + cell * LifeLaw.CELL);
            double upper = Math.exp(LifeLaw.FIRST_EDGE + (cell + 1) * LifeLaw.CELL);
            masses[cell] = Math.exp(-lower) - Math.exp(-upper);
        }
        InspectionPlan plan = InspectionPlan.forMeanLateness(new LifeLaw(60, masses), 5, FLOOR, CAP, 5);

        double first = plan.delay(5);
        for (double age = 10; age < 200; age += 10) {
            assertThat(plan.delay(age)).isCloseTo(first, within(0.15 * first));
        }
    }

    @Test
    void theLaterOneLooksTheLaterTheNextLook() {
        InspectionPlan plan = InspectionPlan.forMeanLateness(twoHumps, 5, FLOOR, CAP, 5);
        for (double age = 0; age < 1000; age += 0.5) {
            assertThat(age + 0.5 + plan.delay(age + 0.5)).isGreaterThanOrEqualTo(age + plan.delay(age) - 1e-6);
        }
    }

    @Test
    void pastEverythingKnownTheDelayGrowsWithTheAgeUpToTheCap() {
        InspectionPlan plan = InspectionPlan.forMeanLateness(oneHump, 5, FLOOR, CAP, 5);

        assertThat(plan.delay(300)).isGreaterThan(plan.delay(200)).isLessThan(CAP);
        assertThat(plan.delay(1e5)).isEqualTo(CAP);
        assertThat(plan.delay(1e9)).isEqualTo(CAP);
    }

    @ParameterizedTest
    @CsvSource({"1", "4", "20"})
    void theFloorWinsOverTheLateness(double floor) {
        InspectionPlan plan = InspectionPlan.forMeanLateness(oneHump, 0.2, floor, CAP, 0.2);
        for (double age = 0; age < 500; age += 0.5) {
            assertThat(plan.delay(age)).isGreaterThanOrEqualTo(floor);
        }
        assertThat(plan.delay(60)).isCloseTo(floor, within(0.3));
    }

    @ParameterizedTest
    @CsvSource({"0.001", "5", "1000"})
    void thePriceDoesNotDependOnWhereTheSearchBegan(double nearby) {
        double price = InspectionPlan.forMeanLateness(oneHump, 5, FLOOR, CAP, 5).price();
        assertThat(InspectionPlan.forMeanLateness(oneHump, 5, FLOOR, CAP, nearby)
                        .price())
                .isCloseTo(price, within(0.02 * price));
    }

    /** Point masses: lateness jumps from plateau to plateau as the price grows, and what is wanted lies beside one or between. */
    @Test
    void thePriceIsFoundInBoundedTimeWhereLatenessKnowsOnlyPlateaus() {
        SplittableRandom dice = new SplittableRandom(4);
        int most = 0;
        for (int run = 0; run < 300; run++) {
            double[] masses = new double[LifeLaw.CELLS];
            for (int point = 1 + dice.nextInt(4); point > 0; point--) {
                masses[140 + dice.nextInt(60)] += dice.nextDouble();
            }
            LifeLaw law = new LifeLaw(60, masses);
            double lateness = dice.nextDouble(0.5, 10);
            double jump = InspectionPlan.forMeanLateness(law, lateness, FLOOR, CAP, lateness)
                    .meanLateness();
            for (double wanted : new double[] {lateness, jump * 1.0012, jump / 1.0012, jump * 1.01}) {
                most = Math.max(
                        most,
                        InspectionPlan.forMeanLateness(law, wanted, FLOOR, CAP, wanted)
                                .rounds());
            }
        }
        assertThat(most).isLessThanOrEqualTo(40);
    }

    /** What a plan does to the jobs of a law, by following it. */
    private record Walk(double lateness, double looks) {

        static Walk of(LifeLaw law, InspectionPlan plan) {
            double lateness = 0;
            double looks = 0;
            double age = 0;
            while (law.over(age) < 1 - 1e-4) {
                double next = age + plan.delay(age);
                looks += 1 - law.over(age);
                for (double within = age; within < next; within += 0.01) {
                    lateness += (law.over(within) - law.over(age)) * Math.min(0.01, next - within);
                }
                age = next;
            }
            return new Walk(lateness, looks);
        }
    }
}
