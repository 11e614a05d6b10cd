package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.VideoTask;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.subscriber.TestSubscriber;

class WatchesTest {

    private final TrackingLab lab = new TrackingLab(settings -> settings);
    private final Tenant other = TrackingLab.tenant("sk-b");
    private final Watches watches = new Watches();

    @AfterEach
    void close() {
        lab.close();
    }

    private Watch watch(Tenant tenant, String id) {
        TestSubscriber<VideoTask> subscriber = TestSubscriber.create();
        return new Watch(
                lab.tracker, tenant, id, Start.ofId(false, 0), new Viewer(subscriber, TrackOptions.defaults(), 0), 0);
    }

    /** Against a map of the JDK's; few ids, so that they come and go again and again. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void isAMap(long seed) {
        Random random = new Random(seed);
        Map<Watch, Watch> expected = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            int crowd = step % 5_000 < 2_500 ? 1_000 : 10; // it grows and shrinks
            Watch next = watch(random.nextBoolean() ? lab.tenant : other, "v" + random.nextInt(crowd));
            Watch present = expected.get(next);
            if (random.nextInt(3) > 0) {
                assertThat(watches.putIfAbsent(next)).isSameAs(present);
                expected.putIfAbsent(next, next);
            } else if (present != null) {
                assertThat(watches.remove(next)).as("another one").isFalse();
                assertThat(watches.remove(present)).isTrue();
                assertThat(watches.remove(present)).as("again").isFalse();
                expected.remove(present);
            }
            assertThat(watches.size()).isEqualTo(expected.size());
        }
        assertThat(watches.all()).containsExactlyInAnyOrderElementsOf(expected.keySet());

        watches.all().forEach(watches::remove);
        assertThat(watches.size()).isZero();
        assertThat(watches.all()).isEmpty();
    }

    @Test
    void ofManyThreadsOneGetsEachPlace() throws ExecutionException, InterruptedException {
        int threads = 4;
        int ids = 5_000;
        ExecutorService crowd = Executors.newFixedThreadPool(threads);
        try {
            List<Future<Integer>> placed = IntStream.range(0, threads)
                    .mapToObj(thread -> crowd.submit(() -> (int) IntStream.range(0, ids)
                            .filter(id -> watches.putIfAbsent(watch(lab.tenant, "v" + id)) == null)
                            .count()))
                    .toList();
            int all = 0;
            for (Future<Integer> some : placed) {
                all += some.get();
            }
            assertThat(all).isEqualTo(ids);
            assertThat(watches.size()).isEqualTo(ids);

            List<Future<Integer>> removed = IntStream.range(0, threads)
                    .mapToObj(thread -> crowd.submit(() ->
                            (int) watches.all().stream().filter(watches::remove).count()))
                    .toList();
            all = 0;
            for (Future<Integer> some : removed) {
                all += some.get();
            }
            assertThat(all).isEqualTo(ids);
            assertThat(watches.all()).isEmpty();
        } finally {
            crowd.shutdownNow();
        }
    }
}
