package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.service.EventStream.Block;
import ai.octopusx.video.service.Job.Order;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import ai.octopusx.video.simulator.SimulatorLedger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * The service ends and another one begins on the same store. H2 in its own dialect and in that of PostgreSQL; and a true
 * PostgreSQL if {@code OCTOPUSX_TEST_POSTGRES} tells of an empty one, as {@code r2dbc:postgresql://user:password@host/database}.
 */
class RestartTest {

    private static final Duration LIFE = Duration.ofSeconds(60);

    @RegisterExtension
    final SimulatorExtension gateway = new SimulatorExtension(SimulatorConfig.builder()
            .manualClock()
            .life(LIFE)
            .snapshotInterval(Duration.ZERO)
            .build());

    static Stream<String> stores() {
        return Stream.concat(
                Stream.of(
                        "r2dbc:h2:file:///{data}/jobs",
                        "r2dbc:h2:file:///{data}/jobs;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"),
                Stream.ofNullable(System.getenv("OCTOPUSX_TEST_POSTGRES")));
    }

    @ParameterizedTest
    @MethodSource("stores")
    void whatWasBegunIsFinishedByTheNextOne(
            String store, OctopusXSimulator simulator, SimulatorLedger ledger, @TempDir Path data) throws IOException {
        String[] database = database(store.replace("{data}", data.toString()));
        List<Block> seen = new ArrayList<>();
        String open;
        String sending;
        String done;
        try (RunningService first = RunningService.start(simulator, data, database)) {
            done = first.submitted(Form.of("done before"));
            simulator.advance(LIFE.plusSeconds(1));
            first.end(done);
            open = first.submitted(Form.of("open").picture("first_frame_image", Pictures.morning(640, 360)));
            try (EventStream events = first.events("/videos/" + open + "/events")) {
                seen.add(events.nextJob());
            }
            sending = beingSent(first);
            prepared(first);
            Files.createDirectories(data.resolve("uploads").resolve("left-behind"));
        }
        long pollsBefore = ledger.polls(taskOf(ledger, "open"));

        try (RunningService second = RunningService.start(simulator, data, database)) {
            assertThat(second.job(done).get("status").asString()).isEqualTo("completed");
            assertThat(second.bytes("/videos/" + done + "/content").statusCode())
                    .isEqualTo(200);
            assertThat(second.job(open).get("over").asBoolean()).isFalse();
            try (EventStream events = second.events(
                    "/videos/" + open + "/events",
                    "Last-Event-ID",
                    String.valueOf(seen.get(0).id()))) {
                simulator.advance(LIFE.plusSeconds(1));
                seen.addAll(events.jobs());
            }

            assertThat(seen).extracting(Block::id).isSorted().doesNotHaveDuplicates();
            assertThat(seen).extracting(Block::status).last().isEqualTo("completed");
            assertThat(second.job(open).get("frames").asInt()).isEqualTo(1);
            assertThat(ledger.polls(taskOf(ledger, "open"))).isGreaterThan(pollsBefore);
            assertThat(second.job(sending).get("status").asString()).isEqualTo("doubtful");
            assertThat(prompts(second)).containsExactlyInAnyOrder("done before", "open", "being sent");
        }
        assertThat(ledger.accepted())
                .extracting(job -> job.fields().get("prompt"))
                .containsExactly("done before", "open");
        try (Stream<Path> uploads = Files.list(data.resolve("uploads"))) {
            assertThat(uploads).isEmpty();
        }
    }

    /** Name and password, where the URL has them, are properties of their own. */
    private static String[] database(String url) {
        Matcher named = Pattern.compile("(.*//)([^/@:]+):([^/@]*)@(.*)").matcher(url);
        return named.matches()
                ? new String[] {
                    "spring.r2dbc.url=" + named.group(1) + named.group(4),
                    "spring.r2dbc.username=" + named.group(2),
                    "spring.r2dbc.password=" + named.group(3)
                }
                : new String[] {"spring.r2dbc.url=" + url};
    }

    /** What a process leaves behind that dies while bytes are on their way. */
    private static String beingSent(RunningService service) {
        String id = prepared(service, "being sent");
        service.bean(JobStore.class).sending(id, "entry-" + id.substring(0, 8)).block();
        return id;
    }

    /** What a process leaves behind that dies before: nobody has seen it, and nobody will. */
    private static void prepared(RunningService service) {
        prepared(service, "never sent");
    }

    private static String prepared(RunningService service, String prompt) {
        String id = JobIds.next();
        Order order = new Order("doubao-seedance-1-5-pro_720p", prompt, null, null, 0);
        Instant now = Instant.now();
        service.bean(JobStore.class)
                .insert(new Job(id, 0, JobState.PREPARED, order, null, null, now, now))
                .block();
        return id;
    }

    private static String taskOf(SimulatorLedger ledger, String prompt) {
        return ledger.accepted().stream()
                .filter(job -> prompt.equals(job.fields().get("prompt")))
                .findFirst()
                .orElseThrow()
                .id();
    }

    private static List<String> prompts(RunningService service) {
        JsonNode videos = RunningService.json(service.get("/videos")).get("videos");
        return videos.values().stream().map(job -> job.get("prompt").asString()).toList();
    }
}
