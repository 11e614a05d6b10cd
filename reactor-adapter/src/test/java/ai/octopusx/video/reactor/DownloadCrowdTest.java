package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.FileServer.Reply;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.netty.resources.LoopResources;

/** Many at once. */
class DownloadCrowdTest {

    private static final byte[] VIDEO = Mp4s.video(20_000);

    @RegisterExtension
    static final Leaks LEAKS = new Leaks();

    @RegisterExtension
    final Downloading at = new Downloading();

    @TempDir
    Path directory;

    @Test
    void fiveHundredAtOnceShareTheTurnsAndAllComeThrough() {
        at.with(settings -> settings.maxConcurrentDownloads(8));
        AtomicInteger running = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        at.storage.always(request -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            return Reply.video(VIDEO).whenSent(running::decrementAndGet);
        });

        List<Path> files = Flux.range(0, 500)
                .flatMap(
                        i -> at.downloads.downloadTo(
                                at.key, at.linked(), directory.resolve("v" + i), DownloadOptions.defaults()),
                        500)
                .collectList()
                .block(Duration.ofSeconds(100));

        assertThat(files).hasSize(500);
        assertThat(most.get()).isBetween(2, 8);
        assertThat(at.storage.openConnections()).isLessThanOrEqualTo(8);
        assertThat(Downloading.names(directory)).hasSize(500);
        for (Path file : files) {
            assertThat(file).hasBinaryContent(VIDEO);
        }
    }

    @Test
    void turnsGoByTheOrderOfArrivalAndWhoLeavesTheLineIsPassedOver() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        at.storage.then(Reply.video(VIDEO).pauseAfter(10_000, go));
        at.storage.always(request -> Reply.video(VIDEO));
        List<Integer> order = new CopyOnWriteArrayList<>();
        CountDownLatch ended = new CountDownLatch(9);
        List<Disposable> waiting = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            waiting.add(at.downloads
                    .download(at.key, Downloading.task(at.storage.url("/" + i)))
                    .doOnComplete(() -> order.add(number))
                    .doOnComplete(ended::countDown)
                    .subscribe());
        }
        at.storage.awaitRequests(1);

        waiting.get(4).dispose();
        go.countDown();

        ended.await();
        assertThat(order).containsExactly(0, 1, 2, 3, 5, 6, 7, 8, 9);
        assertThat(at.storage.targets()).containsExactly("/0", "/1", "/2", "/3", "/5", "/6", "/7", "/8", "/9");
    }

    @Test
    void theTimeOfADownloadBeginsWithItsTurn() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        at.storage.then(Reply.video(VIDEO).pauseAfter(10_000, go), Reply.video(VIDEO));
        var first = at.downloads.download(at.key, at.linked()).collectList().toFuture();
        var second = at.downloads
                .downloadTo(
                        at.key,
                        at.linked(),
                        directory.resolve("v"),
                        DownloadOptions.defaults().timeout(Duration.ofSeconds(25)))
                .toFuture();
        at.storage.awaitRequests(1);
        at.timer.advance(Duration.ofSeconds(29));
        go.countDown();

        assertThat(Downloading.joined(first.get())).isEqualTo(VIDEO);
        assertThat(second.get()).hasBinaryContent(VIDEO);
    }

    @Test
    void closingEndsWhatRunsAndWhatWaitsWithAnErrorThatSaysSo() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        at.storage.then(Reply.video(VIDEO).pauseAfter(10_000, go));
        List<CompletableFuture<Path>> all = IntStream.range(0, 3)
                .mapToObj(i -> at.downloads
                        .downloadTo(at.key, at.linked(), directory.resolve("v" + i), DownloadOptions.defaults())
                        .toFuture())
                .toList();
        at.storage.awaitRequests(1);

        at.closeClient();

        for (CompletableFuture<Path> one : all) {
            assertThat(one)
                    .failsWithin(Downloading.PATIENCE)
                    .withThrowableOfType(Exception.class)
                    .havingCause()
                    .isInstanceOf(DownloadException.class)
                    .withMessageContaining("the client was closed");
        }
        assertThat(at.timer.pauses()).isEmpty();
        assertThat(Downloading.names(directory)).isEmpty();
        go.countDown();
        at.with(settings -> settings);
    }

    @Test
    void aPartOfAVideoIsNoFile() {
        try (VideoClient client = VideoClient.builder().apiKey(Downloading.KEY).build()) {
            assertThatThrownBy(() -> client.downloadTo(
                            at.linked(),
                            directory.resolve("v.mp4"),
                            DownloadOptions.defaults().range(0, 99L)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("range is 0 to 99, allowed is no range");
        }
    }

    @Test
    void closingTheClientEndsDownloadsThatRunThatWaitAndThatNobodyReads() throws Exception {
        LoopResources host = LoopResources.create("host", 1, true);
        for (LoopResources loops : new LoopResources[] {null, host}) {
            at.storage.always(FileServer.storage(Mp4s.video(3_000_000), "\"v1\""));
            VideoClientBuilder builder = VideoClient.builder()
                    .apiKey(Downloading.KEY)
                    .baseUrl(at.gateway.url(""))
                    .maxConcurrentDownloads(3);
            VideoClient client = loops == null
                    ? builder.build()
                    : builder.loopResources(loops).build();
            int before = at.storage.requests().size();
            AsksOnce standing = new AsksOnce();
            client.download(at.linked()).subscribe(standing);
            standing.first.await();
            VideoContent unread = client.content(at.linked()).block(Downloading.PATIENCE);
            AsksOnce read = new AsksOnce();
            client.content(at.linked()).flatMapMany(VideoContent::body).subscribe(read);
            read.first.await();
            var waiting =
                    client.downloadTo(at.linked(), directory.resolve("v.mp4")).toFuture();
            assertThat(at.storage.requests()).hasSize(before + 3);

            client.close();

            for (CompletableFuture<?> each : List.of(standing.end, read.end, waiting)) {
                assertThat(each)
                        .failsWithin(Downloading.PATIENCE)
                        .withThrowableOfType(Exception.class)
                        .havingCause()
                        .isInstanceOf(DownloadException.class)
                        .withMessageContaining("the client was closed");
            }
            Downloading.failure(DownloadException.class, unread.body());
            Downloading.failure(DownloadException.class, client.download(at.linked()));
            assertThat(Downloading.names(directory)).isEmpty();
            Downloading.await("the connections are closed", () -> at.storage.openConnections() == 0);
        }
        host.disposeLater(Duration.ZERO, Duration.ofSeconds(5)).block(Downloading.PATIENCE);
    }

    /** Takes one piece and then asks for no more, while the transport holds some already. */
    private static final class AsksOnce extends BaseSubscriber<ByteBuffer> {

        private final CountDownLatch first = new CountDownLatch(1);
        private final CompletableFuture<Void> end = new CompletableFuture<>();

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(1);
        }

        @Override
        protected void hookOnNext(ByteBuffer piece) {
            first.countDown();
        }

        @Override
        protected void hookOnComplete() {
            end.complete(null);
        }

        @Override
        protected void hookOnError(Throwable failure) {
            end.completeExceptionally(failure);
        }
    }

    @Test
    void downloadsThatStandStillHoldUpNoPoll() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        at.storage.always(request -> Reply.video(VIDEO).pauseAfter(10_000, go));
        at.gateway.always(request -> Reply.of(200)
                .body("{\"id\":\"video_1\",\"status\":\"completed\",\"video_url\":\"" + at.storage.url("/v.mp4")
                        + "\"}"));
        try (VideoClient client = VideoClient.builder()
                .apiKey(Downloading.KEY)
                .baseUrl(at.gateway.url(""))
                .maxConcurrentDownloads(4)
                .build()) {
            VideoTask task = client.retrieve("video_1").block(Downloading.PATIENCE);
            List<Disposable> stuck = IntStream.range(0, 500)
                    .mapToObj(i ->
                            client.downloadTo(task, directory.resolve("v" + i)).subscribe())
                    .toList();
            at.storage.awaitRequests(4);

            for (int i = 0; i < 50; i++) {
                assertThat(client.retrieve("video_1").block(Downloading.PATIENCE))
                        .isEqualTo(task);
            }
            assertThat(at.storage.requests()).hasSize(4);
            stuck.forEach(Disposable::dispose);
            Downloading.await(
                    "nothing is left", () -> Downloading.names(directory).isEmpty());
        }
        go.countDown();
    }
}
