package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.JobKind;
import ai.octopusx.video.PollContext;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * Ten thousand jobs that arrive within ten minutes, of three kinds, and 200 polls a second, which is less than they ask for;
 * on a clock that is turned by hand, with a fixed seed.
 */
@Timeout(115)
class ShortBudgetTest {

    private static final int JOBS = 10_000;
    private static final Duration BETWEEN_ARRIVALS = Duration.ofMinutes(10).dividedBy(JOBS);
    private static final double BUDGET = 200;

    /** Of {@link PollingPolicy#adaptive}, which never asks for more. */
    private static final Duration LONGEST_DELAY = Duration.ofSeconds(60);

    private static final JobKind[] KINDS = {kind("60 s"), kind("120 s"), kind("two humps")};
    private static final VideoTask RUNNING = VideoTask.parse("{\"id\":\"v\",\"status\":\"processing\"}");
    private static final VideoTask OVER = VideoTask.parse("{\"id\":\"v\",\"status\":\"completed\"}");

    /** Always due: the line is served in turn. */
    private static final PollingPolicy EQUAL_SHARES = new PollingPolicy() {
        @Override
        public Duration nextDelay(PollContext context) {
            return Duration.ZERO;
        }

        @Override
        public double chanceOfNews(PollContext context, Duration delay) {
            return 1;
        }
    };

    private static Story equal;
    private static Story adaptive;

    private static JobKind kind(String model) {
        return new JobKind(model, 5, JobKind.Mode.TEXT);
    }

    @BeforeAll
    static void play() {
        equal = new Story(EQUAL_SHARES);
        adaptive = new Story(PollingPolicy.adaptive(Duration.ofSeconds(1)));
    }

    @Test
    void newsAreFoundSoonerThanWithEqualShares() {
        assertThat(adaptive.meanLateness()).isLessThanOrEqualTo(0.7 * equal.meanLateness());
        assertThat(adaptive.polls).isLessThanOrEqualTo(equal.polls);
    }

    @Test
    void noJobIsForgottenOverThat() {
        double longestInLine = (PollLine.ROUNDS + 1) * adaptive.mostWatched / BUDGET;
        assertThat(adaptive.longestGapMillis / 1e3).isLessThanOrEqualTo(LONGEST_DELAY.toSeconds() + longestInLine);
    }

    @Test
    void theBudgetIsKept() {
        assertThat(equal.mostPollsInASecond).isBetween((int) (0.98 * BUDGET), (int) (1.11 * BUDGET));
        assertThat(adaptive.mostPollsInASecond).isLessThanOrEqualTo((int) (1.11 * BUDGET));
    }

    /** From the first job to the end of the last. */
    private static final class Story {

        private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
        private final long[] endMillis = new long[JOBS];
        private final long[] lookedMillis = new long[JOBS];
        private final TaskTracker tracker;
        private long latenessMillis;
        private long longestGapMillis;
        private int polls;
        private int over;
        private int mostWatched;
        private long second;
        private int pollsInSecond;
        private int mostPollsInASecond;

        Story(PollingPolicy policy) {
            this.tracker = new TaskTracker(
                    (tenant, id, last) -> Mono.fromSupplier(() -> Result.success(look(Integer.parseInt(id)))),
                    new Settings(VideoClient.builder().polling(policy).pollsPerSecond(BUDGET)),
                    clock,
                    Runnable::run,
                    new Random(1)::nextDouble);
            Random lives = new Random(2);
            Tenant tenant = new Tenant(ApiKey.fixed("k"), HttpClient.create());
            for (int job = 0; job < JOBS; job++) {
                int kind = Math.max(0, job % 4 - 1);
                lookedMillis[job] = millis();
                endMillis[job] = millis() + (long) (1e3 * life(kind, lives));
                tracker.track(tenant, "" + job, Start.submitted(RUNNING, KINDS[kind], 0), TrackOptions.defaults())
                        .subscribe();
                mostWatched = Math.max(mostWatched, tracker.watched());
                clock.advanceTimeBy(BETWEEN_ARRIVALS);
            }
            clock.advanceTimeBy(Duration.ofMinutes(20));
            tracker.close();
            assertThat(over).isEqualTo(JOBS);
        }

        /** In seconds: half of the jobs are of the first kind. */
        private static double life(int kind, Random dice) {
            return switch (kind) {
                case 0 -> lognormal(60, 0.3, dice);
                case 1 -> lognormal(120, 0.5, dice);
                default -> dice.nextDouble() < 0.6 ? lognormal(45, 0.15, dice) : lognormal(150, 0.15, dice);
            };
        }

        private static double lognormal(double median, double sigma, Random dice) {
            return median * Math.exp(sigma * dice.nextGaussian());
        }

        private VideoTask look(int job) {
            polls++;
            pollsInSecond = second == millis() / 1_000 ? pollsInSecond + 1 : 1;
            second = millis() / 1_000;
            mostPollsInASecond = Math.max(mostPollsInASecond, pollsInSecond);
            longestGapMillis = Math.max(longestGapMillis, millis() - lookedMillis[job]);
            lookedMillis[job] = millis();
            if (millis() < endMillis[job]) {
                return RUNNING;
            }
            over++;
            latenessMillis += millis() - endMillis[job];
            return OVER;
        }

        double meanLateness() {
            return latenessMillis / 1e3 / JOBS;
        }

        private long millis() {
            return clock.now(TimeUnit.MILLISECONDS);
        }
    }
}
