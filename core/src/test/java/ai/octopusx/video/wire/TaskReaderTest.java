package ai.octopusx.video.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.VideoTaskError;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every variant of wire-protocol.md, sections 3, 4 and 10, as the literal JSON of the page or one composed like it. */
class TaskReaderTest {

    private static final String ID = "video_0c1d2e3f-1111-2222-3333-444455556666";

    @Nested
    class TheBodiesOfThePage {

        @Test
        void aTaskThatWasJustSubmitted() {
            assertThat(submitted("""
                            {"id":"video_0c1d2e3f-1111-2222-3333-444455556666","object":"video","model":"doubao-seedance-1-0-pro_480p","status":"queued","progress":0,"created_at":1766000000,"size":"864x480"}
                            """))
                    .isEqualTo(new VideoTask(
                            ID,
                            VideoStatus.QUEUED,
                            0,
                            "doubao-seedance-1-0-pro_480p",
                            Instant.ofEpochSecond(1766000000),
                            null,
                            null,
                            null,
                            "864x480",
                            null,
                            null,
                            null,
                            "queued",
                            Map.of()));
        }

        @Test
        void aTaskInProgress() {
            assertThat(polled("""
                            {"id":"video_0c1d2e3f-1111-2222-3333-444455556666","object":"video","model":"doubao-seedance-1-0-pro_480p","status":"processing","progress":50,"created_at":1766000000,"seconds":"5","size":"864x480"}
                            """))
                    .isEqualTo(new VideoTask(
                            ID,
                            VideoStatus.PROCESSING,
                            50,
                            "doubao-seedance-1-0-pro_480p",
                            Instant.ofEpochSecond(1766000000),
                            null,
                            null,
                            5,
                            "864x480",
                            null,
                            null,
                            null,
                            "processing",
                            Map.of()));
        }

        @Test
        void aTaskWithItsVideo() {
            assertThat(polled("""
                            {"id":"video_0c1d2e3f-1111-2222-3333-444455556666","object":"video","model":"doubao-seedance-1-0-pro_480p","status":"completed","progress":100,"created_at":1766000000,"completed_at":1766000065,"expires_at":1766086400,"seconds":"5","size":"864x480","video_url":"https://cdn.example.net/v/0c1d2e3f.mp4?sig=abc"}
                            """))
                    .isEqualTo(new VideoTask(
                            ID,
                            VideoStatus.COMPLETED,
                            100,
                            "doubao-seedance-1-0-pro_480p",
                            Instant.ofEpochSecond(1766000000),
                            Instant.ofEpochSecond(1766000065),
                            Instant.ofEpochSecond(1766086400),
                            5,
                            "864x480",
                            "https://cdn.example.net/v/0c1d2e3f.mp4?sig=abc",
                            null,
                            null,
                            "completed",
                            Map.of()));
        }

        @Test
        void aTaskThatModerationStopped() {
            VideoTask task = polled("""
                    {"id":"video_0c1d2e3f-1111-2222-3333-444455556666","object":"video","model":"doubao-seedance-1-0-pro_480p","status":"failed","progress":100,"created_at":1766000000,"completed_at":1766000031,"error":{"code":"OutputVideoSensitiveContentDetected","message":"the generated video was withheld"}}
                    """);

            assertThat(task.status()).isEqualTo(VideoStatus.FAILED);
            assertThat(task.progress()).isEqualTo(100);
            assertThat(task.completedAt()).isEqualTo(Instant.ofEpochSecond(1766000031));
            assertThat(task.error())
                    .isEqualTo(new VideoTaskError(
                            "OutputVideoSensitiveContentDetected", "the generated video was withheld"));
            assertThat(task.error().isContentRejected()).isTrue();
        }

        @Test
        void theOtherProfileRightAfterTheSubmission() {
            VideoTask task = submitted("""
                    {"id":"task_AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH","task_id":"task_AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH","object":"video","model":"doubao-seedance-1-5-pro_720p","status":"unknown","progress":0,"created_at":1766000000,"completed_at":1766000000,"metadata":{"url":""}}
                    """);

            assertThat(task.id()).isEqualTo("task_AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH");
            assertThat(task.status()).isEqualTo(VideoStatus.UNKNOWN);
            assertThat(task.rawStatus()).isEqualTo("unknown");
            assertThat(task.isTerminal()).isFalse();
            assertThat(task.completedAt())
                    .as("filled in every state, as it stands")
                    .isEqualTo(Instant.ofEpochSecond(1766000000));
            assertThat(task.videoUrl()).isNull();
            assertThat(task.additionalProperties()).isEmpty();
        }

        @Test
        void theOtherProfileWhenDone() {
            VideoTask task = polled("""
                    {"id":"task_AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH","task_id":"task_AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH","object":"video","model":"doubao-seedance-1-5-pro_720p","status":"completed","progress":100,"created_at":1766000000,"completed_at":1766000070,"metadata":{"url":"https://cdn.example.net/v/1.mp4?sig=abc"}}
                    """);

            assertThat(task.isCompleted()).isTrue();
            assertThat(task.videoUrl()).isEqualTo("https://cdn.example.net/v/1.mp4?sig=abc");
            assertThat(task.additionalProperties()).isEmpty();
        }

        @Test
        void anErrorInTheOpenAiShapeInsteadOfATaskIsAFailedTask() {
            VideoTask task = polled("""
                    {"error":{"message":"video not found","type":"invalid_request_error","code":"not_found"},"id":"video_0c1d2e3f-1111-2222-3333-444455556666"}
                    """);

            assertThat(task.id()).isEqualTo(ID);
            assertThat(task.status()).isEqualTo(VideoStatus.FAILED);
            assertThat(task.rawStatus()).isEmpty();
            assertThat(task.error()).isEqualTo(new VideoTaskError("not_found", "video not found"));
        }

        @Test
        void anErrorInTheTaskShapeInsteadOfATaskIsAFailedTask() {
            VideoTask task = polled("""
                    {"code":"task_not_exist","message":"task_not_exist","data":null,"id":"video_0c1d2e3f-1111-2222-3333-444455556666"}
                    """);

            assertThat(task.status()).isEqualTo(VideoStatus.FAILED);
            assertThat(task.error()).isEqualTo(new VideoTaskError("task_not_exist", "task_not_exist"));
        }

        @Test
        void nothingToSayIsUnknownAndNoEnd() {
            VideoTask task = polled("{\"code\":\"success\",\"data\":null}");

            assertThat(task.status()).isEqualTo(VideoStatus.UNKNOWN);
            assertThat(task.rawStatus()).isEmpty();
            assertThat(task.error()).isNull();
        }
    }

    @Nested
    class Ids {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"id\":\"\",\"task_id\":\"task_1\"}",
                    "{\"id\":\"  \",\"task_id\":\"task_1\"}",
                    "{\"id\":null,\"task_id\":\"task_1\"}",
                    "{\"task_id\":\"task_1\",\"id\":{}}",
                    "{\"task_id\":\"task_1\"}",
                    "{\"id\":\"task_1\",\"task_id\":\"upstream_9\"}",
                    "{\"task_id\":\"upstream_9\",\"id\":\"task_1\"}",
                    "{\"code\":\"success\",\"data\":{\"task_id\":\"task_1\"}}",
                    "{\"data\":{\"id\":\"inner\"},\"id\":\"task_1\"}",
                })
        void aSubmissionTakesTheIdAndWhereThatIsBlankTheTaskId(String body) {
            assertThat(submitted(body).id()).isEqualTo("task_1");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"id\":\"\"}",
                    "{\"id\":null,\"task_id\":\"\"}",
                    "{\"id\":[\"task_1\"]}",
                    "{\"id\":true}",
                    "{\"status\":\"queued\",\"object\":\"video\"}",
                    "{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"id\\\":\\\"task_1\\\"}\",\"data\":null}",
                    "{\"error\":{\"message\":\"no\",\"id\":\"task_1\"}}",
                })
        void aSubmissionWithoutAnIdIsNoSuccess(String body) {
            MalformedResponseException e =
                    catchThrowableOfType(MalformedResponseException.class, () -> submitted(body));

            assertThat(e)
                    .hasMessage("The gateway's answer to the submission names no task")
                    .hasNoCause();
            assertThat(e.requestId()).isEqualTo("req-1");
            assertThat(e.taskId()).isNull();
            assertThat(e.bodyExcerpt()).isEqualTo(body);
        }

        @Test
        void anIdMayBeAnythingThatIsNotBlank() {
            assertThat(submitted("{\"id\":\"grok:1/2?3#%20 ü\"}").id()).isEqualTo("grok:1/2?3#%20 ü");
            assertThat(submitted("{\"id\":12345678901234567890}").id()).isEqualTo("12345678901234567890");
        }

        @Test
        void aPollKeepsTheIdThatItAskedForWhateverTheBodySays() {
            String asked = new String("video_1");
            VideoTask first = read("{\"id\":\"upstream\",\"task_id\":\"other\",\"status\":\"queued\"}", asked, null);
            VideoTask next = read("{\"id\":\"upstream\",\"status\":\"processing\"}", asked, first);
            VideoTask bare = read("{\"status\":\"queued\"}", asked, null);

            assertThat(List.of(first, next, bare)).extracting(VideoTask::id).allSatisfy(id -> assertThat(id)
                    .isSameAs(asked));
            assertThat(first.additionalProperties()).isEmpty();
        }
    }

    @Nested
    class Progress {

        @ParameterizedTest(name = "{0} is {1} %")
        @CsvSource(
                value = {
                    "0        | 0",
                    "50       | 50",
                    "100      | 100",
                    "\"50\"   | 50",
                    "\"50%\"  | 50",
                    "\" 50 %\"| 50",
                    "50.9     | 50",
                    "\"33.3%\"| 33",
                    "-1       | 0",
                    "101      | 100",
                    "1e99     | 100",
                    "-1e99    | 0",
                    "99999999999999999999 | 100",
                    "\"1000%\"| 100",
                },
                delimiter = '|')
        void isReadFromNumbersAndTextsAndClamped(String literal, int percent) {
            assertThat(polled("{\"status\":\"processing\",\"progress\":" + literal + "}")
                            .progress())
                    .isEqualTo(percent);
        }

        @ParameterizedTest
        @ValueSource(strings = {"null", "\"\"", "\"half\"", "\"%\"", "true", "[50]", "{\"percent\":50}", "\"NaN\""})
        void thatIsAbsentOrMakesNoSenseIsTheLastKnown(String literal) {
            VideoTask last = polled("{\"status\":\"processing\",\"progress\":30}");
            String body = "{\"progress\":" + literal + ",\"status\":\"queued\"}";

            assertThat(read(body, ID, last).progress()).isEqualTo(30);
            assertThat(polled(body).progress()).isZero();
        }

        @Test
        void thatIsNotThereAtAllIsTheLastKnownAndElseZero() {
            VideoTask last = polled("{\"status\":\"processing\",\"progress\":30}");

            assertThat(read("{\"status\":\"completed\"}", ID, last).progress()).isEqualTo(30);
            assertThat(polled("{\"status\":\"completed\"}").progress()).isZero();
        }

        @Test
        void mayStepBack() {
            VideoTask last = polled("{\"status\":\"processing\",\"progress\":50}");

            assertThat(read("{\"status\":\"processing\",\"progress\":10}", ID, last)
                            .progress())
                    .isEqualTo(10);
        }
    }

    @Nested
    class Times {

        @ParameterizedTest(name = "{0} is {1}")
        @CsvSource(
                value = {
                    "1766000000                        | 2025-12-17T19:33:20Z",
                    "1766000000123                     | 2025-12-17T19:33:20.123Z",
                    "\"1766000000\"                    | 2025-12-17T19:33:20Z",
                    "\"1766000000123\"                 | 2025-12-17T19:33:20.123Z",
                    "1766000000.9                      | 2025-12-17T19:33:20Z",
                    "1.766e9                           | 2025-12-17T19:33:20Z",
                    "99999999999                       | 5138-11-16T09:46:39Z",
                    "100000000000                      | 1973-03-03T09:46:40Z",
                    "\"2025-12-17T19:33:20Z\"          | 2025-12-17T19:33:20Z",
                    "\"2025-12-17T19:33:20.5Z\"        | 2025-12-17T19:33:20.5Z",
                    "\"2025-12-18T03:33:20+08:00\"     | 2025-12-17T19:33:20Z",
                    "\"2025-12-17T19:33:20\"           | 2025-12-17T19:33:20Z",
                    "\"2025-12-17 19:33:20\"           | 2025-12-17T19:33:20Z",
                    "\" 2025-12-17T19:33:20Z \"        | 2025-12-17T19:33:20Z",
                },
                delimiter = '|')
        void areReadFromSecondsMillisecondsAndIso(String literal, Instant instant) {
            VideoTask task = polled("{\"status\":\"completed\",\"created_at\":" + literal + ",\"completed_at\":"
                    + literal + ",\"expires_at\":" + literal + "}");

            assertThat(task.createdAt()).isEqualTo(instant);
            assertThat(task.completedAt()).isEqualTo(instant);
            assertThat(task.expiresAt()).isEqualTo(instant);
        }

        @Test
        void ofMillisecondsAreNotTakenForTheSameNumberOfSecondsThatWasKnownBefore() {
            VideoTask last = polled("{\"created_at\":\"5138-11-16T09:46:40Z\"}");

            assertThat(last.createdAt()).isEqualTo(Instant.ofEpochSecond(100_000_000_000L));
            assertThat(read("{\"created_at\":100000000000}", ID, last).createdAt())
                    .isEqualTo(Instant.ofEpochMilli(100_000_000_000L));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "0",
                    "null",
                    "\"\"",
                    "\"0\"",
                    "-62135596800",
                    "false",
                    "[]",
                    "{}",
                    "\"yesterday\"",
                    "0.0",
                    "99999999999999999999999999",
                    "1e400",
                    "\"2025-13-45T00:00:00Z\""
                })
        void thatArePlaceholdersOrNonsenseAreAbsent(String literal) {
            VideoTask task = polled("{\"created_at\":" + literal + ",\"completed_at\":" + literal + ",\"expires_at\":"
                    + literal + ",\"status\":\"processing\"}");

            assertThat(task.createdAt()).isNull();
            assertThat(task.completedAt()).isNull();
            assertThat(task.expiresAt()).isNull();
            assertThat(task.status()).isEqualTo(VideoStatus.PROCESSING);
        }
    }

    @Nested
    class TheClip {

        @ParameterizedTest(name = "{0} is {1} s")
        @CsvSource(
                value = {"5|5", "\"5\"|5", "\" 5 \"|5", "5.0|5", "\"11\"|11", "120|120"},
                delimiter = '|')
        void secondsAreReadFromTextsAndNumbers(String literal, int seconds) {
            assertThat(polled("{\"seconds\":" + literal + "}").seconds()).isEqualTo(seconds);
        }

        @ParameterizedTest
        @ValueSource(strings = {"0", "\"0\"", "-5", "null", "\"\"", "\"five\"", "[5]", "true", "99999999999"})
        void secondsThatMakeNoSenseAreAbsent(String literal) {
            assertThat(polled("{\"seconds\":" + literal + ",\"status\":\"queued\"}")
                            .seconds())
                    .isNull();
        }

        @ParameterizedTest
        @ValueSource(strings = {"720x720", "16:9", "720P", "large"})
        void theSizeIsOpaque(String size) {
            assertThat(polled("{\"size\":\"" + size + "\"}").size()).isEqualTo(size);
        }

        @ParameterizedTest
        @ValueSource(strings = {"null", "\"\"", "\" \"", "720", "{\"width\":720}", "[1,2]", "false"})
        void textsThatMakeNoSenseAreAbsent(String literal) {
            VideoTask task = polled("{\"size\":" + literal + ",\"model\":" + literal + ",\"remixed_from_video_id\":"
                    + literal + ",\"video_url\":" + literal + ",\"status\":\"queued\"}");

            assertThat(task.size()).isNull();
            assertThat(task.model()).isNull();
            assertThat(task.remixedFromVideoId()).isNull();
            assertThat(task.videoUrl()).isNull();
            assertThat(task.status()).isEqualTo(VideoStatus.QUEUED);
            assertThat(task.additionalProperties()).isEmpty();
        }

        @Test
        void aRemixNamesItsOrigin() {
            assertThat(polled("{\"remixed_from_video_id\":\"video_0\"}").remixedFromVideoId())
                    .isEqualTo("video_0");
        }
    }

    @Nested
    class TheLink {

        @ParameterizedTest(name = "{0}")
        @ValueSource(
                strings = {
                    "{\"video_url\":\"U\"}",
                    "{\"video_url\":\"\",\"metadata\":{\"url\":\"U\"}}",
                    "{\"video_url\":null,\"output\":{\"url\":\"U\"}}",
                    "{\"url\":\"U\"}",
                    "{\"content\":{\"video_url\":\"U\"}}",
                    "{\"metadata\":{\"url\":\"U\"},\"output\":{\"url\":\"X\"},\"url\":\"X\"}",
                    "{\"url\":\"X\",\"output\":{\"url\":\"X\"},\"metadata\":{\"url\":\"X\"},\"video_url\":\"U\"}",
                    "{\"video_url\":\"U\",\"metadata\":{\"url\":\"X\"},\"output\":{\"url\":\"X\"},\"url\":\"X\"}",
                    "{\"metadata\":{\"url\":\" \"},\"output\":{\"url\":\"U\"},\"url\":\"X\"}",
                    "{\"url\":\"U\",\"content\":{\"video_url\":\"X\"}}",
                    "{\"data\":{\"data\":{\"content\":{\"video_url\":\"U\"}}}}",
                    "{\"data\":{\"video_url\":\"X\"},\"url\":\"U\"}",
                    "{\"video_url\":42,\"url\":\"U\"}",
                })
        void isTheFirstThatIsNotBlankOfThePlacesWhereItMayStand(String body) {
            assertThat(polled(body).videoUrl()).isEqualTo("U");
        }

        @Test
        void needNotBeAValidAddress() {
            assertThat(polled("{\"video_url\":\"ht!tp://[ not a uri\"}").videoUrl())
                    .isEqualTo("ht!tp://[ not a uri");
        }

        @Test
        void mayBeMissingFromACompletedTask() {
            VideoTask task = polled("{\"status\":\"completed\",\"video_url\":null,\"metadata\":null,\"output\":null}");

            assertThat(task.isCompleted()).isTrue();
            assertThat(task.videoUrl()).isNull();
            assertThat(task.additionalProperties()).isEmpty();
        }
    }

    @Nested
    class Errors {

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"message\":\"\",\"code\":\"\"}",
                    "{\"message\":\" \",\"code\":null}",
                    "{}",
                    "null",
                    "\"\"",
                    "[]",
                    "false",
                    "0",
                    "{\"message\":{\"text\":\"no\"},\"code\":[1]}",
                    "{\"type\":\"x\"}",
                })
        void thatAreBlankOrMakeNoSenseAreNone(String literal) {
            VideoTask task = polled("{\"error\":" + literal + ",\"status\":\"processing\"}");

            assertThat(task.error()).isNull();
            assertThat(task.status()).isEqualTo(VideoStatus.PROCESSING);
        }

        @Test
        void mayBeABareSentence() {
            assertThat(polled("{\"status\":\"failed\",\"error\":\"out of paint\"}")
                            .error())
                    .isEqualTo(new VideoTaskError("", "out of paint"));
        }

        @Test
        void mayHaveANumberForACode() {
            assertThat(polled("{\"status\":\"failed\",\"error\":{\"code\":50411,\"message\":\"no\"}}")
                            .error())
                    .isEqualTo(new VideoTaskError("50411", "no"));
        }

        @Test
        void mayHaveOnlyACodeOrOnlyAMessage() {
            assertThat(polled("{\"status\":\"failed\",\"error\":{\"code\":\"X\",\"message\":null}}")
                            .error())
                    .isEqualTo(new VideoTaskError("X", ""));
            assertThat(polled("{\"status\":\"failed\",\"error\":{\"message\":\"no\"}}")
                            .error())
                    .isEqualTo(new VideoTaskError("", "no"));
        }

        @Test
        void neverOverrideACompletedStatus() {
            VideoTask task = polled(
                    "{\"error\":{\"code\":\"X\",\"message\":\"late\"},\"status\":\"completed\",\"video_url\":\"U\"}");

            assertThat(task.isCompleted()).isTrue();
            assertThat(task.videoUrl()).isEqualTo("U");
        }

        @Test
        void doNotEndATaskThatSaysItRuns() {
            assertThat(polled("{\"error\":{\"code\":\"X\",\"message\":\"hiccup\"},\"status\":\"processing\"}")
                            .isTerminal())
                    .isFalse();
        }

        @Test
        void areAbsentFromAFailedTaskThatGaveNoReason() {
            VideoTask task = polled("{\"status\":\"failed\"}");

            assertThat(task.status()).isEqualTo(VideoStatus.FAILED);
            assertThat(task.error()).isNull();
        }

        @Test
        void ofAFailedTaskMayStandOutside() {
            assertThat(polled("{\"status\":\"failed\",\"code\":\"X\",\"message\":\"why\"}")
                            .error())
                    .isEqualTo(new VideoTaskError("X", "why"));
            assertThat(polled("{\"status\":\"FAILURE\",\"fail_reason\":\"why\"}")
                            .error())
                    .isEqualTo(new VideoTaskError("", "why"));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"error\":\"gone\"}",
                    "{\"error\":{\"code\":\"\",\"message\":\"gone\"}}",
                    "{\"error\":{\"code\":404}}",
                    "{\"status\":\"\",\"error\":\"gone\"}",
                    "{\"status\":null,\"error\":\"gone\"}",
                    "{\"status\":7,\"code\":\"get_task_failed\",\"message\":\"\"}",
                    "{\"code\":50000}",
                })
        void withoutAStatusAreAFailure(String body) {
            VideoTask task = polled(body);

            assertThat(task.status()).isEqualTo(VideoStatus.FAILED);
            assertThat(task.rawStatus()).isEmpty();
            assertThat(task.error()).isNotNull();
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{}",
                    "{\"error\":{\"code\":\"\",\"message\":\"\"}}",
                    "{\"error\":null,\"code\":null}",
                    "{\"code\":\"success\",\"message\":\"\"}",
                    "{\"code\":0,\"message\":\"ok\"}",
                    "{\"code\":200}",
                    "{\"code\":\"\"}",
                    "{\"message\":\"hello\"}",
                    "{\"status\":{\"code\":1}}",
                })
        void thatSayNothingWithoutAStatusAreNoEnd(String body) {
            VideoTask task = polled(body);

            assertThat(task.status()).isEqualTo(VideoStatus.UNKNOWN);
            assertThat(task.isTerminal()).isFalse();
            assertThat(task.error()).isNull();
        }
    }

    @Nested
    class States {

        @ParameterizedTest(name = "{0} is {1}")
        @CsvSource({
            "In_Progress, PROCESSING",
            "SUCCESS, COMPLETED",
            "EXPIRED, FAILED",
            "Canceled, CANCELLED",
            "NOT_START, QUEUED",
            "dreaming, UNKNOWN",
        })
        void areReadInAnySpellingAndKeptAsTheyWere(String word, VideoStatus status) {
            VideoTask task = polled("{\"status\":\"" + word + "\"}");

            assertThat(task.status()).isEqualTo(status);
            assertThat(task.rawStatus()).isEqualTo(word);
        }
    }

    @Nested
    class Envelopes {

        @Test
        void theOlderEndpointsEnvelopeIsOpened() {
            VideoTask task = polled("""
                    {"code":"success","message":"","data":{"task_id":"task_1","status":"SUCCESS","progress":"100%","submit_time":1766000000,
                     "fail_reason":"","data":{"id":"cgt-1","status":"succeeded","model":"ep-1","content":{"video_url":"https://cdn.example.net/1.mp4"}}}}
                    """);

            assertThat(task.status()).isEqualTo(VideoStatus.COMPLETED);
            assertThat(task.rawStatus()).isEqualTo("SUCCESS");
            assertThat(task.progress()).isEqualTo(100);
            assertThat(task.videoUrl()).isEqualTo("https://cdn.example.net/1.mp4");
            assertThat(task.model()).as("the vendor's own name").isNull();
            assertThat(task.error()).isNull();
            assertThat(task.additionalProperties()).containsExactly(entry("submit_time", 1766000000));
        }

        @Test
        void aFailureInAnEnvelopeHasItsReason() {
            VideoTask task = polled("""
                    {"code":"success","data":{"status":"FAILURE","progress":"100%","fail_reason":"no capacity","data":null}}
                    """);

            assertThat(task.status()).isEqualTo(VideoStatus.FAILED);
            assertThat(task.error()).isEqualTo(new VideoTaskError("", "no capacity"));
        }

        @Test
        void aFailureOutsideIsNotHiddenByAnEmptyEnvelope() {
            VideoTask task = polled("{\"code\":\"task_not_exist\",\"message\":\"gone\",\"data\":{}}");

            assertThat(task.status()).isEqualTo(VideoStatus.FAILED);
            assertThat(task.error()).isEqualTo(new VideoTaskError("task_not_exist", "gone"));
        }
    }

    @Nested
    class WhatIsNotKnown {

        @Test
        void isKeptInItsOrderWithItsTypes() {
            VideoTask task = polled("""
                    {"status":"queued","prompt":"猫","usage":{"completion_tokens":1,"big":12345678901,"huge":123456789012345678901234567890},
                     "quality":null,"flags":[true,false,1.5,"x",[],{}],"beyond":1e400}
                    """);

            assertThat(task.additionalProperties().keySet())
                    .containsExactly("prompt", "usage", "quality", "flags", "beyond");
            assertThat(task.additionalProperties())
                    .containsEntry("prompt", "猫")
                    .containsEntry(
                            "usage",
                            Map.of(
                                    "completion_tokens",
                                    1,
                                    "big",
                                    12345678901L,
                                    "huge",
                                    new BigInteger("123456789012345678901234567890")))
                    .containsEntry("quality", null)
                    .containsEntry("flags", Arrays.asList(true, false, 1.5, "x", List.of(), Map.of()))
                    .containsEntry("beyond", new BigDecimal("1e400"));
        }

        @Test
        void isKeptOfAnObjectThatHoldsTheLinkButNotTheLink() {
            VideoTask task = polled("""
                    {"status":"completed","metadata":{"url":"U","fps":24},"output":{"url":"X"},"content":"text"}
                    """);

            assertThat(task.videoUrl()).isEqualTo("U");
            assertThat(task.additionalProperties())
                    .containsExactly(entry("metadata", Map.of("fps", 24)), entry("content", "text"));
        }

        @Test
        void doesNotIncludeWhatSaysNothing() {
            assertThat(polled("{\"object\":\"video.generation\",\"task_id\":\"x\",\"status\":\"queued\"}")
                            .additionalProperties())
                    .isEmpty();
        }

        @Test
        void mayCarryTheNamesOfOurOwnStoredFormWithoutBeingTakenForIt() {
            VideoTask task = polled("{\"status\":\"queued\",\"raw_status\":\"x\",\"additional_properties\":{\"a\":1}}");

            assertThat(task.rawStatus()).isEqualTo("queued");
            assertThat(task.additionalProperties())
                    .containsExactly(entry("raw_status", "x"), entry("additional_properties", Map.of("a", 1)));
        }
    }

    @Nested
    class BodiesThatAreNoTask {

        @ParameterizedTest(name = "{0} {1}")
        @CsvSource(
                value = {
                    "''                                   | is empty",
                    "' '                                  | is no JSON object",
                    "'null'                               | is no JSON object",
                    "'[]'                                 | is no JSON object",
                    "'\"video_1\"'                        | is no JSON object",
                    "'42'                                 | is no JSON object",
                    "'<html><body>502</body></html>'      | is no JSON",
                    "'Bad Gateway'                        | is no JSON",
                    "'{'                                  | is cut off or broken",
                    "'{\"id\":\"video_1\"'                | is cut off or broken",
                    "'{\"id\":\"video_1\",\"status\":\"qu'| is cut off or broken",
                    "'{\"id\":\"video_1\",}'              | is cut off or broken",
                    "'{id:1}'                             | is cut off or broken",
                    "'{\"status\":tru}'                   | is cut off or broken",
                    "'{\"metadata\":{\"url\":\"U\"'       | is cut off or broken",
                    "'{\"x\":NaN}'                        | is cut off or broken",
                },
                delimiter = '|')
        void areMalformedAndSaySo(String body, String trouble) {
            MalformedResponseException poll =
                    catchThrowableOfType(MalformedResponseException.class, () -> polled(body));
            MalformedResponseException submission =
                    catchThrowableOfType(MalformedResponseException.class, () -> submitted(body));

            assertThat(poll).hasMessage("The gateway's answer about task " + ID + " " + trouble);
            assertThat(poll.taskId()).isEqualTo(ID);
            assertThat(poll.requestId()).isEqualTo("req-1");
            assertThat(submission).hasMessageContaining(trouble);
        }

        @Test
        void stillHandOutAnIdThatWasReadableSoThatTheJobIsNotLost() {
            MalformedResponseException e = catchThrowableOfType(
                    MalformedResponseException.class,
                    () -> submitted("{\"id\":\"video_1\",\"object\":\"video\",\"sta"));

            assertThat(e.taskId()).isEqualTo("video_1");
            assertThat(e).hasMessageContaining("names the task video_1");
        }

        @Test
        void doNotHandOutHalfAnId() {
            MalformedResponseException e =
                    catchThrowableOfType(MalformedResponseException.class, () -> submitted("{\"id\":\"video_1"));

            assertThat(e.taskId()).isNull();
        }

        @Test
        void areNotQuotedInTheWordsOfTheParserNorWithKeys() {
            MalformedResponseException e =
                    catchThrowableOfType(MalformedResponseException.class, () -> polled("{\"a\":sk-verysecret}"));

            assertThat(e).hasNoCause();
            assertThat(e.getMessage() + e.bodyExcerpt()).doesNotContain("verysecret");
        }

        @Test
        void mayBeBombs() {
            String deep = "{\"a\":" + "[".repeat(100_000);
            String wide = "{\"a\":\"" + "x".repeat(1_000_000) + "\"}";
            String number = "{\"progress\":" + "9".repeat(100_000) + "}";

            assertThat(catchThrowableOfType(MalformedResponseException.class, () -> polled(deep))
                            .bodyExcerpt())
                    .hasSizeLessThan(1_100);
            assertThat(polled(wide).additionalProperties().get("a")).isEqualTo("x".repeat(1_000_000));
            assertThat(catchThrowableOfType(MalformedResponseException.class, () -> polled(number)))
                    .isNotNull();
        }
    }

    @Nested
    class OddButReadableBodies {

        @Test
        void aByteOrderMarkAndBlanksAroundAreNothing() {
            assertThat(polled("\ufeff{\"status\":\"queued\"}").status()).isEqualTo(VideoStatus.QUEUED);
            assertThat(VideoTask.parse("\ufeff{\"id\":\"v\"}").id()).isEqualTo("v");
            assertThat(polled(" \r\n\t{ \"status\" : \"queued\" } \n").status()).isEqualTo(VideoStatus.QUEUED);
        }

        @Test
        void whatFollowsTheObjectIsNotLookedAt() {
            assertThat(submitted("{\"id\":\"video_1\"} trailing <garbage>").id())
                    .isEqualTo("video_1");
        }

        @Test
        void ofTwoMembersOfOneNameTheLaterOneWinsUnlessItIsAbsent() {
            VideoTask task = polled(
                    "{\"status\":\"queued\",\"status\":\"completed\",\"size\":\"1x1\",\"size\":null,\"video_url\":\"A\",\"video_url\":\"B\"}");

            assertThat(task.status()).isEqualTo(VideoStatus.COMPLETED);
            assertThat(task.size()).isEqualTo("1x1");
            assertThat(task.videoUrl()).isEqualTo("B");
        }

        @Test
        void halfAPairOfCharactersIsReadAsItStands() {
            assertThat(polled("{\"status\":\"failed\",\"error\":\"\\ud83d!\"}")
                            .error()
                            .message())
                    .isEqualTo("\ud83d!");
        }

        @Test
        void aByteThatIsNoUtf8DoesNotHideTheTask() {
            byte[] body = "{\"status\":\"completed\",\"note\":\"caf_\",\"video_url\":\"U\"}"
                    .getBytes(StandardCharsets.ISO_8859_1);
            body[indexOf(body, '_', 26)] = (byte) 0xe9;

            VideoTask task = TaskReader.readPolled(body, 0, body.length, ID, null, null, List.of());

            assertThat(task.videoUrl()).isEqualTo("U");
            assertThat(task.additionalProperties()).containsExactly(entry("note", "caf\ufffd"));
        }

        @Test
        void halfAPairInANameDoesNotHideTheTaskEither() {
            VideoTask task = polled("{\"status\":\"completed\",\"\\udf40\":1,\"video_url\":\"U\"}");

            assertThat(task.videoUrl()).isEqualTo("U");
            assertThat(task.additionalProperties()).containsExactly(entry("\udf40", 1));
        }

        @Test
        void aNumberBeyondAllNumbersIsKeptAsItsText() {
            assertThat(polled("{\"x\":1e99999999999}").additionalProperties())
                    .containsExactly(entry("x", "1e99999999999"));
        }

        @Test
        void onlyTheGivenStretchOfTheBytesIsRead() {
            byte[] body = "garbage{\"status\":\"queued\"}{\"status\":\"failed\"}".getBytes(StandardCharsets.UTF_8);

            assertThat(TaskReader.readPolled(body, 7, 19, ID, null, null, List.of())
                            .status())
                    .isEqualTo(VideoStatus.QUEUED);
        }

        private static int indexOf(byte[] bytes, char c, int from) {
            for (int i = from; i < bytes.length; i++) {
                if (bytes[i] == c) {
                    return i;
                }
            }
            throw new IllegalStateException("no " + c);
        }
    }

    @Nested
    class Sharing {

        private static final String BODY = """
                {"id":"video_1","model":"doubao-seedance-1-0-pro_480p","status":"processing","progress":50,"created_at":1766000000,
                 "expires_at":1766086400,"seconds":"5","size":"864x480","video_url":"https://cdn.example.net/a.mp4?sig=abc",
                 "remixed_from_video_id":"video_0","error":{"code":"","message":""},"quality":null,"usage":{"n":1}}
                """;

        @Test
        void aPollThatBringsNothingNewHandsBackTheLastTaskItself() {
            VideoTask last = read(BODY, "video_1", null);

            assertThat(read(BODY, "video_1", last)).isSameAs(last);
        }

        @ParameterizedTest
        @CsvSource(
                value = {
                    "\"doubao-seedance-1-0-pro_480p\" | \"other\"",
                    "\"processing\"                   | \"completed\"",
                    "\"processing\"                   | \"PROCESSING\"",
                    "\"progress\":50                  | \"progress\":51",
                    "1766000000                       | 1766000001",
                    "1766086400                       | 0",
                    "\"seconds\":\"5\"                | \"seconds\":\"6\"",
                    "864x480                          | 864x481",
                    "sig=abc                          | sig=abd",
                    "video_0                          | video_9",
                    "\"message\":\"\"                 | \"message\":\"x\"",
                    "\"n\":1                          | \"n\":2",
                    "\"quality\":null                 | \"quality\":\"\"",
                    ",\"quality\":null                | ",
                },
                delimiter = '|')
        void anyOtherValueIsANewTask(String before, String after) {
            VideoTask last = read(BODY, "video_1", null);
            String body = BODY.replace(before, after == null ? "" : after);

            assertThat(body).isNotEqualTo(BODY);
            VideoTask next = read(body, "video_1", last);
            assertThat(next).isNotSameAs(last).isNotEqualTo(last).isEqualTo(read(body, "video_1", null));
        }

        @Test
        void aTaskThatChangedSharesWhatDidNotChange() {
            VideoTask last = read(BODY, "video_1", null);
            VideoTask next = read(BODY.replace("50", "60"), "video_1", last);

            assertThat(next.progress()).isEqualTo(60);
            assertThat(next.videoUrl()).isSameAs(last.videoUrl());
            assertThat(next.createdAt()).isSameAs(last.createdAt());
            assertThat(next.remixedFromVideoId()).isSameAs(last.remixedFromVideoId());
        }

        @Test
        void wordsAreSharedBetweenTasksThatHaveNothingElseInCommon() {
            VideoTask one = read(BODY, "video_1", null);
            VideoTask other = read(BODY, "video_2", null);

            assertThat(other.rawStatus()).isSameAs(one.rawStatus());
            assertThat(other.model()).isSameAs(one.model());
            assertThat(other.size()).isSameAs(one.size());
        }
    }

    private static VideoTask submitted(String body) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return TaskReader.readSubmitted(bytes, 0, bytes.length, "req-1", List.of());
    }

    private static VideoTask polled(String body) {
        return read(body, ID, null);
    }

    private static VideoTask read(String body, String taskId, VideoTask last) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        return TaskReader.readPolled(bytes, 0, bytes.length, taskId, last, "req-1", List.of());
    }
}
