package ai.octopusx.video.reactor;

import static ai.octopusx.video.VideoStatus.CANCELLED;
import static ai.octopusx.video.VideoStatus.COMPLETED;
import static ai.octopusx.video.VideoStatus.FAILED;
import static ai.octopusx.video.VideoStatus.PROCESSING;
import static ai.octopusx.video.VideoStatus.QUEUED;
import static ai.octopusx.video.reactor.TrackingLab.ABOUT;
import static ai.octopusx.video.reactor.TrackingLab.cannotBeReached;
import static ai.octopusx.video.reactor.TrackingLab.knowsNoTask;
import static ai.octopusx.video.reactor.TrackingLab.neverAnswers;
import static ai.octopusx.video.reactor.TrackingLab.refuses;
import static ai.octopusx.video.reactor.TrackingLab.says;
import static ai.octopusx.video.reactor.TrackingLab.states;
import static ai.octopusx.video.reactor.TrackingLab.task;
import static java.time.Duration.ofHours;
import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.AuthenticationException;
import ai.octopusx.video.GatewayException;
import ai.octopusx.video.JobKind;
import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PermissionDeniedException;
import ai.octopusx.video.PollContext;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.TrackingTimeoutException;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.VideoTaskError;
import ai.octopusx.video.reactor.TrackingLab.Answer;
import ai.octopusx.video.wire.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;

/** What tracking promises, line by line, on a clock that is turned by hand. */
class TaskTrackerTest {

    private static final Duration INTERVAL = ofSeconds(5);

    private TrackingLab lab = new TrackingLab(client -> client.polling(PollingPolicy.fixed(INTERVAL)));

    @AfterEach
    void close() {
        lab.close();
    }

    private void polling(PollingPolicy policy) {
        lab.close();
        lab = new TrackingLab(client -> client.polling(policy));
    }

    // ---- cadence

    @Test
    void theFirstPollGoesOutAtOnceAndTheNextOneByThePolicy() {
        lab.watch("v1");

        assertThat(lab.polls()).isOne();
        for (int polls = 2; polls < 6; polls++) {
            lab.silentUntilAfter(INTERVAL);
            assertThat(lab.polls()).isEqualTo(polls);
        }
    }

    @Test
    void nothingIsPolledBeforeSomeoneSubscribes() {
        lab.tracker.track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults());

        lab.silentFor(ofHours(1));
        assertThat(lab.polls()).isZero();
    }

    @Test
    void theNextDelayIsCountedFromTheAnswerSoThatPollsOfOneJobNeverOverlap() {
        lab.script(
                "v1",
                lab.saysAfter(ofMillis(700), QUEUED, 0),
                lab.saysAfter(ofSeconds(20), QUEUED, 0),
                lab.saysAfter(ofMillis(700), QUEUED, 0));
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.silentUntilAfter(ofMillis(700)); // the answer
        assertThat(states(seen)).containsExactly("QUEUED 0");
        lab.silentUntilAfter(INTERVAL); // the second poll
        assertThat(lab.polls()).isEqualTo(2);
        lab.silentUntilAfter(ofSeconds(20).plus(INTERVAL));
        assertThat(lab.pollTimes("v1")).containsExactly(0L, 5_700L, 30_700L);
        assertThat(lab.tracker.inFlight()).isOne();
    }

    @Test
    void aPolicyLearnsHowManyPollsThereWereAndHowOldTheJobIs() {
        List<PollContext> contexts = new ArrayList<>();
        polling(context -> {
            contexts.add(context);
            return ofSeconds(10);
        });
        lab.dice = 0.25;
        lab.script("v1", says(QUEUED, 0), cannotBeReached(), says(PROCESSING, 30));

        lab.watch("v1");
        lab.after(ofSeconds(11));

        assertThat(contexts).extracting(PollContext::polls).containsExactly(1, 2, 3);
        assertThat(contexts).extracting(PollContext::failuresInARow).containsExactly(0, 1, 0);
        assertThat(contexts)
                .extracting(PollContext::sinceStart)
                .containsExactly(ofSeconds(0), ofSeconds(10), ofMillis(10_938));
        assertThat(contexts).extracting(context -> context.last().progress()).containsExactly(0, 0, 30);
        assertThat(contexts).extracting(PollContext::dice).containsOnly(0.25);
    }

    @Test
    void aPolicyThatWantsNoDelayGetsNoneAndStillNoOverlap() {
        polling(context -> Duration.ZERO);
        for (int progress = 0; progress < 100; progress++) {
            lab.script("v1", says(PROCESSING, progress));
        }
        lab.script("v1", says(COMPLETED, 100));

        TestSubscriber<VideoTask> seen = lab.watch("v1");
        lab.after(Duration.ofNanos(101));

        assertThat(lab.polls()).isEqualTo(101);
        assertThat(seen.getReceivedOnNext()).hasSize(101);
        assertThat(lab.millis()).isZero();
        lab.assertEmpty();
    }

    @Test
    void aNegativeDelayIsNone() {
        polling(context -> ofSeconds(-5));
        lab.script(
                "v1", says(QUEUED, 0), lab.saysAfter(ofSeconds(1), QUEUED, 0), lab.saysAfter(ofSeconds(1), QUEUED, 0));

        lab.watch("v1");
        lab.after(ofMillis(1_500));

        assertThat(lab.pollTimes("v1")).containsExactly(0L, 0L, 1_000L);
    }

    @Test
    void aDelayOfCenturiesIsLeftToTheDeadline() {
        polling(context -> Duration.ofSeconds(Long.MAX_VALUE));
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.silentUntilAfter(ofMinutes(30));
        assertThat(seen.expectTerminalError()).isInstanceOf(TrackingTimeoutException.class);
    }

    @Test
    void withoutDelayAnOutageIsNotHammered() {
        polling(context -> Duration.ZERO);
        lab.otherwise = id -> cannotBeReached().now();

        lab.watch("v1");
        lab.after(ofSeconds(60));

        assertThat(lab.polls()).isLessThan(20);
    }

    // ---- what is shown

    @Test
    void onlyTheFirstStateAndChangesAreShown() {
        VideoTask withLink = task("v1", PROCESSING, 50, "https://cdn.example/preview");
        VideoTask withError = new VideoTask(
                "v1",
                PROCESSING,
                50,
                null,
                null,
                null,
                null,
                null,
                null,
                withLink.videoUrl(),
                null,
                new VideoTaskError("slow", "still trying"),
                "processing",
                Map.of());
        lab.script(
                "v1",
                says(QUEUED, 0),
                says(QUEUED, 0),
                says(PROCESSING, 0),
                says(PROCESSING, 50),
                says(PROCESSING, 50),
                says(withLink),
                says(withLink),
                says(withError),
                says(withError),
                says(PROCESSING, 30),
                says(COMPLETED, 100));

        TestSubscriber<VideoTask> seen = lab.watch("v1");
        lab.after(ofMinutes(2));

        assertThat(states(seen))
                .containsExactly(
                        "QUEUED 0",
                        "PROCESSING 0",
                        "PROCESSING 50",
                        "PROCESSING 50",
                        "PROCESSING 50",
                        "PROCESSING 30",
                        "COMPLETED 100");
        assertThat(seen.getReceivedOnNext().subList(3, 5)).containsExactly(withLink, withError);
        assertThat(lab.polls()).isEqualTo(11);
    }

    @Test
    void whatNobodyWaitsForIsNoNews() {
        VideoTask plain = task("v1", QUEUED, 0);
        VideoTask dated = new VideoTask(
                "v1",
                QUEUED,
                0,
                "model",
                Instant.EPOCH,
                null,
                Instant.EPOCH,
                5,
                "1x1",
                null,
                null,
                null,
                "pending",
                Map.of("quality", "high"));
        lab.script("v1", says(plain), says(dated), says(COMPLETED, 100));

        TestSubscriber<VideoTask> seen = lab.watch("v1");
        lab.after(ofSeconds(10));

        assertThat(states(seen)).containsExactly("QUEUED 0", "COMPLETED 100");
    }

    @Test
    void everyAnsweredPollIsShownToWhomeverAsksForIt() {
        lab.script("v1", says(QUEUED, 0), says(QUEUED, 0), cannotBeReached(), says(QUEUED, 0), says(COMPLETED, 100));

        TestSubscriber<VideoTask> changes = lab.watch("v1");
        TestSubscriber<VideoTask> all = lab.watch("v1", TrackOptions.defaults().emitEveryPoll(true));
        lab.after(ofMinutes(1));

        assertThat(states(all)).containsExactly("QUEUED 0", "QUEUED 0", "QUEUED 0", "COMPLETED 100");
        assertThat(states(changes)).containsExactly("QUEUED 0", "COMPLETED 100");
    }

    @ParameterizedTest
    @EnumSource(
            value = VideoStatus.class,
            names = {"COMPLETED", "FAILED", "CANCELLED"})
    void theTerminalStateIsShownOnceAndThenItIsOver(VideoStatus terminal) {
        lab.script("v1", says(PROCESSING, 10), says(terminal, 100));

        TestSubscriber<VideoTask> seen = lab.watch("v1");
        lab.silentUntilAfter(INTERVAL);

        assertThat(states(seen)).containsExactly("PROCESSING 10", terminal + " 100");
        assertThat(seen.isTerminatedComplete()).isTrue();
        lab.assertEmpty();
        assertThat(seen.getReceivedOnNext()).hasSize(2);
        assertThat(seen.getProtocolErrors()).isEmpty();
    }

    @Test
    void aTerminalStateThatLooksLikeTheLastOneIsShownAllTheSame() {
        VideoTask running = task("v1", PROCESSING, 100, "https://cdn.example/v1");
        lab.script("v1", says(running), says(COMPLETED, 100));
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.after(INTERVAL);

        assertThat(states(seen)).containsExactly("PROCESSING 100", "COMPLETED 100");
    }

    @Test
    void anUnknownWordIsRunning() {
        lab.script("v1", says(VideoStatus.UNKNOWN, 0), says(VideoStatus.UNKNOWN, 0), says(COMPLETED, 100));
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.after(ofSeconds(10));

        assertThat(states(seen)).containsExactly("UNKNOWN 0", "COMPLETED 100");
    }

    // ---- demand

    @Test
    void aSlowSubscriberGetsTheLatestStateAndTheTerminalOne() {
        lab.script("v1", says(QUEUED, 0), says(PROCESSING, 10), says(PROCESSING, 20), says(COMPLETED, 100));
        TestSubscriber<VideoTask> seen = unasked("v1");

        lab.after(ofSeconds(10));
        assertThat(seen.getReceivedOnNext()).isEmpty();
        seen.request(1);
        assertThat(states(seen)).containsExactly("PROCESSING 20");
        lab.after(ofSeconds(5));
        assertThat(lab.polls()).isEqualTo(4);
        assertThat(seen.isTerminated()).isFalse();
        seen.request(1);

        assertThat(states(seen)).containsExactly("PROCESSING 20", "COMPLETED 100");
        assertThat(seen.isTerminatedComplete()).isTrue();
        lab.assertEmpty();
    }

    @Test
    void whoAsksForOneHoursAfterTheEndGetsTheTerminalState() {
        lab.script("v1", says(QUEUED, 0), says(COMPLETED, 100));
        TestSubscriber<VideoTask> seen = unasked("v1");

        lab.after(ofHours(5));
        assertThat(seen.isTerminated()).isFalse();
        seen.request(1);

        assertThat(states(seen)).containsExactly("COMPLETED 100");
        assertThat(seen.isTerminatedComplete()).isTrue();
    }

    @Test
    void theDeadlineDoesNotWaitForDemand() {
        TestSubscriber<VideoTask> seen = unasked("v1");

        lab.after(ofMinutes(30));

        assertThat(seen.expectTerminalError())
                .isInstanceOfSatisfying(TrackingTimeoutException.class, e -> assertThat(e.lastTask())
                        .isEqualTo(task("v1", QUEUED, 0)));
        lab.assertEmpty();
    }

    @Test
    void nobodyIsToldOfLackOfDemand() {
        lab.script("v1", says(QUEUED, 0));
        for (int progress = 1; progress < 100; progress++) {
            lab.script("v1", says(PROCESSING, progress));
        }
        TestSubscriber<VideoTask> seen = unasked("v1");

        lab.after(ofSeconds(5 * 99));

        assertThat(seen.isTerminated()).isFalse();
        seen.request(1);
        assertThat(states(seen)).containsExactly("PROCESSING 99");
    }

    private TestSubscriber<VideoTask> unasked(String id) {
        return lab.watch(lab.tenant, id, Start.ofId(false, 0), TrackOptions.defaults(), 0, Context.empty());
    }

    // ---- passing trouble

    static Stream<Arguments> passingTrouble() {
        return Stream.of(
                Arguments.of("refused connection", cannotBeReached()),
                Arguments.of("reset connection", unanswered(Phase.FULLY_SENT, false)),
                Arguments.of("timeout", unanswered(Phase.FULLY_SENT, true)),
                Arguments.of("truncated", unanswered(Phase.RESPONSE_STARTED, false)),
                Arguments.of("408", refuses(408, "")),
                Arguments.of("409", refuses(409, "")),
                Arguments.of("425", refuses(425, "")),
                Arguments.of("500", refuses(500, "{\"code\":\"get_task_failed\",\"message\":\"db\",\"data\":null}")),
                Arguments.of("502", refuses(502, "<html>Bad gateway</html>")),
                Arguments.of("503", refuses(503, "")),
                Arguments.of("504", refuses(504, "")),
                Arguments.of("unreadable", unreadable()),
                Arguments.of("a 200 that refuses", refuses(200, "{}")),
                Arguments.of("look without an answer", (Answer) Mono::empty),
                Arguments.of("look that fails", (Answer) () -> Mono.error(new IllegalStateException("broken"))),
                Arguments.of("look that throws", (Answer) () -> {
                    throw new IllegalStateException("broken");
                }));
    }

    private static Answer unanswered(Phase phase, boolean timedOut) {
        return () -> Mono.just(Result.unanswered(phase, timedOut, new java.io.IOException("reset"), ABOUT));
    }

    private static Answer unreadable() {
        return () -> Mono.just(
                Result.unreadable(200, false, new MalformedResponseException("broken", null, "", null, "v1"), ABOUT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("passingTrouble")
    void passingTroubleIsWaitedForASecondThenTwoThenFourAndAGoodAnswerForgivesIt(String name, Answer trouble) {
        lab.script(
                "v1", says(QUEUED, 0), trouble, trouble, trouble, says(PROCESSING, 50), trouble, says(COMPLETED, 100));
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.silentUntilAfter(INTERVAL); // the first trouble
        for (int wait : new int[] {1, 2, 4}) {
            lab.silentUntilAfter(ofSeconds(wait));
        }
        assertThat(states(seen)).containsExactly("QUEUED 0", "PROCESSING 50");
        lab.silentUntilAfter(INTERVAL); // trouble again
        lab.silentUntilAfter(ofSeconds(1));

        assertThat(states(seen)).containsExactly("QUEUED 0", "PROCESSING 50", "COMPLETED 100");
        assertThat(seen.isTerminatedComplete()).isTrue();
        lab.assertEmpty();
    }

    @Test
    void theBackoffGrowsTo15Seconds() {
        lab.otherwise = id -> cannotBeReached().now();
        lab.watch("v1");

        for (int wait : new int[] {1, 2, 4, 8, 15, 15, 15}) {
            lab.silentUntilAfter(ofSeconds(wait));
        }
        assertThat(lab.polls()).isEqualTo(8);
    }

    @Test
    void theBackoffGrowsToTheIntervalIfThatIsLonger() {
        polling(PollingPolicy.fixed(ofSeconds(30)));
        lab.otherwise = id -> cannotBeReached().now();
        lab.watch("v1");

        for (int wait : new int[] {1, 2, 4, 8, 16, 30, 30}) {
            lab.silentUntilAfter(ofSeconds(wait));
        }
    }

    @Test
    void theBackoffStartsAtTheIntervalIfThatIsShorter() {
        polling(PollingPolicy.fixed(ofMillis(200)));
        lab.otherwise = id -> cannotBeReached().now();
        lab.watch("v1");

        for (int wait : new int[] {200, 400, 800, 1_600, 3_200, 6_400, 12_800, 15_000, 15_000}) {
            lab.silentUntilAfter(ofMillis(wait));
        }
    }

    @Test
    void chanceTakesAwayUpToAQuarterOfABackoff() {
        lab.otherwise = id -> cannotBeReached().now();
        lab.dice = 0.8;
        lab.watch("v1");

        for (int wait : new int[] {800, 1_600, 3_200, 6_400, 12_000, 12_000}) {
            lab.silentUntilAfter(ofMillis(wait));
        }
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(ints = {429, 503, 500, 408})
    void retryAfterIsHonouredEveryTime(int status) {
        Answer later = refuses(status, "", "Retry-After", "20");
        lab.script("v1", later, later, later, later, later, later, says(COMPLETED, 100));
        lab.watch("v1");

        for (int i = 0; i < 6; i++) {
            lab.silentUntilAfter(ofSeconds(20));
        }
        lab.assertEmpty();
    }

    @Test
    void retryAfterOnlyLengthensTheBackoff() {
        lab.script(
                "v1", refuses(503, "", "Retry-After", "0"), refuses(503, "", "Retry-After", "3"), says(COMPLETED, 100));
        lab.watch("v1");

        lab.silentUntilAfter(ofSeconds(1));
        lab.silentUntilAfter(ofSeconds(3));
        lab.assertEmpty();
    }

    @ParameterizedTest
    @org.junit.jupiter.params.provider.ValueSource(ints = {429, 503})
    void retryAfterIsHonouredUpToAMinute(int status) {
        lab.script("v1", refuses(status, "", "Retry-After", "86400"), says(COMPLETED, 100));
        lab.watch("v1");

        lab.silentUntilAfter(ofSeconds(60));
        lab.assertEmpty();
    }

    @Test
    void retryAfterDoesNotMoveTheDeadline() {
        lab.otherwise = id -> refuses(503, "", "Retry-After", "60").now();
        TestSubscriber<VideoTask> seen = lab.watch("v1", TrackOptions.defaults().deadline(ofSeconds(90)));

        lab.after(ofSeconds(60));
        lab.silentUntilAfter(ofSeconds(30));
        assertThat(seen.expectTerminalError())
                .isInstanceOf(TrackingTimeoutException.class)
                .hasCauseInstanceOf(GatewayException.class);
    }

    @Test
    void byDefaultNoNumberOfFailuresEndsIt() {
        lab.otherwise = id -> cannotBeReached().now();
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.after(ofMinutes(29));
        assertThat(lab.polls()).isGreaterThan(100);
        assertThat(seen.isTerminated()).isFalse();
        lab.otherwise = id -> says(COMPLETED, 100).now();
        lab.after(ofSeconds(15));
        assertThat(states(seen)).containsExactly("COMPLETED 100");
    }

    @Test
    void aLimitOfFailuresInARowEndsItWithTheLastOfThem() {
        lab.script(
                "v1",
                cannotBeReached(),
                cannotBeReached(),
                says(QUEUED, 0),
                cannotBeReached(),
                refuses(502, ""),
                refuses(504, ""));
        TestSubscriber<VideoTask> seen = lab.watch("v1", TrackOptions.defaults().maxFailuresInARow(3));
        TestSubscriber<VideoTask> patient = lab.watch("v1");

        lab.after(ofSeconds(1 + 2)); // two failures, and a good answer
        lab.after(INTERVAL.plusSeconds(1));
        assertThat(seen.isTerminated()).isFalse();
        lab.silentUntilAfter(ofSeconds(2));

        assertThat(seen.expectTerminalError())
                .isInstanceOfSatisfying(
                        GatewayException.class, e -> assertThat(e.statusCode()).isEqualTo(504));
        assertThat(patient.isTerminated()).isFalse();
        lab.silentUntilAfter(ofSeconds(4));
        assertThat(lab.polls()).isEqualTo(7);
    }

    @Test
    void whenTheOnlyOneLosesPatienceAllIsOver() {
        lab.otherwise = id -> cannotBeReached().now();
        TestSubscriber<VideoTask> seen = lab.watch("v1", TrackOptions.defaults().maxFailuresInARow(1));

        assertThat(seen.expectTerminalError())
                .isInstanceOfSatisfying(
                        TransportException.class, e -> assertThat(e.taskId()).isEqualTo("v1"));
        lab.assertEmpty();
    }

    // ---- trouble that does not pass

    static Stream<Arguments> lastingTrouble() {
        String noKey = """
                {"error":{"message":"Invalid token (request id: 2026)","type":"new_api_error","code":""}}""";
        return Stream.of(
                Arguments.of(refuses(401, noKey), AuthenticationException.class),
                Arguments.of(refuses(403, noKey), PermissionDeniedException.class),
                Arguments.of(refuses(400, "{\"code\":\"invalid_channel_id\",\"message\":\"x\"}"), ApiException.class),
                Arguments.of(refuses(501, "{\"code\":\"not_implemented\",\"message\":\"x\"}"), GatewayException.class));
    }

    @ParameterizedTest
    @MethodSource("lastingTrouble")
    void whatNoWaitingWillMendEndsItForAllWithTheIdAndTheLastState(Answer refusal, Class<? extends ApiException> type) {
        lab.script("v1", says(PROCESSING, 40), () -> refusal.now().map(result -> about(result, lab)));
        TestSubscriber<VideoTask> first = lab.watch("v1");
        TestSubscriber<VideoTask> second = lab.watch("v1");

        lab.silentUntilAfter(INTERVAL);

        for (TestSubscriber<VideoTask> seen : List.of(first, second)) {
            assertThat(seen.expectTerminalError()).isInstanceOfSatisfying(type, e -> {
                assertThat(e.taskId()).isEqualTo("v1");
                assertThat(e.lastTask()).isEqualTo(task("v1", PROCESSING, 40));
            });
        }
        lab.assertEmpty();
    }

    /** As the reader of the status does it: the exception knows what the tracker knew when it asked. */
    private static Result about(Result result, TrackingLab lab) {
        VideoTask last = lab.asked.get(lab.asked.size() - 1).last();
        return new Result(null, result.phase(), result.outcome(), verdict -> {
            ApiException made = (ApiException) result.failure(verdict);
            ApiException.Answer answer = new ApiException.Answer(
                    made.statusCode(), made.code(), null, null, "", null, null, "v1", last, null, null);
            return made instanceof AuthenticationException
                    ? new AuthenticationException(made.getMessage(), answer)
                    : made instanceof PermissionDeniedException
                            ? new PermissionDeniedException(made.getMessage(), answer)
                            : made instanceof GatewayException
                                    ? new GatewayException(made.getMessage(), answer)
                                    : new ApiException(made.getMessage(), answer);
        });
    }

    @Test
    void aTaskThatIsUnknownThreeTimesInARowIsUnknown() {
        lab.otherwise = id -> knowsNoTask().now();
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.silentUntilAfter(ofSeconds(1));
        assertThat(seen.isTerminated()).isFalse();
        lab.silentUntilAfter(ofSeconds(2));

        assertThat(seen.expectTerminalError()).isInstanceOf(TaskNotFoundException.class);
        assertThat(lab.polls()).isEqualTo(3);
        lab.assertEmpty();
    }

    @Test
    void aTaskThatIsUnknownNowAndThenIsNot() {
        lab.script(
                "v1",
                knowsNoTask(),
                knowsNoTask(),
                refuses(500, ""),
                knowsNoTask(),
                knowsNoTask(),
                says(QUEUED, 0),
                knowsNoTask(),
                knowsNoTask(),
                says(COMPLETED, 100));
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        lab.after(ofMinutes(2));

        assertThat(states(seen)).containsExactly("QUEUED 0", "COMPLETED 100");
    }

    @Test
    void aTaskOfOurOwnMayBeUnknownForAMinuteAfterItsSubmission() {
        lab.otherwise = id -> knowsNoTask().now();
        TestSubscriber<VideoTask> seen =
                lab.watch(Start.ofId(true, ofSeconds(10).toNanos()));

        for (int wait : new int[] {1, 2, 4, 8, 15, 15}) {
            lab.silentUntilAfter(ofSeconds(wait)); // the last of them is 55 s after the submission
        }
        assertThat(seen.isTerminated()).isFalse();
        lab.silentUntilAfter(ofSeconds(15));

        assertThat(seen.expectTerminalError()).isInstanceOf(TaskNotFoundException.class);
        lab.assertEmpty();
    }

    @Test
    void aTaskOfOurOwnIsUnknownOnlyAfterThreeTimesEvenPastTheGrace() {
        lab.otherwise = id -> knowsNoTask().now();
        TestSubscriber<VideoTask> seen =
                lab.watch(Start.ofId(true, ofSeconds(100).toNanos()));

        lab.after(ofSeconds(1));
        assertThat(seen.isTerminated()).isFalse();
        lab.after(ofSeconds(2));
        assertThat(seen.isTerminatedError()).isTrue();
        assertThat(lab.polls()).isEqualTo(3);
    }

    @Test
    void aTaskOfOthersHasNoGrace() {
        lab.otherwise = id -> knowsNoTask().now();
        TestSubscriber<VideoTask> seen = lab.watch(Start.ofTask(task("v1", QUEUED, 0), false, 0));

        lab.after(ofSeconds(3));

        assertThat(seen.expectTerminalError()).isInstanceOf(TaskNotFoundException.class);
    }

    // ---- timeouts and deadlines

    @Test
    void aPollThatHangsIsCalledOffAndItsPlaceIsFree() {
        lab.close();
        lab = new TrackingLab(client -> client.polling(PollingPolicy.fixed(INTERVAL))
                .statusTimeout(ofSeconds(7))
                .maxConcurrentPolls(1));
        lab.script("v1", neverAnswers(), says(COMPLETED, 100));
        lab.script("v2", says(task("v2", COMPLETED, 100)));

        TestSubscriber<VideoTask> hung = lab.watch("v1");
        TestSubscriber<VideoTask> waiting = lab.watch("v2");
        lab.silentUntilAfter(ofSeconds(7));

        assertThat(lab.cancelled).isOne();
        assertThat(waiting.isTerminatedComplete()).isTrue();
        lab.silentUntilAfter(ofSeconds(1)); // the timeout is passing trouble
        assertThat(states(hung)).containsExactly("COMPLETED 100");
        lab.assertEmpty();
    }

    @Test
    void theDeadlineIsCountedFromTheSubscriptionAndNotFromTheLastPoll() {
        lab.script("v1", says(QUEUED, 0), says(PROCESSING, 7), cannotBeReached());
        lab.otherwise = id -> cannotBeReached().now();
        TestSubscriber<VideoTask> seen = lab.watch("v1", TrackOptions.defaults().deadline(ofMillis(10_500)));

        lab.after(ofSeconds(10));
        lab.silentUntilAfter(ofMillis(500));

        assertThat(seen.expectTerminalError()).isInstanceOfSatisfying(TrackingTimeoutException.class, e -> {
            assertThat(e.lastTask()).isEqualTo(task("v1", PROCESSING, 7));
            assertThat(e.taskId()).isEqualTo("v1");
            assertThat(e).hasCauseInstanceOf(TransportException.class);
        });
        lab.assertEmpty();
    }

    @Test
    void troubleThatHasPassedIsNotBlamedForTheDeadline() {
        lab.script("v1", cannotBeReached());
        TestSubscriber<VideoTask> seen = lab.watch("v1", TrackOptions.defaults().deadline(ofSeconds(60)));

        lab.after(ofSeconds(60));

        assertThat(seen.expectTerminalError())
                .isInstanceOf(TrackingTimeoutException.class)
                .hasNoCause();
    }

    @Test
    void theDeadlineFallsInTheMiddleOfAPollAndCancelsIt() {
        lab.otherwise = id -> Mono.never();
        TestSubscriber<VideoTask> seen = lab.watch("v1", TrackOptions.defaults().deadline(ofSeconds(3)));

        lab.silentUntilAfter(ofSeconds(3));

        assertThat(seen.expectTerminalError())
                .isInstanceOfSatisfying(TrackingTimeoutException.class, e -> assertThat(e.lastTask())
                        .isNull());
        assertThat(lab.cancelled).isOne();
        lab.assertEmpty();
    }

    @Test
    void theDeadlineFallsWhileTheJobWaitsForItsTurn() {
        lab.close();
        lab = new TrackingLab(client -> client.maxConcurrentPolls(1));
        lab.script("v1", neverAnswers());
        lab.watch("v1");
        TestSubscriber<VideoTask> seen = lab.watch("v2", TrackOptions.defaults().deadline(ofSeconds(3)));

        lab.silentUntilAfter(ofSeconds(3));

        assertThat(seen.expectTerminalError()).isInstanceOf(TrackingTimeoutException.class);
        assertThat(lab.tracker.inLine()).isZero();
        lab.after(ofHours(1));
        assertThat(lab.polls("v2")).isZero();
    }

    @Test
    void eachViewerHasADeadlineOfItsOwn() {
        TestSubscriber<VideoTask> hasty =
                lab.watch("v1", TrackOptions.defaults().deadline(ofSeconds(12)));
        TestSubscriber<VideoTask> patient =
                lab.watch("v1", TrackOptions.defaults().deadline(ofSeconds(40)));

        lab.after(ofSeconds(10));
        lab.silentUntilAfter(ofSeconds(2));
        assertThat(hasty.isTerminatedError()).isTrue();
        assertThat(patient.isTerminated()).isFalse();
        lab.silentUntilAfter(ofSeconds(3)); // the poll that was due anyway
        lab.after(ofSeconds(25));
        assertThat(patient.isTerminatedError()).isTrue();
        lab.assertEmpty();
    }

    // ---- context

    @Test
    void eachPollCarriesTheContextOfTheSubscriberWhoHasBeenHereLongest() {
        List<String> carried = new ArrayList<>();
        lab.otherwise = id -> Mono.deferContextual(context -> {
            carried.add(context.getOrDefault("trace", "none"));
            return says(QUEUED, 0).now();
        });
        TestSubscriber<VideoTask> first = inContext("first");
        TestSubscriber<VideoTask> second = inContext("second");
        inContext("third");

        lab.after(INTERVAL);
        first.cancel();
        lab.after(INTERVAL);
        second.cancel();
        lab.after(INTERVAL);

        assertThat(carried).containsExactly("first", "first", "second", "third");
    }

    private TestSubscriber<VideoTask> inContext(String trace) {
        return lab.watch(
                lab.tenant,
                "v1",
                Start.ofId(false, 0),
                TrackOptions.defaults(),
                Long.MAX_VALUE,
                Context.of("trace", trace));
    }

    // ---- sharing

    @Test
    void allWhoWatchOneTaskShareOnePollLoop() {
        lab.script("v1", says(QUEUED, 0), says(PROCESSING, 50), says(COMPLETED, 100));
        List<TestSubscriber<VideoTask>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            all.add(lab.watch("v1"));
        }

        assertThat(lab.tracker.watched()).isOne();
        lab.after(ofSeconds(10));

        assertThat(lab.polls()).isEqualTo(3);
        assertThat(all).allSatisfy(seen -> {
            assertThat(states(seen)).containsExactly("QUEUED 0", "PROCESSING 50", "COMPLETED 100");
            assertThat(seen.isTerminatedComplete()).isTrue();
        });
        lab.assertEmpty();
    }

    @Test
    void aLateSubscriberGetsTheLastStateAtOnce() {
        lab.script("v1", says(PROCESSING, 30));
        lab.otherwise = id -> says(PROCESSING, 30).now();
        lab.watch("v1");
        lab.after(ofSeconds(2));

        TestSubscriber<VideoTask> late = lab.watch("v1");

        assertThat(states(late)).containsExactly("PROCESSING 30");
        assertThat(lab.polls()).isOne();
        lab.silentUntilAfter(ofSeconds(3)); // the poll that was due anyway, without news
        assertThat(late.getReceivedOnNext()).hasSize(1);
    }

    @Test
    void oneWhoComesBeforeTheFirstAnswerGetsItToo() {
        lab.script("v1", lab.saysAfter(ofSeconds(2), QUEUED, 0));
        TestSubscriber<VideoTask> first = lab.watch("v1");
        lab.after(ofSeconds(1));
        TestSubscriber<VideoTask> second = lab.watch("v1");

        lab.silentUntilAfter(ofSeconds(1));

        assertThat(states(first)).containsExactly("QUEUED 0");
        assertThat(states(second)).containsExactly("QUEUED 0");
        assertThat(lab.polls()).isOne();
    }

    @Test
    void aLateSubscriberIsNotShownWhatTheFirstOneBroughtAlong() {
        lab.script("v1", cannotBeReached(), says(QUEUED, 0));
        TestSubscriber<VideoTask> first = lab.watch(Start.ofTask(task("v1", QUEUED, 0), false, 0));
        TestSubscriber<VideoTask> late = lab.watch("v1");
        assertThat(late.getReceivedOnNext()).isEmpty();

        lab.after(ofSeconds(1));

        assertThat(states(first)).containsExactly("QUEUED 0");
        assertThat(states(late)).containsExactly("QUEUED 0");
    }

    @Test
    void afterTheEndASubscriptionBeginsAnew() {
        lab.script("v1", says(COMPLETED, 100), says(COMPLETED, 100));

        assertThat(states(lab.watch("v1"))).containsExactly("COMPLETED 100");
        assertThat(states(lab.watch("v1"))).containsExactly("COMPLETED 100");

        assertThat(lab.polls()).isEqualTo(2);
        lab.assertEmpty();
    }

    @Test
    void oneFluxMayBeSubscribedManyTimes() {
        var flux = lab.tracker.track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults());
        lab.script("v1", says(COMPLETED, 100), says(FAILED, 100));

        assertThat(flux.collectList().block()).extracting(VideoTask::status).containsExactly(COMPLETED);
        assertThat(flux.collectList().block()).extracting(VideoTask::status).containsExactly(FAILED);
    }

    @Test
    void oneTenantNeverSeesTheTaskOfAnother() {
        Tenant other = TrackingLab.tenant("sk-b");
        lab.script("v1", says(PROCESSING, 30), knowsNoTask());
        TestSubscriber<VideoTask> ours = lab.watch("v1");

        TestSubscriber<VideoTask> theirs =
                lab.watch(other, "v1", Start.ofId(false, 0), TrackOptions.defaults(), Long.MAX_VALUE, Context.empty());

        assertThat(states(ours)).containsExactly("PROCESSING 30");
        assertThat(theirs.getReceivedOnNext()).isEmpty();
        assertThat(lab.asked).extracting(TrackingLab.Asked::tenant).containsExactly(lab.tenant, other);
        assertThat(lab.tracker.watchedBy(lab.tenant)).containsExactly("v1");
        assertThat(lab.tracker.watchedBy(other)).containsExactly("v1");
        assertThat(lab.tracker.watchedBy(TrackingLab.tenant("sk-c"))).isEmpty();
        ours.cancel();
        assertThat(lab.tracker.watchedBy(lab.tenant)).isEmpty();
    }

    @Test
    void twoClientsOfOneKeyShareTheLoop() {
        lab.watch("v1");
        lab.watch(
                TrackingLab.tenant("sk-a"),
                "v1",
                Start.ofId(false, 0),
                TrackOptions.defaults(),
                Long.MAX_VALUE,
                Context.empty());

        assertThat(lab.tracker.watched()).isOne();
    }

    @Test
    void theShortestDelayOfAllViewersCounts() {
        lab.watch("v1", TrackOptions.defaults().polling(PollingPolicy.fixed(ofSeconds(60))));
        TestSubscriber<VideoTask> hasty =
                lab.watch("v1", TrackOptions.defaults().polling(PollingPolicy.fixed(ofSeconds(4))));
        lab.watch("v1", TrackOptions.defaults().polling(PollingPolicy.fixed(ofSeconds(40))));

        lab.silentUntilAfter(ofSeconds(4));
        lab.silentUntilAfter(ofSeconds(4));
        assertThat(lab.polls()).isEqualTo(3);
        hasty.cancel();
        lab.silentUntilAfter(ofSeconds(4)); // was planned already
        lab.silentUntilAfter(ofSeconds(40));
        assertThat(lab.polls()).isEqualTo(5);
    }

    @Test
    void oneWhoJoinsInAHurryBringsTheNextPollForward() {
        lab.watch("v1", TrackOptions.defaults().polling(PollingPolicy.fixed(ofSeconds(60))));
        lab.after(ofSeconds(10));
        lab.watch("v1", TrackOptions.defaults().polling(PollingPolicy.fixed(ofSeconds(4))));

        lab.silentUntilAfter(ofSeconds(4));
        assertThat(lab.polls()).isEqualTo(2);
    }

    @Test
    void oneWhoJoinsInNoHurryDelaysNobody() {
        lab.watch("v1");
        lab.after(ofSeconds(1));
        lab.watch("v1", TrackOptions.defaults().polling(PollingPolicy.fixed(ofSeconds(600))));

        lab.silentUntilAfter(ofSeconds(4));
        assertThat(lab.polls()).isEqualTo(2);
    }

    @Test
    void oneWhoJoinsDuringTroubleDoesNotShortenTheBackoff() {
        lab.otherwise = id -> cannotBeReached().now();
        lab.watch("v1");
        lab.after(ofSeconds(1 + 2 + 4));
        assertThat(lab.polls()).isEqualTo(4);

        lab.watch("v1", TrackOptions.defaults().polling(PollingPolicy.fixed(ofMillis(10))));

        lab.silentUntilAfter(ofSeconds(8));
    }

    // ---- leaving

    @Test
    void theLastOneToLeaveStopsEverything() {
        TestSubscriber<VideoTask> first = lab.watch("v1");
        TestSubscriber<VideoTask> second = lab.watch("v1");
        first.cancel();
        lab.silentUntilAfter(INTERVAL);
        assertThat(lab.polls()).isEqualTo(2);

        second.cancel();

        lab.assertEmpty();
        assertThat(first.getReceivedOnNext()).hasSize(1);
    }

    @Test
    void theLastOneToLeaveCancelsTheRequestInFlight() {
        lab.script("v1", neverAnswers());
        TestSubscriber<VideoTask> seen = lab.watch("v1");
        assertThat(lab.tracker.inFlight()).isOne();

        seen.cancel();

        assertThat(lab.cancelled).isOne();
        lab.assertEmpty();
    }

    @Test
    void leavingTwiceTakesNobodyElseAlong() {
        TestSubscriber<VideoTask> first = lab.watch("v1");
        TestSubscriber<VideoTask> second = lab.watch("v1");
        first.cancel();
        first.cancel();

        lab.silentUntilAfter(INTERVAL);
        assertThat(lab.polls()).isEqualTo(2);
        assertThat(second.isTerminatedOrCancelled()).isFalse();
    }

    @Test
    void oneWhoLeavesBeforeHeIsServedIsNeverPolledFor() {
        lab.close();
        lab = new TrackingLab(client -> client.maxConcurrentPolls(1));
        lab.script("v1", lab.saysAfter(ofSeconds(3), COMPLETED, 100));
        lab.watch("v1");
        TestSubscriber<VideoTask> waiting = lab.watch("v2");
        assertThat(lab.tracker.inLine()).isOne();

        waiting.cancel();

        assertThat(lab.tracker.inLine()).isZero();
        lab.after(ofSeconds(3));
        assertThat(lab.polls("v2")).isZero();
        lab.assertEmpty();
    }

    @Test
    void anAnswerThatCrossesTheLastCancellationBringsNobodyBack() {
        // The request cannot be stopped any more: its answer comes although it was cancelled.
        lab.script(
                "v1",
                () -> Mono.from(actual -> actual.onSubscribe(new Subscription() {
                    private boolean told;

                    @Override
                    public void request(long n) {}

                    @Override
                    public void cancel() {
                        if (told) {
                            return;
                        }
                        told = true;
                        actual.onNext(Result.success(task("v1", QUEUED, 0)));
                        actual.onComplete();
                    }
                })));
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        seen.cancel();

        assertThat(seen.getReceivedOnNext()).isEmpty();
        lab.assertEmpty();
    }

    // ---- how it starts

    @Test
    void theSubmittedStateComesFirstAndThePolicyDecidesTheFirstPoll() {
        lab.script("v1", says(QUEUED, 0), says(COMPLETED, 100));
        TestSubscriber<VideoTask> seen = lab.watch(Start.submitted(
                task("v1", QUEUED, 0), JobKind.UNKNOWN, ofMillis(50).toNanos()));

        assertThat(states(seen)).containsExactly("QUEUED 0");
        lab.silentFor(INTERVAL.minusMillis(1));
        assertThat(lab.polls()).isZero();
        lab.after(ofMillis(1));
        assertThat(lab.polls()).isOne();
        assertThat(seen.getReceivedOnNext()).hasSize(1);
        lab.silentUntilAfter(INTERVAL);
        assertThat(states(seen)).containsExactly("QUEUED 0", "COMPLETED 100");
        lab.assertEmpty();
    }

    @Test
    void aSubmissionThatWasOverAtOnceIsNotPolled() {
        TestSubscriber<VideoTask> seen = lab.watch(Start.submitted(task("v1", FAILED, 100), JobKind.UNKNOWN, 0));

        assertThat(states(seen)).containsExactly("FAILED 100");
        assertThat(seen.isTerminatedComplete()).isTrue();
        lab.assertEmpty();
        assertThat(lab.polls()).isZero();
    }

    @Test
    void aSubmittedStateIsNotRepeatedToOneWhoJoinsAPresentWatch() {
        lab.script("v1", lab.saysAfter(ofSeconds(1), QUEUED, 0), says(COMPLETED, 100));
        TestSubscriber<VideoTask> byId = lab.watch("v1");
        TestSubscriber<VideoTask> submitted = lab.watch(Start.submitted(task("v1", QUEUED, 0), JobKind.UNKNOWN, 0));
        assertThat(states(submitted)).containsExactly("QUEUED 0");

        lab.after(ofSeconds(6));

        assertThat(states(submitted)).containsExactly("QUEUED 0", "COMPLETED 100");
        assertThat(states(byId)).containsExactly("QUEUED 0", "COMPLETED 100");
    }

    @Test
    void whoSubscribesAgainToASubmissionSeesItsFirstStateAndThenWhereItStands() {
        Start submitted = Start.submitted(task("v1", QUEUED, 0), JobKind.UNKNOWN, 0);
        lab.script("v1", says(PROCESSING, 50));
        lab.watch(submitted);
        assertThat(states(lab.watch(submitted))).containsExactly("QUEUED 0");
        lab.after(INTERVAL);

        assertThat(states(lab.watch(submitted))).containsExactly("QUEUED 0", "PROCESSING 50");
        assertThat(lab.polls()).isOne();
    }

    @Test
    void aKnownTaskIsPolledAtOnceWithItsAgeAndKindAndItsKnownStateIsNotShown() {
        List<PollContext> contexts = new ArrayList<>();
        polling(context -> {
            contexts.add(context);
            return ofSeconds(10);
        });
        VideoTask known = new VideoTask(
                "v1", QUEUED, 0, "doubao-x", null, null, null, 5, null, null, null, null, "queued", Map.of());
        lab.script("v1", lab.saysAfter(ofSeconds(1), QUEUED, 0));
        TestSubscriber<VideoTask> seen =
                lab.watch(Start.ofTask(known, false, ofSeconds(90).toNanos()));

        assertThat(seen.getReceivedOnNext()).isEmpty();
        assertThat(lab.asked).singleElement().satisfies(poll -> assertThat(poll.last())
                .isSameAs(known));
        lab.silentUntilAfter(ofSeconds(1));

        assertThat(states(seen))
                .as("the first look is shown, also if it is what was known")
                .containsExactly("QUEUED 0");
        assertThat(contexts).singleElement().satisfies(context -> {
            assertThat(context.sinceStart()).isEqualTo(ofSeconds(91));
            assertThat(context.kind()).isEqualTo(new JobKind("doubao-x", 5, JobKind.Mode.UNKNOWN));
            assertThat(context.polls()).isOne();
        });
    }

    @Test
    void ofATaskThatIsKnownToBeOverTheStateIsShownWithoutAPoll() {
        TestSubscriber<VideoTask> seen = lab.watch(Start.ofTask(task("v1", CANCELLED, 0), false, 0));

        assertThat(states(seen)).containsExactly("CANCELLED 0");
        assertThat(seen.isTerminatedComplete()).isTrue();
        assertThat(lab.polls()).isZero();
    }

    @Test
    void ofATaskKnownByItsIdAloneTheFirstLookTellsKindAndAge() {
        List<PollContext> contexts = new ArrayList<>();
        polling(context -> {
            contexts.add(context);
            return ofSeconds(10);
        });
        lab.after(ofSeconds(1_000)); // the clock on the wall shows as much
        VideoTask told = new VideoTask(
                "v1",
                QUEUED,
                0,
                "doubao-x",
                Instant.ofEpochSecond(940),
                null,
                null,
                5,
                null,
                null,
                null,
                null,
                "queued",
                Map.of());
        lab.script("v1", says(told), says(told));
        lab.watch("v1");
        lab.after(ofSeconds(10));

        assertThat(contexts).extracting(PollContext::sinceStart).containsExactly(ofSeconds(60), ofSeconds(70));
        assertThat(contexts)
                .extracting(PollContext::kind)
                .containsOnly(new JobKind("doubao-x", 5, JobKind.Mode.UNKNOWN));
    }

    // ---- a whole fleet

    @Test
    void a429SlowsEveryTaskOfThatKeyAndNoneOfAnother() {
        Tenant other = TrackingLab.tenant("sk-b");
        lab.watch("v1");
        lab.watch("v2");
        lab.watch(other, "v3", Start.ofId(false, 0), TrackOptions.defaults(), Long.MAX_VALUE, Context.empty());
        lab.after(ofSeconds(1));
        lab.script("v4", refuses(429, "", "Retry-After", "20"));
        lab.watch("v4"); // told at 1 s to stay away until 21 s

        lab.after(ofSeconds(4));
        assertThat(lab.pollTimes("v1")).containsExactly(0L);
        assertThat(lab.pollTimes("v2")).containsExactly(0L);
        assertThat(lab.pollTimes("v3")).containsExactly(0L, 5_000L);
        lab.after(ofMillis(15_999));
        assertThat(lab.polls("v1") + lab.polls("v2") + lab.polls("v4")).isEqualTo(3);
        assertThat(lab.pollTimes("v3")).containsExactly(0L, 5_000L, 10_000L, 15_000L, 20_000L);
        lab.after(ofMillis(1)); // 21 s, and the dice show zero
        assertThat(lab.pollTimes("v1")).containsExactly(0L, 21_000L);
        assertThat(lab.pollTimes("v4")).containsExactly(1_000L, 21_000L);
    }

    @Test
    void oneWhoComesDuringThePauseOfItsKeyWaitsToo() {
        lab.script("v1", refuses(429, "", "Retry-After", "10"));
        lab.watch("v1");
        lab.after(ofSeconds(3));

        lab.watch("v2");

        assertThat(lab.polls("v2")).isZero();
        lab.silentUntilAfter(ofSeconds(7));
        assertThat(lab.pollTimes("v2")).containsExactly(10_000L);
    }

    @Test
    void thoseInLineWhenA429ComesWaitToo() {
        lab.close();
        lab = new TrackingLab(client -> client.maxConcurrentPolls(1).polling(PollingPolicy.fixed(INTERVAL)));
        lab.script("v1", () -> Mono.delay(ofSeconds(2), lab.clock)
                .then(refuses(429, "", "Retry-After", "10").now()));
        lab.watch("v1");
        lab.watch("v2");

        lab.after(ofSeconds(2));

        assertThat(lab.polls("v2")).isZero();
        assertThat(lab.tracker.inLine()).isZero();
        lab.silentUntilAfter(ofSeconds(10));
        assertThat(lab.pollTimes("v2")).containsExactly(12_000L);
    }

    @Test
    void afterA429TheFleetAsksMoreRarelyAndRecoversGradually() {
        lab.script("v1", says(QUEUED, 0), refuses(429, ""));
        lab.watch("v1");
        lab.after(ofMinutes(20));

        List<Long> times = lab.pollTimes("v1");
        List<Long> gaps = new ArrayList<>();
        for (int i = 1; i < times.size(); i++) {
            gaps.add(times.get(i) - times.get(i - 1));
        }
        assertThat(gaps.get(0)).isEqualTo(5_000);
        assertThat(gaps.get(1)).as("the pause").isEqualTo(1_000);
        assertThat(gaps.get(2)).as("nearly twice as slow").isBetween(9_500L, 10_000L);
        assertThat(gaps.subList(2, gaps.size()))
                .isSortedAccordingTo((a, b) -> Long.compare(b, a))
                .last()
                .isEqualTo(5_000L);
        assertThat(gaps.get(8)).as("half a minute later half of it is gone").isBetween(5_500L, 8_000L);
    }

    @Test
    void when429sGoOnTheFleetSlowsDownFurtherButNotForEver() {
        lab.otherwise = id -> refuses(429, "").now();
        lab.watch("v1");
        lab.after(ofMinutes(5));
        lab.otherwise = id -> says(QUEUED, 0).now();
        lab.after(ofSeconds(15));
        int polls = lab.polls();

        lab.after(ofSeconds(60));
        assertThat(lab.polls() - polls).isBetween(1, 4);
        lab.after(ofMinutes(10));
        polls = lab.polls();
        lab.after(ofSeconds(60));
        assertThat(lab.polls() - polls).isEqualTo(12);
    }

    @Test
    void aPauseDoesNotEndInABurst() {
        lab.chance = new Random(1)::nextDouble;
        lab.otherwise = id -> Mono.just(Result.success(task(id, QUEUED, 0)));
        for (int i = 0; i < 1_000; i++) {
            lab.watch("w" + i);
            lab.after(ofMillis(5));
        }
        lab.script("v1", refuses(429, "", "Retry-After", "30"));
        lab.watch("v1");
        lab.silentFor(ofSeconds(29));
        int before = lab.polls();
        int most = 0;
        for (int i = 0; i < 200; i++) {
            int count = lab.polls();
            lab.after(ofMillis(100));
            most = Math.max(most, lab.polls() - count);
        }

        assertThat(lab.polls() - before).as("all are polled again").isGreaterThan(1_000);
        assertThat(most).as("polls in 100 ms; 20 are usual").isLessThan(45);
    }

    @Test
    void aTenantIsForgottenOnceItsPaceIsItsOwnAgain() {
        for (int i = 0; i < 100; i++) {
            lab.script("v" + i, refuses(429, ""), says(task("v" + i, COMPLETED, 100)));
            lab.watch(
                    TrackingLab.tenant("sk-" + i),
                    "v" + i,
                    Start.ofId(false, 0),
                    TrackOptions.defaults(),
                    Long.MAX_VALUE,
                    Context.empty());
        }
        assertThat(lab.tracker.slowedKeys()).isEqualTo(100);
        lab.after(ofSeconds(5));
        assertThat(lab.tracker.watched()).isZero();

        lab.after(ofMinutes(10));
        lab.watch("other");

        assertThat(lab.tracker.slowedKeys()).isZero();
    }

    // ---- the end of the client

    @Test
    void closingEndsEveryWatchWithAnErrorThatNamesTheTask() {
        lab.script("v2", neverAnswers());
        TestSubscriber<VideoTask> waiting = lab.watch("v1");
        TestSubscriber<VideoTask> polling = lab.watch("v2");

        lab.tracker.close();

        assertThat(waiting.expectTerminalError())
                .isInstanceOf(OctopusXException.class)
                .hasMessageContaining("v1");
        assertThat(polling.expectTerminalError())
                .isInstanceOfSatisfying(
                        OctopusXException.class, e -> assertThat(e.taskId()).isEqualTo("v2"));
        assertThat(lab.cancelled).isOne();
        lab.assertEmpty();
    }

    @Test
    void aClosedClientWatchesNothing() {
        lab.tracker.close();

        TestSubscriber<VideoTask> seen = lab.watch("v1");

        assertThat(seen.expectTerminalError())
                .isInstanceOf(OctopusXException.class)
                .hasMessageContaining("v1");
        assertThat(lab.polls()).isZero();
        lab.assertEmpty();
    }

    // ---- subscribers that behave badly, or oddly

    @Test
    void aSubscriberThatThrowsLeavesAndHurtsNobodyElse() {
        lab.script("v1", lab.saysAfter(ofSeconds(1), QUEUED, 0), says(PROCESSING, 50), says(COMPLETED, 100));
        Throwing bad = new Throwing();
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(bad);
        TestSubscriber<VideoTask> good = lab.watch("v1");
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(new Throwing());
        TestSubscriber<VideoTask> other = lab.watch("v2");

        lab.after(ofSeconds(11));

        assertThat(states(good)).containsExactly("QUEUED 0", "PROCESSING 50", "COMPLETED 100");
        assertThat(good.isTerminatedComplete()).isTrue();
        assertThat(bad.received).isEqualTo(1);
        assertThat(lab.polls("v2")).isEqualTo(3);
        other.cancel();
        lab.assertEmpty();
    }

    @Test
    void aSubscriberThatThrowsAtTheDeadlineHurtsNobodyElse() {
        lab.tracker
                .track(
                        lab.tenant,
                        "v1",
                        Start.ofId(false, 0),
                        TrackOptions.defaults().deadline(ofSeconds(3)))
                .subscribe(new Throwing());
        TestSubscriber<VideoTask> second =
                lab.watch("v2", TrackOptions.defaults().deadline(ofSeconds(3)));
        TestSubscriber<VideoTask> third = lab.watch("v3");

        lab.after(ofSeconds(3));

        assertThat(second.isTerminatedError()).isTrue();
        lab.after(ofSeconds(2));
        assertThat(lab.polls("v3")).isEqualTo(2);
        third.cancel();
        lab.assertEmpty();
    }

    /** Breaks rule 2.13: throws from every signal. */
    private static final class Throwing implements CoreSubscriber<VideoTask> {

        private int received;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(VideoTask task) {
            received++;
            throw new IllegalStateException("from onNext");
        }

        @Override
        public void onError(Throwable failure) {
            throw new IllegalStateException("from onError");
        }

        @Override
        public void onComplete() {
            throw new IllegalStateException("from onComplete");
        }
    }

    @Test
    void aSubscriberMayCancelInsideOnNext() {
        List<VideoTask> received = new ArrayList<>();
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(new BaseSubscriber<>() {
                    @Override
                    protected void hookOnNext(VideoTask task) {
                        received.add(task);
                        cancel();
                    }
                });

        assertThat(received).hasSize(1);
        lab.assertEmpty();
    }

    @Test
    void aSubscriberThatCancelsInsideTheTerminalOnNextHearsOfNoCompletion() {
        lab.script("v1", says(COMPLETED, 100));
        List<String> heard = new ArrayList<>();
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(new BaseSubscriber<>() {
                    @Override
                    protected void hookOnNext(VideoTask task) {
                        heard.add("next");
                        cancel();
                    }

                    @Override
                    protected void hookOnComplete() {
                        heard.add("complete");
                    }
                });

        assertThat(heard).containsExactly("next");
        lab.assertEmpty();
    }

    @Test
    void aSubscriberMayCancelInsideOnSubscribe() {
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(new BaseSubscriber<>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        cancel();
                    }
                });

        lab.assertEmpty();
        assertThat(lab.polls()).isZero();
    }

    @Test
    void aSubscriberMayAskForMoreInsideOnNext() {
        lab.script("v1", says(QUEUED, 0), says(PROCESSING, 1), says(COMPLETED, 100));
        List<VideoStatus> received = new ArrayList<>();
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(new BaseSubscriber<>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        request(1);
                    }

                    @Override
                    protected void hookOnNext(VideoTask task) {
                        received.add(task.status());
                        request(1);
                    }
                });

        lab.after(ofSeconds(10));
        assertThat(received).containsExactly(QUEUED, PROCESSING, COMPLETED);
    }

    @Test
    void aSubscriberMaySubscribeAgainInsideOnNext() {
        lab.script("v1", says(QUEUED, 0), says(COMPLETED, 100), says(COMPLETED, 100));
        List<TestSubscriber<VideoTask>> inner = new ArrayList<>();
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(task -> inner.add(lab.watch("v1")));

        assertThat(states(inner.get(0))).containsExactly("QUEUED 0");
        lab.after(INTERVAL);

        assertThat(inner).hasSize(2);
        assertThat(states(inner.get(0))).containsExactly("QUEUED 0", "COMPLETED 100");
        assertThat(states(inner.get(1))).containsExactly("COMPLETED 100");
        lab.assertEmpty();
    }

    @Test
    void aPolicyThatThrowsEndsTheWatchWithThatFailure() {
        polling(context -> {
            throw new IllegalStateException("no idea");
        });
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        assertThat(states(seen)).containsExactly("QUEUED 0");
        assertThat(seen.expectTerminalError()).isInstanceOfSatisfying(OctopusXException.class, e -> {
            assertThat(e.taskId()).isEqualTo("v1");
            assertThat(e).hasRootCauseMessage("no idea");
        });
        lab.assertEmpty();
    }

    @Test
    void aPolicyThatThrowsAfterAFailureEndsTheWatchToo() {
        polling(context -> {
            throw new IllegalStateException("no idea");
        });
        lab.script("v1", cannotBeReached());
        TestSubscriber<VideoTask> seen = lab.watch("v1");

        assertThat(seen.expectTerminalError()).hasRootCauseMessage("no idea");
        lab.assertEmpty();
    }

    @Test
    void aPolicyThatThrowsForASubmittedTaskEndsItAfterItsFirstState() {
        polling(context -> {
            throw new IllegalStateException("no idea");
        });
        TestSubscriber<VideoTask> seen = lab.watch(Start.submitted(task("v1", QUEUED, 0), JobKind.UNKNOWN, 0));

        assertThat(states(seen)).containsExactly("QUEUED 0");
        assertThat(seen.expectTerminalError()).hasRootCauseMessage("no idea");
        lab.assertEmpty();
    }

    @Test
    void thePolicyOfOneWhoJoinsMayThrowWithoutHurtingTheOthers() {
        TestSubscriber<VideoTask> first = lab.watch("v1");
        TestSubscriber<VideoTask> bad = lab.watch("v1", TrackOptions.defaults().polling(context -> {
            throw new IllegalStateException("no idea");
        }));

        assertThat(bad.expectTerminalError()).hasRootCauseMessage("no idea");
        lab.after(ofSeconds(10));
        assertThat(first.isTerminated()).isFalse();
        assertThat(lab.polls()).isEqualTo(3);
    }

    @Test
    void aSubscriberWhoseContextThrowsIsTroubleThatPasses() {
        boolean[] broken = {true};
        List<VideoTask> received = new ArrayList<>();
        lab.tracker
                .track(lab.tenant, "v1", Start.ofId(false, 0), TrackOptions.defaults())
                .subscribe(new BaseSubscriber<>() {
                    @Override
                    public Context currentContext() {
                        if (broken[0]) {
                            throw new IllegalStateException("no context");
                        }
                        return Context.empty();
                    }

                    @Override
                    protected void hookOnNext(VideoTask task) {
                        received.add(task);
                    }
                });
        broken[0] = false;

        lab.after(ofSeconds(1));

        assertThat(received).hasSize(1);
        assertThat(lab.tracker.inFlight()).isZero();
    }

    @Test
    void aTimeoutSaysThatItWasOne() {
        lab.otherwise = id -> Mono.never();
        TestSubscriber<VideoTask> seen = lab.watch("v1", TrackOptions.defaults().maxFailuresInARow(1));

        lab.silentUntilAfter(ofSeconds(30));

        assertThat(seen.expectTerminalError())
                .isInstanceOf(TransportException.class)
                .hasRootCauseInstanceOf(TimeoutException.class)
                .hasMessageContaining("it did not come in time");
    }
}
