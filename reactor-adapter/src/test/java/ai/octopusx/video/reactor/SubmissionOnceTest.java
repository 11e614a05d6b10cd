package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** One call is one job, however it is subscribed and left; and nobody's job is lost. Counted at the gateway. */
class SubmissionOnceTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Queue<OrphanedTask> orphans = new ConcurrentLinkedQueue<>();
    private final CountDownLatch received = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final AtomicInteger calls = new AtomicInteger();
    private final AtomicReference<Runnable> errand = new AtomicReference<>();
    private final Thread other = new Thread(this::runErrands, "other");

    /** What the gateway does with the n-th form that it has read whole, from 1. */
    private volatile Then then = (n, exchange) -> exchange.answer(200, task(n));

    private RawGateway gateway;
    private VideoClient client;

    private interface Then {
        void answer(int n, RawGateway.Exchange exchange) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        gateway = new RawGateway(exchange -> {
            if (exchange.readHead().startsWith("GET ")) {
                exchange.answer(200, task(1).replace("queued", "completed"));
                return;
            }
            exchange.take();
            then.answer(calls.incrementAndGet(), exchange);
        });
        client = builder().build();
        other.start();
        onOther(() -> {}); // links what an event loop must not be the first to link
    }

    private VideoClientBuilder builder() {
        return VideoClient.builder()
                .apiKey("sk-secret")
                .baseUrl(gateway.url())
                .maxConcurrentSubmissions(1)
                .submitAttempts(3, Duration.ofSeconds(30))
                .submitBackoff(Duration.ofMillis(10))
                .onOrphanedTask(orphans::add);
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        client.close();
        gateway.close();
        other.interrupt();
        assertThat(gateway.troubles()).isEmpty();
    }

    // ---- subscribed more than once

    @Test
    void nothingIsSentBeforeTheFirstSubscription() {
        client.submit(request("never"));

        client.submit(request("one")).block(PATIENCE);

        assertThat(gateway.taken()).hasSize(1);
    }

    @Test
    void repeatingBringsTheSameTask() {
        assertThat(client.submit(request("r")).repeat(4).collectList().block(PATIENCE))
                .hasSize(5)
                .containsOnly(VideoTask.parse(task(1)));
        assertThat(gateway.taken()).hasSize(1);
    }

    @Test
    void retryingAfterAnUnknownOutcomeBringsTheSameVerdictAndSendsNothing() {
        then = (n, exchange) -> exchange.fin();
        Mono<VideoTask> submission = client.submit(request("r"));

        Throwable first = failure(submission.retry(5));

        assertThat(first).isInstanceOf(SubmissionOutcomeUnknownException.class);
        assertThat(failure(submission)).isSameAs(first);
        assertThat(gateway.taken()).hasSize(1);
        assertThat(orphans).isEmpty();
    }

    @Test
    void twoArmsOfAZipAreOneJob() {
        Mono<VideoTask> submission = client.submit(request("r"));

        Mono.zip(submission, submission, submission).block(PATIENCE);

        assertThat(gateway.taken()).hasSize(1);
        assertThat(orphans).isEmpty();
    }

    @Test
    void aSubscriptionAfterATimeoutJoinsTheExchangeInFlightAndThenNothingIsOrphaned() throws Exception {
        then = this::answerWhenAllowed;
        Mono<VideoTask> submission = client.submit(request("r"));
        Sinks.Empty<Void> clock = Sinks.empty();
        Mono<VideoTask> impatient = submission.timeout(clock.asMono()).cache();
        impatient.subscribe(task -> {}, error -> {});
        await(received);

        clock.tryEmitEmpty();
        assertThatThrownBy(() -> impatient.block(PATIENCE)).hasCauseInstanceOf(TimeoutException.class);
        Mono<VideoTask> joined = submission.cache();
        joined.subscribe();
        mayAnswer.countDown();

        assertThat(joined.block(PATIENCE).id()).isEqualTo("video_1");
        assertThat(gateway.taken()).hasSize(1);
        assertThat(orphans).isEmpty();
    }

    @Test
    void aSubmissionThatWasNotSentIsSentByTheNextSubscription() throws Exception {
        gateway.refuse();
        Mono<VideoTask> submission = client.submit(request("r"));

        assertThat(failure(submission).submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
        gateway.listen();

        assertThat(submission.block(PATIENCE).id()).isEqualTo("video_1");
        assertThat(gateway.taken()).hasSize(1);
    }

    @Test
    void aSubmissionThatWasRejectedIsSentByTheNextSubscription() {
        then = (n, exchange) -> {
            if (n == 1) {
                exchange.answer(400, "{\"code\":\"invalid_request\",\"message\":\"no\",\"data\":null}");
            } else {
                exchange.answer(200, task(n));
            }
        };
        Mono<VideoTask> submission = client.submit(request("r"));

        assertThat(failure(submission).submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(submission.retry(1).block(PATIENCE).id()).isEqualTo("video_2");
        assertThat(submission.block(PATIENCE).id()).isEqualTo("video_2");
        assertThat(gateway.taken()).hasSize(2);
    }

    // ---- left

    @Test
    void leavingBeforeAByteHasLeftSendsNothingAndTheCallMayBeMadeAgain() throws Exception {
        then = this::answerWhenAllowed;
        Mono<VideoTask> first = client.submit(request("first")).cache();
        first.subscribe();
        await(received);
        Mono<VideoTask> second = client.submit(request("second"));

        second.subscribe().dispose(); // it was waiting for its place
        mayAnswer.countDown();
        first.block(PATIENCE);
        client.submit(request("third")).block(PATIENCE);

        assertThat(gateway.taken()).hasSize(2);
        assertThat(second.block(PATIENCE).id()).isEqualTo("video_3");
        assertThat(orphans).isEmpty();
    }

    @Test
    void leavingAfterBytesHaveLeftLetsTheExchangeEndAndReportsItsTaskOnce() throws Exception {
        then = this::answerWhenAllowed;
        Mono<VideoTask> submission = client.submit(request("mine"));
        Disposable subscriber = submission.subscribe();
        await(received);

        subscriber.dispose();
        mayAnswer.countDown();
        ended();

        assertThat(orphans).hasSize(1).allSatisfy(orphan -> {
            assertThat(orphan.task()).isEqualTo(VideoTask.parse(task(1)));
            assertThat(orphan.unknown()).isNull();
            assertThat(orphan.reference()).isEqualTo("mine");
            assertThat(orphan.origin()).isEqualTo(gateway.url());
        });
        assertThat(submission.block(PATIENCE).id()).isEqualTo("video_1");
        assertThat(orphans).hasSize(1);
        assertThat(gateway.taken()).hasSize(2); // with the one of ended()
    }

    @Test
    void leavingBeforeAnUnknownOutcomeReportsTheDoubtOnce() throws Exception {
        then = (n, exchange) -> {
            if (n == 1) {
                received.countDown();
                await(mayAnswer);
                exchange.rst();
            }
            exchange.answer(200, task(n));
        };
        Disposable subscriber = client.submit(request("mine")).subscribe();
        await(received);

        subscriber.dispose();
        mayAnswer.countDown();
        ended();

        assertThat(orphans).hasSize(1).allSatisfy(orphan -> {
            assertThat(orphan.task()).isNull();
            assertThat(orphan.unknown().reference()).isEqualTo("mine");
        });
        assertThat(gateway.taken()).hasSize(2);
    }

    /** It would be a job for nobody. */
    @Test
    void aSubmissionThatNobodyWaitsForIsNotRepeated() throws Exception {
        then = (n, exchange) -> {
            if (n == 1) {
                received.countDown();
                await(mayAnswer);
                exchange.answer(429, "");
            } else {
                exchange.answer(200, task(n));
            }
        };
        Disposable subscriber = client.submit(request("left")).subscribe();
        await(received);

        subscriber.dispose();
        mayAnswer.countDown();
        ended();

        assertThat(gateway.taken())
                .as("the one that was refused, and the one after it")
                .hasSize(2);
        assertThat(orphans).isEmpty();
    }

    @Test
    void aTaskThatIsKeptForASubscriberWithoutDemandIsNotLostWhenItLeaves() {
        BaseSubscriber<VideoTask> silent = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                // asks for nothing
            }
        };
        client.submit(request("kept")).subscribe(silent);
        ended();
        assertThat(orphans).isEmpty();

        silent.cancel();

        assertThat(orphans).hasSize(1).allSatisfy(orphan -> assertThat(orphan.reference())
                .isEqualTo("kept"));
    }

    // ---- at the moment of the answer: what Submission promises, one by one

    @Test
    void aSubscriberThatLeavesFromInsideAsTakeDoesHasGotTheTask() {
        client.submit(request("r")).flux().take(1).next().block(PATIENCE);
        ended();

        assertThat(orphans).isEmpty();
    }

    @Test
    void aSubscriberThatLeavesOnAnotherThreadWhileItIsBeingGivenTheTaskHasNotGotIt() {
        Handed handed = new Handed() {
            @Override
            public void onNext(VideoTask task) {
                onOther(subscription.get()::cancel);
            }
        };
        client.submit(request("r")).subscribe(handed);
        ended();

        assertThat(orphans).hasSize(1);
    }

    /** As timeout does: it drops the value and cancels from inside, and its clock cancels too, a moment later. */
    @Test
    void aSubscriberThatLeavesFromInsideAndThenOnAnotherThreadHasNotGotTheTask() {
        Handed handed = new Handed() {
            @Override
            public void onNext(VideoTask task) {
                subscription.get().cancel();
            }
        };
        client.submit(request("r")).subscribe(handed);
        ended();
        assertThat(orphans).isEmpty();

        onOther(handed.subscription.get()::cancel);
        onOther(handed.subscription.get()::cancel);

        assertThat(orphans).hasSize(1);
    }

    @Test
    void aCancellationAfterACompletedDeliveryIsNoNews() {
        Handed handed = new Handed();
        client.submit(request("r")).subscribe(handed);
        ended();

        onOther(handed.subscription.get()::cancel);

        assertThat(handed.completed.get()).isEqualTo(1);
        assertThat(orphans).isEmpty();
    }

    @Test
    void aDoubtThatWasDroppedByAnOperatorWhoseClockHadStruckIsReported() {
        then = (n, exchange) -> {
            if (n == 1) {
                exchange.fin();
            }
            exchange.answer(200, task(n));
        };
        Handed handed = new Handed();
        client.submit(request("r")).subscribe(handed);
        ended();
        assertThat(orphans).isEmpty();

        onOther(handed.subscription.get()::cancel);

        assertThat(orphans).hasSize(1).allSatisfy(orphan -> assertThat(orphan.unknown())
                .isNotNull());
    }

    @Test
    void anotherSubscriberThatHasGotTheTaskMakesItNoOrphan() {
        Mono<VideoTask> submission = client.submit(request("r"));
        Handed handed = new Handed() {
            @Override
            public void onNext(VideoTask task) {
                onOther(subscription.get()::cancel);
            }
        };
        Mono<VideoTask> both = submission.cache();
        submission.subscribe(handed);
        both.subscribe();
        both.block(PATIENCE);
        ended();

        assertThat(orphans).isEmpty();
    }

    /** The clock is set off ever closer to the answer; whoever wins, the task is seen by exactly one. */
    @Test
    @Timeout(115)
    void howeverATimeoutRacesWithTheAnswerTheTaskReachesTheCallerOrTheHandler() throws Exception {
        client.close();
        client = builder().maxConcurrentSubmissions(4).build();
        AtomicReference<Sinks.Empty<Void>> clock = new AtomicReference<>();
        AtomicInteger headStart = new AtomicInteger(100);
        then = (n, exchange) -> {
            Sinks.Empty<Void> struck = clock.get();
            Runnable strike = () -> {
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(headStart.get()));
                struck.tryEmitEmpty();
            };
            errand.set(strike);
            exchange.answer(200, task(n));
        };
        int got = 0;
        for (int round = 1; round <= 400; round++) {
            clock.set(Sinks.empty());
            String id = "video_" + round;
            boolean seen;
            try {
                client.submit(request(id)).timeout(clock.get().asMono()).block(PATIENCE);
                seen = true;
            } catch (RuntimeException e) {
                assertThat(e).hasCauseInstanceOf(TimeoutException.class);
                seen = false;
            }
            got += seen ? 1 : 0;
            headStart.set(Math.max(0, headStart.get() + (seen ? -7 : 11)));
            int unseen = round - got;
            until(() -> orphans.size() == unseen);
        }
        client.closeLater().block(PATIENCE);

        assertThat(gateway.taken()).hasSize(400);
        assertThat(orphans).hasSize(400 - got);
        assertThat(got).as("the caller must win sometimes, and lose sometimes").isBetween(1, 399);
    }

    // ---- passed on by submitAndTrack and generate

    @Test
    void leavingAVideoBeforeItIsFinishedReportsItsTaskForTheIdWasNeverSeen() throws Exception {
        Disposable subscriber = client.generate(request("mine")).subscribe();
        until(() -> !client.watchedTasks().isEmpty());

        subscriber.dispose();

        until(() -> orphans.size() == 1);
        assertThat(orphans).allSatisfy(orphan -> assertThat(orphan.task().id()).isEqualTo("video_1"));
    }

    static Stream<UnaryOperator<Mono<VideoTask>>> waysToLeaveWithTheVideo() {
        return Stream.of(
                video -> video.flux().next(),
                video -> video.flux().take(1).single(),
                video -> Flux.just(1).concatMap(one -> video).take(1).single(),
                video -> Flux.merge(video, Mono.never()).next(),
                video -> video.flatMapMany(got -> Flux.just(got).concatWith(Flux.never()))
                        .next());
    }

    @ParameterizedTest
    @MethodSource("waysToLeaveWithTheVideo")
    void leavingWithAFinishedVideoInHandIsNoNews(UnaryOperator<Mono<VideoTask>> leaving) {
        then = (n, exchange) -> exchange.answer(200, task(1));
        try (VideoClient quick =
                builder().polling(PollingPolicy.fixed(Duration.ofMillis(1))).build()) {
            assertThat(leaving.apply(quick.generate(request("r"))).block(PATIENCE))
                    .returns(true, VideoTask::isCompleted);
        }

        assertThat(orphans).isEmpty();
    }

    @Test
    void leavingAWatchAfterItsFirstElementIsNoNews() {
        assertThat(client.submitAndTrack(request("r")).next().block(PATIENCE).id())
                .isEqualTo("video_1");

        assertThat(orphans).isEmpty();
    }

    @Test
    void leavingAWatchThatCouldNotYetShowItsTaskReportsIt() throws Exception {
        BaseSubscriber<VideoTask> silent = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                // asks for nothing
            }
        };
        client.submitAndTrack(request("r")).subscribe(silent);
        ended();

        silent.cancel();

        until(() -> orphans.size() == 1);
    }

    // ---- helpers

    private void answerWhenAllowed(int n, RawGateway.Exchange exchange) throws IOException {
        received.countDown();
        await(mayAnswer);
        exchange.answer(200, task(n));
    }

    /** There is one place: when the next submission is through, the one before it has given its place back. */
    private void ended() {
        client.submit(request("the next one")).block(PATIENCE);
    }

    /** Done when this returns. By a bare loop without a lock, because it is called on an event loop too, which must not wait for one. */
    private void onOther(Runnable work) {
        CountDownLatch done = new CountDownLatch(1);
        errand.set(() -> {
            work.run();
            done.countDown();
        });
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (done.getCount() > 0) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Nobody ran the errand");
            }
        }
    }

    private void runErrands() {
        while (!Thread.currentThread().isInterrupted()) {
            Runnable work = errand.getAndSet(null);
            if (work != null) {
                work.run();
            } else {
                LockSupport.parkNanos(10_000);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time").isLessThan(end);
            LockSupport.parkNanos(50_000);
        }
    }

    private static OctopusXException failure(Mono<VideoTask> submission) {
        return catchThrowableOfType(OctopusXException.class, () -> submission.block(PATIENCE));
    }

    private static DoubaoVideoRequest request(String reference) {
        return DoubaoVideoRequest.builder().prompt("p").reference(reference).build();
    }

    private static String task(int n) {
        return "{\"id\":\"video_" + n + "\",\"object\":\"video\",\"status\":\"queued\",\"progress\":0}";
    }

    /** A subscriber of the very Mono, without an operator between. */
    private static class Handed implements CoreSubscriber<VideoTask> {

        final AtomicReference<Subscription> subscription = new AtomicReference<>();
        final AtomicInteger completed = new AtomicInteger();

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription.set(subscription);
            subscription.request(1);
        }

        @Override
        public void onNext(VideoTask task) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onComplete() {
            completed.incrementAndGet();
        }
    }
}
