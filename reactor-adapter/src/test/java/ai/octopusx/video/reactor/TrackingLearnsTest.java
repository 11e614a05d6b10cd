package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.AdaptivePolling;
import ai.octopusx.video.JobKind;
import ai.octopusx.video.PollContext;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;
import reactor.test.scheduler.VirtualTimeScheduler;

/** A policy that can learn is told of every job that it watched to its end. */
class TrackingLearnsTest {

    private static final JobKind KIND = new JobKind("doubao-seedance-1-0-pro_480p", 5, JobKind.Mode.TEXT);
    private static final VideoTask QUEUED = VideoTask.parse("{\"id\":\"v\",\"status\":\"queued\",\"progress\":0}");
    private static final VideoTask DONE = VideoTask.parse("{\"id\":\"v\",\"status\":\"completed\",\"progress\":100}");

    @AfterEach
    void realTimeAgain() {
        VirtualTimeScheduler.reset();
    }

    @Test
    void theLifeOfAJobLiesBetweenTheLastLookWithoutItsEndAndTheFirstWithIt() {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        AdaptivePolling learner = PollingPolicy.adaptive(Duration.ofSeconds(5));
        Settings settings = new Settings(VideoClient.builder().apiKey("k").polling(learner));
        long begun = time.now(TimeUnit.MILLISECONDS);
        long[] lastLook = {0, 0};
        TaskTracker tracker = new TaskTracker(
                (tenant, id, last) -> Mono.fromSupplier(() -> {
                    long age = time.now(TimeUnit.MILLISECONDS) - begun;
                    boolean over = age >= 40_000;
                    lastLook[over ? 1 : 0] = age;
                    return Result.success(over ? DONE : QUEUED);
                }),
                settings,
                time,
                Runnable::run,
                () -> 0.5);
        Tenant tenant = new Tenant(ApiKey.fixed("k"), HttpClient.create());

        StepVerifier.withVirtualTime(
                        () -> tracker.track(tenant, "v", Start.submitted(QUEUED, KIND, 0), TrackOptions.defaults()))
                .expectNext(QUEUED)
                .thenAwait(Duration.ofMinutes(10))
                .expectNext(DONE)
                .expectComplete()
                .verify(Duration.ofSeconds(20));

        List<AdaptivePolling.Snapshot.KindLives> learned = learner.snapshot().kinds();
        assertThat(learned).hasSize(1);
        assertThat(learned.get(0).kind()).isEqualTo(KIND);
        assertThat(learned.get(0).lives()).singleElement().satisfies(life -> {
            assertThat(life.notBefore()).isEqualTo(Duration.ofMillis(lastLook[0]));
            assertThat(life.notAfter()).isEqualTo(Duration.ofMillis(lastLook[1]));
        });
        assertThat(learner.nextDelay(new PollContext(1, Duration.ZERO, null, KIND, 0, 0.5)))
                .isPositive();
    }

    /** The looks lie far apart, the dates of the gateway do not; a second for its rounding, and one refresh. */
    @Test
    void whereTheGatewayDatesTheEndTheLifeIsKnownNearly() {
        AdaptivePolling learner = learner();

        watch(learner, Start.submitted(task("queued"), KIND, 0), task("queued"), dated("completed", 1000, 1031));

        assertThat(learner.snapshot().kinds())
                .singleElement()
                .satisfies(kind -> assertThat(kind.lives()).singleElement().satisfies(life -> {
                    assertThat(life.notBefore()).isGreaterThanOrEqualTo(Duration.ofSeconds(30));
                    assertThat(life.notAfter()).isLessThanOrEqualTo(Duration.ofSeconds(47));
                }));
    }

    @Test
    void anEndDatedBeforeTheJobBeganIsNoEnd() {
        AdaptivePolling looks = learner();
        AdaptivePolling dates = learner();

        watch(looks, Start.submitted(task("queued"), KIND, 0), task("queued"), task("completed"));
        watch(dates, Start.submitted(task("queued"), KIND, 0), task("queued"), dated("completed", 1000, 990));

        assertThat(dates.snapshot()).isEqualTo(looks.snapshot());
    }

    @Test
    void aJobWhoseBeginNobodyTellsTeachesNothing() {
        AdaptivePolling learner = learner();

        watch(learner, Start.ofId(false, 0), task("queued"), task("completed"));

        assertThat(learner.snapshot().kinds()).isEmpty();
    }

    /** The first look may come from a gateway that has not filled in the rest. */
    @Test
    void modelAndBeginMayComeWithALaterLook() {
        AdaptivePolling learner = learner();
        VirtualTimeScheduler.getOrSet().advanceTimeBy(Duration.ofSeconds(1000));

        watch(learner, Start.ofId(false, 0), task("queued"), dated("completed", 900, 0));

        assertThat(learner.snapshot().kinds()).singleElement().satisfies(kind -> {
            assertThat(kind.kind().model()).isEqualTo("m");
            assertThat(kind.lives()).singleElement().satisfies(life -> assertThat(life.notAfter())
                    .isGreaterThanOrEqualTo(Duration.ofSeconds(140)));
        });
    }

    /** Its age is known, by the dates; when it ended is not. */
    @Test
    void aJobThatHadEndedWhenItsWatchBeganTeachesNothing() {
        AdaptivePolling learner = learner();

        watch(learner, Start.ofId(false, 0), dated("completed", 1000, 0), dated("completed", 1000, 0));

        assertThat(learner.snapshot().kinds()).isEmpty();
    }

    /** Sixty-four are followed at a time: were one that is left still among them, nobody would learn from those that come later. */
    @Test
    void jobsThatAreLeftMakeRoomForOthers() {
        AdaptivePolling learner = learner();
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        TaskTracker tracker = new TaskTracker(
                (tenant, id, last) -> Mono.just(Result.success(task("queued"))),
                new Settings(VideoClient.builder().apiKey("k").polling(learner)),
                time,
                Runnable::run,
                () -> 0.5);
        Tenant tenant = new Tenant(ApiKey.fixed("k"), HttpClient.create());
        for (int i = 0; i < 100; i++) {
            Disposable watching = tracker.track(
                            tenant, "v" + i, Start.submitted(task("queued"), KIND, 0), TrackOptions.defaults())
                    .subscribe();
            time.advanceTimeBy(Duration.ofSeconds(1));
            watching.dispose();
        }
        watch(learner, Start.submitted(task("queued"), KIND, 0), task("queued"), task("completed"));

        assertThat(learner.snapshot().kinds()).singleElement().satisfies(kind -> assertThat(kind.lives())
                .hasSize(1));
    }

    /** The longest are over last: they must not be all that is left. */
    @Test
    void jobsThatAreSubmittedTogetherAreNoDrift() {
        AdaptivePolling learner = learner();
        for (int i = 0; i < 190; i++) {
            learner.observe(KIND, Duration.ofMillis(30_000 + i * 37 % 190 * 60_000 / 190));
        }
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        long begun = time.now(TimeUnit.MILLISECONDS);
        TaskTracker tracker = new TaskTracker(
                (tenant, id, last) -> Mono.fromSupplier(() -> {
                    boolean over =
                            time.now(TimeUnit.MILLISECONDS) - begun >= 30_000 + Integer.parseInt(id) * 37 % 60 * 1000;
                    return Result.success(over ? task("completed") : task("queued"));
                }),
                new Settings(VideoClient.builder().apiKey("k").polling(learner)),
                time,
                Runnable::run,
                () -> 0.5);
        Tenant tenant = new Tenant(ApiKey.fixed("k"), HttpClient.create());
        for (int i = 0; i < 60; i++) {
            tracker.track(tenant, "" + i, Start.submitted(task("queued"), KIND, 0), TrackOptions.defaults())
                    .subscribe();
        }
        time.advanceTimeBy(Duration.ofMinutes(10));
        learner.nextDelay(new PollContext(1, Duration.ZERO, null, KIND, 0, 0.5));

        assertThat(tracker.watched()).isZero();
        assertThat(learner.snapshot().kinds().get(0).lives()).hasSize(250);
    }

    private static AdaptivePolling learner() {
        return PollingPolicy.adaptive(Duration.ofSeconds(5));
    }

    private static VideoTask task(String status) {
        return VideoTask.parse("{\"id\":\"v\",\"status\":\"" + status + "\"}");
    }

    private static VideoTask dated(String status, long created, long completed) {
        return VideoTask.parse("{\"id\":\"v\",\"status\":\"" + status + "\",\"model\":\"m\",\"created_at\":" + created
                + ",\"completed_at\":" + completed + "}");
    }

    /** To its end, which shows 40 s after the begin of the watch. */
    private static void watch(AdaptivePolling learner, Start start, VideoTask running, VideoTask end) {
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        long begun = time.now(TimeUnit.MILLISECONDS);
        TaskTracker tracker = new TaskTracker(
                (tenant, id, last) -> Mono.fromSupplier(
                        () -> Result.success(time.now(TimeUnit.MILLISECONDS) - begun >= 40_000 ? end : running)),
                new Settings(VideoClient.builder().apiKey("k").polling(learner)),
                time,
                Runnable::run,
                () -> 0.5);
        Tenant tenant = new Tenant(ApiKey.fixed("k"), HttpClient.create());

        StepVerifier.withVirtualTime(() -> tracker.track(tenant, "v", start, TrackOptions.defaults())
                        .last())
                .thenAwait(Duration.ofMinutes(10))
                .expectNext(end)
                .expectComplete()
                .verify(Duration.ofSeconds(20));
    }
}
