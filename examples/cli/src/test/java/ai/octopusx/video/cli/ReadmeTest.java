package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of the README compile as they stand, and the first one does what it says. */
class ReadmeTest {

    private static final Pattern JAVA = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);
    private static final Pattern CLASS = Pattern.compile("^(?:public )?(?:final )?class (\\w+)", Pattern.MULTILINE);

    @TempDir
    private Path directory;

    @Test
    void everyProgramOfTheReadmeCompiles() throws IOException {
        Map<String, String> programs = programs();

        assertThat(programs).containsKeys("FirstVideo", "WithJournal");
        assertThat(compile(programs)).isEmpty();
    }

    @Test
    void theFirstProgramLeavesAVideo() throws Exception {
        assertThat(compile(Map.of("FirstVideo", programs().get("FirstVideo")))).isEmpty();
        SimulatorConfig quick = SimulatorConfig.builder()
                .life(Duration.ofMillis(200))
                .snapshotInterval(Duration.ofMillis(50))
                .build();
        try (OctopusXSimulator simulator = OctopusXSimulator.start(quick)) {
            ProcessBuilder program = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            directory + System.getProperty("path.separator") + System.getProperty("java.class.path"),
                            "FirstVideo")
                    .directory(directory.toFile())
                    .redirectErrorStream(true);
            program.environment().put("OCTOPUSX_API_KEY", simulator.apiKey());
            program.environment().put("OCTOPUSX_BASE_URL", simulator.baseUrl().toString());

            Process running = program.start();
            String said = new String(running.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(running.waitFor(20, TimeUnit.SECONDS)).isTrue();
            assertThat(running.exitValue()).as(said).isZero();
            assertThat(said).contains("QUEUED", "COMPLETED 100 %", "Saved as boat.mp4");
            assertThat(Files.readAllBytes(directory.resolve("boat.mp4"))).containsSequence('f', 't', 'y', 'p');
            assertThat(simulator.ledger().accepted()).hasSize(1);
        }
    }

    /** What has a class of its own; the rest are excerpts. The service on Spring Boot is run by boot-tests. */
    private static Map<String, String> programs() throws IOException {
        Matcher blocks = JAVA.matcher(Files.readString(Path.of("../../README.md")));
        Map<String, String> programs = new TreeMap<>();
        while (blocks.find()) {
            Matcher name = CLASS.matcher(blocks.group(1));
            if (name.find() && !blocks.group(1).contains("import org.springframework.")) {
                programs.put(name.group(1), blocks.group(1));
            }
        }
        return programs;
    }

    private String compile(Map<String, String> programs) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
            List<Path> sources = new ArrayList<>();
            for (Map.Entry<String, String> program : programs.entrySet()) {
                sources.add(Files.writeString(directory.resolve(program.getKey() + ".java"), program.getValue()));
            }
            StringWriter complaints = new StringWriter();
            compiler.getTask(
                            complaints,
                            files,
                            null,
                            List.of(
                                    "-d",
                                    directory.toString(),
                                    "-proc:none",
                                    "-cp",
                                    System.getProperty("java.class.path")),
                            null,
                            files.getJavaFileObjectsFromPaths(sources))
                    .call();
            return complaints.toString();
        }
    }
}
