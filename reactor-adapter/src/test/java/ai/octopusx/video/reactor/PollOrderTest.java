package ai.octopusx.video.reactor;

import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.PollContext;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoStatus;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Who is polled when not all can be: on a clock that is turned by hand. */
class PollOrderTest {

    private static final int JOBS = 100;
    private static final int HOT = 10;
    private static final double BUDGET = 2;
    private static final Duration INTERVAL = ofSeconds(5);

    /** News are likely of the jobs that are far along. */
    private static final PollingPolicy POLICY = new PollingPolicy() {
        @Override
        public Duration nextDelay(PollContext context) {
            return INTERVAL;
        }

        @Override
        public double chanceOfNews(PollContext context, Duration delay) {
            return context.last() != null && context.last().progress() >= 50 ? 1 : 0.01;
        }
    };

    private TrackingLab lab;

    @AfterEach
    void close() {
        lab.close();
    }

    private void watchAll(TrackingLab before) {
        lab = before;
        lab.chance = new Random(1)::nextDouble;
        lab.otherwise = id ->
                Mono.just(Result.success(TrackingLab.task(id, VideoStatus.PROCESSING, number(id) < HOT ? 90 : 10)));
        IntStream.range(0, JOBS).forEach(job -> lab.watch("job-" + job));
    }

    private static int number(String id) {
        return Integer.parseInt(id.substring("job-".length()));
    }

    @Test
    void aShortBudgetGoesWhereTheChanceOfNewsIsHighest() {
        watchAll(TrackingLab.patient(POLICY, BUDGET));
        lab.after(ofMinutes(20));

        double hot = meanPolls(0, HOT);
        double cold = meanPolls(HOT, JOBS);
        assertThat(hot).isGreaterThan(4 * cold);
    }

    @Test
    void nobodyIsForgottenOverThat() {
        watchAll(TrackingLab.patient(POLICY, BUDGET));
        lab.after(ofMinutes(20));

        // In the line for ROUNDS rounds of all, one more until its turn has come, and before that its interval.
        double longest = (PollLine.ROUNDS + 1) * JOBS / BUDGET + INTERVAL.toSeconds();
        for (int job = 0; job < JOBS; job++) {
            List<Long> times = lab.pollTimes("job-" + job);
            assertThat(times).hasSizeGreaterThan(3);
            for (int i = 1; i < times.size(); i++) {
                assertThat((times.get(i) - times.get(i - 1)) / 1e3).isLessThanOrEqualTo(longest);
            }
        }
    }

    @Test
    void theBudgetIsUsedAndNeverExceeded() {
        watchAll(TrackingLab.patient(POLICY, BUDGET));
        lab.after(ofMinutes(20));

        assertThat(lab.polls() / 1_200.0).isBetween(0.98 * BUDGET, 1.01 * BUDGET);
        List<Long> times = lab.asked.stream().map(TrackingLab.Asked::atMillis).toList();
        for (int i = 3; i < times.size(); i++) {
            assertThat(times.get(i) - times.get(i - 3))
                    .as("four within less than a second, at two a second and one saved")
                    .isGreaterThanOrEqualTo(999);
        }
    }

    @Test
    void jobsThatBeganTogetherAreNotPolledTogetherForEver() {
        watchAll(TrackingLab.patient(PollingPolicy.fixed(ofSeconds(10))));
        lab.after(ofMinutes(5));

        Map<Long, Long> moments = lab.asked.stream()
                .filter(poll -> poll.atMillis() > 30_000)
                .collect(Collectors.groupingBy(poll -> poll.atMillis() / 100, Collectors.counting()));
        assertThat(moments.values()).allMatch(polls -> polls <= 20);
    }

    private double meanPolls(int from, int to) {
        return IntStream.range(from, to)
                .map(job -> lab.polls("job-" + job))
                .average()
                .orElseThrow();
    }
}
