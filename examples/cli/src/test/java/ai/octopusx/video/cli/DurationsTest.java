package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.TypeConversionException;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "500ms, PT0.5S",
        "2s, PT2S",
        "5m, PT5M",
        "1h, PT1H",
        "1.5s, PT1.5S",
        "720h, PT720H",
        "0.001ms, PT0.000001S"
    })
    void theyAreReadAsPeopleWriteThem(String text, Duration expected) {
        assertThat(new Durations().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "5 s", "s", "-1s", "+1s", "0s", "0ms", "1d", "1e3s", "721h", "999999999h", "PT5S", "１s"
            })
    void anythingElseIsRefusedInOneSentence(String text) {
        assertThatThrownBy(() -> new Durations().convert(text))
                .isInstanceOf(TypeConversionException.class)
                .hasMessageContaining("allowed is");
    }

    @Test
    void elapsedTimeReadsLikeAClock() {
        assertThat(Durations.clock(Duration.ofSeconds(7))).isEqualTo("0:07");
        assertThat(Durations.clock(Duration.ofSeconds(725))).isEqualTo("12:05");
        assertThat(Durations.clock(Duration.ofSeconds(3723))).isEqualTo("1:02:03");
    }
}
