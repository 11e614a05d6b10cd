package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.cli.CliRun.Result;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the program says, to the letter, of what a gateway answers. */
class WireTest {

    /** The least that a download takes for a whole file: a file type, an index and data. */
    private static final byte[] MP4 = mp4();

    @TempDir
    Path directory;

    private MockWebServer gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = new MockWebServer();
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private Result run(String... args) {
        return CliRun.against(gateway.url("/")).run(args);
    }

    private void answers(String... bodies) {
        for (String body : bodies) {
            gateway.enqueue(new MockResponse.Builder()
                    .addHeader("Content-Type", "application/json")
                    .addHeader("X-Oneapi-Request-Id", "req-1")
                    .body(body)
                    .build());
        }
    }

    private void video() {
        gateway.enqueue(new MockResponse.Builder()
                .addHeader("Content-Type", "video/mp4")
                .body(new Buffer().write(MP4))
                .build());
    }

    @Test
    void generateAsJson() throws Exception {
        answers(
                "{\"id\":\"v1\",\"status\":\"queued\",\"progress\":0,\"created_at\":1766000000}",
                "{\"id\":\"v1\",\"status\":\"NOT_START\",\"progress\":0,\"created_at\":1766000000}",
                "{\"id\":\"v1\",\"status\":\"in_progress\",\"progress\":\"50%\",\"created_at\":1766000000}",
                "{\"id\":\"v1\",\"status\":\"in_progress\",\"progress\":\"50%\",\"created_at\":1766000000}",
                "{\"id\":\"v1\",\"status\":\"completed\",\"progress\":100,\"created_at\":1766000000,\"video_url\":\""
                        + gateway.url("/files/v1.mp4") + "\"}");
        video();
        Path file = directory.resolve("v.mp4");
        Result result = run(
                        "generate", "--prompt", "x", "--output", file.toString(), "--poll-interval", "1ms", "--json")
                .exits(0);

        assertThat(result.lines())
                .containsExactly(
                        "{\"id\":\"v1\",\"object\":\"video\",\"status\":\"queued\",\"progress\":0,"
                                + "\"created_at\":1766000000}",
                        "{\"id\":\"v1\",\"object\":\"video\",\"status\":\"processing\",\"raw_status\":\"in_progress\","
                                + "\"progress\":50,\"created_at\":1766000000}",
                        "{\"id\":\"v1\",\"object\":\"video\",\"status\":\"completed\",\"progress\":100,"
                                + "\"created_at\":1766000000,\"video_url\":\"" + gateway.url("/files/v1.mp4")
                                + "\",\"output\":\"" + file + "\"}");
        assertThat(file).hasBinaryContent(MP4);

        RecordedRequest submission = gateway.takeRequest();
        assertThat(submission.getMethod() + " " + submission.getTarget()).isEqualTo("POST /v1/videos");
        assertThat(submission.getHeaders().get("Authorization")).isEqualTo("Bearer " + CliRun.KEY);
        assertThat(submission.getHeaders().get("User-Agent"))
                .startsWith("octopusx-cli/")
                .contains("octopusx-java/");
        String form = submission.getBody().utf8();
        assertThat(form).contains("doubao-seedance-1-5-pro_720p").contains("name=\"prompt\"");
    }

    @Test
    void anErrorAsJson() {
        gateway.enqueue(new MockResponse.Builder()
                .code(403)
                .addHeader("X-Oneapi-Request-Id", "req-7")
                .body("{\"code\":\"insufficient_user_quota\",\"message\":\"balance too low\",\"data\":null}")
                .build());
        String line = run("submit", "--prompt", "x", "--json").exits(3).lastLine();
        assertThat(line)
                .matches("\\{\"error\":\\{\"type\":\"QuotaExceededException\",\"message\":\"[^\"]+\",\"status\":403,"
                        + "\"code\":\"insufficient_user_quota\",\"request_id\":\"req-7\"}}");
    }

    @Test
    void forPeople() {
        answers(
                "{\"id\":\"v1\",\"status\":\"queued\",\"progress\":0}",
                "{\"id\":\"v1\",\"status\":\"failed\",\"progress\":100,"
                        + "\"error\":{\"code\":\"Bad\",\"message\":\"red \\u001b[31m and turned \\u202e round\"}}");
        Result result = run(
                        "generate",
                        "--prompt",
                        "x",
                        "--output",
                        directory.resolve("v").toString(),
                        "--poll-interval",
                        "1ms")
                .exits(1);
        assertThat(result.lines().get(0)).isEqualTo("v1  queued  0%  0:00");
        assertThat(result.lines().get(1)).startsWith("v1  failed  100%  0:0").contains("  Bad red \ufffd[31m");
        assertThat(result.out() + result.err()).doesNotContain("\u001b", "\u202e");
    }

    @Test
    void aHostileIdStaysInsideTheDirectoryOfTheBatch() throws IOException {
        Path output = directory.resolve("out");
        List<String> ids = List.of("../../escape", "/etc/passwd", "a\0b", "CON", "\u202egpm", "x".repeat(3000));
        Iterator<String> next = ids.iterator();
        gateway.setDispatcher(new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) {
                if (request.getMethod().equals("POST")) {
                    return json(Map.of("id", next.next(), "status", "queued"));
                }
                String path = request.getTarget();
                return path.startsWith("/files/")
                        ? new MockResponse.Builder()
                                .body(new Buffer().write(MP4))
                                .build()
                        : json(Map.of(
                                "id",
                                URLDecoder.decode(path.substring("/v1/videos/".length()), StandardCharsets.UTF_8),
                                "status",
                                "completed",
                                "video_url",
                                gateway.url("/files/f.mp4").toString()));
            }
        });
        String batch = "{\"prompt\":\"x\"}\n".repeat(ids.size());
        Path input = Files.writeString(directory.resolve("jobs.jsonl"), batch);
        run(
                        "batch",
                        input.toString(),
                        "--output-dir",
                        output.toString(),
                        "--concurrency",
                        "1",
                        "--poll-interval",
                        "1ms")
                .exits(0);
        assertThat(JobTest.videos(output)).hasSize(ids.size());
        try (Stream<Path> all = Files.list(directory)) {
            assertThat(all).containsExactlyInAnyOrder(input, output);
        }
    }

    @Test
    void anIdIsQuotedInTheAdviceSoThatAShellTakesItLiterally() {
        answers("{\"id\":\"a; rm -rf 'x'\",\"status\":\"queued\"}");
        for (int i = 0; i < 500; i++) {
            answers("{\"id\":\"a; rm -rf 'x'\",\"status\":\"processing\"}");
        }
        assertThat(run("track", "a; rm -rf 'x'", "--poll-interval", "5ms", "--timeout", "100ms")
                        .exits(5)
                        .err())
                .contains("octopusx track 'a; rm -rf '\\''x'\\'''");
    }

    private static MockResponse json(Map<String, String> members) {
        return new MockResponse.Builder().body(JsonLine.of(members)).build();
    }

    private static byte[] mp4() {
        Buffer file = new Buffer();
        box(file, "ftyp", "isom\0\0\2\0isomiso2avc1mp41");
        box(file, "moov", "\0\0\0\10free");
        box(file, "mdat", "frames");
        return file.readByteArray();
    }

    private static void box(Buffer file, String type, String content) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);
        file.writeInt(8 + bytes.length);
        file.writeUtf8(type);
        file.write(bytes);
    }
}
