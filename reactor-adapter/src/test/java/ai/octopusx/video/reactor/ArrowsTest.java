package ai.octopusx.video.reactor;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.octopusx.video.reactor.boot.VideoClientCustomizer;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Bean;

/** Who has no Spring must not miss it: one package knows it, and nobody knows that package. */
class ArrowsTest {

    private static final String BOOT = "ai.octopusx.video.reactor.boot..";

    private static final JavaClasses ADAPTER = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("ai.octopusx.video.reactor");

    private static final ArchRule SPRING_STAYS_IN_BOOT = noClasses()
            .that()
            .resideOutsideOfPackage(BOOT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("org.springframework..", BOOT);

    @Test
    void onlyOnePackageKnowsSpring() {
        SPRING_STAYS_IN_BOOT.check(ADAPTER);
    }

    @Test
    void ofThatPackageOnlyTheCustomizerIsPublic() {
        classes()
                .that()
                .resideInAPackage(BOOT)
                .and()
                .doNotHaveSimpleName("VideoClientCustomizer")
                .should()
                .notHaveModifier(JavaModifier.PUBLIC)
                .check(ADAPTER);
    }

    @Test
    void theRulesSawBothPackagesAndBite() {
        assertThat(ADAPTER.contain(VideoClient.class)).isTrue();
        assertThat(ADAPTER.contain(VideoClientCustomizer.class)).isTrue();
        assertThatExceptionOfType(AssertionError.class)
                .isThrownBy(() -> SPRING_STAYS_IN_BOOT.check(new ClassFileImporter().importClasses(KnowsSpring.class)));
    }

    static class KnowsSpring {
        @Bean
        String bean() {
            return "";
        }
    }
}
