package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.resolver.DefaultAddressResolverGroup;
import java.io.File;
import java.io.FileInputStream;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.blockhound.BlockingOperationError;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;

/** The proof that the watchdog barks: without it, a green suite would say nothing about blocking. */
class BlockHoundTest {

    @Test
    void aWaitOnATimerThreadIsNoticed() {
        StepVerifier.create(
                        Mono.delay(Duration.ofMillis(1), Schedulers.parallel()).doOnNext(tick -> pause()))
                .expectErrorSatisfies(e -> assertThat(e).isInstanceOf(BlockingOperationError.class))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void aFileReadOnAnEventLoopIsNoticed(@TempDir File directory) throws IOException {
        File file = new File(directory, "image.png");
        assertThat(file.createNewFile()).isTrue();
        var server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((in, out) -> out.send())
                .bindNow();
        try {
            StepVerifier.create(HttpClient.create()
                            .get()
                            .uri("http://127.0.0.1:" + server.port())
                            .response()
                            .doOnNext(response -> read(file)))
                    .expectErrorSatisfies(e -> assertThat(e).isInstanceOf(BlockingOperationError.class))
                    .verify(Duration.ofSeconds(10));
        } finally {
            server.disposeNow();
        }
    }

    /** As it is with Netty's own way to the JVM's look-up. */
    @Test
    void aLookUpOfANameOnAnEventLoopIsNoticed() {
        StepVerifier.create(HttpClient.create()
                        .resolver(DefaultAddressResolverGroup.INSTANCE)
                        .get()
                        .uri("http://localhost:1")
                        .response())
                .expectErrorSatisfies(e -> assertThat(e).isInstanceOf(BlockingOperationError.class))
                .verify(Duration.ofSeconds(10));
    }

    private static void pause() {
        try {
            Thread.sleep(1);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void read(File file) {
        try (FileInputStream in = new FileInputStream(file)) {
            assertThat(in.read()).isEqualTo(-1);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
