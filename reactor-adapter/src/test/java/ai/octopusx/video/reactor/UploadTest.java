package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.InvalidVideoRequestException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.VideoForm;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelOption;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Pictures on disk: streamed off the event loop, never held whole, and what leaves is what was examined. */
class UploadTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int MEGABYTE = 1 << 20;
    private static final String TASK = "{\"id\":\"video_1\",\"status\":\"queued\"}";

    @RegisterExtension
    static final Leaks LEAKS = new Leaks();

    private final Queue<byte[]> bodies = new ConcurrentLinkedQueue<>();
    private final AtomicInteger attempts = new AtomicInteger();
    private final CountDownLatch mayRead = new CountDownLatch(1);

    /** Between the attempts: what happens when the key of the n-th one is asked for. */
    private volatile OnKey onKey = n -> {};

    private volatile RawGateway.Script script = this::refuseOnceThenTake;

    @TempDir
    Path directory;

    private Path file;
    private byte[] picture;
    private RawGateway gateway;
    private VideoClient client;

    private interface OnKey {
        void asked(int n) throws IOException;
    }

    @BeforeEach
    void start() throws IOException {
        picture = padded(300_000);
        file = Files.write(directory.resolve("first.png"), picture);
        gateway = new RawGateway(exchange -> script.serve(exchange));
        client = builder().build();
    }

    private VideoClientBuilder builder() {
        return VideoClient.builder()
                .apiKey(() -> Mono.fromCallable(() -> {
                    onKey.asked(attempts.incrementAndGet());
                    return "sk-key";
                }))
                .baseUrl(gateway.url())
                .submitAttempts(3, Duration.ofSeconds(30))
                .submitBackoff(Duration.ofMillis(5));
    }

    @AfterEach
    void stop() {
        mayRead.countDown();
        client.close();
        gateway.close();
    }

    private void refuseOnceThenTake(RawGateway.Exchange exchange) throws IOException {
        exchange.readHead();
        exchange.take();
        bodies.add(exchange.body());
        if (bodies.size() == 1) {
            exchange.answer(429, "");
        } else {
            exchange.answer(200, TASK);
        }
    }

    @Test
    void aRepeatedSubmissionSendsTheSameBytes() {
        submit(FrameImage.of(file), FrameImage.of(picture, "last.png")).block(PATIENCE);

        assertThat(bodies).hasSize(2);
        assertThat(bodies.poll()).isEqualTo(bodies.poll());
    }

    @Test
    void oneFileForBothFramesIsSentTwice() {
        submit(FrameImage.of(file), FrameImage.of(file)).block(PATIENCE);

        assertThat(bodies.poll()).hasSizeGreaterThan(2 * picture.length);
    }

    /** What is held open is what was examined. */
    @Test
    void aFileThatVanishesOrIsReplacedAfterItWasExaminedIsStillSentAsItWas() {
        onKey = n -> {
            if (n == 2) {
                Files.delete(file);
                Files.write(file, new byte[picture.length]);
            }
        };

        submit(FrameImage.of(file), null).block(PATIENCE);

        assertThat(bodies).hasSize(2);
        assertThat(bodies.poll()).isEqualTo(bodies.poll());
    }

    @Test
    void aFileThatGrewOrShrankBeforeItWasSentIsNotSent() throws Exception {
        for (boolean grows : new boolean[] {true, false}) {
            attempts.set(0);
            bodies.clear();
            Files.write(file, picture);
            // In the pause after the first attempt, so that the check before the second has to find it.
            script = exchange -> {
                exchange.readHead();
                exchange.take();
                bodies.add(exchange.body());
                if (grows) {
                    Files.write(file, new byte[1], StandardOpenOption.APPEND);
                } else {
                    truncate(file, picture.length - 1);
                }
                exchange.answer(429, "");
            };

            OctopusXException failure = failure(submit(FrameImage.of(file), null));

            assertThat(failure).isInstanceOf(InvalidVideoRequestException.class).hasMessageContaining("changed");
            assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
            assertThat(bodies).hasSize(1);
        }
    }

    @Test
    void aFileThatWasRewrittenInPlaceWithTheSameLengthIsNotSent() {
        script = exchange -> {
            exchange.readHead();
            exchange.take();
            bodies.add(exchange.body());
            Files.write(file, new byte[picture.length], StandardOpenOption.WRITE);
            Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
            exchange.answer(429, "");
        };

        OctopusXException failure = failure(submit(FrameImage.of(file), null));

        assertThat(failure).isInstanceOf(InvalidVideoRequestException.class).hasMessageContaining("changed");
        assertThat(bodies).hasSize(1);
    }

    @Test
    void aFileThatShrinksOrChangesWhileItIsSentLeavesADoubtAndNoWholeForm() throws Exception {
        for (boolean shrinks : new boolean[] {true, false}) {
            byte[] large = padded(40 * MEGABYTE);
            Files.write(file, large);
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch changed = new CountDownLatch(1);
            script = exchange -> {
                exchange.readHead();
                begun.countDown();
                await(changed);
                exchange.take();
                exchange.answer(200, TASK);
            };
            Mono<VideoTask> submission = submit(FrameImage.of(file), null).cache();
            submission.subscribe(task -> {}, e -> {});
            await(begun);

            if (shrinks) {
                truncate(file, 39 * MEGABYTE);
            } else {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
            }
            changed.countDown();

            OctopusXException failure = failure(submission);
            assertThat(failure).isInstanceOf(SubmissionOutcomeUnknownException.class);
            assertThat(failure).hasMessageContaining("while it was sent");
            assertThat(gateway.taken()).isEmpty();
        }
    }

    @Test
    void everythingThatIsNoPictureIsRefusedBeforeAnythingIsSent() throws Exception {
        Path pipe = directory.resolve("pipe.png");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        Path empty = Files.createFile(directory.resolve("empty.png"));
        Path text = Files.writeString(directory.resolve("text.png"), "no picture at all, but long enough to be read");

        assertProblem(directory, "a directory");
        assertProblem(pipe, "no regular file");
        assertProblem(directory.resolve("missing.png"), "does not exist");
        assertProblem(empty, "empty");
        assertProblem(text, "png, jpeg or webp");

        assertThat(gateway.connections()).isZero();
        bodies.add(new byte[0]);
        submit(FrameImage.of(file), null).block(PATIENCE);
    }

    private void assertProblem(Path path, String what) {
        OctopusXException failure = failure(submit(FrameImage.of(path), null));
        assertThat(failure).isInstanceOf(InvalidVideoRequestException.class).hasMessageContaining(what);
        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
    }

    /** BlockHound does not see a FileChannel, so the threads are looked at. */
    @Test
    void aFileIsReadOnTheFileSchedulerOnly() {
        Scheduler files = Schedulers.newSingle("files");
        EmbeddedChannel channel = new EmbeddedChannel();
        try {
            SentWatch.install(channel);
            DoubaoVideoRequest request = request(FrameImage.of(file), FrameImage.of(picture, "last.png"));
            Frames frames = Frames.open(request, files).block(PATIENCE);
            VideoForm form = VideoForm.of(request, frames.first(), frames.last(), "b".repeat(40));
            long begin = form.segments().get(0).length();
            long end = begin + form.segments().get(1).length();
            Set<String> threads = ConcurrentHashMap.newKeySet();
            AtomicLong sent = new AtomicLong();
            AtomicBoolean done = new AtomicBoolean();

            Flux.from(new FormBody(form, frames).stream(channel))
                    .doOnNext(piece -> {
                        long at = sent.getAndAdd(piece.readableBytes());
                        if (at >= begin && at < end) {
                            threads.add(Thread.currentThread().getName());
                        }
                        piece.release();
                    })
                    .doFinally(signal -> done.set(true))
                    .subscribe();
            until(() -> {
                channel.runPendingTasks();
                return done.get();
            });
            frames.close();

            assertThat(threads).hasSize(1).allMatch(name -> name.startsWith("files-"));
            assertThat(sent).hasValue(form.contentLength());
        } finally {
            channel.finishAndReleaseAll();
            files.dispose();
        }
    }

    @Test
    @Timeout(115)
    void fiftyUploadsOfTenMegabytesToAGatewayThatDoesNotReadHoldAFewPiecesEach() throws Exception {
        int uploads = 50;
        Path large = Files.write(directory.resolve("large.png"), padded(10 * MEGABYTE));
        UnpooledByteBufAllocator memory = new UnpooledByteBufAllocator(true);
        CountDownLatch begun = new CountDownLatch(uploads);
        script = exchange -> {
            exchange.readHead();
            begun.countDown();
            await(mayRead);
            exchange.fin();
        };
        try (VideoClient crowd = builder()
                .maxConcurrentSubmissions(uploads)
                .closeTimeout(Duration.ofMillis(1))
                .httpClient(http -> http.option(ChannelOption.ALLOCATOR, memory))
                .build()) {
            List<Disposable> subscribers = new ArrayList<>();
            for (int i = 0; i < uploads; i++) {
                subscribers.add(
                        crowd.submit(request(FrameImage.of(large), null)).subscribe(task -> {}, e -> {}));
            }
            await(begun);
            long[] last = {-1, System.nanoTime()};
            until(
                    () -> { // until no more is read for a while
                        long used = memory.metric().usedDirectMemory();
                        if (used != last[0]) {
                            last[0] = used;
                            last[1] = System.nanoTime();
                        }
                        return System.nanoTime() - last[1] > TimeUnit.MILLISECONDS.toNanos(500);
                    });

            assertThat(memory.metric().usedDirectMemory())
                    .as("direct memory of %d stalled uploads", uploads)
                    .isBetween(1L, uploads * 512L * 1024);
            assertThat(memory.metric().usedHeapMemory()).isLessThan(uploads * 64L * 1024);
            mayRead.countDown();
        }
        until(() -> memory.metric().usedDirectMemory() == 0);
    }

    // ---- helpers

    /** A real head, and as much behind it as is wanted: only the head is examined. */
    private static byte[] padded(int size) {
        byte[] bytes = new byte[size];
        byte[] head = Pictures.png(301, 301);
        System.arraycopy(head, 0, bytes, 0, Math.min(head.length, size));
        for (int i = head.length; i < size; i++) {
            bytes[i] = (byte) (i * 31 >>> 7);
        }
        return bytes;
    }

    private static void truncate(Path path, long size) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(path.toFile(), "rw")) {
            open.setLength(size);
        }
    }

    private Mono<VideoTask> submit(FrameImage first, FrameImage last) {
        return client.submit(request(first, last));
    }

    private static DoubaoVideoRequest request(FrameImage first, FrameImage last) {
        return DoubaoVideoRequest.builder()
                .prompt("p")
                .firstFrame(first)
                .lastFrame(last)
                .upstreamLimits(false)
                .build();
    }

    private static OctopusXException failure(Mono<VideoTask> mono) {
        try {
            throw new AssertionError("A success: " + mono.block(PATIENCE));
        } catch (OctopusXException e) {
            return e;
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
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
