package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The README's first command with the packed jar and a real JVM: after packaging, for it needs the jar. */
@DisabledOnOs(OS.WINDOWS)
class LauncherIT {

    private static final Path LAUNCHER = Path.of("run").toAbsolutePath();
    private static final String READY = "Open http://";

    @Test
    void oneCommandStartsTheServiceOnItsSimulator(@TempDir Path elsewhere) throws Exception {
        ProcessBuilder launcher = new ProcessBuilder(LAUNCHER.toString(), "--demo", "--server.port=0")
                .directory(elsewhere.toFile())
                .redirectErrorStream(true);
        launcher.environment().put("JAVA_HOME", System.getProperty("java.home"));
        launcher.environment().remove("OCTOPUSX_API_KEY");
        Process process = launcher.start();
        try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
            URI page = pageOf(output);

            assertThat(body(HttpRequest.newBuilder(page))).contains("<title>OctopusX Studio</title>");
            Form form = Form.of("A paper boat");
            assertThat(body(HttpRequest.newBuilder(page.resolve("/videos"))
                            .header("Content-Type", form.contentType())
                            .POST(form.body())))
                    .contains("\"prompt\":\"A paper boat\"");
            process.toHandle().destroy(); // unlike the process itself, its handle leaves the output open
            assertThat(output.lines()).anyMatch(line -> line.contains("1 open jobs are stored and let go of"));
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            try (Stream<Path> written = Files.list(elsewhere)) {
                assertThat(written).isEmpty();
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static URI pageOf(BufferedReader output) throws Exception {
        StringBuilder said = new StringBuilder();
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            if (line.contains(READY)) {
                return URI.create(
                        line.substring(line.indexOf(READY) + "Open ".length()).strip());
            }
            said.append(line).append('\n');
        }
        throw new AssertionError("It ended: " + said);
    }

    private static String body(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient()
                .send(request.build(), HttpResponse.BodyHandlers.ofString())
                .body();
    }
}
