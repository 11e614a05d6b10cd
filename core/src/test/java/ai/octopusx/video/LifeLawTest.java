package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LifeLawTest {

    private final LifeLaw law = new LifeLaw(60, LifeLaw.lognormal(0, 0.5));

    /** Age, and the normal law at the logarithm of age / 60 s, divided by 0.5. */
    @ParameterizedTest(name = "{0} s -> {1}")
    @CsvSource({"60, 0.5", "98.92, 0.8413", "36.39, 0.1587", "163.1, 0.9772", "22.07, 0.0228", "0, 0", "1e9, 1"})
    void isTheNormalLawOfTheLogarithm(double age, double over) {
        assertThat(law.over(age)).isCloseTo(over, within(1e-3));
    }

    @ParameterizedTest
    @CsvSource({"0.01", "0.2", "0.5", "0.9", "0.999"})
    void theAgeAtWhichAPartIsOverIsTheInverse(double part) {
        assertThat(law.over(law.ageWhen(part))).isCloseTo(part, within(1e-9));
    }

    @ParameterizedTest(name = "at {0} s, within {1} s: {2}")
    @CsvSource({"0, 60, 0.5", "60, 38.92, 0.6827", "60, 0, 0", "0, 1e9, 1", "1e9, 1, 1", "60, -20, 0"})
    void theChanceIsThatOfTheJobsThatAreNotOver(double age, double delay, double chance) {
        assertThat(law.chance(age, delay)).isCloseTo(chance, within(1e-3));
    }

    @Test
    void whatLiesOffTheGridCountsAtItsEnds() {
        assertThat(LifeLaw.position(0, 60)).isZero();
        assertThat(LifeLaw.position(1e-6, 60)).isZero();
        assertThat(LifeLaw.position(60, 60)).isEqualTo(LifeLaw.CELLS / 2.0);
        assertThat(LifeLaw.position(1e9, 60)).isEqualTo(LifeLaw.CELLS);
    }

    @ParameterizedTest
    @CsvSource({"0, 0.05", "-3.99, 0.05", "5, 0.3", "-9, 2", "0, 100"})
    void massesSumToOneWhereverTheLawLies(double mean, double deviation) {
        double[] masses = LifeLaw.lognormal(mean, deviation);
        assertThat(Arrays.stream(masses).sum()).isCloseTo(1, within(1e-9));
        assertThat(DoubleStream.of(masses).boxed())
                .allSatisfy(mass -> assertThat(mass).isNotNegative());
    }
}
