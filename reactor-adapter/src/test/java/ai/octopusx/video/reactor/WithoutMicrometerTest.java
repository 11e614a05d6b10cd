package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Micrometer is for those who have it. Each program runs in a process of its own, without the jars in question. */
@Timeout(120)
class WithoutMicrometerTest {

    private static final byte[] VIDEO = Mp4s.video(50_000);

    private final MockWebServer gateway = new MockWebServer();

    @BeforeEach
    void start() throws IOException {
        gateway.setDispatcher(new Gateway());
        gateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    @Test
    void aClientWorksWithoutAnyOfIt() throws Exception {
        assertThat(run(WithoutMicrometer.class, jar -> !isMicrometer(jar)))
                .containsSubsequence(
                        "micrometer false false",
                        "tracked VideoTask[video_1 completed 100%]",
                        "read VideoTask[video_1 completed 100%]",
                        "saved 50000",
                        "streamed 50000",
                        "a framework looks at it: true");
    }

    @Test
    void aClientIsObservedWithoutTheMeters() throws Exception {
        Predicate<String> noMeters = jar -> !isMicrometer(jar)
                || jar.startsWith("micrometer-commons")
                || jar.matches("micrometer-observation-[0-9].*");

        assertThat(run(OnlyObservations.class, noMeters))
                .containsSubsequence(
                        "micrometer true false",
                        "saved 50000",
                        "streamed 50000",
                        "observed [octopusx.video.submit, octopusx.video.poll, octopusx.video.poll,"
                                + " octopusx.video.download, octopusx.video.download]");
    }

    /** What keeps it so: a new use of Micrometer elsewhere would break a client that does not have it. */
    @Test
    void onlyAFewClassesKnowOfIt() {
        ArchRuleDefinition.noClasses()
                .that()
                .resideInAPackage("ai.octopusx.video.reactor")
                .and()
                .haveNameNotMatching(".*\\.(Micrometer.*|DefaultVideoObservationConvention|VideoKey|VideoMeter"
                        + "|VideoObservation|VideoObservationContext)(\\$.*)?")
                .and()
                .doNotHaveSimpleName("VideoClientBuilder") // takes the registries
                .and()
                .doNotHaveSimpleName("Settings") // hands them on, if there are any
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.micrometer..")
                .check(new ClassFileImporter()
                        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                        .importPackages("ai.octopusx.video.reactor"));
    }

    private static boolean isMicrometer(String jar) {
        return jar.startsWith("micrometer-") || jar.startsWith("context-propagation");
    }

    /** What the program printed; it must have ended well. */
    private String run(Class<?> program, Predicate<String> jars) throws IOException, InterruptedException {
        String classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> jars.test(Path.of(entry).getFileName().toString()))
                .collect(Collectors.joining(File.pathSeparator));
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        program.getName(),
                        "http://127.0.0.1:" + gateway.getPort())
                .redirectErrorStream(true)
                .start();
        try {
            String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).as(printed).isTrue();
            assertThat(process.exitValue()).as(printed).isZero();
            return printed;
        } finally {
            process.destroyForcibly();
        }
    }

    private static final class Gateway extends Dispatcher {

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            if (request.getTarget().endsWith("/content")) {
                return new MockResponse.Builder()
                        .setHeader("Content-Type", "video/mp4")
                        .body(new Buffer().write(VIDEO))
                        .build();
            }
            boolean post = request.getMethod().equals("POST");
            return new MockResponse.Builder()
                    .setHeader("Content-Type", "application/json")
                    .body("{\"id\":\"video_1\",\"object\":\"video\",\"status\":\"" + (post ? "queued" : "completed")
                            + "\",\"progress\":" + (post ? 0 : 100) + "}")
                    .build();
        }
    }
}
