package ai.octopusx.video.reactor.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.reactor.FileSubmissionJournal;
import ai.octopusx.video.reactor.OrphanedTask;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoClientBuilder;
import ai.octopusx.video.reactor.boot.Application.Peek;
import ai.octopusx.video.simulator.OctopusXSimulator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import reactor.core.publisher.Mono;

/** What an application finds in its context, and what it can change. */
class ClientBeanTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Test
    void aKeyMakesAClient() {
        Application.withKey().run(context -> assertThat(context)
                .hasSingleBean(VideoClient.class)
                .doesNotHaveBean(SubmissionJournal.class)
                .doesNotHaveBean("octopusxHealthIndicator"));
    }

    @Test
    @ExtendWith(OutputCaptureExtension.class)
    void withoutAKeyTheApplicationDoesNotStartAndSaysWhy(CapturedOutput output) {
        SpringApplication application = new SpringApplication(Application.Empty.class);
        application.setWebApplicationType(WebApplicationType.NONE);

        assertThatThrownBy(application::run)
                .hasRootCauseInstanceOf(IllegalStateException.class)
                .hasStackTraceContaining("The property octopusx.video.api-key is not set");
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("No VideoClient could be made. The property octopusx.video.api-key is not set")
                .contains("Set octopusx.video.api-key to the key of your account");
    }

    @Test
    void aBlankKeyIsNoKey() {
        Application.withoutKey()
                .withPropertyValues("octopusx.video.api-key=")
                .run(context -> assertThat(context.getStartupFailure())
                        .hasStackTraceContaining("octopusx.video.api-key is not set"));
    }

    @Test
    void aKeyThatIsWrongIsNotRepeated() {
        String wrong = "sk-two words";
        Application.withoutKey()
                .withPropertyValues("octopusx.video.api-key=" + wrong)
                .run(context -> {
                    StringWriter trace = new StringWriter();
                    context.getStartupFailure().printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString())
                            .contains("octopusx.video.api-key is of no use: apiKey holds a space")
                            .doesNotContain(wrong);
                });
    }

    @Test
    void anotherPropertyThatIsWrongDoesNotBringTheKeyToLight() {
        Application.withKey()
                .withPropertyValues("octopusx.video.polls-per-second=0", "octopusx.video.headers.X-Token=ge\nheim")
                .run(context -> {
                    StringWriter trace = new StringWriter();
                    context.getStartupFailure().printStackTrace(new PrintWriter(trace));
                    assertThat(trace.toString())
                            .contains("polls-per-second")
                            .doesNotContain(Application.KEY)
                            .doesNotContain("heim");
                });
    }

    @Test
    void aClientOfOnesOwnIsTheOnlyOneAndNeedsNoProperties() {
        VideoClient own = VideoClient.create("sk-other");
        Application.withoutKey()
                .withPropertyValues("octopusx.video.connect-timeout=nonsense", "octopusx.video.journal-file=/no/such/file")
                .withBean(VideoClient.class, () -> own)
                .run(context -> assertThat(context).getBean(VideoClient.class).isSameAs(own));
    }

    @Test
    void aCustomizerMayBringTheKey() {
        Application.withoutKey()
                .withBean(VideoClientCustomizer.class, () -> builder -> builder.apiKey(() -> Mono.just("sk-rotated")))
                .run(context -> assertThat(context).hasSingleBean(VideoClient.class));
    }

    @Test
    void customizersComeAfterThePropertiesAndInTheirOrder() {
        Application.withKey()
                .withPropertyValues("octopusx.video.user-agent=properties/1")
                .withUserConfiguration(TwoCustomizers.class)
                .run(context -> {
                    TwoCustomizers two = context.getBean(TwoCustomizers.class);
                    assertThat(two.order).containsExactly("first", "second");
                    assertThat(two.seen).extracting("application").isEqualTo("second/1");
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class TwoCustomizers {

        final List<String> order = new ArrayList<>();
        VideoClientBuilder seen;

        @Bean
        @Order(2)
        VideoClientCustomizer second() {
            return builder -> {
                order.add("second");
                seen = builder.userAgent("second/1");
            };
        }

        @Bean
        @Order(1)
        VideoClientCustomizer first() {
            return builder -> {
                order.add("first");
                builder.userAgent("first/1");
            };
        }
    }

    @Test
    void whoWantsToHearOfOrphansIsABean() {
        Application.withKey()
                .withUserConfiguration(Peek.class, OrphanListener.class)
                .run(context -> assertThat(context.getBean(Peek.class).builder.get())
                        .extracting("onOrphanedTask")
                        .isSameAs(context.getBean(OrphanListener.class).listener));
    }

    @Configuration(proxyBeanMethods = false)
    static class OrphanListener {

        final Consumer<OrphanedTask> listener = orphan -> {};

        @Bean
        Consumer<OrphanedTask> onOrphanedTask() {
            return listener;
        }

        @Bean
        Consumer<String> somethingElse() {
            return text -> {};
        }
    }

    @Test
    void aJournalOfTheApplicationIsHeeded(@TempDir Path directory) {
        try (FileSubmissionJournal own = FileSubmissionJournal.open(directory.resolve("own"))) {
            Application.withKey()
                    .withUserConfiguration(Peek.class)
                    .withBean(SubmissionJournal.class, () -> own)
                    .withPropertyValues("octopusx.video.journal-file=" + directory.resolve("other"))
                    .run(context -> assertThat(
                                    context.getBean(Peek.class).builder.get())
                            .extracting("journal")
                            .isSameAs(own));
        }
    }

    @Test
    void aJournalFileIsWrittenAndClosedAfterTheClient(@TempDir Path directory) {
        Path file = directory.resolve("videos.journal");
        AtomicReference<String> id = new AtomicReference<>();
        try (OctopusXSimulator gateway = OctopusXSimulator.start()) {
            onSimulator(gateway)
                    .withPropertyValues("octopusx.video.journal-file=" + file)
                    .run(context -> id.set(context.getBean(VideoClient.class)
                            .submit(DoubaoVideoRequest.textToVideo("A paper boat"))
                            .block(PATIENCE)
                            .id()));
        }

        try (FileSubmissionJournal again = FileSubmissionJournal.open(file)) {
            assertThat(again.open().toCompletableFuture().join())
                    .singleElement()
                    .extracting(SubmissionJournal.Record::taskId)
                    .isEqualTo(id.get());
        }
    }

    @Test
    void theClientIsClosedWithTheContext() {
        try (OctopusXSimulator gateway = OctopusXSimulator.start()) {
            AtomicReference<VideoClient> client = new AtomicReference<>();
            onSimulator(gateway).run(context -> client.set(context.getBean(VideoClient.class)));

            assertThatThrownBy(() -> client.get()
                            .submit(DoubaoVideoRequest.textToVideo("Too late"))
                            .block(PATIENCE))
                    .hasMessageContaining("closed");
            assertThat(gateway.ledger().accepted()).isEmpty();
        }
    }

    private static ApplicationContextRunner onSimulator(OctopusXSimulator gateway) {
        return Application.withoutKey()
                .withPropertyValues(
                        "octopusx.video.base-url=" + gateway.baseUrl(), "octopusx.video.api-key=" + gateway.apiKey());
    }

    @Test
    void theApplicationsMicrometerSeesTheClient() {
        Application.withKey()
                .withUserConfiguration(Peek.class)
                .withBean(ObservationRegistry.class, ObservationRegistry::create)
                .withBean(MeterRegistry.class, SimpleMeterRegistry::new)
                .run(context -> assertThat(context.getBean(Peek.class).builder.get())
                        .hasFieldOrPropertyWithValue(
                                "observationRegistry", context.getBean(ObservationRegistry.class))
                        .hasFieldOrPropertyWithValue("meterRegistry", context.getBean(MeterRegistry.class)));
    }

    @Test
    void aCustomizerMayChooseAnotherRegistry() {
        ObservationRegistry own = ObservationRegistry.create();
        Application.withKey()
                .withBean(VideoClientCustomizer.class, () -> builder -> builder.observationRegistry(own))
                .withUserConfiguration(Peek.class)
                .run(context -> assertThat(context.getBean(Peek.class).builder.get())
                        .hasFieldOrPropertyWithValue("observationRegistry", own));
    }

    @Test
    void aJobShowsInTheMetersThatActuatorMakes() {
        try (OctopusXSimulator gateway = OctopusXSimulator.start()) {
            onSimulator(gateway).run(context -> {
                        context.getBean(VideoClient.class)
                                .submit(DoubaoVideoRequest.textToVideo("A paper boat"))
                                .block(PATIENCE);

                        MeterRegistry meters = context.getBean(MeterRegistry.class);
                        assertThat(meters.get("octopusx.video.submit").timer().count())
                                .isEqualTo(1);
                        assertThat(meters.get("octopusx.video.jobs.watched")
                                        .gauge()
                                        .value())
                                .isZero();
                    });
        }
    }

    @Test
    void itsHealthIsShownWhenAskedFor() {
        Application.withKey()
                .withPropertyValues("management.health.octopusx.enabled=true")
                .run(context -> assertThat(context).hasNotFailed().hasBean("octopusxHealthIndicator"));
    }

    @Test
    void withoutActuatorThereIsNoHealth() {
        new ApplicationContextRunner()
                .withConfiguration(Application.autoConfigurations())
                .withPropertyValues(
                        "octopusx.video.api-key=" + Application.KEY, "management.health.octopusx.enabled=true")
                .withClassLoader(new FilteredClassLoader(
                        "org.springframework.boot.actuate", "org.springframework.boot.health", "io.micrometer"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .hasSingleBean(VideoClient.class)
                        .doesNotHaveBean("octopusxHealthIndicator"));
    }
}
