package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HumpsTest {

    @ParameterizedTest
    @CsvSource({"0, 0.3", "-1, 0.1", "0.5, 0.8"})
    void oneHumpHasTheMeanAndTheSpreadOfTheMasses(double mean, double deviation) {
        Humps one = Humps.one(LifeLaw.lognormal(mean, deviation));

        assertThat(one.mean()[0]).isCloseTo(mean, within(0.01));
        assertThat(one.deviation()[0]).isCloseTo(deviation, within(0.01));
    }

    @Test
    void twoHumpsAreFoundInFewSteps() {
        double[] masses = LifeEstimate.mixed(LifeLaw.lognormal(-0.4, 0.2), 0.6, LifeLaw.lognormal(0.8, 0.15), 0.4);
        Humps two = Humps.two(masses);
        for (int step = 0; step < 5; step++) {
            two = two.refitted(masses);
        }
        assertThat(two.part()[0]).isCloseTo(0.6, within(0.01));
        assertThat(two.mean()[0]).isCloseTo(-0.4, within(0.01));
        assertThat(two.mean()[1]).isCloseTo(0.8, within(0.01));
        assertThat(two.deviation()[1]).isCloseTo(0.15, within(0.01));
    }

    /** Steps that halve the way each time arrive, seen from three of them, at the end of the way. */
    @Test
    void threeStepsTellWhereTheyLead() {
        Humps end = Humps.heading(at(0), at(0.5), at(0.75), 16);

        assertThat(end.mean()[0]).isCloseTo(1, within(1e-9));
    }

    @Test
    void butNoFurtherThanAllowed() {
        assertThat(Humps.heading(at(0), at(0.5), at(0.75), 1).mean()[0]).isCloseTo(0.75, within(1e-9));
    }

    private static Humps at(double mean) {
        return new Humps(new double[] {1}, new double[] {mean}, new double[] {0.3});
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 160, LifeLaw.CELLS - 1})
    void aSinglePointMakesNarrowHumpsAndNoNonsense(int cell) {
        double[] point = new double[LifeLaw.CELLS];
        point[cell] = 1;
        for (Humps humps : new Humps[] {Humps.one(point), Humps.two(point)}) {
            Humps refitted = humps.refitted(point);

            assertThat(DoubleStream.of(refitted.masses()).boxed())
                    .allSatisfy(mass -> assertThat(Double.isFinite(mass)).isTrue());
            assertThat(DoubleStream.of(refitted.deviation()).boxed())
                    .allSatisfy(width -> assertThat(width).isCloseTo(0.05, within(1e-6)));
        }
    }
}
