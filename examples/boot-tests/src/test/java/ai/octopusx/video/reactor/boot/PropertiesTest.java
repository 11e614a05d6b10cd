package ai.octopusx.video.reactor.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.reactor.VideoClientBuilder;
import ai.octopusx.video.reactor.boot.Application.Peek;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.configurationmetadata.ConfigurationMetadataProperty;
import org.springframework.boot.configurationmetadata.ConfigurationMetadataRepositoryJsonBuilder;

/** From {@code octopusx.video.*} to the builder, and what editors are told of it. */
class PropertiesTest {

    private static final Set<String> WITHOUT_DEFAULT =
            Set.of("api-key", "polls-per-second", "journal-file", "user-agent", "headers", "refuse-private-addresses");

    /** What a property cannot say; all but the last two are beans. */
    private static final Set<String> NEEDS_CODE = Set.of(
            "journal", "on-orphaned-task", "observation-registry", "meter-registry", "http-client", "loop-resources");

    @Test
    void whatIsNotSetStaysAsTheBuilderHasIt() {
        assertBuilt(List.of(), builder -> {});
    }

    @Test
    void whatIsSetReachesTheBuilder() {
        assertBuilt(
                List.of(
                        "base-url=http://localhost:4711/gateway",
                        "polling.policy=exponential",
                        "polling.first=1s",
                        "polling.max=1m",
                        "polling.factor=2",
                        "polling.jitter=0.5",
                        "tracking-deadline=25h",
                        "connect-timeout=1500",
                        "submit-timeout=3m",
                        "status-timeout=PT20S",
                        "write-timeout=21s",
                        "download-idle-timeout=22s",
                        "close-timeout=23s",
                        "submit-attempts=3",
                        "submit-patience=10s",
                        "max-concurrent-submissions=4",
                        "max-concurrent-polls=200",
                        "max-concurrent-downloads=8",
                        "polls-per-second=12.5",
                        "user-agent=studio/2.1",
                        "headers.X-Studio=north",
                        "http2=true",
                        "system-proxy=true",
                        "wiretap=true",
                        "refuse-private-addresses=true"),
                builder -> builder.baseUrl("http://localhost:4711/gateway")
                        .polling(PollingPolicy.exponential(Duration.ofSeconds(1), Duration.ofMinutes(1), 2, 0.5))
                        .trackingDeadline(Duration.ofHours(25))
                        .connectTimeout(Duration.ofMillis(1500))
                        .submitTimeout(Duration.ofMinutes(3))
                        .statusTimeout(Duration.ofSeconds(20))
                        .writeTimeout(Duration.ofSeconds(21))
                        .downloadIdleTimeout(Duration.ofSeconds(22))
                        .closeTimeout(Duration.ofSeconds(23))
                        .submitAttempts(3, Duration.ofSeconds(10))
                        .maxConcurrentSubmissions(4)
                        .maxConcurrentPolls(200)
                        .maxConcurrentDownloads(8)
                        .pollsPerSecond(12.5)
                        .userAgent("studio/2.1")
                        .header("X-Studio", "north")
                        .http2(true)
                        .systemProxy(true)
                        .wiretap(true)
                        .refusePrivateAddresses(true));
    }

    @Test
    void ofAPairOneMayBeSet() {
        assertBuilt(List.of("submit-attempts=2"), builder -> builder.submitAttempts(2, Duration.ofSeconds(45)));
        assertBuilt(List.of("submit-patience=9s"), builder -> builder.submitAttempts(5, Duration.ofSeconds(9)));
        assertBuilt(
                List.of("polling.max=20s"),
                builder -> builder.polling(
                        PollingPolicy.exponential(Duration.ofSeconds(5), Duration.ofSeconds(20), 1.5, 0.2)));
    }

    @Test
    void anEmptyEnvironmentVariableIsNoSetting() {
        assertBuilt(
                List.of("base-url=", "user-agent=", "connect-timeout=", "polls-per-second=", "journal-file="),
                builder -> {});
    }

    @Test
    void aFixedPolicy() {
        assertBuilt(
                List.of("polling.policy=fixed", "polling.interval=7s"),
                builder -> builder.polling(PollingPolicy.fixed(Duration.ofSeconds(7))));
        assertBuilt(
                List.of("polling.policy=fixed"),
                builder -> builder.polling(PollingPolicy.fixed(Duration.ofSeconds(15))));
    }

    @Test
    void anAdaptivePolicy() {
        run(List.of("polling.policy=adaptive", "polling.target-delay=3s"), builder -> assertThat(builder)
                .extracting("polling.targetDelay")
                .isEqualTo(Duration.ofSeconds(3)));
        run(List.of("polling.policy=adaptive"), builder -> assertThat(builder)
                .extracting("polling.targetDelay")
                .isEqualTo(PollingPolicy.adaptive(Duration.ofSeconds(5)).targetDelay()));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "connect-timeout=-1s       | connect-timeout | connectTimeout is PT-1S, allowed is more than zero",
                "max-concurrent-polls=0    | max-concurrent-polls | maxConcurrentPolls is 0, allowed is 1 or more",
                "polls-per-second=0        | polls-per-second | pollsPerSecond is 0.0, allowed is more than zero",
                "base-url=ftp://octopusx.ai | base-url | baseUrl is no plain http or https URL",
                "polling.jitter=2          | polling | jitter is 2.0, allowed is 0 to 1",
                "polling.interval=5s       | polling | set polling.policy to fixed or adaptive",
                "headers.Authorization=me  | headers.Authorization | set by the client itself",
                "journal-file=/no/such/directory/journal | journal-file | /no/such/directory"
            })
    void whatIsWrongIsNamedByItsProperty(String setting, String property, String problem) {
        Application.withKey()
                .withPropertyValues("octopusx.video." + setting)
                .run(context -> assertThat(propertyFailure(context.getStartupFailure()))
                        .hasMessageContaining("The property octopusx.video." + property + " is of no use: ")
                        .hasMessageContaining(problem));
    }

    private static VideoPropertyException propertyFailure(Throwable failure) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .filter(VideoPropertyException.class::isInstance)
                .map(VideoPropertyException.class::cast)
                .findFirst()
                .orElseThrow(() -> new AssertionError("no property was blamed", failure));
    }

    @Test
    void theDefaultsThatEditorsShowAreTheBuilders() {
        List<String> defaults = metadata().stream()
                .filter(property -> property.getDefaultValue() != null)
                .map(property -> name(property) + "=" + property.getDefaultValue())
                .toList();

        assertThat(defaults).contains("connect-timeout=10s").hasSizeGreaterThan(20);
        assertBuilt(defaults, builder -> {});
    }

    @Test
    void editorsKnowEveryPropertyWithTypeAndDescriptionAndDefault() {
        assertThat(metadata()).extracting(PropertiesTest::name).containsExactlyInAnyOrderElementsOf(properties());
        assertThat(metadata()).allSatisfy(property -> {
            assertThat(property.getType()).startsWith(property.getId().contains("policy") ? "ai." : "java.");
            assertThat(property.getDescription()).endsWith(".").hasSizeGreaterThan(20);
            if (!WITHOUT_DEFAULT.contains(name(property))) {
                assertThat(property.getDefaultValue())
                        .as(property.getId())
                        .isNotNull();
            }
        });
    }

    @Test
    void everySettingOfTheBuilderHasAProperty() {
        Set<String> settings = new TreeSet<>();
        for (Method method : VideoClientBuilder.class.getDeclaredMethods()) {
            if (Modifier.isPublic(method.getModifiers()) && method.getReturnType() == VideoClientBuilder.class) {
                settings.add(dashed(method.getName()));
            }
        }
        settings.removeAll(NEEDS_CODE);

        Set<String> properties = new TreeSet<>();
        for (String property : properties()) {
            String first = property.replaceAll("\\..*", "");
            properties.add(first.equals("headers") ? "header" : first);
        }
        properties.removeAll(Set.of("submit-patience", "journal-file")); // one half of a setting, and a bean

        assertThat(properties).isEqualTo(settings);
    }

    @Test
    void theKeyIsNotShown() {
        VideoClientProperties properties = new VideoClientProperties(
                Application.KEY, null, null, null, null, null, null, null, null, null, null, null, null, null, null, null,
                null, null, null, null, null, null, null);

        assertThat(properties.toString()).doesNotContain(Application.KEY);
    }

    private static void assertBuilt(List<String> settings, Consumer<VideoClientBuilder> expected) {
        VideoClientBuilder wanted = Application.builder();
        expected.accept(wanted);
        run(settings, builder -> assertThat(builder)
                .usingRecursiveComparison()
                .ignoringFields("observationRegistry", "meterRegistry")
                .isEqualTo(wanted));
    }

    private static void run(List<String> settings, Consumer<VideoClientBuilder> judge) {
        Application.withKey()
                .withUserConfiguration(Peek.class)
                .withPropertyValues(settings.stream()
                        .map(setting -> "octopusx.video." + setting)
                        .toArray(String[]::new))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    judge.accept(context.getBean(Peek.class).builder.get());
                });
    }

    /** Of our own jar, among all those on the class path. */
    private static List<ConfigurationMetadataProperty> metadata() {
        List<ConfigurationMetadataProperty> found = new ArrayList<>();
        try {
            var files = PropertiesTest.class.getClassLoader().getResources("META-INF/spring-configuration-metadata.json");
            while (files.hasMoreElements()) {
                try (InputStream json = files.nextElement().openStream()) {
                    ConfigurationMetadataRepositoryJsonBuilder.create(json)
                            .build()
                            .getAllProperties()
                            .values()
                            .stream()
                            .filter(property -> property.getId().startsWith("octopusx.video."))
                            .forEach(found::add);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    private static String name(ConfigurationMetadataProperty property) {
        return property.getId().substring("octopusx.video.".length());
    }

    private static List<String> properties() {
        return new ArrayList<>(names("", VideoClientProperties.class).toList());
    }

    private static Stream<String> names(String prefix, Class<?> type) {
        return Arrays.stream(type.getRecordComponents()).flatMap(component -> names(prefix, component));
    }

    private static Stream<String> names(String prefix, RecordComponent component) {
        String name = prefix + dashed(component.getName());
        return component.getType().isRecord() ? names(name + ".", component.getType()) : Stream.of(name);
    }

    private static String dashed(String camel) {
        return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }
}
