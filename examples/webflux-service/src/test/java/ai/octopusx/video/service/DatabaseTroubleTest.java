package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.simulator.AcceptedJob;
import ai.octopusx.video.simulator.Endpoint;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/** The database refuses one kind of note and takes all others, so that it fails in the very moment that a test is about. */
class DatabaseTroubleTest {

    @RegisterExtension
    final SimulatorExtension gateway =
            new SimulatorExtension(SimulatorConfig.builder().manualClock().build());

    private RunningService service;

    @BeforeEach
    void start(@TempDir Path data) {
        service = RunningService.start(gateway.simulator(), data);
    }

    @AfterEach
    void stop() {
        service.close();
    }

    @Test
    void aJobThatWasTakenAndNotStoredIsToldAsTaken() {
        refuse("task_id IS NOT NULL");

        JsonNode problem = problem(service.post(Form.of("Taken")), 500, "taken");

        AcceptedJob taken = gateway.simulator().ledger().accepted().get(0);
        assertThat(problem.get("submission").asString()).isEqualTo("TAKEN");
        assertThat(problem.get("taskId").asString()).isEqualTo(taken.id());
        assertThat(problem.get("detail").asString())
                .contains(taken.id(), "Do not send it again")
                .doesNotContainIgnoringCase("try again");
        assertThat(listedAfterTheTrouble("status").asString()).isIn("queued", "processing");
    }

    /** The doubt is what a person must hear, and not that it could not be noted. */
    @Test
    void aDoubtThatIsNotStoredIsToldAllTheSame() {
        refuse("state = 'DOUBTFUL'");
        gateway.simulator().inject("submit:answer-lost*1");

        JsonNode problem = problem(service.post(Form.of("Doubtful")), 504, "outcome-unknown");

        assertThat(problem.get("submission").asString()).isEqualTo("UNKNOWN");
        assertThat(listedAfterTheTrouble("status").asString()).isEqualTo("doubtful");
    }

    @Test
    void whatNobodyThoughtOfIsNoReasonToSendItAgain() {
        refuse("state = 'PREPARED'");

        JsonNode problem = problem(service.post(Form.of("Unexpected")), 500, "internal");

        assertThat(problem.get("submission").asString()).isEqualTo("UNKNOWN");
        assertThat(problem.get("detail").asString())
                .contains("Look at the list before you send it again")
                .doesNotContainIgnoringCase("try again");
        assertThat(gateway.simulator().ledger().requests(Endpoint.SUBMIT)).isZero();
    }

    private void refuse(String what) {
        sql("ALTER TABLE video_job ADD CONSTRAINT trouble CHECK (NOT (" + what + "))");
    }

    /** Whoever stores it goes on trying: so it comes, sooner or later. */
    private JsonNode listedAfterTheTrouble(String member) {
        try (EventStream events = service.events("/videos/events")) {
            sql("ALTER TABLE video_job DROP CONSTRAINT trouble");
            return events.nextJob().job().get(member);
        }
    }

    private void sql(String statement) {
        service.bean(DatabaseClient.class).sql(statement).then().block();
    }

    private static JsonNode problem(HttpResponse<String> answer, int status, String type) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        JsonNode problem = RunningService.json(answer);
        assertThat(problem.get("type").asString()).isEqualTo("urn:octopusx-video:problem:" + type);
        return problem;
    }
}
