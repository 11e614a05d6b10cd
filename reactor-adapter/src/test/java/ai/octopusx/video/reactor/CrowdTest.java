package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Very many at once: all go through, in their order, and no place is ever lost. */
@Timeout(115)
class CrowdTest {

    private static final int CROWD = 10_000;
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private final AtomicInteger inFlight = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    private void serve(RawGateway.Exchange exchange) throws IOException {
        exchange.readHead();
        most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
        try {
            exchange.take();
        } finally {
            inFlight.decrementAndGet();
        }
        exchange.answer(200, "{\"id\":\"video_" + exchange.key() + "\",\"status\":\"queued\"}");
    }

    @Test
    void tenThousandThroughFlatMapAllGoThroughUnderTheLimit() throws Exception {
        try (RawGateway gateway = new RawGateway(this::serve);
                VideoClient client = client(gateway).build()) {
            List<String> ids = Flux.range(0, CROWD)
                    .flatMap(n -> submit(client, n), CROWD)
                    .map(VideoTask::id)
                    .collectList()
                    .block(PATIENCE);

            assertThat(ids).hasSize(CROWD).doesNotHaveDuplicates();
            assertThat(gateway.taken()).hasSize(CROWD).doesNotHaveDuplicates();
            assertThat(most.get()).isBetween(2, 16);
            assertThat(gateway.connections()).isLessThanOrEqualTo(16);
        }
    }

    @Test
    void tenThousandSubscribedByHandAllGoThroughAboutInTheirOrder() throws Exception {
        List<String> taken = takenByHand(CROWD, 16);

        assertThat(taken).hasSize(CROWD).doesNotHaveDuplicates();
        for (int i = 0; i < CROWD; i++) {
            int n = Integer.parseInt(taken.get(i).substring(1));
            assertThat(n)
                    .as("the turn of one that came in as number %d of all", i)
                    .isBetween(
                            i - CROWD / 5, i + CROWD / 5); // a thread of the gateway may have to wait for a processor
        }
    }

    @Test
    void withOnePlaceTheyGoThroughExactlyInTheirOrder() throws Exception {
        assertThat(takenByHand(500, 1))
                .isEqualTo(IntStream.range(0, 500).mapToObj(n -> "k" + n).toList());
    }

    private List<String> takenByHand(int crowd, int places) throws Exception {
        try (RawGateway gateway = new RawGateway(this::serve);
                VideoClient client =
                        client(gateway).maxConcurrentSubmissions(places).build()) {
            CountDownLatch done = new CountDownLatch(crowd);
            Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
            for (int n = 0; n < crowd; n++) {
                submit(client, n).subscribe(task -> done.countDown(), failures::add);
            }
            assertThat(done.await(100, TimeUnit.SECONDS))
                    .as("failures: %s", failures)
                    .isTrue();
            assertThat(most.get()).isLessThanOrEqualTo(places);
            return gateway.taken();
        }
    }

    /** On a small stack: whoever gives a place back must not do the next one's work on top of its own. */
    @Test
    void tenThousandThatFailAtOnceOverflowNoStack() throws Exception {
        Engine engine = new Engine(new Settings(VideoClient.builder().maxConcurrentSubmissions(2)));
        ApiKey none = ApiKey.supplied(() -> Mono.error(new IOException("vault")));
        Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
        CountDownLatch hold = new CountDownLatch(1);
        ApiKey late = ApiKey.supplied(
                () -> Mono.<String>create(sink -> Schedulers.boundedElastic().schedule(() -> {
                    awaitQuietly(hold);
                    sink.error(new IOException("vault"));
                })));
        Thread thread = new Thread(
                null,
                () -> {
                    for (int n = 0; n < CROWD; n++) {
                        new Submission(engine, n < 2 ? late : none, DoubaoVideoRequest.textToVideo("p"))
                                .subscribe(task -> {}, failures::add);
                    }
                    hold.countDown();
                },
                "small",
                256 * 1024);
        thread.start();
        thread.join();

        until(() -> failures.size() == CROWD);
        assertThat(failures).allSatisfy(failure -> assertThat(((OctopusXException) failure).submission())
                .isEqualTo(SubmissionVerdict.NOT_SENT));
        assertThat(engine.submissions().taken()).isZero();
        assertThat(engine.submissions().waiting()).isZero();
        engine.closing().block(PATIENCE);
    }

    @Test
    void noPlaceIsLostInAStormOfCancellationsAndFailures() throws Exception {
        Random dice = new Random(11);
        try (RawGateway gateway = new RawGateway(exchange -> {
            exchange.readHead();
            switch (Math.floorMod(exchange.key().hashCode(), 4)) {
                case 0 -> exchange.rst();
                case 1 -> {
                    exchange.take();
                    exchange.answer(500, "");
                }
                default -> {
                    exchange.take();
                    exchange.answer(200, "{\"id\":\"video_1\",\"status\":\"queued\"}");
                }
            }
        })) {
            Settings settings = new Settings(client(gateway).onOrphanedTask(orphan -> {}));
            Engine engine = new Engine(settings);
            ApiKey key = key();
            List<Disposable> subscribers = new ArrayList<>();
            for (int n = 0; n < 3_000; n++) {
                String name = "k" + n;
                subscribers.add(new Submission(engine, key, DoubaoVideoRequest.textToVideo("p"))
                        .contextWrite(context -> context.put("key", name))
                        .subscribe(task -> {}, e -> {}));
                if (dice.nextInt(3) > 0) {
                    subscribers.get(dice.nextInt(subscribers.size())).dispose();
                }
                if (n % 50 == 0) {
                    LockSupport.parkNanos(200_000);
                }
            }

            until(() ->
                    engine.submissions().taken() == 0 && engine.submissions().waiting() == 0);
            assertThat(new Submission(engine, ApiKey.fixed("kb"), DoubaoVideoRequest.textToVideo("p"))
                            .retry(9)
                            .onErrorResume(e -> Mono.empty())
                            .hasElement()
                            .block(PATIENCE))
                    .isNotNull();
            engine.closing().block(PATIENCE);
        }
    }

    @Test
    void noPlaceForReadingsIsLostInAStormOfCancellations() throws Exception {
        Random dice = new Random(12);
        try (RawGateway gateway = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.answer(200, "{\"id\":\"video_1\",\"status\":\"queued\"}");
        })) {
            Engine engine = new Engine(new Settings(client(gateway).maxConcurrentPolls(4)));
            Tenant tenant = engine.tenant(ApiKey.fixed("sk-key"));
            List<Disposable> subscribers = new ArrayList<>();
            for (int n = 0; n < 2_000; n++) {
                subscribers.add(
                        engine.statusReader().retrieve(tenant, "video_1").subscribe(task -> {}, e -> {}));
                if (dice.nextInt(3) > 0) {
                    subscribers.get(dice.nextInt(subscribers.size())).dispose();
                }
                if (n % 50 == 0) {
                    LockSupport.parkNanos(200_000);
                }
            }

            until(() -> engine.reads().taken() == 0 && engine.reads().waiting() == 0);
            assertThat(engine.statusReader().retrieve(tenant, "video_1").block(PATIENCE))
                    .isNotNull();
            engine.closing().block(PATIENCE);
        }
    }

    /** Connection attempts that were cancelled go on in the transport for a while, and must not be in anybody's way. */
    @Test
    void callersThatLeaveWhileConnectingLeaveRoomForOthers() throws Exception {
        try (RawGateway gateway = new RawGateway(this::serve, ServerSocketFactory.getDefault(), 1)) {
            gateway.ignore();
            List<Socket> full = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Socket socket = new Socket();
                full.add(socket);
                try {
                    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()), 200);
                } catch (IOException e) {
                    break; // now a connection hangs
                }
            }
            try (VideoClient client = client(gateway)
                    .maxConcurrentSubmissions(2)
                    .submitAttempts(1, Duration.ofSeconds(1))
                    .connectTimeout(Duration.ofSeconds(20))
                    .build()) {
                for (int n = 0; n < 40; n++) {
                    submit(client, n).subscribe().dispose();
                }
                assertThatThrownBy(() -> submit(client, 40)
                                .timeout(Duration.ofMillis(500))
                                .block(PATIENCE))
                        .as("it is waiting, and was not turned away")
                        .hasCauseInstanceOf(TimeoutException.class);
                assertThat(gateway.taken()).isEmpty();
            }
            for (Socket socket : full) {
                socket.close();
            }
        }
    }

    @Test
    void aCallbackThatThrowsDoesNotStopTheGivingOutOfPlaces() {
        Permits permits = new Permits(1);
        List<String> granted = new ArrayList<>();
        Permits.Permit first = permits.permit(() -> granted.add("first"));
        Permits.Permit bad = permits.permit(() -> {
            throw new IllegalStateException("bad");
        });
        Permits.Permit third = permits.permit(() -> granted.add("third"));
        first.request();
        bad.request();
        third.request();

        assertThatThrownBy(first::release).hasMessage("bad");
        bad.release();

        assertThat(granted).containsExactly("first", "third");
    }

    // ---- helpers

    private static VideoClientBuilder client(RawGateway gateway) {
        VideoClientBuilder builder = VideoClient.builder().baseUrl(gateway.url());
        builder.apiKey = key();
        return builder.submitAttempts(2, Duration.ofSeconds(30)).submitBackoff(Duration.ofMillis(5));
    }

    private static ApiKey key() {
        return ApiKey.supplied(() -> Mono.deferContextual(context -> Mono.just(context.getOrDefault("key", "sk-key"))));
    }

    private static Mono<VideoTask> submit(VideoClient client, int n) {
        return client.submit(DoubaoVideoRequest.textToVideo("a cat"))
                .contextWrite(context -> context.put("key", "k" + n));
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("time").isLessThan(end);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
