package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.TrackingTimeoutException;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * What our own client makes of jobs whose end cannot be seen. Two clocks are driven, the gateway's and the client's, so that
 * minutes of patience cost nothing; only the wire takes its time.
 */
@Isolated("the client's clock is everybody's")
class OctopusXClientClockTest {

    private static final Duration LIFE = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(60);
    private static final Duration DEADLINE = Duration.ofDays(1);

    private final VirtualTimeScheduler clock = VirtualTimeScheduler.getOrSet();
    private final OctopusXSimulator simulator = OctopusXSimulator.start(
            SimulatorConfig.builder().manualClock().life(LIFE).build());
    private final SimulatorLedger ledger = simulator.ledger();
    private final VideoClient client = VideoClient.builder()
            .apiKey(simulator.apiKey())
            .baseUrl(simulator.baseUrl().toString())
            .polling(PollingPolicy.fixed(Duration.ofSeconds(1)))
            .trackingDeadline(DEADLINE)
            // An exchange takes real time, of which this clock knows nothing.
            .submitTimeout(Duration.ofDays(30))
            .statusTimeout(Duration.ofDays(30))
            .build();
    private final List<VideoTask> states = new CopyOnWriteArrayList<>();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @AfterEach
    void close() {
        client.close();
        simulator.close();
        VirtualTimeScheduler.reset();
    }

    /** The id of a job that is watched from now on, and is over at the gateway. */
    private String watched(String outcome) {
        simulator.inject("outcome:" + outcome);
        client.submitAndTrack(DoubaoVideoRequest.textToVideo("x")).subscribe(states::add, failure::set);
        Eventually.until(() -> !states.isEmpty());
        simulator.advance(LIFE);
        return ledger.accepted().get(0).id();
    }

    /** Lets the client's second pass, again and again; each may bring an answer. */
    private void passSecondsUntil(java.util.function.BooleanSupplier condition) {
        Eventually.until(() -> {
            clock.advanceTimeBy(Duration.ofSeconds(1));
            return condition.getAsBoolean();
        });
    }

    @Test
    void aLostTaskIsNotFoundOnceItIsNoLongerYoung() {
        long start = clock.now(TimeUnit.NANOSECONDS);
        String id = watched("lost");

        passSecondsUntil(() -> failure.get() != null);

        assertThat(Duration.ofNanos(clock.now(TimeUnit.NANOSECONDS) - start)).isGreaterThanOrEqualTo(GRACE);
        assertThat(failure.get())
                .isInstanceOfSatisfying(TaskNotFoundException.class, notFound -> assertThat(notFound.taskId())
                        .isEqualTo(id));
        assertThat(states).extracting(VideoTask::id).containsExactly(id);
        assertThat(ledger.charges()).as("it was paid").hasSize(1);
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(1);
    }

    @Test
    void aJobWithoutEndIsLeftAtTheDeadlineWithItsLastState() {
        String id = watched("never-ending");
        passSecondsUntil(() -> states.size() > 1);
        assertThat(failure).hasValue(null);

        clock.advanceTimeBy(DEADLINE);

        assertThat(failure.get()).isInstanceOfSatisfying(TrackingTimeoutException.class, timeout -> {
            assertThat(timeout.taskId()).isEqualTo(id);
            assertThat(timeout.lastTask())
                    .returns(id, VideoTask::id)
                    .returns(VideoStatus.PROCESSING, VideoTask::status)
                    .returns(50, VideoTask::progress);
        });
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(1);
    }

    @Test
    void aGatewayThatHasNothingToSayIsAskedUntilTheDeadline() {
        String id = watched("nothing-to-say");
        passSecondsUntil(() -> ledger.polls(id) > 5);
        assertThat(failure).hasValue(null);

        clock.advanceTimeBy(DEADLINE);

        assertThat(failure.get()).isInstanceOfSatisfying(TrackingTimeoutException.class, timeout -> {
            assertThat(timeout.taskId()).isEqualTo(id);
            assertThat(timeout.lastTask()).isNotNull().returns(id, VideoTask::id);
        });
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(1);
    }
}
