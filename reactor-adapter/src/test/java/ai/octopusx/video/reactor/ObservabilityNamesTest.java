package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The list of names that is written down is the list of names that is in use. */
class ObservabilityNamesTest {

    private static final Path DOCUMENT = Path.of("observability.md");

    @Test
    void theDocumentListsAllObservations() throws IOException {
        StringBuilder table = new StringBuilder(
                "| observation | what it spans | low-cardinality keys | for spans only |\n|---|---|---|---|\n");
        for (VideoObservation observation : VideoObservation.values()) {
            table.append("| `")
                    .append(observation.getName())
                    .append("` | ")
                    .append(observation.description())
                    .append(" | ")
                    .append(names(observation.getLowCardinalityKeyNames()))
                    .append(" | ")
                    .append(names(observation.getHighCardinalityKeyNames()))
                    .append(" |\n");
        }

        assertThat(Files.readString(DOCUMENT)).contains(table);
    }

    @Test
    void theDocumentListsAllMeters() throws IOException {
        StringBuilder table = new StringBuilder("| meter | type | keys | what it tells |\n|---|---|---|---|\n");
        for (VideoMeter meter : VideoMeter.values()) {
            table.append("| `")
                    .append(meter.getName())
                    .append("` | ")
                    .append(meter.getType().name().toLowerCase(Locale.ROOT))
                    .append(meter.getBaseUnit() == null ? "" : ", " + meter.getBaseUnit())
                    .append(" | ")
                    .append(names(meter.getKeyNames()))
                    .append(" | ")
                    .append(meter.description())
                    .append(" |\n");
        }

        assertThat(Files.readString(DOCUMENT)).contains(table);
    }

    @Test
    void aClientReportsWhatIsDocumentedAndNothingElse() throws IOException {
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        try (RawGateway gateway = new RawGateway(ObservabilityNamesTest::serve);
                VideoClient client = VideoClient.builder()
                        .apiKey("k")
                        .baseUrl(gateway.url())
                        .polling(PollingPolicy.fixed(Duration.ofMillis(10)))
                        .meterRegistry(meters)
                        .build()) {
            client.generate(DoubaoVideoRequest.textToVideo("p")).block(Duration.ofSeconds(60));
        }

        for (VideoMeter documented : VideoMeter.values()) {
            Meter meter = meters.get(documented.getName()).meters().iterator().next();
            assertThat(meter.getId().getType()).isEqualTo(documented.getType());
            assertThat(meter.getId().getDescription()).isEqualTo(documented.description());
            assertThat(meter.getId().getTags().stream().map(tag -> tag.getKey()))
                    .containsExactlyInAnyOrderElementsOf(Arrays.stream(documented.getKeyNames())
                            .map(KeyName::asString)
                            .toList());
        }
        Set<String> reported = meters.getMeters().stream()
                .map(meter -> meter.getId().getName())
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(reported)
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(VideoMeter.values())
                        .map(VideoMeter::getName)
                        .toList());
    }

    private static void serve(RawGateway.Exchange exchange) throws IOException {
        boolean post = exchange.readHead().startsWith("POST ");
        exchange.take();
        exchange.answer(200, "{\"id\":\"v1\",\"status\":\"" + (post ? "queued" : "completed") + "\",\"progress\":0}");
    }

    private static String names(KeyName[] keys) {
        return keys.length == 0
                ? "none"
                : Arrays.stream(keys).map(key -> "`" + key.asString() + "`").collect(Collectors.joining(", "));
    }
}
