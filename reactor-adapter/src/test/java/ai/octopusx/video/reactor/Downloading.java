package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.FileServer.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Downloads over real sockets, from a gateway and a storage that do what the test says, by a clock that the test moves.
 * Only one download may run at a time, and after each test that one turn must be free again.
 */
final class Downloading implements BeforeEachCallback, AfterEachCallback {

    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final Duration IDLE = Duration.ofSeconds(30);
    static final String KEY = "sk-secret-1234";

    final ApiKey key = ApiKey.fixed(KEY);
    final DownloadTimer timer = new DownloadTimer(Duration.ofSeconds(20));
    final AtomicInteger statusReads = new AtomicInteger();

    FileServer gateway;
    FileServer storage;
    Downloads downloads;
    private Transport transport;
    private UnaryOperator<VideoClientBuilder> more = UnaryOperator.identity();
    private Scheduler disk = Schedulers.boundedElastic();
    private VideoTask status;

    /** Before the first download: other settings. */
    Downloading with(UnaryOperator<VideoClientBuilder> settings) {
        more = settings;
        restart();
        return this;
    }

    Downloading writingOn(Scheduler scheduler) {
        disk = scheduler;
        restart();
        return this;
    }

    /** From now on the gateway speaks TLS, and the client believes every certificate. */
    void withSecureGateway(boolean refusePrivateAddresses) throws IOException {
        gateway.close();
        gateway = FileServer.secure();
        with(settings -> settings.refusePrivateAddresses(refusePrivateAddresses).httpClient(Tls::trusting));
    }

    /** In the order in which the client does it. */
    void closeClient() {
        downloads.close();
        transport.dispose().block(PATIENCE);
    }

    /** What the gateway's status says from now on. */
    void statusIs(VideoTask task) {
        status = task;
    }

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        gateway = new FileServer();
        storage = new FileServer();
        restart();
    }

    private void restart() {
        if (transport != null) {
            transport.dispose().block(PATIENCE);
        }
        Settings settings = new Settings(more.apply(VideoClient.builder()
                .apiKey(KEY)
                .baseUrl(gateway.url(""))
                .maxConcurrentDownloads(1)
                .downloadIdleTimeout(IDLE)));
        transport = new Transport(settings);
        downloads = new Downloads(transport.files(), settings, this::retrieve, () -> timer, () -> disk);
    }

    private Mono<VideoTask> retrieve(ApiKey key, String taskId) {
        return Mono.fromSupplier(() -> {
            assertThat(key).isEqualTo(this.key);
            statusReads.incrementAndGet();
            if (status == null) {
                throw new AssertionError("nobody should read the status");
            }
            return status;
        });
    }

    @Override
    public void afterEach(ExtensionContext context) throws Exception {
        try {
            assertThat(gateway.unexpected())
                    .as("requests too many at the gateway")
                    .isZero();
            assertThat(storage.unexpected())
                    .as("requests too many at the storage")
                    .isZero();
            gateway.always(request -> Reply.video(Mp4s.video(1_000)));
            assertThat(read(downloads.download(key, task(null))))
                    .as("the turn is free again")
                    .hasSize(1_000);
        } finally {
            transport.dispose().block(PATIENCE);
            gateway.close();
            storage.close();
            timer.dispose();
        }
    }

    static VideoTask task(String link) {
        return task(link, VideoStatus.COMPLETED, Map.of());
    }

    static VideoTask task(String id, String link) {
        return task(id, link, VideoStatus.COMPLETED, Map.of());
    }

    static VideoTask task(String link, VideoStatus status, Map<String, Object> more) {
        return task("video_1", link, status, more);
    }

    private static VideoTask task(String id, String link, VideoStatus status, Map<String, Object> more) {
        return new VideoTask(id, status, 100, null, null, null, null, null, null, link, null, null, "completed", more);
    }

    /** A task whose link leads to the storage. */
    VideoTask linked() {
        return task(storage.url("/v.mp4?X-Signature=s3cr3t"));
    }

    byte[] read(Flux<ByteBuffer> bytes) {
        return bytes.collectList().map(Downloading::joined).block(PATIENCE);
    }

    byte[] download(VideoTask task) {
        return read(downloads.download(key, task));
    }

    Path save(VideoTask task, Path file, DownloadOptions options) {
        return downloads.downloadTo(key, task, file, options).block(PATIENCE);
    }

    VideoContent content(VideoTask task, DownloadOptions options) {
        return downloads.content(key, task, options).block(PATIENCE);
    }

    static byte[] joined(List<ByteBuffer> pieces) {
        ByteBuffer all = ByteBuffer.allocate(
                pieces.stream().mapToInt(ByteBuffer::remaining).sum());
        pieces.forEach(piece -> all.put(piece.duplicate()));
        return all.array();
    }

    /** The names in a directory, hidden ones too. */
    static List<String> names(Path directory) {
        try (Stream<Path> files = Files.list(directory)) {
            return new ArrayList<>(
                    files.map(file -> file.getFileName().toString()).sorted().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits for what another thread is about to do. */
    static void await(String what, BooleanSupplier condition) {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); !condition.getAsBoolean(); ) {
            if (System.nanoTime() > end) {
                throw new AssertionError("waited in vain: " + what);
            }
            Thread.yield();
        }
    }

    /** The error of a publisher that must fail. */
    static <E extends Throwable> E failure(Class<E> type, org.reactivestreams.Publisher<?> failing) {
        Throwable failure = Flux.from(failing)
                .then(Mono.<Throwable>error(new AssertionError("it did not fail")))
                .onErrorResume(Mono::just)
                .block(PATIENCE);
        if (!type.isInstance(failure)) {
            throw new AssertionError("no " + type.getSimpleName(), failure); // with its whole stack
        }
        assertThat(failure.getMessage()).doesNotContain(KEY).doesNotContain("s3cr3t");
        return type.cast(failure);
    }
}
