package ai.octopusx.video.benchmarks.download;

import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Objects;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;

/** One way to bring a file to the disk. */
interface Downloader extends AutoCloseable {

    void download(String url, Path file);

    @Override
    default void close() {}

    static Downloader named(String name) {
        return switch (name) {
            case "octopusx" -> new Octopusx();
            case "minimal" -> new Minimal();
            case "minimal-on-loop" -> new MinimalOnLoop();
            default -> throw new IllegalArgumentException("No downloader is called " + name);
        };
    }

    /** Ours: verified, resumable, atomic, on the disk when it says so. */
    final class Octopusx implements Downloader {

        private final VideoClient client = VideoClient.builder()
                .apiKey("sk-benchmark")
                .baseUrl("http://127.0.0.1:9")
                .build();

        @Override
        public void download(String url, Path file) {
            VideoTask task = new VideoTask(
                    "video_1",
                    VideoStatus.COMPLETED,
                    100,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    url,
                    null,
                    null,
                    "completed",
                    Map.of());
            client.downloadTo(task, file).block();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** The least code that keeps the disk off the event loop. No check, no limit, no second attempt. */
    final class Minimal implements Downloader {

        private final HttpClient http = HttpClient.create();

        @Override
        public void download(String url, Path file) {
            saved(file, channel -> http.get().uri(url).response((response, body) -> body.retain()
                    .publishOn(Schedulers.boundedElastic())
                    .doOnNext(piece -> {
                        write(channel, piece);
                        piece.release();
                    })
                    .doOnDiscard(ByteBuf.class, ByteBuf::release)));
        }
    }

    /** The least code of all: writes on the event loop, which stands still meanwhile. */
    final class MinimalOnLoop implements Downloader {

        private final HttpClient http = HttpClient.create();

        @Override
        public void download(String url, Path file) {
            saved(file, channel -> http.get()
                    .uri(url)
                    .response((response, body) -> body.doOnNext(piece -> write(channel, piece))));
        }
    }

    /** What is written into a channel. */
    interface Bytes {
        Flux<ByteBuf> into(FileChannel channel);
    }

    private static void saved(Path file, Bytes bytes) {
        Mono.using(
                        () -> FileChannel.open(
                                file,
                                StandardOpenOption.CREATE,
                                StandardOpenOption.TRUNCATE_EXISTING,
                                StandardOpenOption.WRITE),
                        channel -> Objects.requireNonNull(bytes).into(channel).then(),
                        channel -> {
                            try {
                                channel.close();
                            } catch (IOException e) {
                                throw new UncheckedIOException(e);
                            }
                        })
                .block();
    }

    private static void write(FileChannel channel, ByteBuf piece) {
        try {
            ByteBuffer bytes = piece.nioBuffer();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
