package ai.octopusx.video.reactor.boot;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.reactor.VideoClient;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the simulator does not say, since no gateway does. */
class GatewayProbeTest {

    private static final byte[] TASK = """
            {"id": "octopusx-health-check", "object": "video", "status": "queued", "progress": 0}
            """.getBytes(StandardCharsets.UTF_8);

    @Test
    void whoHasATaskThatCannotExistIsNoGateway() throws IOException {
        HttpServer yesMan = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        yesMan.createContext("/", exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, TASK.length);
            exchange.getResponseBody().write(TASK);
            exchange.close();
        });
        yesMan.start();
        try (VideoClient client = Application.builder()
                .baseUrl("http://127.0.0.1:" + yesMan.getAddress().getPort())
                .build()) {
            assertThatThrownBy(() -> GatewayProbe.ask(client).block(Duration.ofSeconds(20)))
                    .hasMessageContaining("a task that cannot exist");
        } finally {
            yesMan.stop(0);
        }
    }
}
