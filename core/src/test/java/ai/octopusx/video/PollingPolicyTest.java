package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PollingPolicyTest {

    @Test
    void fixedIsTheSameHoweverOftenAndWhateverTheDice() {
        PollingPolicy policy = PollingPolicy.fixed(Duration.ofMillis(2_500));

        assertThat(policy.nextDelay(poll(1, 0))).isEqualTo(Duration.ofMillis(2_500));
        assertThat(policy.nextDelay(poll(1_000_000, 0.999))).isEqualTo(Duration.ofMillis(2_500));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void fixedRefusesAnIntervalThatIsNone(long nanos) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PollingPolicy.fixed(Duration.ofNanos(nanos)))
                .withMessageStartingWith("interval is");
    }

    @ParameterizedTest(name = "poll {0} -> {1} ms")
    @CsvSource({"1, 1000", "2, 1500", "3, 2250", "4, 3375", "5, 5062", "6, 7593", "7, 10000", "8, 10000"})
    void exponentialGrowsByItsFactorUpToItsLongest(int polls, long millis) {
        PollingPolicy policy = PollingPolicy.exponential(Duration.ofSeconds(1), Duration.ofSeconds(10), 1.5, 0);

        assertThat(policy.nextDelay(poll(polls, 0.7)).toMillis()).isEqualTo(millis);
    }

    @ParameterizedTest(name = "jitter {0}, dice {1} -> {2} ms")
    @CsvSource({
        "0,    0.999, 10000",
        "0.2,  0,     10000",
        "0.2,  0.5,   9000",
        "0.5,  0.5,   7500",
        "1,    0,     10000",
        "1,    0.75,  2500",
    })
    void jitterOnlyEverShortens(double jitter, double dice, long millis) {
        PollingPolicy policy = PollingPolicy.exponential(Duration.ofSeconds(10), Duration.ofSeconds(10), 1, jitter);

        assertThat(policy.nextDelay(poll(3, dice)).toMillis()).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(ints = {63, 64, 65, 1_024, 1_000_000, Integer.MAX_VALUE})
    void aHugeNumberOfPollsNeitherWrapsNorPassesTheLongest(int polls) {
        PollingPolicy policy = PollingPolicy.exponential(Duration.ofSeconds(1), Duration.ofMinutes(1), 10, 0);

        assertThat(policy.nextDelay(poll(polls, 0))).isEqualTo(Duration.ofMinutes(1));
    }

    @Test
    void evenTheLongestDurationThereIsDoesNotOverflow() {
        PollingPolicy policy =
                PollingPolicy.exponential(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofSeconds(Long.MAX_VALUE), 2, 0);

        assertThat(policy.nextDelay(poll(9, 0))).isGreaterThan(Duration.ofDays(100 * 365));
    }

    @ParameterizedTest(name = "first {0}, max {1}, factor {2}, jitter {3}: {4}")
    @CsvSource({
        "0,    10, 1.5,      0,    first",
        "-1,   10, 1.5,      0,    first",
        "10,   9,  1.5,      0,    max",
        "1,    10, 0.99,     0,    factor",
        "1,    10, NaN,      0,    factor",
        "1,    10, Infinity, 0,    factor",
        "1,    10, 1.5,      -0.1, jitter",
        "1,    10, 1.5,      1.1,  jitter",
        "1,    10, 1.5,      NaN,  jitter",
    })
    void exponentialNamesTheArgumentThatBreaksItsBound(
            long first, long max, double factor, double jitter, String named) {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        PollingPolicy.exponential(Duration.ofSeconds(first), Duration.ofSeconds(max), factor, jitter))
                .withMessageStartingWith(named + " is");
    }

    @Test
    void unlessAPolicyKnowsBetterAllJobsAreAlike() {
        assertThat(PollingPolicy.fixed(Duration.ofSeconds(1)).chanceOfNews(poll(1, 0), Duration.ZERO))
                .isEqualTo(PollingPolicy.fixed(Duration.ofHours(1)).chanceOfNews(poll(9, 0.9), Duration.ofHours(1)));
    }

    private static PollContext poll(int polls, double dice) {
        return new PollContext(polls, Duration.ofSeconds(polls), null, JobKind.UNKNOWN, 0, dice);
    }
}
