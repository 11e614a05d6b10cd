package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The launcher by itself, in a house of its own with a Java and a Maven that only tell what they were asked. */
@DisabledOnOs(OS.WINDOWS)
class LauncherTest {

    @TempDir
    Path root;

    private Path launcher;
    private Path home;
    private Path tools;

    @BeforeEach
    void build() throws IOException {
        // Where it really is, for the launcher says so too; the temporary directory may be a link.
        root = root.toRealPath();
        Path house = Files.createDirectories(root.resolve("a house with spaces"));
        launcher = Files.createDirectories(house.resolve("examples")).resolve("octopusx");
        Files.copy(Path.of("..", "octopusx"), launcher);
        Files.writeString(house.resolve("pom.xml"), "");
        home = java("17.0.9");
        tools = Files.createDirectories(root.resolve("tools"));
        script(
                tools.resolve("mvn"),
                "echo \"mvn $* in $PWD\"",
                "mkdir -p examples/cli/target",
                "touch examples/cli/target/octopusx-video-cli-0.1.0.jar");
    }

    private Path java(String version) throws IOException {
        Path place = root.resolve("jdk-" + version);
        Files.createDirectories(place.resolve("bin"));
        Files.writeString(place.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
        script(
                place.resolve("bin/java"),
                "echo \"LC_ALL=$LC_ALL\"",
                "for argument in \"$@\"; do printf '<%s>\\n' \"$argument\"; done",
                "exit 42");
        return place;
    }

    private void jar() throws IOException {
        Path target = Files.createDirectories(launcher.resolveSibling("cli/target"));
        Files.createFile(target.resolve("octopusx-video-cli-0.1.0.jar"));
        Files.createFile(target.resolve("octopusx-video-cli-0.1.0-sources.jar"));
    }

    private static void script(Path file, String... lines) throws IOException {
        Files.writeString(file, "#!/bin/bash\n" + String.join("\n", lines) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Run run(Path script, Map<String, String> environment, String... args) throws Exception {
        List<String> command = new ArrayList<>(List.of(script.toString()));
        command.addAll(Arrays.asList(args));
        ProcessBuilder builder = new ProcessBuilder(command).directory(root.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("LC_") || name.equals("LANG"));
        builder.environment().put("PATH", tools + ":/usr/bin:/bin");
        builder.environment().put("JAVA_HOME", home.toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Run(process.waitFor(), out, err);
    }

    private record Run(int code, String out, String err) {}

    @Test
    void everyArgumentArrivesAsItIsAndTheExitCodeComesBack() throws Exception {
        jar();
        Run run = run(launcher, Map.of(), "generate", "--prompt", " two  spaces \"'$HOME*\\", "", "@file", "--", "喵");
        assertThat(run.code()).isEqualTo(42);
        assertThat(run.err()).isEmpty();
        assertThat(run.out())
                .contains("<-jar>\n<" + launcher.resolveSibling("cli/target/octopusx-video-cli-0.1.0.jar") + ">\n")
                .endsWith("<generate>\n<--prompt>\n< two  spaces \"'$HOME*\\>\n<>\n<@file>\n<-->\n<喵>\n");
    }

    @Test
    void theProgramIsToldWhereItsLauncherReallyIs() throws Exception {
        jar();
        Path link = Files.createSymbolicLink(root.resolve("o"), launcher);
        for (Path called : List.of(launcher, link)) {
            assertThat(run(called, Map.of(), "x").out()).contains("<-Doctopusx.launcher=" + launcher + ">\n");
        }
    }

    @Test
    void theLocaleOfTheMachineIsAlwaysOneOfUtf8() throws Exception {
        jar();
        for (Map<String, String> locale :
                List.of(Map.<String, String>of(), Map.of("LC_ALL", "POSIX"), Map.of("LANG", "C"))) {
            assertThat(run(launcher, locale).out()).as(locale.toString()).containsPattern("(?i)^LC_ALL=.*utf-?8");
        }
        assertThat(run(launcher, Map.of("LC_ALL", "C.UTF-8")).out()).startsWith("LC_ALL=C.UTF-8\n");
    }

    @Test
    void theFirstCallBuildsAndTheSecondDoesNot() throws Exception {
        Run first = run(launcher, Map.of(), "status", "x");
        assertThat(first.code()).isEqualTo(42);
        assertThat(first.err())
                .contains("building the command line")
                .contains("mvn -q -pl examples/cli -am package -DskipTests -Dspotless.check.skip in "
                        + launcher.getParent().getParent());
        assertThat(first.out())
                .as("what Maven says is not mixed into the results")
                .doesNotContain("mvn");

        Run second = run(launcher, Map.of(), "status", "x");
        assertThat(second.code()).isEqualTo(42);
        assertThat(second.err()).isEmpty();
    }

    @Test
    void aBuildThatFailsIsNotHidden() throws Exception {
        script(tools.resolve("mvn"), "echo 'no such thing'", "exit 1");
        Run run = run(launcher, Map.of(), "status", "x");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("no such thing").contains("octopusx: the build failed");
        assertThat(run.out()).isEmpty();
    }

    @Test
    void itFindsItsHouseThroughLinks() throws Exception {
        jar();
        Path bin = Files.createDirectories(root.resolve("bin"));
        Path absolute = Files.createSymbolicLink(bin.resolve("one"), launcher);
        Path relative = Files.createSymbolicLink(bin.resolve("two"), Path.of("one"));
        for (Path link : List.of(absolute, relative)) {
            assertThat(run(link, Map.of(), "x").out()).contains("octopusx-video-cli-0.1.0.jar");
        }
    }

    @ParameterizedTest
    @CsvSource({"1.8.0_392, Java 8", "11.0.2, Java 11", "16, Java 16"})
    void anOldJavaIsRefusedInOneSentence(String version, String told) throws Exception {
        jar();
        home = java(version);
        Run run = run(launcher, Map.of(), "status", "x");
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("Java 17 or newer is needed").contains(told + ":");
        assertThat(run.err().lines()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"17, false", "21.0.1, false", "23, true", "25.0.1, true", "26-ea, true"})
    void aNewerJavaIsToldNotToWarn(String version, boolean told) throws Exception {
        jar();
        home = java(version);
        Run run = run(launcher, Map.of());
        assertThat(run.code()).isEqualTo(42);
        assertThat(run.out().contains("--sun-misc-unsafe-memory-access=allow")).isEqualTo(told);
    }

    @Test
    void aJavaHomeWithoutJavaIsTold() throws Exception {
        jar();
        Run run = run(launcher, Map.of("JAVA_HOME", root.toString()));
        assertThat(run.code()).isEqualTo(2);
        assertThat(run.err()).contains("JAVA_HOME is " + root);
    }

    @Test
    void withoutJavaHomeTheOneOnThePathIsTaken() throws Exception {
        jar();
        Files.createSymbolicLink(tools.resolve("java"), home.resolve("bin/java"));
        Run run = run(launcher, Map.of("JAVA_HOME", ""), "x");
        assertThat(run.code()).isEqualTo(42);
        assertThat(run.out()).endsWith("<x>\n");
    }
}
