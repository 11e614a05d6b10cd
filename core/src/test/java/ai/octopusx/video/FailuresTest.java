package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.octopusx.video.InvalidVideoRequestException.Problem;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FailuresTest {

    private static final VideoTask RUNNING = VideoTask.parse(
            "{\"id\":\"video_1\",\"status\":\"in_progress\",\"progress\":30,\"note\":{\"a\":[1,null]}}");

    @Test
    void aFailedVideoSaysWhyAndThatWaitingWillNotHelp() {
        VideoTask failed = VideoTask.parse(
                "{\"id\":\"video_1\",\"status\":\"failed\",\"error\":{\"code\":\"Busy\",\"message\":\"no capacity\"}}");
        VideoFailedException e = new VideoFailedException(failed);

        assertThat(e)
                .hasMessage("Task video_1 ended as failed without a video (Busy: no capacity); "
                        + "it will not change any more: submit it anew if you still want it");
        assertThat(e.task()).isSameAs(failed);
        assertThat(e.taskId()).isEqualTo("video_1");
        assertThat(e.submission()).isNull();
    }

    @Test
    void aVideoThatModerationStoppedAsksForAnotherPrompt() {
        VideoTask withheld = VideoTask.parse(
                "{\"id\":\"v\",\"status\":\"failed\",\"error\":{\"code\":\"OutputVideoSensitiveContentDetected\"}}");

        assertThat(new VideoFailedException(withheld))
                .hasMessage("Task v ended as failed without a video (OutputVideoSensitiveContentDetected); "
                        + "moderation said no: change the prompt or the image");
    }

    @Test
    void aVideoThatFailedWithoutAReasonSaysSo() {
        assertThat(new VideoFailedException(VideoTask.parse("{\"id\":\"v\",\"status\":\"CANCELED\"}")))
                .hasMessageContaining("Task v ended as CANCELED without a video (no reason given)");
    }

    @Test
    void whatTheGatewaySaysOfAFailureIsBoundedAndWithoutSecrets() {
        VideoTask failed =
                VideoTask.parse("{\"id\":\"v\",\"status\":\"failed\",\"error\":\"see\\n https://x.y/z?sig=secret "
                        + "sk-secret " + "x".repeat(1_000) + "\"}");

        assertThat(new VideoFailedException(failed).getMessage())
                .hasSizeLessThan(400)
                .hasLineCount(1)
                .doesNotContain("secret");
    }

    @Test
    void aDeadlineEndsTheWatchAndNotTheTask() {
        RuntimeException trouble = new RuntimeException("503");
        TrackingTimeoutException e = new TrackingTimeoutException("video_1", Duration.ofMinutes(30), RUNNING, trouble);

        assertThat(e)
                .hasMessage("Task video_1 was not finished after 1800 s (last seen: in_progress 30%); "
                        + "it goes on at the gateway, track it again by its id")
                .hasCause(trouble);
        assertThat(e.lastTask()).isSameAs(RUNNING);
        assertThat(e.taskId()).isEqualTo("video_1");
    }

    @Test
    void aDeadlineOfLessThanASecondIsNotCalledZero() {
        assertThat(new TrackingTimeoutException("v", Duration.ofMillis(500), null, null))
                .hasMessageContaining("after 500 ms (last seen: nothing)");
    }

    @Test
    void aDownloadTellsHowFarItCame() {
        DownloadException e = new DownloadException("broken off", null, "video_1", 7, 9L, true);

        assertThat(e.received()).isEqualTo(7);
        assertThat(e.expected()).isEqualTo(9);
        assertThat(e.resumable()).isTrue();
        assertThat(e.taskId()).isEqualTo("video_1");
        assertThat(new DownloadException("x", null, null, 7, null, false).expected())
                .isNull();
    }

    @Test
    void anInvalidRequestNamesEveryProblemAndIsNotSent() {
        List<Problem> problems = List.of(new Problem("seconds", "3", "4 to 11"), new Problem("size", "x", "16:9"));
        InvalidVideoRequestException e = new InvalidVideoRequestException(problems);

        assertThat(e).hasMessage("Nothing was sent: seconds is 3, allowed is 4 to 11; size is x, allowed is 16:9");
        assertThat(e.problems()).isEqualTo(problems);
        assertThat(e.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
    }

    @Test
    void anInvalidRequestHasAtLeastOneProblem() {
        assertThatIllegalArgumentException().isThrownBy(() -> new InvalidVideoRequestException(List.of()));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "InputTextSensitiveContentDetected, true",
        "OutputVideoSensitiveContentDetected.PolicyViolation, true",
        "InputImageRiskDetection, true",
        "ContentSecurityDetectionError, true",
        "QuotaExceeded, false",
        "'', false",
    })
    void moderationIsKnownByTheCodeAlone(String code, boolean moderation) {
        assertThat(new VideoTaskError(code, "SensitiveContent").isContentRejected())
                .isEqualTo(moderation);
    }

    @Test
    void whatAnExceptionKnowsSurvivesSerialization() throws Exception {
        ApiException.Answer answer = new ApiException.Answer(
                429, "c", "t", "u", "body", Duration.ofSeconds(7), "req", "video_1", RUNNING, "https://x", null);
        RateLimitedException api = copy(new RateLimitedException("m", answer));
        VideoFailedException failed = copy(new VideoFailedException(RUNNING));
        TrackingTimeoutException timeout =
                copy(new TrackingTimeoutException("video_1", Duration.ofSeconds(30), RUNNING, null));
        InvalidVideoRequestException invalid =
                copy(new InvalidVideoRequestException(new Problem("seconds", "3", "4 to 11")));
        SubmissionOutcomeUnknownException unknown =
                copy(new SubmissionOutcomeUnknownException("m", api, "https://x", "req", "video_1", "row 7"));

        assertThat(api.statusCode()).isEqualTo(429);
        assertThat(api.retryAfter()).isEqualTo(Duration.ofSeconds(7));
        assertThat(api.lastTask()).isEqualTo(RUNNING);
        assertThat(failed.task()).isEqualTo(RUNNING);
        assertThat(timeout.lastTask()).isEqualTo(RUNNING);
        assertThat(invalid.problems()).containsExactly(new Problem("seconds", "3", "4 to 11"));
        assertThat(unknown.reference()).isEqualTo("row 7");
        assertThat(unknown.taskId()).isEqualTo("video_1");
        assertThat(unknown.submission()).isEqualTo(SubmissionVerdict.UNKNOWN);
    }

    @SuppressWarnings("unchecked")
    private static <T> T copy(T original) throws IOException, ClassNotFoundException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (ObjectOutputStream objects = new ObjectOutputStream(out)) {
            objects.writeObject(original);
        }
        try (ObjectInputStream objects = new ObjectInputStream(new ByteArrayInputStream(out.toByteArray()))) {
            return (T) objects.readObject();
        }
    }
}
