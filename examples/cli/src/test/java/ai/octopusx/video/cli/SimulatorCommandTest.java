package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.cli.CliRun.Result;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulator as a command, and what it tells of those who come. */
class SimulatorCommandTest {

    @TempDir
    Path directory;

    private final CliRun run = CliRun.withoutEnvironment();
    private CompletableFuture<Result> running = new CompletableFuture<>();

    @AfterEach
    void stop() {
        run.interruption().interrupt();
    }

    /** @return the base URL */
    private String serve(String... options) {
        List<String> args = new ArrayList<>(List.of("simulator", "--key", CliRun.KEY));
        args.addAll(List.of(options));
        running = CompletableFuture.supplyAsync(() -> run.run(args.toArray(String[]::new)));
        JobTest.await(() -> running.isDone() || run.outSoFar().contains("generate --prompt"));
        String said = run.outSoFar();
        int url = said.indexOf("http://127.0.0.1:");
        assertThat(url).as(run.errSoFar()).isNotNegative();
        return said.substring(url, said.indexOf(';', url));
    }

    private Result stopped() throws Exception {
        run.interruption().interrupt();
        return running.get(60, TimeUnit.SECONDS).exits(130);
    }

    private static int statusOf(String url) throws Exception {
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url)).build(), HttpResponse.BodyHandlers.discarding())
                .statusCode();
    }

    @Test
    void eachRequestIsALineOnStderr() throws Exception {
        String url = serve();
        CliRun.against(url).run("submit", "--prompt", "secret words").exits(0);
        CliRun.against(url).run("status", "video_nobody").exits(3);

        Result result = stopped();
        assertThat(result.err())
                .containsPattern("accepted video_\\S+ doubao-seedance-1-5-pro_720p")
                .containsPattern("POST /v1/videos 200 ")
                .containsPattern("GET /v1/videos/video_nobody 400 ")
                .doesNotContain(CliRun.KEY)
                .doesNotContain("secret words");
        assertThat(result.out()).doesNotContain("/v1/videos");
    }

    @Test
    void quietItWritesNothing() throws Exception {
        String url = serve("--quiet");
        CliRun.against(url).run("submit", "--prompt", "x").exits(0);

        assertThat(stopped().err()).isEmpty();
    }

    @Test
    void lenientItTakesAnyModelAndItsVideosAreAsLongAsAskedFor() throws Exception {
        String url = serve("--lenient", "--clip-bytes", "100000", "--life", "1ms", "--snapshot", "1ms");
        Path file = directory.resolve("x.mp4");
        CliRun.against(url)
                .run(
                        "generate",
                        "--prompt",
                        "x",
                        "--model",
                        "any-model",
                        "--poll-interval",
                        "10ms",
                        "--output",
                        file.toString())
                .exits(0);

        assertThat(file).hasSize(100_000);
        stopped();
    }

    @Test
    void aLinkLivesAsLongAsAskedFor() throws Exception {
        String url = serve("--link-life", "1ms", "--speed", "1000", "--life", "1ms", "--snapshot", "1ms");
        String id = CliRun.against(url)
                .run("submit", "--prompt", "x", "--json")
                .exits(0)
                .lastLine()
                .replaceFirst(".*\"id\":\"([^\"]*)\".*", "$1");
        String done = CliRun.against(url)
                .run("track", id, "--poll-interval", "10ms", "--json")
                .exits(0)
                .lastLine();

        // A microsecond has passed since.
        assertThat(statusOf(done.replaceFirst(".*\"video_url\":\"([^\"]*)\".*", "$1")))
                .isEqualTo(403);
        stopped();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--snapshot", "--snapshot-interval"})
    void theTimeBetweenTwoLooksHasTwoNames(String option) throws Exception {
        serve(option, "1ms");

        stopped();
    }
}
