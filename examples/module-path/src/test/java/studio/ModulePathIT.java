package studio;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Both jars on the module path of an application that is a module itself, with nothing else there but what the client needs:
 * no Micrometer, no Spring. After packaging, for an automatic module is a jar.
 */
class ModulePathIT {

    /** On our own class path only: a test's things, and the gateway, which runs in this process. */
    private static final List<String> NOT_OF_THE_APPLICATION =
            List.of("junit", "assertj", "opentest4j", "apiguardian", "byte-buddy", "simulator", "surefire", "logback");

    @TempDir
    Path classes;

    @Test
    void aModularApplicationMakesAVideo() throws Exception {
        compile();
        try (OctopusXSimulator gateway =
                OctopusXSimulator.start(SimulatorConfig.builder().speed(100).build())) {
            String said = run(gateway.baseUrl().toString(), gateway.apiKey());

            assertThat(said)
                    .contains("COMPLETED true module ai.octopusx.video module ai.octopusx.video.reactor")
                    .doesNotContain("Exception");
            assertThat(gateway.ledger().accepted()).hasSize(1);
            assertThat(gateway.ledger().violations()).isEmpty();
        }
    }

    private void compile() {
        StringWriter said = new StringWriter();
        int code = ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                        new PrintWriter(said),
                        new PrintWriter(said),
                        "--module-path",
                        jars(),
                        "-d",
                        classes.toString(),
                        "src/app/java/module-info.java",
                        "src/app/java/studio/Main.java");
        assertThat(code).as(said.toString()).isZero();
    }

    private String run(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--module-path",
                classes + File.pathSeparator + jars(),
                "--add-modules",
                "ALL-MODULE-PATH",
                "--module",
                "studio/studio.Main"));
        command.addAll(Arrays.asList(arguments));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    private static String jars() {
        String jars = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .filter(entry -> NOT_OF_THE_APPLICATION.stream()
                        .noneMatch(Path.of(entry).getFileName().toString()::contains))
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(jars)
                .contains("octopusx-video-core")
                .contains("octopusx-video-reactor")
                .doesNotContain("micrometer");
        return jars;
    }
}
