package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoClientBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What our own client makes of each fault. Each test has a gateway of its own, and mostly waits. */
@Execution(ExecutionMode.CONCURRENT)
class OctopusXClientTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
            .speed(200)
            .snapshotInterval(Duration.ZERO)
            .life(Duration.ofSeconds(20))
            .build());
    private final SimulatorLedger ledger = simulator.ledger();
    private final VideoClient client = builder().build();

    private VideoClientBuilder builder() {
        return VideoClient.builder()
                .apiKey(simulator.apiKey())
                .baseUrl(simulator.baseUrl().toString())
                .polling(PollingPolicy.fixed(Duration.ofMillis(20)))
                .submitAttempts(1, Duration.ofSeconds(5))
                .statusTimeout(Duration.ofMillis(700))
                .downloadIdleTimeout(Duration.ofMillis(700))
                .submitTimeout(Duration.ofSeconds(10));
    }

    @AfterEach
    void close() {
        client.close();
        simulator.close();
        assertThat(ledger.violations()).isEmpty();
        assertThat(ledger.acceptedTwice()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "submit:500",
                "submit:500/accepted",
                "submit:502",
                "submit:504/accepted",
                "submit:408",
                "submit:201",
                "submit:201/accepted",
                "submit:200/html",
                "submit:200/nothing/accepted",
                "submit:truncated",
                "submit:cut/10/reset",
                "submit:cut-head",
                "submit:garbage",
                "submit:oversized/2m",
                "submit:no-id",
                "submit:reset-before-read",
                "submit:reset-mid-read/5000",
                "submit:reset-after-read",
                "submit:close",
                "submit:answer-lost",
                "submit:answer-lost/reset",
            })
    void aSubmissionInDoubtIsUnknownAndNeverRepeated(String fault) {
        simulator.inject(fault);
        DoubaoVideoRequest request = DoubaoVideoRequest.builder()
                .prompt("once")
                .firstFrame(FrameImage.of(Form.png(800, 600, 100_000), "frame.png"))
                .build();

        OctopusXException failure = failure(() -> client.submit(request).block(LONG));

        assertThat(failure.submission()).as(failure.toString()).isEqualTo(SubmissionVerdict.UNKNOWN);
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "submit:429, RateLimitedException",
        "submit:429/empty, RateLimitedException",
        "submit:503, GatewayException",
        "submit:400, BadRequestException",
        "submit:413/early, BadRequestException",
        "submit:401, AuthenticationException",
        "submit:401/e2, UpstreamRejectedException",
        "submit:403/e1, PermissionDeniedException",
        "submit:403/e2/code=insufficient_user_quota, QuotaExceededException",
        "submit:redirect/307, ApiException",
    })
    void aRefusedSubmissionIsRejected(String fault, String type) {
        simulator.inject(fault);

        OctopusXException failure = failure(
                () -> client.submit(DoubaoVideoRequest.textToVideo("refused")).block(LONG));

        assertThat(failure.getClass().getSimpleName()).as(failure.toString()).isEqualTo(type);
        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(ledger.acceptedCount()).isZero();
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(1);
    }

    /** The connection ends while the form is still on its way, and may take the answer with it: then nobody knows. */
    @Test
    void anAnswerBeforeTheWholeFormIsHeardOrLeavesADoubtAndNothingIsRepeated() {
        simulator.inject("submit:413/early");
        DoubaoVideoRequest request = DoubaoVideoRequest.builder()
                .prompt("too large")
                .firstFrame(FrameImage.of(Form.png(800, 600, 20_000_000), "frame.png"))
                .build();
        try (VideoClient patient =
                builder().submitAttempts(5, Duration.ofSeconds(15)).build()) {
            OctopusXException failure = failure(() -> patient.submit(request).block(LONG));

            assertThat(failure.submission())
                    .as(failure.toString())
                    .isIn(SubmissionVerdict.REJECTED, SubmissionVerdict.UNKNOWN);
        }
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(1);
        assertThat(ledger.acceptedCount()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"submit:task-id-only", "submit:latency/100ms", "submit:drip/20/5ms"})
    void whatIsOnlyOddOrSlowIsTaken(String fault) {
        simulator.inject(fault);

        VideoTask task = client.submit(DoubaoVideoRequest.textToVideo("odd"))
                .blockOptional(LONG)
                .orElseThrow();
        assertThat(ledger.job(task.id())).isPresent();
    }

    @Test
    void aHangingSubmissionEndsInDoubtAtItsDeadline() {
        simulator.inject("submit:answer-lost/hang");
        try (VideoClient impatient =
                builder().submitTimeout(Duration.ofMillis(600)).build()) {
            OctopusXException failure = failure(() ->
                    impatient.submit(DoubaoVideoRequest.textToVideo("silence")).block(LONG));

            assertThat(failure.submission()).isEqualTo(SubmissionVerdict.UNKNOWN);
            assertThat(ledger.acceptedCount()).isEqualTo(1);
        }
    }

    @Test
    void aSaturatedGatewayIsAskedAgain() {
        simulator.inject("submit:429*1,submit:429/e1/retry-after=1*1");
        try (VideoClient patient =
                builder().submitAttempts(5, Duration.ofSeconds(15)).build()) {
            patient.submit(DoubaoVideoRequest.textToVideo("patience")).block(LONG);
        }
        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(3);
        assertThat(ledger.acceptedCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "status:429*2",
                "status:429/e1/retry-after=1*1",
                "status:429/empty*2",
                "status:408*1",
                "status:500*2",
                "status:502*2",
                "status:503*2",
                "status:504*2",
                "status:200/html*2",
                "status:truncated*2",
                "status:cut/5*2",
                "status:cut-head*2",
                "status:close*2",
                "status:close/reset*2",
                "status:reset-before-read*2",
                "status:garbage*2",
                "status:oversized/2m*1",
                "status:hang*1",
                "status:latency/50ms*2",
                "status:drip/50/5ms*1",
                "status:task-not-exist*2",
                "status:backwards*3",
                "status:200/nothing*1",
            })
    void troubleThatPassesDoesNotEndTheWatching(String fault) {
        simulator.inject(fault);

        List<VideoTask> states = client.submitAndTrack(DoubaoVideoRequest.textToVideo("watched"))
                .collectList()
                .blockOptional(LONG)
                .orElseThrow();

        assertThat(states.get(states.size() - 1).status()).isEqualTo(VideoStatus.COMPLETED);
        assertThat(ledger.faults()).containsKey(fault);
        assertThat(ledger.acceptedCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "status:401, AuthenticationException",
        "status:403/e1, PermissionDeniedException",
    })
    void troubleThatNoWaitingMendsEndsItWithTheId(String fault, String type) {
        String id = client.submit(DoubaoVideoRequest.textToVideo("x"))
                .map(VideoTask::id)
                .blockOptional(LONG)
                .orElseThrow();
        simulator.inject(fault);

        OctopusXException failure = failure(() -> client.track(id).blockLast(LONG));

        assertThat(failure.getClass().getSimpleName()).as(failure.toString()).isEqualTo(type);
        assertThat(failure.taskId()).isEqualTo(id);
    }

    @Test
    void aTaskThatStaysUnknownIsNotFound() {
        OctopusXException failure =
                failure(() -> client.track("video_nobody_knows").blockLast(LONG));

        assertThat(failure.getClass().getSimpleName()).isEqualTo("TaskNotFoundException");
        assertThat(ledger.requests(Endpoint.STATUS)).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({
        "completed, COMPLETED",
        "completed-without-url, COMPLETED",
        "failed/SomeCode, FAILED",
        "failed-without-error, FAILED",
        "cancelled, CANCELLED",
        "as/succeeded, COMPLETED",
        "as/expired/Late, FAILED",
        "error-body, FAILED",
    })
    void everyEndIsAnElement(String outcome, VideoStatus status) {
        simulator.inject("outcome:" + outcome);

        VideoTask last =
                client.submitAndTrack(DoubaoVideoRequest.textToVideo("x")).blockLast(LONG);
        assertThat(last).isNotNull().returns(status, VideoTask::status);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "files:403*1",
                "files:404*1",
                "files:410*1",
                "files:503*1",
                "files:cut/5000*1",
                "files:cut/5000/reset*1",
                "files:cut/5000*2",
                "files:cut/5000*1,files:ignore-range",
                "files:cut/5000*1,files:no-etag",
                "files:cut/5000*1,files:weak-etag",
                "files:cut/5000*1,files:wrong-range*2",
                "files:cut/5000*1,files:change-etag*2",
                "files:no-length",
                "files:short/9000*1",
                "files:drip/4k/5ms",
                "files:truncated*1",
                "files:close*1",
                "files:reset-before-read*1",
                "files:hang*1",
                "files:latency/100ms",
                "files:404,content:cut/9000*1",
                "files:404,content:short/9000*1",
                "files:404,content:no-length",
                "files:404,content:429*1",
                "files:404,content:502*1",
                "files:404,content:503*1",
                "files:404,content:close*1",
                "files:redirect*1",
                "files:redirect/307*2",
                "files:cut-head*1",
                "files:404*1,content:redirect*1",
            })
    void aVideoArrivesWholeInSpiteOfPassingTrouble(String faults, @TempDir Path directory) throws Exception {
        VideoTask done = finished();
        simulator.inject(faults);
        Path file = directory.resolve("video.mp4");

        client.downloadTo(done, file).block(LONG);

        byte[] film = Files.readAllBytes(file);
        assertThat(new Clips(0).all())
                .anySatisfy(clip -> assertThat(clip.bytes()).isEqualTo(film));
        assertThat(ledger.acceptedCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"files:500", "files:garbage", "files:404,content:400"})
    void orItDoesNotArriveAtAll(String faults, @TempDir Path directory) {
        VideoTask done = finished();
        simulator.inject(faults);
        Path file = directory.resolve("video.mp4");

        failure(() -> client.downloadTo(done, file).block(LONG));

        assertThat(file).doesNotExist();
        assertThat(ledger.acceptedCount()).isEqualTo(1);
    }

    private VideoTask finished() {
        return client.generate(DoubaoVideoRequest.textToVideo("x"))
                .blockOptional(LONG)
                .orElseThrow();
    }

    private static OctopusXException failure(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
        Throwable thrown = catchThrowable(call);
        assertThat(thrown).isInstanceOf(OctopusXException.class);
        return (OctopusXException) thrown;
    }
}
