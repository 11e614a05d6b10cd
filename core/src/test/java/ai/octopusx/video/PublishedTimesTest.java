package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** wire-protocol.md, section 9. */
class PublishedTimesTest {

    @ParameterizedTest(name = "{0}, {1} s, gateway every {2} s -> {3} s")
    @CsvSource({
        "doubao-seedance-1-0-pro_720p, 5, 0, 54",
        "doubao-seedance-1-0-pro_720p, 5, 15, 61.5",
        "doubao-seedance-1-0-pro_720p, , 0, 54",
        "doubao-seedance-1-0-pro_720p, 10, 0, 93",
        "doubao-seedance-1-0-pro_1080p, 5, 0, 54",
        "doubao-seedance-1-0-pro_480p, 5, 0, 45",
        "doubao-seedance-1-5-pro_480p, 5, 0, 75",
        "doubao-seedance-1-5-pro_720p, 5, 0, 106",
        "doubao-seedance-1-5-pro_1080p, 5, 0, 150",
        "another, 5, 0, 75",
        ", , 0, 75",
        ", -7, 0, 27",
        ", 2147483647, 0, 735"
    })
    void theTypicalLife(String model, Integer seconds, double refresh, double life) {
        JobKind kind = new JobKind(model, seconds, JobKind.Mode.TEXT);
        assertThat(PublishedTimes.typicalLife(kind, refresh)).isCloseTo(life, within(0.01));
    }

    @Test
    void nothingIsTakenToBeImpossible() {
        assertThat(DoubleStream.of(PublishedTimes.scatter()).boxed())
                .allSatisfy(mass -> assertThat(mass).isPositive());
        assertThat(Arrays.stream(PublishedTimes.scatter()).sum()).isCloseTo(1, within(1e-9));
    }
}
