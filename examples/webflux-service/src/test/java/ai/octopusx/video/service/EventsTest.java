package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.service.EventStream.Block;
import ai.octopusx.video.simulator.Outcome;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Time at the gateway stands still unless a test lets it pass: so each test sees each state for as long as it likes. */
class EventsTest {

    private static final Duration HALF = Duration.ofSeconds(30);
    private static final List<String> COURSE = List.of("queued", "processing", "completed");

    @RegisterExtension
    static final SimulatorExtension gateway = new SimulatorExtension(SimulatorConfig.builder()
            .manualClock()
            .life(HALF.multipliedBy(2))
            .snapshotInterval(Duration.ZERO)
            .outcome(fields -> Outcome.parse(
                    fields.get("prompt").startsWith("outcome:")
                            ? fields.get("prompt").substring("outcome:".length())
                            : "completed"))
            .build());

    @TempDir
    static Path data;

    private static RunningService service;

    @BeforeAll
    static void start() {
        service = RunningService.start(gateway.simulator(), data, "octopusx.service.heartbeat=50ms");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @AfterEach
    void nothingGoesWrongAnyMore() {
        gateway.simulator().clearFaults();
    }

    @Test
    void aJobIsToldFromItsStateOfNowToItsEnd() {
        String id = service.submitted(Form.of("told"));
        List<Block> seen = new ArrayList<>();
        try (EventStream events = service.events("/videos/" + id + "/events")) {
            assertThat(events.header("Content-Type")).startsWith("text/event-stream");
            assertThat(events.header("Cache-Control")).contains("no-store");
            seen.add(events.nextJob());
            gateway.simulator().advance(HALF);
            seen.add(seenHalfDone(events, seen));
            gateway.simulator().advance(HALF.plusSeconds(1));
            seen.addAll(events.jobs());
        }

        assertThat(seen).extracting(Block::id).isSorted().doesNotHaveDuplicates();
        assertThat(seen)
                .extracting(block -> COURSE.indexOf(block.status()))
                .isSorted()
                .doesNotContain(-1);
        assertThat(seen)
                .extracting(block -> block.job().get("progress").asInt())
                .isSorted();
        assertThat(seen).allMatch(block -> "job".equals(block.field("event")));
        JsonNode last = seen.get(seen.size() - 1).job();
        assertThat(last.get("status").asString()).isEqualTo("completed");
        assertThat(last.get("progress").asInt()).isEqualTo(100);
        assertThat(last.get("content").asString()).isEqualTo("/videos/" + id + "/content");
    }

    /** Keeps what came before it. */
    private static Block seenHalfDone(EventStream events, List<Block> seen) {
        Block block = events.nextJob();
        while (!block.status().equals("processing")
                || block.job().get("progress").asInt() < 40) {
            seen.add(block);
            block = events.nextJob();
        }
        return block;
    }

    @Test
    void aQuietStreamShowsThatItIsAlive() {
        String id = service.submitted(Form.of("quiet"));
        int beats = 0;
        try (EventStream events = service.events("/videos/" + id + "/events")) {
            Block first = events.next().orElseThrow();
            assertThat(first.isBeat()).isTrue();
            assertThat(first.field("retry")).isEqualTo("2000");
            while (beats < 5) {
                beats += events.next().orElseThrow().isBeat() ? 1 : 0;
            }
        }
        assertThat(service.job(id).get("over").asBoolean()).isFalse();
    }

    @Test
    void aStreamGoesOnAfterWhatWasSeen() {
        String id = service.submitted(Form.of("resumed"));
        Block first;
        try (EventStream events = service.events("/videos/" + id + "/events")) {
            first = events.nextJob();
        }
        gateway.simulator().advance(HALF.multipliedBy(2).plusSeconds(1));
        service.end(id);

        List<Block> rest;
        try (EventStream events =
                service.events("/videos/" + id + "/events", "Last-Event-ID", String.valueOf(first.id()))) {
            rest = events.jobs();
        }

        assertThat(rest).extracting(Block::status).last().isEqualTo("completed");
        assertThat(rest).allMatch(block -> block.id() > first.id());
    }

    @Test
    void whoHasSeenTheEndIsToldNotToComeAgain() {
        String id = service.submitted(Form.of("ended"));
        gateway.simulator().advance(HALF.multipliedBy(2).plusSeconds(1));
        JsonNode end = service.end(id);

        HttpResponse<String> again = service.get(
                "/videos/" + id + "/events", "Last-Event-ID", end.get("change").asString());
        HttpResponse<String> nonsense = service.get("/videos/" + id + "/events", "Last-Event-ID", "'; DROP TABLE");

        assertThat(again.statusCode()).isEqualTo(204);
        assertThat(nonsense.statusCode()).isEqualTo(200);
        assertThat(nonsense.body()).contains("\"status\":\"completed\"");
    }

    /** As a browser sends it that saw a store which is not there any more. */
    @Test
    void aNumberThatWasNeverGivenHereMeansThatNothingWasSeen() {
        String id = service.submitted(Form.of("after another store"));
        gateway.simulator().advance(HALF.multipliedBy(2).plusSeconds(1));
        service.end(id);
        long latest = RunningService.json(service.get("/videos")).get("change").asLong();
        String another = String.valueOf(latest + 1);

        assertThat(service.get("/videos/" + id + "/events", "Last-Event-ID", another)
                        .body())
                .contains("\"status\":\"completed\"");
        try (EventStream resumed = service.events("/videos/events", "Last-Event-ID", another);
                EventStream begun = service.events("/videos/events?after=" + another)) {
            assertThat(resumed.nextJob().id()).isLessThanOrEqualTo(latest);
            assertThat(begun.nextJob().id()).isLessThanOrEqualTo(latest);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "outcome:failed/SomeCode/The vendor could not | failed    | SomeCode",
                "outcome:cancelled                            | cancelled |"
            })
    void aJobWithoutAVideoEndsWithTheReason(String prompt, String status, String code) {
        String id = service.submitted(Form.of(prompt));
        gateway.simulator().advance(HALF.multipliedBy(2).plusSeconds(1));

        JsonNode end = service.end(id);

        assertThat(end.get("status").asString()).isEqualTo(status);
        assertThat(end.path("error").path("code").asString("")).isEqualTo(code == null ? "" : code);
        HttpResponse<String> content = service.get("/videos/" + id + "/content");
        assertThat(content.statusCode()).isEqualTo(410);
        assertThat(RunningService.json(content).get("type").asString()).endsWith(":no-video");
    }

    @Test
    void troubleOfTheGatewayIsWaitedOut() {
        gateway.simulator().inject("status:502*2,status:429*1,status:garbage*1");
        String id = service.submitted(Form.of("in trouble"));
        gateway.simulator().advance(HALF.multipliedBy(2).plusSeconds(1));

        assertThat(service.end(id).get("status").asString()).isEqualTo("completed");
    }

    @Test
    void onePageHearsOfAllJobs() {
        long change = RunningService.json(service.get("/videos")).get("change").asLong();
        try (EventStream events = service.events("/videos/events?after=" + change)) {
            String one = service.submitted(Form.of("one of two"));
            String two = service.submitted(Form.of("two of two"));
            List<String> open = new ArrayList<>(List.of(one, two));
            List<Long> numbers = new ArrayList<>();
            gateway.simulator().advance(HALF.multipliedBy(2).plusSeconds(1));
            while (!open.isEmpty()) {
                Block block = events.nextJob();
                numbers.add(block.id());
                if (block.job().get("over").asBoolean()) {
                    open.remove(block.job().get("id").asString());
                }
            }
            assertThat(numbers).isSorted().doesNotHaveDuplicates().allMatch(number -> number > change);
        }
    }
}
