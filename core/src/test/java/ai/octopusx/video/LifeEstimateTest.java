package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.octopusx.video.LifeEvidence.Lives;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LifeEstimateTest {

    private static final double SCALE = 80;
    private static final double[] BASE = PublishedTimes.scatter();

    private final SplittableRandom dice = new SplittableRandom(11);

    @Test
    void withoutLivesItIsWhatIsKnownFromElsewhere() {
        LifeEstimate.Estimate estimate = LifeEstimate.of(lives(0, () -> 0, 0), SCALE, BASE);

        assertThat(estimate.masses()).isEqualTo(BASE);
        assertThat(estimate.lives()).isZero();
    }

    /** A life that is known exactly, and lives known only between looks every 8 s. */
    @ParameterizedTest(name = "median {0} s, sigma {1}, looks every {2} s")
    @CsvSource({"60, 0.3, 0", "60, 0.3, 8", "60, 0.8, 0", "60, 0.8, 8", "200, 0.5, 8"})
    void aLawIsFoundAgainFromItsLives(double median, double sigma, double looks) {
        LifeLaw law = law(lives(250, () -> median * Math.exp(sigma * gauss()), looks));

        assertThat(law.ageWhen(0.5)).isCloseTo(median, within(0.12 * median));
        assertThat(Math.log(law.ageWhen(0.841) / law.ageWhen(0.159)) / 2).isCloseTo(sigma, within(0.15 * sigma));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 8})
    void twoHumpsStayTwo(double looks) {
        LifeLaw law = law(lives(250, () -> (dice.nextDouble() < 0.6 ? 45 : 150) * Math.exp(0.15 * gauss()), looks));

        assertThat(law.over(75)).isCloseTo(0.6, within(0.1));
        assertThat(law.over(100) - law.over(75)).as("between the humps").isLessThan(0.02);
        assertThat(law.over(35)).isLessThan(0.08);
        assertThat(law.over(210)).isGreaterThan(0.96);
    }

    /** The first look often comes after a good part of the ends: where before it they lie is told by the rest. */
    @Test
    void livesThatEndedBeforeTheFirstLookDoNotBecomeEarlyOnes() {
        int[] from = new int[250];
        int[] to = new int[250];
        for (int i = 0; i < from.length; i++) {
            int life = (int) (60_000 * Math.exp(0.3 * gauss()));
            from[i] = life < 50_000 ? 0 : life / 8_000 * 8_000;
            to[i] = life < 50_000 ? 50_000 : from[i] + 8_000;
        }
        LifeLaw law = law(of(from, to));

        assertThat(law.over(30)).isLessThan(0.04);
        assertThat(law.over(50)).isCloseTo(0.27, within(0.08));
    }

    @Test
    void oldLivesFade() {
        Lives lives = joined(lives(100, () -> 50 + dice.nextDouble(), 0), lives(8, () -> 52 + dice.nextDouble(), 0));

        assertThat(lives.weight(107)).isEqualTo(1);
        assertThat(lives.weight(0)).isBetween(0.6, 0.75);
    }

    @ParameterizedTest(name = "sigma {0}: after {1} new lives")
    @CsvSource({"0.3, 12", "0.5, 40", "0.8, 100"})
    void aDriftToTwiceTheLengthIsNoticed(double sigma, int newer) {
        Lives lives = joined(
                lives(150, () -> 60 * Math.exp(sigma * gauss()), 8),
                lives(newer, () -> 120 * Math.exp(sigma * gauss()), 8));

        int kept = LifeEstimate.of(lives, SCALE, BASE).lives();

        assertThat(kept).isLessThanOrEqualTo(newer);
        assertThat(kept).isGreaterThanOrEqualTo(12);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void chanceIsNotTakenForADrift(long seed) {
        SplittableRandom others = new SplittableRandom(seed);
        for (int run = 0; run < 20; run++) {
            Lives lives = lives(200, () -> 60 * Math.exp(0.5 * gauss(others)), 8);
            assertThat(LifeEstimate.of(lives, SCALE, BASE).lives()).isEqualTo(200);
        }
    }

    /** Milliseconds of the span; each several times, alone and among lives of a minute. */
    @ParameterizedTest(name = "{0} to {1} ms, {2} times")
    @CsvSource({
        "0, 0, 1",
        "0, 0, 256",
        "0, 2147483647, 1",
        "0, 2147483647, 256",
        "2147483647, 2147483647, 256",
        "604800000, 604800000, 40",
        "0, 1, 100",
        "60000, 60000, 256",
        "60000, 60001, 2",
        "5, 604800000, 30"
    })
    void nothingThatMayBeObservedBreaksIt(int notBefore, int notAfter, int times) {
        int[] from = new int[times];
        int[] to = new int[times];
        Arrays.fill(from, notBefore);
        Arrays.fill(to, notAfter);
        Lives strange = of(from, to);
        for (Lives lives : new Lives[] {strange, joined(strange, lives(30, () -> 60, 8))}) {
            double[] masses = LifeEstimate.of(lives, SCALE, BASE).masses();

            assertThat(Arrays.stream(masses).sum()).isCloseTo(1, within(1e-6));
            assertThat(DoubleStream.of(masses).boxed())
                    .allSatisfy(mass -> assertThat(mass).isPositive());
        }
    }

    @Test
    void smoothingKeepsTheMeanAndAddsItsWidth() {
        double[] point = new double[LifeLaw.CELLS];
        point[160] = 1;
        double[] blurred = LifeEstimate.smoothed(point, 0.2);
        double variance = 0;
        for (int cell = 0; cell < blurred.length; cell++) {
            variance += blurred[cell] * Math.pow((cell - 160) * LifeLaw.CELL, 2);
        }
        assertThat(Arrays.stream(blurred).sum()).isCloseTo(1, within(1e-9));
        assertThat(Math.sqrt(variance)).isCloseTo(0.2, within(0.02));
        assertThat(blurred[150]).isCloseTo(blurred[170], within(1e-12));
    }

    private static LifeLaw law(Lives lives) {
        return new LifeLaw(SCALE, LifeEstimate.of(lives, SCALE, BASE).masses());
    }

    /** Lives in seconds, looked at so often; zero if each is known exactly. */
    private static Lives lives(int size, DoubleSupplier seconds, double looks) {
        int[] from = new int[size];
        int[] to = new int[size];
        for (int i = 0; i < size; i++) {
            double life = seconds.getAsDouble();
            from[i] = (int) (1e3 * (looks == 0 ? life : Math.floor(life / looks) * looks));
            to[i] = (int) (1e3 * (looks == 0 ? life : (Math.floor(life / looks) + 1) * looks));
        }
        return of(from, to);
    }

    private static Lives of(int[] from, int[] to) {
        return new Lives(from, to, LongStream.range(0, from.length).toArray(), from.length);
    }

    private static Lives joined(Lives older, Lives newer) {
        int size = older.size() + newer.size();
        int[] from = Arrays.copyOf(older.notBefore(), size);
        int[] to = Arrays.copyOf(older.notAfter(), size);
        System.arraycopy(newer.notBefore(), 0, from, older.size(), newer.size());
        System.arraycopy(newer.notAfter(), 0, to, older.size(), newer.size());
        return of(from, to);
    }

    private double gauss() {
        return gauss(dice);
    }

    private static double gauss(SplittableRandom dice) {
        return Math.sqrt(-2 * Math.log(1 - dice.nextDouble())) * Math.cos(2 * Math.PI * dice.nextDouble());
    }
}
