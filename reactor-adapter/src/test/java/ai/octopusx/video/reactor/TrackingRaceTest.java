package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.test.subscriber.TestSubscriber;

/**
 * Subscribing, cancelling and finishing at the same moment, on threads that know nothing of each other, hundreds of times. The
 * hour that must stay silent afterwards is an hour of a clock that is turned by hand.
 */
class TrackingRaceTest {

    private static final int ROUNDS = 300;
    private static final int STAYING = 2;
    private static final int LEAVING = 2;

    /** Not the virtual scheduler: that runs what is due on the thread that schedules it, in the middle of whatever that does. */
    private final DownloadTimer clock = new DownloadTimer(Duration.ZERO);

    private final Scheduler wire = Schedulers.newParallel("wire", 2, true);
    private final ExecutorService threads = Executors.newFixedThreadPool(STAYING + LEAVING + 1, work -> {
        Thread thread = new Thread(work, "racer");
        thread.setDaemon(true);
        return thread;
    });
    private final Tenant tenant = new Tenant(ApiKey.fixed("sk-race"), HttpClient.create());
    private final Gateway gateway = new Gateway();
    private final TaskTracker tracker = new TaskTracker(
            gateway::look,
            new Settings(VideoClient.builder().polling(context -> Duration.ofSeconds(2))),
            clock,
            Runnable::run,
            () -> 0.5);

    /** Answers on other threads than those that ask, and counts. */
    private final class Gateway {

        private final Map<String, AtomicInteger> left = new ConcurrentHashMap<>();
        private final AtomicInteger looks = new AtomicInteger();

        /** So many looks show it running, the next one its end. */
        void job(String id, int running) {
            left.put(id, new AtomicInteger(running));
        }

        Mono<Result> look(Tenant who, String id, @Nullable VideoTask last) {
            return Mono.defer(() -> {
                looks.incrementAndGet();
                return Mono.fromSupplier(() -> answer(id)).subscribeOn(wire);
            });
        }

        private Result answer(String id) {
            int running = left.get(id).getAndDecrement();
            return Result.success(
                    running > 0
                            ? TrackingLab.task(id, VideoStatus.PROCESSING, 100 - Math.min(99, running))
                            : TrackingLab.task(id, VideoStatus.COMPLETED, 100));
        }
    }

    @AfterEach
    void stop() {
        tracker.close();
        threads.shutdownNow();
        wire.dispose();
        clock.dispose();
    }

    @RepeatedTest(3)
    void whoStaysSeesTheEndOnceWhoeverComesAndGoesMeanwhile() throws Exception {
        Random random = new Random();
        for (int round = 0; round < ROUNDS; round++) {
            String id = "job-" + round;
            gateway.job(id, random.nextInt(4));
            CyclicBarrier start = new CyclicBarrier(STAYING + LEAVING + 1);
            List<Future<TestSubscriber<VideoTask>>> staying = new ArrayList<>();
            List<Future<TestSubscriber<VideoTask>>> leaving = new ArrayList<>();
            for (int i = 0; i < STAYING; i++) {
                staying.add(threads.submit(() -> watch(start, id, random.nextInt(200))));
            }
            for (int i = 0; i < LEAVING; i++) {
                leaving.add(threads.submit(() -> {
                    TestSubscriber<VideoTask> subscriber = watch(start, id, random.nextInt(200));
                    spin(random.nextInt(200));
                    subscriber.cancel();
                    return subscriber;
                }));
            }
            start.await(60, TimeUnit.SECONDS);

            for (Future<TestSubscriber<VideoTask>> each : staying) {
                TestSubscriber<VideoTask> subscriber = each.get(60, TimeUnit.SECONDS);
                turnUntil(subscriber);
                assertThat(subscriber.isTerminatedComplete()).isTrue();
                assertThat(ends(subscriber)).isEqualTo(1);
                List<VideoTask> seen = subscriber.getReceivedOnNext();
                assertThat(seen.get(seen.size() - 1).isTerminal()).isTrue();
            }
            for (Future<TestSubscriber<VideoTask>> each : leaving) {
                assertThat(ends(each.get(60, TimeUnit.SECONDS))).isLessThanOrEqualTo(1);
            }
        }

        nothingIsLeft();
    }

    @Test
    void afterTheLastCancelNothingIsAskedHoweverTheyRaced() throws Exception {
        Random random = new Random();
        for (int round = 0; round < ROUNDS; round++) {
            String id = "endless-" + round;
            gateway.job(id, Integer.MAX_VALUE);
            CyclicBarrier start = new CyclicBarrier(LEAVING + 1);
            List<Future<?>> racers = new ArrayList<>();
            for (int i = 0; i < LEAVING; i++) {
                racers.add(threads.submit(() -> {
                    TestSubscriber<VideoTask> subscriber = watch(start, id, 0);
                    for (int again = 0; again < 5; again++) {
                        TestSubscriber<VideoTask> next = TestSubscriber.create();
                        tracker.track(tenant, id, Start.ofId(false, 0), TrackOptions.defaults())
                                .subscribe(next);
                        subscriber.cancel();
                        subscriber = next;
                        spin(random.nextInt(50));
                    }
                    subscriber.cancel();
                    return null;
                }));
            }
            start.await(60, TimeUnit.SECONDS);
            clock.advance(Duration.ofSeconds(2)); // polls that are due race with those who leave
            for (Future<?> racer : racers) {
                racer.get(60, TimeUnit.SECONDS);
            }
        }

        nothingIsLeft();
    }

    private TestSubscriber<VideoTask> watch(CyclicBarrier start, String id, int hesitation) throws Exception {
        start.await(60, TimeUnit.SECONDS);
        spin(hesitation);
        TestSubscriber<VideoTask> subscriber = TestSubscriber.create();
        tracker.track(tenant, id, Start.ofId(false, 0), TrackOptions.defaults()).subscribe(subscriber);
        return subscriber;
    }

    private static void spin(int rounds) {
        for (int i = 0; i < rounds; i++) {
            Thread.onSpinWait();
        }
    }

    private static long ends(TestSubscriber<VideoTask> subscriber) {
        return subscriber.getReceivedOnNext().stream()
                .filter(VideoTask::isTerminal)
                .count();
    }

    /** Turns the clock, poll by poll, as long as it takes. */
    private void turnUntil(TestSubscriber<VideoTask> subscriber) throws Exception {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); !subscriber.isTerminatedOrCancelled(); ) {
            assertThat(System.nanoTime()).as("the end was waited for in vain").isLessThan(end);
            clock.advance(Duration.ofMillis(500));
            Thread.yield();
        }
    }

    private void nothingIsLeft() throws Exception {
        Downloading.await(
                "the last answers", () -> tracker.watched() == 0 && tracker.inFlight() == 0 && tracker.inLine() == 0);
        int looks = gateway.looks.get();
        assertThat(looks).isPositive();
        clock.advance(Duration.ofHours(1));
        assertThat(gateway.looks).hasValue(looks);
    }
}
