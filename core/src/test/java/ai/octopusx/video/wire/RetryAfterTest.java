package ai.octopusx.video.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryAfterTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @ParameterizedTest(name = "\"{0}\" is {1} s")
    @CsvSource({
        "0,           0",
        "1,           1",
        "120,         120",
        "' 7 ',       7",
        "007,         7",
        "000000000000000007, 7",
        "999999999,   999999999",
        "1.5,         1",
        "2.,          2",
        "-1,          0",
        "-99999999999999999999, 0",
    })
    void secondsAreReadAndNegativeOnesAreZero(String header, long seconds) {
        assertThat(RetryAfter.read(header, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"1000000000", "9223372036854775807", "9223372036854775808", "99999999999999999999999999999"})
    void moreThanAnyoneWaitsIsCutToWhatNoDateOverflowsBy(String header) {
        Duration read = RetryAfter.read(header, NOW);

        assertThat(read).isEqualTo(Duration.ofSeconds(Integer.MAX_VALUE));
        assertThat(NOW.plus(read)).isAfter(NOW);
    }

    @ParameterizedTest(name = "{0} is {1} s")
    @CsvSource({
        // the preferred form, that of RFC 850, that of asctime
        "'Fri, 02 Jan 2026 03:04:35 GMT',     30",
        "'Friday, 02-Jan-26 03:04:35 GMT',    30",
        "'Fri Jan  2 03:04:35 2026',          30",
        // what servers make of them
        "'fri, 02 jan 2026 03:04:35 gmt',     30",
        "'Fri, 2 Jan 2026 03:04:35 GMT',      30",
        "'Mon, 02 Jan 2026 03:04:35 GMT',     30",
        "'Fri Jan 12 03:04:05 2026',          864000",
        "'  Fri, 02 Jan 2026 03:04:35 GMT  ', 30",
        // the past, and this very moment
        "'Fri, 02 Jan 2026 03:04:05 GMT',     0",
        "'Fri, 02 Jan 2026 03:04:04 GMT',     0",
        "'Sunday, 06-Nov-94 08:49:37 GMT',    0",
        "'Sun Nov  6 08:49:37 1994',          0",
        // two digits of a year are never more than 50 years ahead
        "'Wednesday, 02-Jan-80 03:04:05 GMT', 0",
    })
    void datesAreReadInAllThreeFormsAndPastOnesAreZero(String header, long seconds) {
        assertThat(RetryAfter.read(header, NOW)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void aYearOfTwoDigitsWithinTheNextFiftyIsAhead() {
        assertThat(RetryAfter.read("Friday, 02-Jan-76 03:04:05 GMT", NOW)).isGreaterThan(Duration.ofDays(49 * 365));
    }

    @Test
    void aDateBeyondAllReasonIsCut() {
        assertThat(RetryAfter.read("Fri, 02 Jan 9999 03:04:35 GMT", NOW))
                .isEqualTo(Duration.ofSeconds(Integer.MAX_VALUE));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "soon",
                "1s",
                "1 2",
                "+5",
                "0x10",
                "1e3",
                "--1",
                "-",
                "NaN",
                "١٢",
                "Fri, 32 Jan 2026 03:04:35 GMT",
                "Fri, 02 Foo 2026 03:04:35 GMT",
                "Fri, 02 Jan 2026 25:04:35 GMT",
                "Fri, 02 Jan 2026 03:04:35",
                "Fri, 02 Jan 2026 03:04:35 GMT and more",
                "2026-01-02T03:04:35Z",
                "Fri,",
            })
    void garbageIsNoHeader(String header) {
        assertThat(RetryAfter.read(header, NOW)).isNull();
    }

    @Test
    void noHeaderIsNoHeader() {
        assertThat(RetryAfter.read(null, NOW)).isNull();
    }
}
