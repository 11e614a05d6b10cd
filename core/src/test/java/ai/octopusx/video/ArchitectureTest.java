package ai.octopusx.video;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.type;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What core must not touch: whatever is decided here can be tested by calling it. */
class ArchitectureTest {

    private static final JavaClasses CORE = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("ai.octopusx.video");

    /** The standard library's values, and two small ones of others. No sockets, no channels, no threads. */
    private static final DescribedPredicate<JavaClass> VALUES = resideInAnyPackage(
                    "ai.octopusx.video..",
                    "java.lang",
                    "java.lang.annotation",
                    "java.lang.invoke",
                    "java.lang.runtime",
                    "java.math",
                    "java.nio.charset",
                    "java.time..",
                    "java.util",
                    "java.util.concurrent.atomic",
                    "java.util.function",
                    "java.util.regex",
                    "java.util.stream",
                    "org.jspecify.annotations",
                    "")
            .and(not(belongToAnyOf(
                    Thread.class, ThreadLocal.class, Process.class, ProcessBuilder.class, Runtime.class, Clock.class)))
            .and(not(belongToAnyOf(java.util.Random.class, java.util.Timer.class, java.util.UUID.class)))
            .or(type(Path.class))
            .or(type(CompletionStage.class))
            .or(type(ConcurrentMap.class))
            .or(type(ConcurrentHashMap.class))
            .or(name("java.io.IOException"))
            .or(name("java.io.UncheckedIOException"))
            .or(name("java.io.Serial"))
            .or(name("java.io.Serializable"))
            .or(name("java.io.ByteArrayOutputStream"))
            .or(name("java.io.StringWriter"))
            .or(name("java.io.Writer"));

    private static final ArchRule ONLY_VALUES = classes()
            .should()
            .onlyDependOnClassesThat(VALUES.or(resideInAPackage("tools.jackson..")))
            .as("core knows values only: no Reactor, Netty, socket, file, thread, clock or dice");

    private static final ArchRule JACKSON_IN_WIRE = noClasses()
            .that()
            .resideOutsideOfPackage("ai.octopusx.video.wire")
            .should()
            .dependOnClassesThat(resideInAPackage("tools.jackson.."))
            .as("only the wire package sees Jackson");

    /** What hides behind permitted types: the time, chance, the environment, and files by their path. */
    private static final ArchRule NOTHING_HIDDEN = noClasses()
            .should()
            .callMethodWhere(call(System.class, "currentTimeMillis")
                    .or(call(System.class, "nanoTime"))
                    .or(call(System.class, "getenv"))
                    .or(call(System.class, "getProperty"))
                    .or(call(Math.class, "random"))
                    .or(nowOf("java.time"))
                    .or(call(Path.class, "toFile"))
                    .or(call(Path.class, "toRealPath"))
                    .or(call(Path.class, "toAbsolutePath"))
                    .or(call(Path.class, "register")))
            .as("core asks nobody for the time, for chance, for the environment or for a file");

    private static DescribedPredicate<JavaCall<?>> call(Class<?> owner, String method) {
        return DescribedPredicate.describe(
                owner.getSimpleName() + "." + method,
                call -> call.getTargetOwner().isEquivalentTo(owner)
                        && call.getTarget().getName().equals(method));
    }

    private static DescribedPredicate<JavaCall<?>> nowOf(String inPackage) {
        return DescribedPredicate.describe(
                inPackage + " now()",
                call -> call.getTargetOwner().getPackageName().startsWith(inPackage)
                        && call.getTarget().getName().equals("now"));
    }

    @Test
    void coreKnowsValuesOnly() {
        ONLY_VALUES.check(CORE);
    }

    @Test
    void onlyTheWirePackageSeesJackson() {
        JACKSON_IN_WIRE.check(CORE);
    }

    @Test
    void coreAsksNobodyForTheTimeForChanceOrForAFile() {
        NOTHING_HIDDEN.check(CORE);
    }

    @Test
    void theRulesSawTheWholeHouse() {
        assertThat(CORE.contain(VideoTask.class)).isTrue();
        assertThat(CORE.contain(ai.octopusx.video.wire.RepeatRule.class)).isTrue();
        assertThat(CORE.size()).isGreaterThan(50);
        assertThat(CORE.stream().map(JavaClass::getSimpleName)).doesNotContain("ArchitectureTest");
    }

    @Test
    void theRulesBite() {
        JavaClasses offenders = new ClassFileImporter()
                .importClasses(ReadsTheClock.class, ThrowsDice.class, OpensAFile.class, StartsAThread.class);

        for (ArchRule rule : new ArchRule[] {ONLY_VALUES}) {
            for (Class<?> offender : new Class<?>[] {ThrowsDice.class, OpensAFile.class, StartsAThread.class}) {
                assertThatExceptionOfType(AssertionError.class)
                        .isThrownBy(() -> rule.check(new ClassFileImporter().importClasses(offender)))
                        .withMessageContaining(offender.getSimpleName());
            }
        }
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> NOTHING_HIDDEN.check(offenders))
                .withMessageContaining("ReadsTheClock");
    }

    static class ReadsTheClock {
        Instant read() {
            return Instant.now();
        }
    }

    static class ThrowsDice {
        double dice() {
            return ThreadLocalRandom.current().nextDouble();
        }
    }

    static class OpensAFile {
        boolean open(Path path) {
            return Files.exists(path);
        }
    }

    static class StartsAThread {
        void start() {
            new Thread(() -> {}).start();
        }
    }
}
