package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VideoTaskTest {

    private static final VideoTask FULL = new VideoTask(
            "video_1",
            VideoStatus.COMPLETED,
            100,
            "doubao-seedance-1-5-pro_720p",
            Instant.ofEpochSecond(1766000000),
            Instant.ofEpochSecond(1766000065),
            Instant.ofEpochSecond(1766086400),
            5,
            "1280x720",
            "https://cdn.example.net/1.mp4?sig=secret",
            "video_0",
            null,
            "SUCCESS",
            Map.of("note", "secret"));

    @Test
    void itsJsonIsOneLineInTheFieldsOfTheGateway() {
        assertThat(FULL.toJson())
                .isEqualTo("{\"id\":\"video_1\",\"object\":\"video\",\"model\":\"doubao-seedance-1-5-pro_720p\","
                        + "\"status\":\"completed\",\"raw_status\":\"SUCCESS\",\"progress\":100,"
                        + "\"created_at\":1766000000,\"completed_at\":1766000065,\"expires_at\":1766086400,"
                        + "\"seconds\":\"5\",\"size\":\"1280x720\","
                        + "\"video_url\":\"https://cdn.example.net/1.mp4?sig=secret\","
                        + "\"remixed_from_video_id\":\"video_0\",\"note\":\"secret\"}");
    }

    @Test
    void itsJsonLeavesOutWhatIsAbsentAndWhatTheStatusAlreadySays() {
        assertThat(bare(VideoStatus.QUEUED, "queued").toJson())
                .isEqualTo("{\"id\":\"video_1\",\"object\":\"video\",\"status\":\"queued\",\"progress\":0}");
    }

    @Test
    void itsJsonKeepsTheReasonOfAFailure() {
        VideoTask failed = VideoTask.parse(
                "{\"id\":\"v\",\"status\":\"failed\",\"error\":{\"code\":\"X\",\"message\":\"line\\nbreak 猫\"}}");

        assertThat(failed.toJson())
                .isEqualTo("{\"id\":\"v\",\"object\":\"video\",\"status\":\"failed\",\"progress\":0,"
                        + "\"error\":{\"code\":\"X\",\"message\":\"line\\nbreak 猫\"}}");
        assertThat(failed.toJson().lines()).hasSize(1);
    }

    @Test
    void halfAPairInItsJsonSurvivesBeingStoredAsUtf8() {
        VideoTask task =
                VideoTask.parse("{\"id\":\"a\\ud83db\\udc08c\",\"status\":\"queued\",\"note\":\"\\ud83d\\udc08\"}");

        assertThat(task.toJson()).contains("a\\ud83db\\udc08c", "🐈");
        assertThat(VideoTask.parse(task.toJson())).isEqualTo(task);
    }

    @Test
    void membersThatWouldMisleadTheReaderAreSetApartInItsJson() {
        Map<String, Object> additional = new LinkedHashMap<>();
        additional.put("metadata", Map.of("url", "elsewhere"));
        additional.put("raw_status", "x");
        additional.put("note", 1);
        additional.put("additional_properties", List.of());
        VideoTask task = with(additional);

        assertThat(task.toJson())
                .endsWith(",\"note\":1,\"additional_properties\":{\"metadata\":{\"url\":\"elsewhere\"},"
                        + "\"raw_status\":\"x\",\"additional_properties\":[]}}");
        assertThat(VideoTask.parse(task.toJson())).isEqualTo(task);
    }

    @Test
    void valuesThatJsonDoesNotHaveBecomeTheNearestThatItHas() {
        Map<String, Object> additional = new LinkedHashMap<>();
        additional.put("at", Instant.EPOCH);
        additional.put("nan", Double.NaN);
        additional.put("short", (short) 7);
        additional.put("float", 1.5f);
        additional.put("map", Collections.singletonMap(7, null));

        assertThat(with(additional).toJson())
                .endsWith(
                        "\"at\":\"1970-01-01T00:00:00Z\",\"nan\":null,\"short\":7,\"float\":1.5,\"map\":{\"7\":null}}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "nonsense", "[]", "{}", "{\"id\":\"\"}", "{\"id\":\"v\""})
    void aTextThatIsNoTaskIsMalformed(String text) {
        assertThatExceptionOfType(MalformedResponseException.class)
                .isThrownBy(() -> VideoTask.parse(text))
                .withMessageStartingWith("This text ")
                .satisfies(e -> assertThat(e.bodyExcerpt()).isEqualTo(text))
                .satisfies(e -> assertThat(e.submission()).isNull());
    }

    @Test
    void itIsReadFromTheGatewaysOwnFormsToo() {
        VideoTask task = VideoTask.parse("{\"task_id\":\"v\",\"status\":\"IN_PROGRESS\",\"progress\":\"50%\"}");

        assertThat(task.id()).isEqualTo("v");
        assertThat(task.status()).isEqualTo(VideoStatus.PROCESSING);
        assertThat(task.progress()).isEqualTo(50);
    }

    @ParameterizedTest
    @EnumSource(VideoStatus.class)
    void itIsTerminalAndCompletedAsItsStatusSays(VideoStatus status) {
        VideoTask task = bare(status, "");

        assertThat(task.isTerminal()).isEqualTo(status.isTerminal());
        assertThat(task.isCompleted()).isEqualTo(status == VideoStatus.COMPLETED);
    }

    @Test
    void itsToStringHoldsNeitherTheLinkNorWhatNobodyKnows() {
        assertThat(FULL.toString()).isEqualTo("VideoTask[video_1 SUCCESS 100%]").doesNotContain("secret");
    }

    @Test
    void itsToStringIsOneLineWhateverTheGatewaySays() {
        VideoTask hostile = VideoTask.parse(
                "{\"id\":\"v\\nERROR forged\",\"status\":\"x\\r\\ny\",\"error\":{\"code\":\"a\\nb\",\"message\":\"m\"}}");

        assertThat(hostile.toString().lines()).hasSize(1);
    }

    @Test
    void placeholdersAreAbsentWhoeverMakesTheTask() {
        VideoTask task = new VideoTask(
                "v",
                VideoStatus.FAILED,
                0,
                "",
                null,
                null,
                null,
                0,
                " ",
                "",
                "",
                new VideoTaskError("", " "),
                "failed",
                Map.of());

        assertThat(task)
                .isEqualTo(new VideoTask(
                        "v",
                        VideoStatus.FAILED,
                        0,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        "failed",
                        Map.of()));
    }

    @Test
    void aTaskHasAnIdAStatusAndAPercentage() {
        assertThatIllegalArgumentException().isThrownBy(() -> task(" ", VideoStatus.QUEUED, 0, "queued"));
        assertThatIllegalArgumentException().isThrownBy(() -> task("v", VideoStatus.QUEUED, -1, "queued"));
        assertThatIllegalArgumentException().isThrownBy(() -> task("v", VideoStatus.QUEUED, 101, "queued"));
        assertThatNullPointerException().isThrownBy(() -> task(null, VideoStatus.QUEUED, 0, "queued"));
        assertThatNullPointerException().isThrownBy(() -> task("v", null, 0, "queued"));
        assertThatNullPointerException().isThrownBy(() -> task("v", VideoStatus.QUEUED, 0, null));
    }

    @Test
    void whatNobodyKnowsIsCopiedAndCannotBeChanged() {
        Map<String, Object> mine = new HashMap<>();
        mine.put("a", null);
        VideoTask task = with(mine);
        mine.put("b", 2);

        assertThat(task.additionalProperties()).containsOnlyKeys("a");
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> task.additionalProperties().put("c", 3));
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() ->
                        VideoTask.parse("{\"id\":\"v\"}").additionalProperties().put("c", 3));
    }

    @Test
    void nestedValuesThatWereReadCannotBeChangedEither() {
        VideoTask task = VideoTask.parse("{\"id\":\"v\",\"list\":[1],\"map\":{\"a\":1}}");
        @SuppressWarnings("unchecked")
        List<Object> list = (List<Object>) task.additionalProperties().get("list");
        @SuppressWarnings("unchecked")
        Map<String, Object> map =
                (Map<String, Object>) task.additionalProperties().get("map");

        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> list.add(2));
        assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> map.put("b", 2));
        assertThat(new ArrayList<>(list)).containsExactly(1);
    }

    private static VideoTask bare(VideoStatus status, String rawStatus) {
        return task("video_1", status, 0, rawStatus);
    }

    private static VideoTask task(String id, VideoStatus status, int progress, String rawStatus) {
        return new VideoTask(
                id, status, progress, null, null, null, null, null, null, null, null, null, rawStatus, Map.of());
    }

    private static VideoTask with(Map<String, Object> additional) {
        return new VideoTask(
                "v", VideoStatus.QUEUED, 0, null, null, null, null, null, null, null, null, null, "queued", additional);
    }
}
