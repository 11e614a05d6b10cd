package ai.octopusx.video.benchmarks.upload;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A gateway in a process of its own that reads a form to its end, keeps nothing, and answers two seconds later. Prints its
 * port; when its input ends, how many forms it read, and how many clients were waiting at once.
 */
final class UploadGateway {

    private static final Duration THOUGHT = Duration.ofSeconds(2);
    private static final byte[] TASK = "{\"id\":\"video_1\",\"object\":\"video\",\"status\":\"queued\",\"progress\":0}"
            .getBytes(StandardCharsets.UTF_8);

    private UploadGateway() {}

    public static void main(String[] args) throws IOException {
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> {
                    most.accumulateAndGet(open.incrementAndGet(), Math::max);
                    return request.receive()
                            .then(Mono.fromRunnable(taken::incrementAndGet))
                            .then(Mono.delay(THOUGHT))
                            .then(response.header("Content-Type", "application/json")
                                    .header("Content-Length", "" + TASK.length)
                                    .sendByteArray(Mono.just(TASK))
                                    .then())
                            .doFinally(end -> open.decrementAndGet());
                })
                .bindNow();
        System.out.println(server.port());
        while (System.in.read() >= 0) {
            // until whoever started this is done
        }
        System.out.println(taken + " " + most);
    }
}
