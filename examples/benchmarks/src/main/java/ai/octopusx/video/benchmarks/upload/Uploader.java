package ai.octopusx.video.benchmarks.upload;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.reactor.VideoClient;
import com.openai.client.OpenAIClientAsync;
import com.openai.client.okhttp.OpenAIOkHttpClientAsync;
import com.openai.models.videos.VideoCreateParams;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.BodyInserters;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** One way to submit many jobs with a picture each, all at once. */
interface Uploader extends AutoCloseable {

    /** Returns when every job has its answer. */
    void upload(Path picture, int jobs);

    @Override
    default void close() {}

    static Uploader named(String name, String origin) {
        return switch (name) {
            case "octopusx" -> new Octopusx(origin, 200);
            case "octopusx-defaults" -> new Octopusx(origin, 0);
            case "webclient-bytes" -> new WebClientWithBytes(origin);
            case "openai" -> new OpenAi(origin);
            default -> throw new IllegalArgumentException("No uploader is called " + name);
        };
    }

    /** Ours: read, checked and sent piece by piece from the disk. */
    final class Octopusx implements Uploader {

        private final VideoClient client;

        /** @param atOnce 0 for the client's own limit */
        Octopusx(String origin, int atOnce) {
            var builder =
                    VideoClient.builder().apiKey("sk-benchmark").baseUrl(origin).submitTimeout(Duration.ofMinutes(5));
            this.client = (atOnce == 0 ? builder : builder.maxConcurrentSubmissions(atOnce)).build();
        }

        @Override
        public void upload(Path picture, int jobs) {
            Flux.range(0, jobs)
                    .flatMap(
                            job -> client.submit(DoubaoVideoRequest.builder()
                                    .prompt("a paper boat")
                                    .firstFrame(FrameImage.of(picture))
                                    .build()),
                            jobs)
                    .blockLast();
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** The recipe that one finds: the picture is read into an array, and the array is a part. */
    final class WebClientWithBytes implements Uploader {

        private final WebClient http;

        WebClientWithBytes(String origin) {
            HttpClient transport = HttpClient.create(
                    ConnectionProvider.builder("webclient").maxConnections(200).build());
            this.http = WebClient.builder()
                    .clientConnector(new ReactorClientHttpConnector(transport))
                    .baseUrl(origin)
                    .defaultHeader("Authorization", "Bearer sk-benchmark")
                    .build();
        }

        @Override
        public void upload(Path picture, int jobs) {
            Flux.range(0, jobs)
                    .flatMap(
                            job -> {
                                MultipartBodyBuilder form = new MultipartBodyBuilder();
                                form.part("prompt", "a paper boat");
                                form.part("first_frame_image", new ByteArrayResource(read(picture)))
                                        .filename("first_frame.png");
                                return http.post()
                                        .uri("/v1/videos")
                                        .body(BodyInserters.fromMultipartData(form.build()))
                                        .retrieve()
                                        .bodyToMono(String.class);
                            },
                            jobs)
                    .blockLast();
        }

        private static byte[] read(Path picture) {
            try {
                return Files.readAllBytes(picture);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The official OpenAI library, which speaks the same protocol. */
    final class OpenAi implements Uploader {

        private final OpenAIClientAsync client;

        OpenAi(String origin) {
            this.client = OpenAIOkHttpClientAsync.builder()
                    .apiKey("sk-benchmark")
                    .baseUrl(origin + "/v1")
                    .build();
        }

        @Override
        @SuppressWarnings("deprecation") // the library gave its videos up; they still are what a caller would use
        public void upload(Path picture, int jobs) {
            CompletableFuture.allOf(IntStream.range(0, jobs)
                            .mapToObj(job -> client.videos()
                                    .create(VideoCreateParams.builder()
                                            .prompt("a paper boat")
                                            .inputReference(picture)
                                            .build()))
                            .toArray(CompletableFuture[]::new))
                    .join();
        }

        @Override
        public void close() {
            client.close();
        }
    }
}
