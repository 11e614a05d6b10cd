package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How jobs end, in both profiles, and what that does to the money. */
class OutcomeTest {

    private static final Duration LIFE = Duration.ofSeconds(30);

    private static SimulatorConfig.Builder ending(String outcome) {
        return SimulatorConfig.builder().manualClock().life(LIFE).outcomes(Outcome.parse(outcome));
    }

    /** The status behind the end of a job, with its id and stamps taken out. */
    private static String statusAtTheEnd(SimulatorConfig.Builder config) {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(config.build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));
            simulator.advance(LIFE);
            return normal(http.status(id).body(), id);
        }
    }

    private static String normal(String body, String id) {
        return body.replace(id, "ID")
                .replaceAll("\"(\\w+_at)\":\\d{10}", "\"$1\":N")
                .replaceAll("http://[^\"]*", "LINK");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "completed; status\":\"completed\",\"progress\":100,\"created_at\":N,\"completed_at\":N,\"expires_at\":N,\"seconds\":\"5\",\"size\":\"1280x720\",\"video_url\":\"LINK\"}",
                "completed-without-url; status\":\"completed\",\"progress\":100,\"created_at\":N,\"completed_at\":N,\"expires_at\":N,\"seconds\":\"5\",\"size\":\"1280x720\"}",
                "failed/SomeCode; status\":\"failed\",\"progress\":100,\"created_at\":N,\"completed_at\":N,\"error\":{\"message\":\"the generated video was withheld\",\"code\":\"SomeCode\"}}",
                "failed-without-error; status\":\"failed\",\"progress\":100,\"created_at\":N,\"completed_at\":N}",
                "cancelled; status\":\"cancelled\",\"progress\":0,\"created_at\":N,\"completed_at\":N}",
                "as/expired; status\":\"expired\",\"progress\":100,\"created_at\":N,\"completed_at\":N,\"expires_at\":N,\"seconds\":\"5\",\"size\":\"1280x720\",\"video_url\":\"LINK\"}",
                "as/timeout/Late; status\":\"timeout\",\"progress\":100,\"created_at\":N,\"completed_at\":N,\"error\":{\"message\":\"ended as timeout\",\"code\":\"Late\"}}",
            })
    void profileAPassesThrough(String outcome, String expected) {
        assertThat(statusAtTheEnd(ending(outcome)))
                .isEqualTo("{\"id\":\"ID\",\"object\":\"video\",\"model\":\"" + Form.MODEL + "\",\"" + expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "completed; completed; 100; LINK",
                "completed-without-url; completed; 100;",
                "failed-without-error; failed; 100;",
                "cancelled; in_progress; 30;",
                "never-ending; in_progress; 50;",
            })
    void profileBSpeaksForItself(String outcome, String status, int progress, String link) {
        assertThat(statusAtTheEnd(ending(outcome).profile(Profile.B)))
                .isEqualTo("{\"id\":\"ID\",\"task_id\":\"ID\",\"object\":\"video\",\"model\":\"" + Form.MODEL
                        + "\",\"status\":\"" + status + "\",\"progress\":" + progress
                        + ",\"created_at\":N,\"completed_at\":N,\"metadata\":{\"url\":\"" + (link == null ? "" : link)
                        + "\"}}");
    }

    @Test
    void profileBBeginsUnknownAndSubmitsWithTwoIds() {
        try (OctopusXSimulator simulator =
                OctopusXSimulator.start(ending("completed").profile(Profile.B).build())) {
            Http http = new Http(simulator);
            String submitted = http.submit(Form.of("x")).body();
            String id = Http.member(submitted, "id");

            assertThat(id).matches("task_\\w{32}");
            assertThat(Http.member(submitted, "task_id")).isEqualTo(id);
            assertThat(submitted).doesNotContain("size");
            assertThat(http.status(id).body())
                    .contains("\"status\":\"unknown\",\"progress\":0", "\"metadata\":{\"url\":\"\"}");
            simulator.advance(Duration.ofSeconds(15));
            assertThat(http.status(id).body()).contains("\"status\":\"in_progress\",\"progress\":50");
        }
    }

    @Test
    void placeholdersStandWhereThereIsNothing() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(ending("completed")
                .placeholders(true)
                .words(StatusWords.unified())
                .build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));

            assertThat(http.status(id).body())
                    .contains(
                            "\"status\":\"pending\"",
                            "\"completed_at\":0",
                            "\"expires_at\":0",
                            "\"video_url\":\"\"",
                            "\"error\":{\"message\":\"\",\"code\":\"\"}");
            simulator.advance(LIFE);
            assertThat(http.status(id).body())
                    .contains("\"status\":\"succeeded\"", "\"error\":{\"message\":\"\",\"code\":\"\"}");
        }
    }

    @Test
    void anErrorBodyComesWith200() {
        assertThat(statusAtTheEnd(ending("error-body/not_found")))
                .isEqualTo(
                        "{\"error\":{\"message\":\"video not found\",\"type\":\"invalid_request_error\",\"code\":\"not_found\"},\"id\":\"ID\"}");
        assertThat(statusAtTheEnd(ending("nothing-to-say"))).isEqualTo("{\"code\":\"success\",\"data\":null}");
    }

    @Test
    void aLostTaskWasPaidAndIsUnknown() {
        try (OctopusXSimulator simulator =
                OctopusXSimulator.start(ending("lost").build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));

            assertThat(http.status(id).statusCode()).isEqualTo(400);
            assertThat(http.status(id).body()).contains("task_not_exist");
            assertThat(simulator.ledger().spent()).isEqualByComparingTo("0.16");
        }
    }

    @Test
    void aNeverEndingJobRunsOnWhileTheGatewayHasGivenUp() {
        try (OctopusXSimulator simulator =
                OctopusXSimulator.start(ending("never-ending").build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));
            simulator.advance(Duration.ofHours(23));
            assertThat(new String(http.content(id).body())).contains("current status: IN_PROGRESS");
            assertThat(simulator.ledger().refunds()).isEmpty();

            simulator.advance(Duration.ofHours(1));
            assertThat(http.status(id).body()).contains("\"status\":\"processing\",\"progress\":50");
            assertThat(new String(http.content(id).body())).contains("current status: FAILURE");
            assertThat(simulator.ledger().refunds()).singleElement().returns(id, Charge::taskId);
        }
    }

    @Test
    void profileBShowsATimeoutAsAFailureWithoutAReason() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(
                ending("never-ending").profile(Profile.B).build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));
            simulator.advance(Duration.ofHours(24));

            assertThat(http.status(id).body())
                    .contains("\"status\":\"failed\",\"progress\":100")
                    .doesNotContain("error");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"failed", "failed-without-error", "cancelled", "error-body", "nothing-to-say"})
    void whatBringsNoVideoIsPaidBackOnceTheGatewayKnows(String outcome) {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(
                ending(outcome).balance(new BigDecimal("0.20")).build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));
            assertThat(simulator.ledger().charges()).singleElement().satisfies(charge -> {
                assertThat(charge.taskId()).isEqualTo(id);
                assertThat(charge.amount()).isEqualByComparingTo("0.16");
            });
            assertThat(http.submit(Form.of("too dear now")).statusCode()).isEqualTo(403);

            simulator.advance(LIFE.minusMillis(1));
            assertThat(simulator.ledger().refunds()).isEmpty();
            simulator.advance(Duration.ofMillis(1));
            assertThat(simulator.ledger().refunds()).singleElement().returns(id, Charge::taskId);
            assertThat(simulator.ledger().spent()).isEqualByComparingTo("0");
            http.submitted(Form.of("can be paid again"));
        }
    }

    @Test
    void aVideoIsPaidForGood() {
        try (OctopusXSimulator simulator =
                OctopusXSimulator.start(ending("completed").build())) {
            new Http(simulator).submitted(Form.of("x").text("seconds", "10"));
            simulator.advance(Duration.ofDays(3));

            assertThat(simulator.ledger().spent()).isEqualByComparingTo("0.40");
            assertThat(simulator.ledger().refunds()).isEmpty();
        }
    }

    @Test
    void theOutcomeMayDependOnTheForm() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
                .manualClock()
                .life(LIFE)
                .outcome(fields -> String.valueOf(fields.get("prompt")).contains("bad")
                        ? Outcome.failed("Bad", "no")
                        : Outcome.completed())
                .build())) {
            Http http = new Http(simulator);
            String bad = http.submitted(Form.of("a bad one"));
            String good = http.submitted(Form.of("a good one"));
            simulator.advance(LIFE);

            assertThat(http.status(bad).body()).contains("failed");
            assertThat(http.status(good).body()).contains("completed");
        }
    }

    @Test
    void aRuleMayChooseOutcomesByNumberAndByChance() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
                .manualClock()
                .seed(3)
                .life(LIFE)
                .maxRunning(Integer.MAX_VALUE)
                .faults("outcome:cancelled*2,outcome:failed/Odd@0.5")
                .build())) {
            Http http = new Http(simulator);
            for (int i = 0; i < 102; i++) {
                http.submitted(Form.of("job " + i));
            }
            assertThat(simulator.ledger().accepted().stream().limit(2))
                    .allMatch(job -> job.outcome().equals("cancelled"));
            assertThat(simulator.ledger().accepted().stream()
                            .filter(job -> job.outcome().equals("failed/Odd"))
                            .count())
                    .isBetween(30L, 70L);
        }
    }

    @Test
    void theOtherEndpointsTellTheSameTask() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(
                ending("completed").balance(new BigDecimal("10")).build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));
            simulator.advance(LIFE);

            assertThat(http.get("/v1/video/generations/" + id).body())
                    .startsWith("{\"code\":\"success\"")
                    .contains("\"status\":\"SUCCESS\"", "\"progress\":\"100%\"", "\"video_url\":\"http");
            assertThat(http.get("/api/usage/token/").body())
                    .contains("\"code\":true", "\"total_available\":9840000", "\"unlimited_quota\":false");
            String remix = Http.text(http.request("/v1/videos/" + id + "/remix")
                            .header("Content-Type", "application/json")
                            .POST(java.net.http.HttpRequest.BodyPublishers.ofString("{\"prompt\":\"again\"}"))
                            .build())
                    .body();
            assertThat(remix).contains("\"remixed_from_video_id\":\"" + id + "\"");
            assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);
        }
    }

    @Test
    void anUnknownOutcomeIsExplained() {
        assertThatThrownBy(() -> Outcome.parse("fails"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'fails'")
                .hasMessageContaining("never-ending");
    }
}
