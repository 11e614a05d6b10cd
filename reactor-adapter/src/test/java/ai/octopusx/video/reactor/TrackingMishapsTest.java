package ai.octopusx.video.reactor;

import static ai.octopusx.video.reactor.TrackingLab.refuses;
import static ai.octopusx.video.reactor.TrackingLab.says;
import static ai.octopusx.video.reactor.TrackingLab.tenant;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PollContext;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;

/** Whatever goes wrong for one, the others go on. */
class TrackingMishapsTest {

    private TrackingLab lab;

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void aPolicyThatBreaksWhileTheLineIsRankedBreaksNoOther() {
        int[] asked = {0};
        PollingPolicy breaksOnce = new PollingPolicy() {
            @Override
            public Duration nextDelay(PollContext context) {
                return ofSeconds(5);
            }

            @Override
            public double chanceOfNews(PollContext context, Duration delay) {
                if (asked[0]++ == 0) {
                    throw new AssertionError("once");
                }
                return 1;
            }
        };
        lab = TrackingLab.patient(breaksOnce, 2);
        IntStream.range(0, 30).forEach(job -> lab.watch("job-" + job));

        lab.after(ofSeconds(60));

        assertThat(asked[0]).isGreaterThan(1);
        assertThat(lab.polls()).isBetween(118, 122);
        IntStream.range(0, 30)
                .forEach(job -> assertThat(lab.polls("job-" + job)).isGreaterThan(1));
    }

    @Test
    void anErrorOutOfTheTransportIsTroubleOfOnePollAndStopsNoOther() {
        lab = TrackingLab.patient(PollingPolicy.fixed(ofSeconds(5)));
        lab.script("v1", () -> {
            throw new NoClassDefFoundError("once");
        });
        TestSubscriber<VideoTask> unlucky = lab.watch("v1");
        lab.watch("v2");

        lab.after(ofSeconds(20));

        assertThat(unlucky.isTerminatedOrCancelled()).isFalse();
        assertThat(lab.polls("v1")).isEqualTo(5); // at once, a second after the trouble, then every 5 s
        assertThat(lab.polls("v2")).isEqualTo(5);
        assertThat(lab.tracker.inFlight()).isZero();
    }

    @Test
    void aPolicyThatCannotEvenBeLinkedEndsTheWatchInsteadOfForgettingIt() {
        lab = TrackingLab.patient(context -> {
            throw new NoClassDefFoundError("always");
        });

        TestSubscriber<VideoTask> watching = lab.watch("v1");
        lab.after(ofSeconds(1));

        assertThat(watching.expectTerminalError())
                .isInstanceOf(OctopusXException.class)
                .hasMessageContaining("The polling policy failed");
        lab.assertEmpty();
    }

    @Test
    void aSubscriberThatThrowsAnErrorKeepsTheEndFromNoOther() {
        lab = TrackingLab.patient(PollingPolicy.fixed(ofSeconds(5)));
        lab.script("v1", says(VideoStatus.PROCESSING, 10), says(VideoStatus.COMPLETED, 100));
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(new BaseSubscriber<>() {
                    @Override
                    protected void hookOnNext(VideoTask task) {
                        if (task.isTerminal()) {
                            throw new NoClassDefFoundError("in the subscriber");
                        }
                    }
                });
        TestSubscriber<VideoTask> behind = lab.watch("v1");

        lab.after(ofSeconds(5));

        assertThat(TrackingLab.states(behind)).containsExactly("PROCESSING 10", "COMPLETED 100");
        assertThat(behind.isTerminatedComplete()).isTrue();
        lab.assertEmpty();
    }

    @Test
    void aKeyThatPausesAfterA429SpendsNothingOfTheBudget() {
        lab = TrackingLab.patient(PollingPolicy.fixed(ofSeconds(5)), 10);
        Tenant busy = tenant("sk-busy");
        Tenant calm = tenant("sk-calm");
        IntStream.range(0, 300).forEach(job -> watch(busy, "busy-" + job));
        IntStream.range(0, 20).forEach(job -> watch(calm, "calm-" + job));
        lab.after(ofSeconds(60));
        lab.otherwise = id -> id.startsWith("busy")
                ? refuses(429, "", "Retry-After", "30").now()
                : Mono.just(Result.success(TrackingLab.task(id, VideoStatus.QUEUED, 0)));
        lab.after(ofSeconds(2));
        int before = calmPolls();

        lab.after(ofSeconds(25));

        assertThat(calmPolls() - before).as("twenty jobs, every 5 s").isGreaterThanOrEqualTo(90);
    }

    private void watch(Tenant who, String id) {
        lab.watch(who, id, Start.ofId(false, 0), TrackOptions.defaults(), Long.MAX_VALUE, Context.empty());
    }

    private int calmPolls() {
        return (int)
                lab.asked.stream().filter(poll -> poll.id().startsWith("calm")).count();
    }

    @Test
    void whatWasInFlightWhenAPauseBeganDoesNotComeBackInOneMoment() {
        lab = TrackingLab.patient(PollingPolicy.fixed(ofSeconds(10)));
        lab.chance = new Random(1)::nextDouble;
        int[] answers = {0};
        lab.otherwise = id -> Mono.delay(ofMillis(100), lab.clock)
                .flatMap(tick -> answers[0]++ == 0
                        ? refuses(429, "", "Retry-After", "30").now()
                        : refuses(503, "").now());
        IntStream.range(0, 200).forEach(job -> lab.watch("job-" + job));
        lab.after(ofSeconds(1));
        int before = lab.polls();

        lab.after(ofSeconds(60));

        Map<Long, Long> tenths = lab.asked.stream()
                .skip(before)
                .collect(Collectors.groupingBy(poll -> poll.atMillis() / 100, TreeMap::new, Collectors.counting()));
        assertThat(tenths.values()).isNotEmpty().allMatch(polls -> polls <= 30);
    }

    @Test
    void theBare404OfAProxyEndsNoWatch() {
        lab = TrackingLab.patient(PollingPolicy.fixed(ofSeconds(5)));
        for (int i = 0; i < 5; i++) {
            lab.script("v1", refuses(404, "<html>default backend - 404</html>"));
        }
        lab.script("v1", says(VideoStatus.COMPLETED, 100));

        TestSubscriber<VideoTask> watching = lab.watch("v1");
        lab.after(Duration.ofMinutes(2));

        assertThat(TrackingLab.states(watching)).containsExactly("COMPLETED 100");
        assertThat(watching.isTerminatedComplete()).isTrue();
    }
}
