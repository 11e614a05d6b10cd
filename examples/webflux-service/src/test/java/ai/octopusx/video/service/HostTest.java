package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.simulator.OctopusXSimulator;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Under which names the service can be asked for. Browsers send the name of the page's site, wherever it led them. */
class HostTest {

    @TempDir
    static Path data;

    private static OctopusXSimulator gateway;
    private static RunningService service;

    @BeforeAll
    static void start() {
        gateway = OctopusXSimulator.start();
        service = RunningService.start(gateway, data.resolve("here"));
    }

    @AfterAll
    static void stop() {
        service.close();
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LocalHost:8080", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080"})
    void thisMachineIsAskedForUnderItsNames(String host) throws IOException {
        assertThat(asked(service, host)).startsWith("HTTP/1.1 200").contains("\"videos\"");
    }

    /** A name server that says that it is here does not make it this machine. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rebound.example",
                "rebound.example:8080",
                "localhost.rebound.example",
                "127.0.0.1.rebound.example",
                "192.168.0.7",
                "[::2]:8080",
                ":8080",
                "rebound.example:localhost"
            })
    void underAnotherNameNobodyReadsOrSends(String host) throws IOException {
        assertThat(asked(service, host)).startsWith("HTTP/1.1 4").doesNotContain("\"videos\"");
        assertThat(sent(service, host)).startsWith("HTTP/1.1 4").doesNotContain("multipart");
    }

    @Test
    void whoIsRefusedForTheNameIsToldSo() throws IOException {
        assertThat(asked(service, "rebound.example"))
                .startsWith("HTTP/1.1 403")
                .contains(
                        "application/problem+json",
                        "urn:octopusx-video:problem:unknown-host",
                        "octopusx.service.hosts");
    }

    /** As a proxy on the same machine passes it on. */
    @Test
    void namesCanBeAdded() throws IOException {
        try (RunningService named = RunningService.start(
                gateway, data.resolve("named"), "octopusx.service.hosts=videos.example, Films.example")) {
            assertThat(asked(named, "videos.example")).startsWith("HTTP/1.1 200");
            assertThat(asked(named, "films.example:443")).startsWith("HTTP/1.1 200");
            assertThat(asked(named, "127.0.0.1")).startsWith("HTTP/1.1 200");
            assertThat(asked(named, "rebound.example")).startsWith("HTTP/1.1 403");
        }
    }

    @Test
    void whereItListensToAllItIsAskedForUnderAnyNameUntilSomeAreGiven() throws IOException {
        try (RunningService open = RunningService.start(gateway, data.resolve("open"), "server.address=0.0.0.0")) {
            assertThat(asked(open, "videos.example")).startsWith("HTTP/1.1 200");
        }
        try (RunningService named = RunningService.start(
                gateway, data.resolve("both"), "server.address=0.0.0.0", "octopusx.service.hosts=videos.example")) {
            assertThat(asked(named, "videos.example")).startsWith("HTTP/1.1 200");
            assertThat(asked(named, "rebound.example")).startsWith("HTTP/1.1 403");
        }
    }

    private static String asked(RunningService service, String host) throws IOException {
        return answer(service, "GET /videos HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n");
    }

    /** What would be refused as no form, had it been let in. */
    private static String sent(RunningService service, String host) throws IOException {
        return answer(
                service,
                "POST /videos HTTP/1.1\r\nHost: " + host + "\r\nSec-Fetch-Site: same-origin\r\n"
                        + "Content-Type: text/plain\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    }

    /** Java's own client does not let a test choose the name. */
    private static String answer(RunningService service, String request) throws IOException {
        URI page = service.uri("/");
        try (Socket socket = new Socket(page.getHost(), page.getPort())) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
