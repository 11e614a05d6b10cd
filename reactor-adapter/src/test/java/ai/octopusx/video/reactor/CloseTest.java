package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import java.io.IOException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.resources.LoopResources;

/** How a client ends: what is on its way ends first, what has not left never does, and nobody waits for ever. */
class CloseTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TASK = "{\"id\":\"video_1\",\"status\":\"queued\"}";

    private final CountDownLatch received = new CountDownLatch(1);
    private final CountDownLatch mayAnswer = new CountDownLatch(1);
    private final Queue<OrphanedTask> orphans = new ConcurrentLinkedQueue<>();
    private RawGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            received.countDown();
            await(mayAnswer);
            exchange.answer(200, TASK);
        });
    }

    @AfterEach
    void stop() {
        mayAnswer.countDown();
        gateway.close();
        assertThat(gateway.troubles()).isEmpty();
    }

    private VideoClientBuilder builder() {
        return VideoClient.builder()
                .apiKey("sk-first")
                .baseUrl(gateway.url())
                .maxConcurrentSubmissions(1)
                .onOrphanedTask(orphans::add);
    }

    @Test
    void closingWaitsForASubmissionInFlightAndEndsThoseThatHaveNotLeft() throws Exception {
        VideoClient client = builder().build();
        Mono<VideoTask> inFlight = started(client);
        Mono<VideoTask> waiting = client.submit(request()).cache();
        waiting.subscribe(task -> {}, e -> {});

        Mono<Void> closing = client.closeLater().cache();
        Disposable closed = closing.subscribe();

        assertThat(failure(waiting).submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
        assertThat(closed.isDisposed()).isFalse();
        mayAnswer.countDown();
        closing.block(PATIENCE);
        assertThat(inFlight.block(PATIENCE).id()).isEqualTo("video_1");
        assertThat(gateway.taken()).hasSize(1);
    }

    @Test
    void aClientThatIsClosedSendsNothingAndReadsNothing() {
        VideoClient client = builder().build();
        VideoClient tenant = client.withApiKey("sk-second");
        client.close();

        for (VideoClient each : new VideoClient[] {client, tenant}) {
            OctopusXException failure = failure(each.submit(request()));
            assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
            assertThat(failure).hasMessageContaining("the client is closed");
            assertThat(failure(each.retrieve("video_1"))).hasMessageContaining("the client is closed");
        }
        assertThat(gateway.connections()).isZero();
    }

    @Test
    void aSubmissionThatIsRefusedWhileTheClientClosesIsNotTriedAgain() throws Exception {
        gateway.close();
        gateway = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            received.countDown();
            await(mayAnswer);
            exchange.answer(429, "");
        });
        VideoClient client = builder().submitBackoff(Duration.ofMillis(1)).build();
        Mono<VideoTask> inFlight = started(client);

        Mono<Void> closing = client.closeLater().cache();
        closing.subscribe();
        mayAnswer.countDown();
        closing.block(PATIENCE);

        assertThat(failure(inFlight).submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(gateway.taken()).hasSize(1);
    }

    @Test
    void closingWaitsNoLongerThanItWasToldAndThenTheOutcomeIsUnknown() throws Exception {
        VideoClient client = builder().closeTimeout(Duration.ofMillis(200)).build();
        Mono<VideoTask> inFlight = started(client);

        client.close();

        assertThat(failure(inFlight))
                .isInstanceOf(SubmissionOutcomeUnknownException.class)
                .hasMessageContaining("the client was closed before it came");
        assertThat(orphans).isEmpty();
    }

    @Test
    void closingTellsTheHandlerOfWhatNobodyWaitsForAnyMore() throws Exception {
        VideoClient client = builder().closeTimeout(Duration.ofMillis(200)).build();
        Disposable subscriber = client.submit(request()).subscribe();
        await(received);
        subscriber.dispose();

        client.close();

        assertThat(orphans).hasSize(1).allSatisfy(orphan -> assertThat(orphan.unknown())
                .isNotNull());
    }

    @Test
    void theHostsEventLoopsStayAndWhatWasInFlightOnThemEndsAllTheSame() throws Exception {
        LoopResources loops = LoopResources.create("host", 1, true);
        try {
            VideoClient client = builder()
                    .loopResources(loops)
                    .closeTimeout(Duration.ofMillis(200))
                    .build();
            Mono<VideoTask> inFlight = started(client);

            client.close();

            assertThat(failure(inFlight)).isInstanceOf(SubmissionOutcomeUnknownException.class);
            assertThat(loops.isDisposed()).isFalse();
            mayAnswer.countDown();
            try (VideoClient next = builder().loopResources(loops).build()) {
                assertThat(next.submit(request()).block(PATIENCE).id()).isEqualTo("video_1");
            }
        } finally {
            loops.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(PATIENCE);
        }
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        VideoClient client = builder().build();
        mayAnswer.countDown();
        client.submit(request()).block(PATIENCE);

        client.close();

        assertThatCode(client::close).doesNotThrowAnyException();
        assertThat(client.closeLater().block(PATIENCE)).isNull();
    }

    @Test
    void onAThreadThatMustNotBlockClosingIsOnlyStarted() throws Exception {
        VideoClient client = builder().build();
        Mono<VideoTask> inFlight = started(client);

        Mono.fromRunnable(client::close).subscribeOn(Schedulers.parallel()).block(PATIENCE);

        assertThat(failure(client.submit(request())).submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
        mayAnswer.countDown();
        assertThat(inFlight.block(PATIENCE).id()).isEqualTo("video_1");
        client.closeLater().block(PATIENCE);
    }

    @Test
    void closingATenantClosesNothing() throws Exception {
        mayAnswer.countDown();
        try (VideoClient client = builder().build()) {
            VideoClient tenant = client.withApiKey("sk-second");
            tenant.close();

            client.submit(request()).block(PATIENCE);
            tenant.submit(request()).block(PATIENCE);

            assertThat(gateway.taken()).containsExactly("sk-first", "sk-second");
            assertThat(gateway.connections()).as("shared by the tenants").isEqualTo(1);
        }
    }

    @Test
    void aClosedClientLeavesNoThreadBehind() throws Exception {
        mayAnswer.countDown();
        VideoClient client = builder().build();
        client.submit(request()).block(PATIENCE);
        long before = ownThreads();

        client.close();

        until(() -> ownThreads() < before && ownThreads() == 0);
    }

    private static long ownThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("octopusx-"))
                .filter(thread -> !thread.getName().startsWith("octopusx-journal")) // of journals in other tests
                .count();
    }

    private Mono<VideoTask> started(VideoClient client) {
        Mono<VideoTask> submission = client.submit(request()).cache();
        submission.subscribe(task -> {}, e -> {});
        await(received);
        return submission;
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }

    private static OctopusXException failure(Mono<VideoTask> mono) {
        OctopusXException failure = catchThrowableOfType(OctopusXException.class, () -> mono.block(PATIENCE));
        assertThat(failure).isNotNull();
        return failure;
    }

    private static DoubaoVideoRequest request() {
        return DoubaoVideoRequest.textToVideo("a cat");
    }
}
