package ai.octopusx.video.wire;

import static ai.octopusx.video.SubmissionVerdict.NOT_SENT;
import static ai.octopusx.video.SubmissionVerdict.REJECTED;
import static ai.octopusx.video.SubmissionVerdict.UNKNOWN;
import static ai.octopusx.video.wire.Operation.DOWNLOAD;
import static ai.octopusx.video.wire.Operation.RETRIEVE;
import static ai.octopusx.video.wire.Operation.SUBMIT;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.AuthenticationException;
import ai.octopusx.video.BadRequestException;
import ai.octopusx.video.GatewayException;
import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PermissionDeniedException;
import ai.octopusx.video.QuotaExceededException;
import ai.octopusx.video.RateLimitedException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.UpstreamRejectedException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.ErrorReader.Context;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorReaderTest {

    private static final String ORIGIN = "https://octopusx.ai";
    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    private static final String INVALID_TOKEN = """
            {"error":{"message":"Invalid token (request id: 2026010112000012345678901a2b3c4dAbCdEfGh)","type":"new_api_error","code":""}}
            """;
    private static final String NO_ACCESS = """
            {"error":{"message":"This token has no access to model doubao-seedance-1-0-pro_480p (request id: 202601011200001)","type":"new_api_error","code":""}}
            """;
    private static final String BODY_TOO_LARGE = """
            {"error":{"message":"Invalid request: request body exceeds 128 MB (request id: 202601011200002)","type":"new_api_error","code":""}}
            """;
    private static final String NO_CHANNEL = """
            {"error":{"message":"No available channel for model doubao-seedance-9_480p under group default (distributor) (request id: 202601011200003)","type":"new_api_error","code":"model_not_found"}}
            """;
    private static final String BLANK_PROMPT = """
            {"code":"invalid_request","message":"prompt is required","data":null}
            """;
    private static final String BAD_SECONDS = """
            {"code":"invalid_seconds","message":"seconds must be between 1 and 3600","data":null}
            """;
    private static final String LOW_BALANCE = """
            {"code":"insufficient_user_quota","message":"balance too low: left 0.01, needed 0.35","data":null}
            """;
    private static final String KEY_QUOTA = """
            {"code":"pre_consume_token_quota_failed","message":"token quota is not enough","data":null}
            """;
    private static final String IMAGE_REFUSED = """
            {"code":"fail_to_fetch_task","message":"{\\"error\\":{\\"code\\":\\"InputImageSensitiveContentDetected\\",\\"message\\":\\"image refused\\",\\"type\\":\\"BadRequest\\"}}","data":null}
            """;
    private static final String SATURATED = """
            {"code":"fail_to_fetch_task","message":"当前分组上游负载已饱和，请稍后再试","data":null}
            """;
    private static final String REQUEST_FAILED = """
            {"code":"do_request_failed","message":"do request failed: upstream error: do request failed","data":null}
            """;
    private static final String NO_SUCH_TASK = """
            {"code":"task_not_exist","message":"task_not_exist","data":null}
            """;
    private static final String NO_ROUTE = """
            {"error":{"message":"Invalid URL (DELETE /v1/videos/video_1)","type":"invalid_request_error","param":"","code":""}}
            """;
    private static final String NO_CONTENT_YET = """
            {"error":{"message":"Task is not completed yet, current status: IN_PROGRESS","type":"invalid_request_error"}}
            """;
    private static final String CONTENT_UNKNOWN = """
            {"error":{"message":"Task not found","type":"invalid_request_error"}}
            """;
    private static final String LINK_EXPIRED = """
            {"error":{"message":"Upstream service returned status 403","type":"server_error"}}
            """;
    private static final String LOGIN_EXPIRED = """
            {"success":false,"code":"AUTH_TOKEN_EXPIRED","message":"log in again"}
            """;
    private static final String FOURTH_SHAPE = """
            {"success":false,"message":"no header"}
            """;
    private static final String HTML =
            "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>";

    /** Section 7.2, row by row: what the caller gets for a submission that was refused. */
    @Nested
    class ARefusedSubmission {

        @Test
        void forAnUnknownKey() {
            ApiException e = refused(401, INVALID_TOKEN, AuthenticationException.class);

            assertThat(e.code()).isNull();
            assertThat(e.type()).isEqualTo("new_api_error");
            assertThat(e.requestId()).isEqualTo("2026010112000012345678901a2b3c4dAbCdEfGh");
            assertThat(e)
                    .hasMessage("https://octopusx.ai did not accept the key for the submission (HTTP 401, request id "
                            + "2026010112000012345678901a2b3c4dAbCdEfGh: Invalid token); there is no job and nothing was charged; "
                            + "the key is unknown, disabled, expired or used up: check it");
        }

        @Test
        void forAKeyInAForeignAnswer() {
            refused(401, "", AuthenticationException.class);
            refused(401, HTML, AuthenticationException.class);
            refused(401, LOGIN_EXPIRED, AuthenticationException.class);
            assertThat(refused(401, FOURTH_SHAPE, AuthenticationException.class))
                    .hasMessageContaining("no header");
        }

        @Test
        void forAModelThatTheKeyMayNotUse() {
            refused(403, NO_ACCESS, PermissionDeniedException.class);
            refused(403, HTML, PermissionDeniedException.class);
            refused(403, "", PermissionDeniedException.class);
            ApiException e = refused(
                    403,
                    "{\"error\":{\"message\":\"group\",\"type\":\"new_api_error\",\"code\":\"access_denied\"}}",
                    PermissionDeniedException.class);
            assertThat(e.code()).isEqualTo("access_denied");
        }

        @Test
        void forABalanceThatIsTooLow() {
            ApiException e = refused(403, LOW_BALANCE, QuotaExceededException.class);

            assertThat(e.code()).isEqualTo("insufficient_user_quota");
            assertThat(e).hasMessageContaining("nothing was charged").hasMessageContaining("top up");
            refused(403, KEY_QUOTA, QuotaExceededException.class);
        }

        @Test
        void becauseTheGatewayItselfWasRefusedByTheVendor() {
            for (int status : new int[] {401, 403, 404}) {
                ApiException e = refused(
                        status,
                        "{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"error\\\":{\\\"code\\\":\\\"AccountOverdueError\\\"}}\",\"data\":null}",
                        UpstreamRejectedException.class);

                assertThat(e.upstreamCode()).isEqualTo("AccountOverdueError");
                assertThat(e).hasMessageContaining("your key is not the cause");
            }
        }

        @Test
        void forABlankPrompt() {
            ApiException e = refused(400, BLANK_PROMPT, BadRequestException.class);

            assertThat(e.code()).isEqualTo("invalid_request");
            assertThat(e.isContentRejected()).isFalse();
            assertThat(e.origin()).isEqualTo(ORIGIN);
            assertThat(e.bodyExcerpt()).isEqualTo(BLANK_PROMPT.strip());
            assertThat(e)
                    .hasMessage(
                            "https://octopusx.ai refused the submission (HTTP 400, code invalid_request: prompt is required); "
                                    + "there is no job and nothing was charged; the same request will fail again: mend it");
        }

        @Test
        void forOtherMistakesInIt() {
            assertThat(refused(400, BAD_SECONDS, BadRequestException.class).code())
                    .isEqualTo("invalid_seconds");
            assertThat(refused(400, BODY_TOO_LARGE, BadRequestException.class).requestId())
                    .isEqualTo("202601011200002");
            refused(413, "", BadRequestException.class);
            refused(422, HTML, BadRequestException.class);
        }

        @Test
        void byModerationWithTheNestedJsonOpened() {
            ApiException e = refused(400, IMAGE_REFUSED, BadRequestException.class);

            assertThat(e.code()).isEqualTo("fail_to_fetch_task");
            assertThat(e.upstreamCode()).isEqualTo("InputImageSensitiveContentDetected");
            assertThat(e.isContentRejected()).isTrue();
            assertThat(e)
                    .hasMessageContaining("vendor's code InputImageSensitiveContentDetected: image refused")
                    .hasMessageContaining("change the prompt or the image")
                    .hasMessageNotContaining("{");
        }

        @ParameterizedTest(name = "{0} is moderation: {1}")
        @CsvSource({
            "InputTextSensitiveContentDetected, true",
            "SensitiveContentDetected.SevereViolation, true",
            "InputImageSensitiveContentDetected.PrivacyInformation, true",
            "OutputVideoSensitiveContentDetected.PolicyViolation, true",
            "OutputAudioSensitiveContentDetected, true",
            "InputTextRiskDetection, true",
            "ContentSecurityDetectionError, true",
            "MissingParameter, false",
            "InvalidParameter.size, false",
            "InvalidImageURL.Expired, false",
        })
        void byTheVendorIsModerationByItsCode(String code, boolean moderation) {
            String body = IMAGE_REFUSED.replace("InputImageSensitiveContentDetected", code);

            assertThat(refused(400, body, BadRequestException.class).isContentRejected())
                    .isEqualTo(moderation);
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "{\"a\":1}"})
        void forTooManyRequestsInAnyShape(String body) {
            refused(429, body, RateLimitedException.class);
            refused(429, HTML, RateLimitedException.class);
            refused(429, INVALID_TOKEN, RateLimitedException.class);
            assertThat(refused(429, SATURATED, RateLimitedException.class)).hasMessageContaining("当前分组上游负载已饱和，请稍后再试");
        }

        @Test
        void withAWishToBeLeftAlone() {
            ApiException e = (ApiException) read(submission(), 429, "", Map.of("Retry-After", "120"));

            assertThat(e.retryAfter()).isEqualTo(Duration.ofSeconds(120));
            assertThat(e).hasMessageEndingWith("it asks for a pause of 120 s");
            assertThat(((ApiException)
                                    read(submission(), 429, "", Map.of("Retry-After", "Fri, 02 Jan 2026 03:05:05 GMT")))
                            .retryAfter())
                    .isEqualTo(Duration.ofSeconds(60));
            assertThat(refused(429, "", RateLimitedException.class).retryAfter())
                    .isNull();
        }

        @Test
        void forAModelWithoutAChannel() {
            ApiException e = refused(503, NO_CHANNEL, GatewayException.class);

            assertThat(e.code()).isEqualTo("model_not_found");
            assertThat(e.requestId()).isEqualTo("202601011200003");
            assertThat(e).hasMessageContaining("check the name of the model").hasMessageNotContaining("(request id:");
        }

        @Test
        void atAnAddressThatIsNoSuchService() {
            assertThat(refused(404, NO_ROUTE, ApiException.class)).hasMessageContaining("check the base URL");
            assertThat(refused(405, "", ApiException.class).getClass()).isEqualTo(ApiException.class);
            assertThat(refused(418, "", ApiException.class).getClass()).isEqualTo(ApiException.class);
        }

        @ParameterizedTest(name = "{0} -> {1}")
        @CsvSource(
                value = {
                    "https://eu.octopusx.ai/v1/videos                                 | https://eu.octopusx.ai/v1/videos",
                    "https://eu.octopusx.ai/v1/videos?key=sk-secret&sig=secret#secret | https://eu.octopusx.ai/v1/videos",
                    "https://user:secret@eu.octopusx.ai:8443/v1                       | https://eu.octopusx.ai:8443/v1",
                    "/v1/videos/?sig=secret                                           | /v1/videos/",
                    "//eu.octopusx.ai/login?next=secret                               | //eu.octopusx.ai/login",
                    "https://eu.octopusx.ai?secret                                    | https://eu.octopusx.ai",
                },
                delimiter = '|')
        void byARedirectNamesTheTargetWithoutItsQuery(String location, String shown) {
            for (int status : new int[] {301, 302, 303, 307, 308}) {
                OctopusXException e = read(submission(), status, "", Map.of("Location", location));

                assertThat(e.getClass()).isEqualTo(ApiException.class);
                assertThat(e.submission()).isEqualTo(REJECTED);
                assertThat(e)
                        .hasMessageStartingWith(
                                "https://octopusx.ai redirected the submission to " + shown + " (HTTP " + status + ")")
                        .hasMessageContaining("base URL")
                        .hasMessageNotContaining("secret");
            }
        }

        @Test
        void byARedirectToNowhereStillSaysSo() {
            assertThat(refused(302, "", ApiException.class))
                    .hasMessageContaining("redirected the submission (HTTP 302)");
        }
    }

    /** Behind these a job may be running. */
    @Nested
    class ASubmissionOfUnknownOutcome {

        @ParameterizedTest(name = "HTTP {0}")
        @ValueSource(ints = {408, 500, 501, 502, 503, 504, 520, 524, 599})
        void isWhatTroubleOfTheGatewayLeaves(int status) {
            for (String body : List.of("", HTML, REQUEST_FAILED, INVALID_TOKEN, NO_CHANNEL.replace("error", "oops"))) {
                SubmissionOutcomeUnknownException e = unknown(read(submission(), status, body));

                assertThat(e.getCause()).isInstanceOf(GatewayException.class);
                assertThat(((GatewayException) e.getCause()).statusCode()).isEqualTo(status);
                assertThat(((GatewayException) e.getCause()).submission()).isEqualTo(UNKNOWN);
            }
        }

        @Test
        void tellsWhatHappenedAndWhatNotToDo() {
            SubmissionOutcomeUnknownException e = unknown(read(
                    new Context(SUBMIT, ORIGIN, null, null, "row 7"),
                    500,
                    REQUEST_FAILED,
                    Map.of("X-Oneapi-Request-Id", "req-1")));

            assertThat(e)
                    .hasMessage(
                            "Nobody knows whether https://octopusx.ai took the job row 7: it may exist and be charged, and it "
                                    + "was not sent again. Look at the account before you submit it once more. What happened: "
                                    + "https://octopusx.ai or a proxy before it is in trouble with the submission (HTTP 500, code "
                                    + "do_request_failed, request id req-1: do request failed: upstream error: do request failed); "
                                    + "the job may exist and be charged")
                    .hasMessageNotContaining("try again");
            assertThat(e.reference()).isEqualTo("row 7");
            assertThat(e.requestId()).isEqualTo("req-1");
            assertThat(e.origin()).isEqualTo(ORIGIN);
            assertThat(e.taskId()).isNull();
        }

        @Test
        void is503OfAMissingModelUnlessItWasReadableToItsEnd() {
            byte[] whole = bytes(NO_CHANNEL);
            byte[] cut = bytes(NO_CHANNEL.substring(0, NO_CHANNEL.indexOf("}")));

            assertThat(ErrorReader.read(submission(), 503, header -> null, whole, false, NOW))
                    .isInstanceOf(GatewayException.class);
            unknown(ErrorReader.read(submission(), 503, header -> null, whole, true, NOW));
            unknown(ErrorReader.read(submission(), 503, header -> null, cut, false, NOW));
        }

        @ParameterizedTest
        @ValueSource(ints = {200, 201, 202})
        void isASuccessInTheWordsOfARefusal(int status) {
            SubmissionOutcomeUnknownException e = unknown(read(submission(), status, IMAGE_REFUSED));

            assertThat(e.getCause()).isInstanceOf(MalformedResponseException.class);
            assertThat(e)
                    .hasMessageContaining("HTTP " + status)
                    .hasMessageContaining("InputImageSensitiveContentDetected");
        }

        @Test
        void isASuccessThatCannotBeRead() {
            MalformedResponseException trouble =
                    new MalformedResponseException("is no JSON", null, "<html>", "req-1", null);

            SubmissionOutcomeUnknownException e = unknown(ErrorReader.unreadable(submission(), trouble));

            assertThat(e.getCause()).isSameAs(trouble);
            assertThat(e.requestId()).isEqualTo("req-1");
        }

        @Test
        void namesTheTaskIfThatMuchWasReadable() {
            MalformedResponseException trouble =
                    new MalformedResponseException("is cut off", null, "", null, "video_1");

            SubmissionOutcomeUnknownException e = unknown(ErrorReader.unreadable(submission(), trouble));

            assertThat(e.taskId()).isEqualTo("video_1");
            assertThat(e).hasMessageContaining("Look at task video_1 before");
        }

        @ParameterizedTest
        @EnumSource(
                value = Phase.class,
                names = {"PARTLY_SENT", "FULLY_SENT", "RESPONSE_STARTED"})
        void isABrokenExchangeOnceAByteMayHaveLeft(Phase reached) {
            for (boolean timedOut : new boolean[] {true, false}) {
                IOException cause = new IOException("reset");
                SubmissionOutcomeUnknownException e =
                        unknown(ErrorReader.noAnswer(submission(), reached, timedOut, cause));

                assertThat(e.getCause()).isInstanceOf(TransportException.class).hasCause(cause);
                assertThat(((TransportException) e.getCause()).submission()).isEqualTo(UNKNOWN);
                assertThat(e).hasMessageContaining("reset").hasMessageNotContaining("try again");
            }
        }
    }

    @Nested
    class ASubmissionThatWasNotSent {

        @Test
        void saysSoAndThatItIsSafeToTryAgain() {
            Exception cause =
                    new RuntimeException(new ConnectException("Connection refused: octopusx.ai/192.0.2.1:443"));
            OctopusXException e = ErrorReader.noAnswer(submission(), Phase.NOT_CONNECTED, false, cause);

            assertThat(e).isInstanceOf(TransportException.class).hasCause(cause);
            assertThat(e.submission()).isEqualTo(NOT_SENT);
            assertThat(((TransportException) e).origin()).isEqualTo(ORIGIN);
            assertThat(e)
                    .hasMessage(
                            "No answer from https://octopusx.ai to the submission: no connection came about (ConnectException: "
                                    + "Connection refused: octopusx.ai/192.0.2.1:443); nothing was sent, so there is no job; "
                                    + "it may pass: try again later");
        }

        @Test
        void mayHaveTimedOut() {
            OctopusXException e = ErrorReader.noAnswer(submission(), Phase.CONNECTED, true, new IOException());

            assertThat(e.submission()).isEqualTo(NOT_SENT);
            assertThat(e).hasMessageContaining("nothing could be sent in time (IOException)");
        }

        @Test
        void doesNotHangOnACauseThatCausesItself() {
            Exception one = new Exception("one");
            Exception other = new Exception("other", one);
            one.initCause(other);

            assertThat(ErrorReader.noAnswer(submission(), Phase.NOT_CONNECTED, false, one))
                    .isInstanceOf(TransportException.class);
        }
    }

    @Nested
    class AReadThatFailed {

        @Test
        void hasNoVerdictAndDoesNotTouchTheTask() {
            VideoTask last = VideoTask.parse("{\"id\":\"video_1\",\"status\":\"processing\"}");
            Context watching = new Context(RETRIEVE, ORIGIN, "video_1", last, null);

            AuthenticationException e = (AuthenticationException) read(watching, 401, INVALID_TOKEN);

            assertThat(e.submission()).isNull();
            assertThat(e.taskId()).isEqualTo("video_1");
            assertThat(e.lastTask()).isSameAs(last);
            assertThat(e)
                    .hasMessageContaining("did not accept the key for the status of task video_1")
                    .hasMessageContaining("the task itself is not touched by that");
        }

        @ParameterizedTest(name = "{0} {1} -> {2}")
        @CsvSource({
            "RETRIEVE, 400, TaskNotFoundException",
            "RETRIEVE, 404, TaskNotFoundException",
            "DOWNLOAD, 400, TaskNotFoundException",
        })
        void knowsAMissingTaskByItsCode(Operation operation, int status, String type) {
            assertThat(read(reading(operation), status, NO_SUCH_TASK).getClass().getSimpleName())
                    .isEqualTo(type);
        }

        @Test
        void knowsAMissingTaskByTheStatusOfTheContentEndpoint() {
            assertThat(read(reading(DOWNLOAD), 404, CONTENT_UNKNOWN))
                    .isInstanceOf(TaskNotFoundException.class)
                    .hasMessageContaining("the video of task video_1");
            assertThat(read(reading(RETRIEVE), 404, HTML)).isInstanceOf(TaskNotFoundException.class);
        }

        @Test
        void isABadRequestWhileThereIsNoContentYet() {
            assertThat(read(reading(DOWNLOAD), 400, NO_CONTENT_YET))
                    .isInstanceOf(BadRequestException.class)
                    .hasMessageContaining("does not have the video of task video_1 to give")
                    .hasMessageContaining("the task has not completed yet, or it failed: read its status")
                    .hasMessageContaining("Task is not completed yet, current status: IN_PROGRESS");
        }

        @Test
        void isTroubleOfTheGatewayWhenItsLinkExpired() {
            GatewayException e = (GatewayException) read(reading(DOWNLOAD), 502, LINK_EXPIRED);

            assertThat(e.type()).isEqualTo("server_error");
            assertThat(e.submission()).isNull();
            assertThat(e).hasMessageContaining("try again later");
        }

        @Test
        void mayBeTheVendorsRefusal() {
            assertThat(read(reading(RETRIEVE), 404, IMAGE_REFUSED)).isInstanceOf(UpstreamRejectedException.class);
        }

        @Test
        void isMalformedIfItSucceededInTheWordsOfARefusal() {
            MalformedResponseException e = (MalformedResponseException) read(reading(RETRIEVE), 200, NO_SUCH_TASK);

            assertThat(e.taskId()).isEqualTo("video_1");
            assertThat(e.submission()).isNull();
        }

        @Test
        void isTheSameMalformedAnswerIfItCannotBeRead() {
            MalformedResponseException trouble = new MalformedResponseException("x", null, "", null, "video_1");

            assertThat(ErrorReader.unreadable(reading(RETRIEVE), trouble)).isSameAs(trouble);
        }

        @ParameterizedTest
        @EnumSource(Phase.class)
        void withoutAnAnswerIsTransportTrouble(Phase reached) {
            OctopusXException e = ErrorReader.noAnswer(reading(DOWNLOAD), reached, true, new IOException("x"));

            assertThat(e).isInstanceOf(TransportException.class).hasMessageContaining("the video of task video_1");
            assertThat(e.submission()).isNull();
            assertThat(e.taskId()).isEqualTo("video_1");
        }

        @Test
        void mayBeTooLarge() {
            MalformedResponseException e =
                    ErrorReader.tooLarge(reading(RETRIEVE), 1_048_576, bytes("{\"a\":\"sk-secret..."), "req-1");

            assertThat(e)
                    .hasMessage("https://octopusx.ai answered the status of task video_1 with more than 1048576 bytes");
            assertThat(e.bodyExcerpt()).doesNotContain("secret");
            assertThat(e.requestId()).isEqualTo("req-1");
        }

        @Test
        void isOneLineEvenIfTheIdIsHostile() {
            Context hostile = new Context(RETRIEVE, ORIGIN, "v\n2026 ERROR forged\u202e", null, null);

            assertThat(read(hostile, 404, "").getMessage().lines()).hasSize(1);
            assertThat(read(hostile, 404, "").getMessage()).doesNotContain("\u202e");
        }
    }

    @Nested
    class TheFactsOfAnAnswer {

        @ParameterizedTest(name = "{0} -> {1} {2}")
        @CsvSource(
                value = {
                    "{\"error\":{\"message\":\"m\",\"code\":\"c\"}}                   | OPENAI  | c",
                    "{\"error\":{\"message\":\"m\",\"code\":7}}                       | OPENAI  | 7",
                    "{\"error\":{\"message\":\"m\",\"code\":null}}                    | OPENAI  |",
                    "{\"error\":{\"message\":\"m\",\"code\":\"\"}}                    | OPENAI  |",
                    "{\"error\":{\"message\":\"m\",\"code\":{\"a\":1}}}               | OPENAI  |",
                    "{\"error\":\"m\"}                                                | OPENAI  |",
                    "{\"error\":{}}                                                   | OPENAI  |",
                    "{\"code\":\"outer\",\"error\":{\"code\":\"c\"}}                  | OPENAI  | c",
                    "{\"code\":\"c\",\"message\":\"m\",\"data\":null}                 | TASK    | c",
                    "{\"code\":\"c\",\"message\":\"m\",\"error\":null}                | TASK    | c",
                    "{\"code\":7,\"message\":\"m\"}                                   | TASK    | 7",
                    "{\"code\":\"c\"}                                                 | TASK    | c",
                    "{\"code\":true,\"message\":\"m\"}                                | FOREIGN |",
                    "{\"code\":\"\",\"message\":\"m\"}                                | FOREIGN |",
                    "{\"message\":\"m\"}                                              | FOREIGN |",
                    "{}                                                               | FOREIGN |",
                    "[]                                                               | FOREIGN |",
                    "\"c\"                                                            | FOREIGN |",
                    "<html/>                                                          | FOREIGN |",
                    "''                                                               | FOREIGN |",
                },
                delimiter = '|')
        void areReadInEveryShape(String body, ErrorShape shape, String code) {
            ErrorAnswer answer = answer(400, body, false);

            assertThat(answer.shape()).isEqualTo(shape);
            assertThat(answer.code()).isEqualTo(code);
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.toOutcome()).isEqualTo(new Outcome.Answered(400, code, shape, null));
        }

        @Test
        void proveNothingByTheirShapeIfTheBodyWasCutOff() {
            assertThat(answer(503, NO_CHANNEL, false).toOutcome())
                    .isEqualTo(new Outcome.Answered(503, "model_not_found", ErrorShape.OPENAI, null));
            assertThat(answer(503, NO_CHANNEL, true).toOutcome())
                    .isEqualTo(new Outcome.Answered(503, "model_not_found", ErrorShape.FOREIGN, null));
            assertThat(answer(503, "{\"error\":{\"code\":\"model_not_found\"}", false)
                            .toOutcome())
                    .isEqualTo(new Outcome.Answered(503, "model_not_found", ErrorShape.FOREIGN, null));
        }

        @Test
        void areStillTakenFromWhatCouldBeReadOfABodyThatWasCutOff() {
            ErrorAnswer answer = answer(401, "{\"code\":\"fail_to_fetch_task\",\"message\":\"<html>very lo", true);

            assertThat(answer.shape()).isEqualTo(ErrorShape.TASK);
            assertThat(answer.toException(submission(), REJECTED)).isInstanceOf(UpstreamRejectedException.class);
        }

        @Test
        void ofASuccessAreUnreadable() {
            assertThat(answer(201, IMAGE_REFUSED, false).toOutcome()).isEqualTo(new Outcome.Unreadable(201));
            assertThat(answer(299, "", false).toOutcome()).isEqualTo(new Outcome.Unreadable(299));
        }

        @Test
        void includeTheRequestIdOfTheHeaderBeforeThatOfTheMessage() {
            assertThat(request("req-header", INVALID_TOKEN)).isEqualTo("req-header");
            assertThat(request(" req-header ", INVALID_TOKEN)).isEqualTo("req-header");
            assertThat(request(null, INVALID_TOKEN)).isEqualTo("2026010112000012345678901a2b3c4dAbCdEfGh");
            assertThat(request("", INVALID_TOKEN)).isEqualTo("2026010112000012345678901a2b3c4dAbCdEfGh");
            assertThat(request(null, BLANK_PROMPT)).isNull();
            assertThat(request(null, "")).isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"a b", "a\r\nb", "\u001b[31m", "<script>", "ü"})
        void doNotIncludeARequestIdThatIsNone(String header) {
            assertThat(request(header, "")).isNull();
            assertThat(request("x".repeat(129), "")).isNull();
        }

        @ParameterizedTest(name = "{0} -> {1}, {2}")
        @CsvSource(
                value = {
                    "{\"error\":{\"code\":\"C\",\"message\":\"why\"}}     | C | why",
                    "{\"error\":{\"code\":42,\"message\":\"why\"}}        | 42| why",
                    "{\"code\":\"C\",\"message\":\"why\"}                 | C | why",
                    "{\"error\":\"why\"}                                  |   | why",
                    "  {\"code\":\"C\",\"message\":\"why\"} and more      | C | why",
                    "{\"code\":\"C\",\"message\":\"why\"                  | C | why",
                    "plain why                                            |   | plain why",
                    "{broken why                                          |   | {broken why",
                },
                delimiter = '|')
        void areDugOutOfTheVendorsBodyInsideTheMessage(String nested, String code, String message) {
            String quoted = nested.replace("\\", "\\\\").replace("\"", "\\\"");
            String body = "{\"code\":\"fail_to_fetch_task\",\"message\":\"" + quoted + "\",\"data\":null}";

            ErrorAnswer answer = answer(400, body, false);

            assertThat(answer.upstreamCode()).isEqualTo(code);
            assertThat(answer.toException(submission(), REJECTED)).hasMessageContaining(": " + message + ");");
        }

        @Test
        void areDugOutOnlyOnceAndOnlyOfThatOneCode() {
            String twice =
                    "{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"code\\\":\\\"fail_to_fetch_task\\\",\\\"message\\\":\\\"{}\\\"}\"}";

            assertThat(answer(400, twice, false).upstreamCode()).isEqualTo("fail_to_fetch_task");
            assertThat(answer(400, "{\"code\":\"other\",\"message\":\"{\\\"code\\\":\\\"C\\\"}\"}", false)
                            .upstreamCode())
                    .isNull();
        }

        @Test
        void surviveABodyThatIsNoUtf8() {
            byte[] body = bytes(NO_CHANNEL);
            body[25] = (byte) 0xff;

            ErrorAnswer answer = ErrorAnswer.read(503, header -> null, body, false, NOW);

            assertThat(answer.toOutcome())
                    .isEqualTo(new Outcome.Answered(503, "model_not_found", ErrorShape.OPENAI, null));
        }

        @Test
        void doNotStandInToString() {
            assertThat(answer(400, "{\"error\":{\"message\":\"secret\",\"code\":\"secret\"}}", false))
                    .hasToString("ErrorAnswer[HTTP 400, OPENAI]");
        }
    }

    @Nested
    class NothingThatMustNotBeShown {

        private static final String PROMPT = "a \"very\" private prompt\nof two lines";
        private static final String KEY = "AbCdEf0123456789keyWithoutPrefix";

        private final Context careful = new Context(SUBMIT, ORIGIN, null, null, null, List.of(KEY, PROMPT));

        @Test
        void isEchoedFromTheBody() {
            String body = "{\"error\":{\"message\":\"bad key " + KEY
                    + " or sk-abc123 or Bearer xyz789 for a \\\"very\\\" private "
                    + "prompt\\nof two lines at https://cdn.example.net/v.mp4?sig=topsecret\",\"type\":\"t\",\"code\":\"sk-incode\"}}";

            ApiException e = (ApiException) read(careful, 400, body);

            for (String shown : List.of(e.getMessage(), e.bodyExcerpt(), e.code(), e.toString())) {
                assertThat(shown)
                        .doesNotContain(KEY, "abc123", "xyz789", "private", "two lines", "topsecret", "incode");
            }
            assertThat(e.getMessage()).contains("bad key ***", "https://cdn.example.net/v.mp4?***");
        }

        @Test
        void isEchoedFromTheVendorsBody() {
            String body =
                    "{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"error\\\":{\\\"code\\\":\\\"C\\\",\\\"message\\\":\\\"key sk-abc123 is bad\\\"}}\"}";

            ApiException e = (ApiException) read(careful, 401, body);

            assertThat(e.getMessage() + e.bodyExcerpt()).doesNotContain("abc123");
        }

        @Test
        void isEchoedFromTheNetwork() {
            OctopusXException e = ErrorReader.noAnswer(
                    careful, Phase.NOT_CONNECTED, false, new IOException("to https://x.y/z?sig=topsecret with " + KEY));

            assertThat(e.getMessage()).doesNotContain("topsecret", KEY);
        }

        @Test
        void standsInTheContext() {
            assertThat(careful).hasToString("Context[SUBMIT at https://octopusx.ai]");
        }

        @Test
        void makesTheMessageLong() {
            String body =
                    "{\"error\":{\"message\":\"" + "x".repeat(5_000) + "\",\"code\":\"" + "y".repeat(5_000) + "\"}}";

            ApiException e = (ApiException) read(careful, 400, body);

            assertThat(e.getMessage()).hasSizeLessThan(700);
            assertThat(e.code()).hasSizeLessThan(202);
            assertThat(e.bodyExcerpt().getBytes(StandardCharsets.UTF_8).length).isLessThanOrEqualTo(1_024 + 3);
        }
    }

    private static <E extends ApiException> E refused(int status, String body, Class<E> type) {
        OctopusXException e = read(submission(), status, body);
        assertThat(e).isInstanceOf(type);
        assertThat(e.submission()).isEqualTo(REJECTED);
        assertThat(((ApiException) e).statusCode()).isEqualTo(status);
        assertThat(e).hasMessageContaining(ORIGIN).hasMessageContaining("there is no job and nothing was charged");
        return type.cast(e);
    }

    private static SubmissionOutcomeUnknownException unknown(OctopusXException e) {
        assertThat(e).isInstanceOf(SubmissionOutcomeUnknownException.class);
        assertThat(e.submission()).isEqualTo(UNKNOWN);
        return (SubmissionOutcomeUnknownException) e;
    }

    private static Context submission() {
        return new Context(SUBMIT, ORIGIN, null, null, null);
    }

    private static Context reading(Operation operation) {
        return new Context(operation, ORIGIN, "video_1", null, null);
    }

    private static String request(String header, String body) {
        return ErrorAnswer.read(
                        400, name -> name.equals("X-Oneapi-Request-Id") ? header : null, bytes(body), false, NOW)
                .requestId();
    }

    private static ErrorAnswer answer(int status, String body, boolean truncated) {
        return ErrorAnswer.read(status, header -> null, bytes(body), truncated, NOW);
    }

    private static OctopusXException read(Context context, int status, String body) {
        return read(context, status, body, Map.of());
    }

    private static OctopusXException read(Context context, int status, String body, Map<String, String> headers) {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        return ErrorReader.read(context, status, anyCase::get, bytes(body), false, NOW);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
