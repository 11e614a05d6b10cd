package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How long jobs take, when they start, and when the gateway lets it be seen. */
class LifeTest {

    private static SimulatorConfig.Builder manual() {
        return SimulatorConfig.builder().manualClock();
    }

    @Test
    void theStatusIsAsOldAsTheGatewaysLastLook() {
        try (OctopusXSimulator simulator =
                OctopusXSimulator.start(manual().life(Duration.ofSeconds(20)).build())) {
            Http http = new Http(simulator);
            simulator.advance(Duration.ofSeconds(14));
            String id = http.submitted(Form.of("x"));

            assertThat(http.status(id).body()).contains("queued").doesNotContain("seconds\":");
            simulator.advance(Duration.ofMillis(999));
            assertThat(http.status(id).body()).contains("queued");
            simulator.advance(Duration.ofMillis(1));
            assertThat(http.status(id).body()).contains("processing", "\"progress\":0");
            simulator.advance(Duration.ofMillis(14_999));
            assertThat(http.status(id).body()).contains("processing", "\"progress\":0");
            simulator.advance(Duration.ofMillis(1));
            assertThat(http.status(id).body()).contains("processing", "\"progress\":80");
            simulator.advance(Duration.ofMillis(14_999));
            assertThat(http.status(id).body()).contains("processing");
            assertThat(simulator.ledger().job(id).orElseThrow().endVisibleAt()).isNull();
            simulator.advance(Duration.ofMillis(1));
            simulator.advance(Duration.ofSeconds(3));
            assertThat(http.status(id).body()).contains("completed");

            AcceptedJob job = simulator.ledger().job(id).orElseThrow();
            Instant accepted = job.acceptedAt();
            assertThat(job.endedAt()).isEqualTo(accepted.plusSeconds(20));
            assertThat(job.endVisibleAt()).isEqualTo(accepted.plusSeconds(31));
            assertThat(job.endSeenAt()).isEqualTo(accepted.plusSeconds(34));
            assertThat(job.endSeenAfter()).isEqualTo(Duration.ofSeconds(3));
        }
    }

    @Test
    void withoutAnIntervalEveryQuestionIsALook() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(manual().snapshotInterval(Duration.ZERO)
                .life(Duration.ofSeconds(10))
                .build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));

            assertThat(http.status(id).body()).contains("processing", "\"progress\":0");
            simulator.advance(Duration.ofMillis(9_999));
            assertThat(http.status(id).body()).contains("processing", "\"progress\":90");
            simulator.advance(Duration.ofMillis(1));
            assertThat(http.status(id).body()).contains("completed");
        }
    }

    @Test
    void theSameSeedGivesTheSameLivesAndAnotherSeedOthers() {
        assertThat(lives(7))
                .hasSize(20)
                .doesNotHaveDuplicates()
                .isEqualTo(lives(7))
                .isNotEqualTo(lives(8));
    }

    private static List<Duration> lives(long seed) {
        List<Duration> lives = new ArrayList<>();
        try (OctopusXSimulator simulator = OctopusXSimulator.start(
                manual().seed(seed).maxRunning(Integer.MAX_VALUE).build())) {
            Http http = new Http(simulator);
            for (int i = 0; i < 20; i++) {
                http.submitted(Form.of("job " + i));
            }
            simulator.advance(Duration.ofHours(1));
            simulator.ledger().accepted().forEach(job -> lives.add(Duration.between(job.acceptedAt(), job.endedAt())));
        }
        return lives;
    }

    @ParameterizedTest
    @CsvSource({
        "doubao-seedance-1-0-pro_720p, 5, 50",
        "doubao-seedance-1-5-pro_720p, 5, 90",
        "doubao-seedance-1-5-pro_1080p, 5, 180",
        "doubao-seedance-1-5-pro_720p, 10, 162",
    })
    void theMedianLifeFollowsThePublishedTimes(String model, int seconds, long median) {
        try (OctopusXSimulator simulator =
                OctopusXSimulator.start(manual().lifeSpread(0).build())) {
            String id = new Http(simulator).submitted(Form.of(model, "x").text("seconds", Integer.toString(seconds)));
            simulator.advance(Duration.ofHours(1));

            AcceptedJob job = simulator.ledger().job(id).orElseThrow();
            assertThat(Duration.between(job.acceptedAt(), job.endedAt())).isEqualTo(Duration.ofSeconds(median));
        }
    }

    @Test
    void theLivesScatterLognormallyAroundTheirMedian() {
        double sum = 0;
        double squares = 0;
        int n = 20_000;
        for (int i = 0; i < n; i++) {
            double z = Dice.gaussian(42, i);
            sum += z;
            squares += z * z;
        }
        assertThat(sum / n).isBetween(-0.03, 0.03);
        assertThat(squares / n).isBetween(0.97, 1.03);
    }

    @Test
    void tenOfAVersionRunAndTheRestWaitsInOrder() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(manual().snapshotInterval(Duration.ZERO)
                .life(Duration.ofSeconds(60))
                .build())) {
            Http http = new Http(simulator);
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                // Both resolutions count towards the same version.
                ids.add(http.submitted(
                        Form.of("doubao-seedance-1-0-pro_" + (i % 2 == 0 ? "480p" : "720p"), "job " + i)));
            }
            String other = http.submitted(Form.of("doubao-seedance-1-5-pro_480p", "another version"));

            assertThat(http.status(ids.get(9)).body()).contains("processing");
            assertThat(http.status(ids.get(10)).body()).contains("queued");
            assertThat(http.status(other).body()).contains("processing");
            simulator.advance(Duration.ofSeconds(60));
            assertThat(http.status(ids.get(9)).body()).contains("completed");
            assertThat(http.status(ids.get(11)).body()).contains("processing", "\"progress\":0");
            simulator.advance(Duration.ofSeconds(60));
            assertThat(http.status(ids.get(11)).body()).contains("completed");
        }
    }

    @Test
    void aVersionTakesSoManySubmissionsAMinuteAndAnswersTheRestAsItsUpstreamDoes() {
        try (OctopusXSimulator simulator =
                OctopusXSimulator.start(manual().submissionsPerMinute(2).build())) {
            Http http = new Http(simulator);
            http.submitted(Form.of("one"));
            simulator.advance(Duration.ofSeconds(30));
            http.submitted(Form.of("two"));

            HttpResponse<String> third = http.submit(Form.of("three"));
            assertThat(third.statusCode()).isEqualTo(429);
            assertThat(third.body())
                    .isEqualTo("{\"code\":\"fail_to_fetch_task\",\"message\":\"当前分组上游负载已饱和，请稍后再试\",\"data\":null}");
            assertThat(Http.headers(third)).doesNotContainKey("Retry-After");
            assertThat(simulator.ledger().acceptedCount()).isEqualTo(2);

            simulator.advance(Duration.ofSeconds(30));
            http.submitted(Form.of("three"));
        }
    }

    @Test
    void scaledTimeShrinksLivesAndKeepsStampsOnTheWall() {
        Instant before = Instant.now();
        try (OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
                .speed(2_000)
                .life(Duration.ofSeconds(60))
                .build())) {
            Http http = new Http(simulator);
            String id = http.submitted(Form.of("x"));
            Eventually.until(() -> http.status(id).body().contains("completed"));

            AcceptedJob job = simulator.ledger().job(id).orElseThrow();
            assertThat(Duration.between(job.acceptedAt(), job.endedAt()))
                    .isBetween(Duration.ofMillis(29), Duration.ofMillis(31));
            assertThat(job.acceptedAt()).isBetween(before, Instant.now());
            assertThatThrownBy(() -> simulator.advance(Duration.ofSeconds(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("manualClock()");
        }
    }

    @Test
    void timeDoesNotRunBackwards() {
        try (OctopusXSimulator simulator = OctopusXSimulator.start(manual().build())) {
            assertThatThrownBy(() -> simulator.advance(Duration.ofNanos(-1)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
