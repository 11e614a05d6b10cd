package ai.octopusx.video.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.VideoTaskError;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** What holds for any task, and for any bytes. */
class TaskPropertiesTest {

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 2_000)
    void aTaskThatWasStoredComesBackEqual(@ForAll("tasks") VideoTask task) {
        assertThat(VideoTask.parse(task.toJson())).isEqualTo(task);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aTaskThatWasStoredAsUtf8ComesBackEqual(@ForAll("tasks") VideoTask task) {
        String stored = new String(task.toJson().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);

        assertThat(VideoTask.parse(stored)).isEqualTo(task);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatTheGatewaySaysTwiceIsTheSameTask(@ForAll("tasks") VideoTask task) {
        byte[] body = task.toJson().getBytes(StandardCharsets.UTF_8);
        VideoTask first = TaskReader.readPolled(body, 0, body.length, task.id(), null, null, List.of());
        assertThat(TaskReader.readPolled(body, 0, body.length, task.id(), first, null, List.of()))
                .isSameAs(first);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void knowingAnotherTaskBeforeChangesNothingButProgressThatIsMissing(
            @ForAll("tasks") VideoTask before, @ForAll("tasks") VideoTask task) {
        byte[] body = task.toJson().getBytes(StandardCharsets.UTF_8);

        assertThat(TaskReader.readPolled(body, 0, body.length, task.id(), before, null, List.of()))
                .isEqualTo(TaskReader.readPolled(body, 0, body.length, task.id(), null, null, List.of()));
    }

    /** Cut off anywhere, a body is malformed; no shorter body is taken for a whole one. */
    @Property(edgeCases = EdgeCasesMode.NONE)
    void aBodyThatIsCutOffAnywhereIsMalformed(@ForAll("tasks") VideoTask task, @ForAll @IntRange(min = 0) int cut) {
        byte[] body = task.toJson().getBytes(StandardCharsets.UTF_8);
        int length = cut % body.length;

        Throwable thrown = catchThrowable(() -> TaskReader.readSubmitted(body, 0, length, null, List.of()));

        assertThat(thrown).isInstanceOf(MalformedResponseException.class);
        assertThat(((MalformedResponseException) thrown).taskId()).isIn(null, task.id());
    }

    @Property
    void noBytesWhateverTheyAreBreakTheReader(@ForAll byte[] body) {
        assertReadOrMalformed(body);
    }

    @Property(edgeCases = EdgeCasesMode.NONE, tries = 2_000)
    void noDamageToABodyBreaksTheReader(
            @ForAll("tasks") VideoTask task, @ForAll List<Byte> damage, @ForAll @IntRange(min = 0) int at) {
        byte[] body = task.toJson().getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < damage.size() && i < 3; i++) {
            body[Math.floorMod(at + 31 * i, body.length)] = damage.get(i);
        }
        assertReadOrMalformed(body);
    }

    /** Every known member with every kind of value. */
    @Property(edgeCases = EdgeCasesMode.NONE, tries = 3_000)
    void noValueInAnyKnownMemberIsFatal(
            @ForAll("members") List<String> members, @ForAll("literals") List<String> literals) {
        StringBuilder body = new StringBuilder("{\"\":0");
        for (int i = 0; i < Math.min(members.size(), literals.size()); i++) {
            body.append(",\"").append(members.get(i)).append("\":").append(literals.get(i));
        }
        byte[] bytes = body.append('}').toString().getBytes(StandardCharsets.UTF_8);

        VideoTask task = TaskReader.readPolled(bytes, 0, bytes.length, "v", null, null, List.of());

        assertThat(VideoTask.parse(task.toJson())).isEqualTo(task);
    }

    private static void assertReadOrMalformed(byte[] body) {
        Throwable poll = catchThrowable(() -> TaskReader.readPolled(body, 0, body.length, "v", null, null, List.of()));
        Throwable submission = catchThrowable(() -> TaskReader.readSubmitted(body, 0, body.length, null, List.of()));

        for (Throwable thrown : new Throwable[] {poll, submission}) {
            if (thrown != null) {
                assertThat(thrown).isInstanceOf(MalformedResponseException.class);
            }
        }
    }

    @Provide
    Arbitrary<List<String>> members() {
        return Arbitraries.of(TaskFields.KNOWN).list().ofMinSize(1).ofMaxSize(8);
    }

    @Provide
    Arbitrary<List<String>> literals() {
        return Arbitraries.of(
                        "null",
                        "true",
                        "0",
                        "-1",
                        "1766000000",
                        "99999999999999999999999",
                        "1.5",
                        "1e400",
                        "-1e-400",
                        "\"\"",
                        "\" \"",
                        "\"x\"",
                        "\"50%\"",
                        "\"completed\"",
                        "\"2025-12-17T19:33:20Z\"",
                        "\"\\ud83d\"",
                        "[]",
                        "[[{}]]",
                        "{}",
                        "{\"url\":\"U\"}",
                        "{\"url\":null,\"x\":[1]}",
                        "{\"code\":1,\"message\":\"m\"}",
                        "{\"data\":{\"data\":{\"data\":{}}}}",
                        "{\"status\":\"failed\",\"id\":\"i\"}")
                .list()
                .ofMinSize(1)
                .ofMaxSize(8);
    }

    @Provide
    Arbitrary<VideoTask> tasks() {
        Arbitrary<String> text = text().filter(value -> !value.isBlank());
        Arbitrary<Instant> time = Arbitraries.oneOf(
                        Arbitraries.longs().between(1, 200_000_000_000L).map(Instant::ofEpochSecond),
                        Arbitraries.longs().between(-100_000, 100_000).map(Instant::ofEpochMilli),
                        Arbitraries.longs().map(Instant::ofEpochMilli),
                        Arbitraries.of(
                                Instant.EPOCH, Instant.MIN, Instant.MAX, Instant.ofEpochSecond(1766000000, 123456789)))
                .injectNull(0.4);
        Arbitrary<VideoTaskError> error =
                Combinators.combine(text(), text()).as(VideoTaskError::new).injectNull(0.5);
        return Combinators.combine(
                        Combinators.combine(text, Arbitraries.of(VideoStatus.class), rawStatus())
                                .as(Head::new),
                        Arbitraries.integers().between(0, 100),
                        text().injectNull(0.4),
                        time.tuple3(),
                        Arbitraries.integers().injectNull(0.4).map(n -> n == null || n <= 0 ? null : n),
                        text().injectNull(0.4),
                        error,
                        additional())
                .as((head, progress, model, times, seconds, link, reason, more) -> new VideoTask(
                        head.id,
                        head.status,
                        progress,
                        model,
                        times.get1(),
                        times.get2(),
                        times.get3(),
                        seconds,
                        model,
                        link,
                        link,
                        reason,
                        head.rawStatus,
                        more));
    }

    private record Head(String id, VideoStatus status, String rawStatus) {}

    /** Everything that Java calls a text, half pairs included. */
    private static Arbitrary<String> text() {
        return Arbitraries.oneOf(
                Arbitraries.strings().all().ofMaxLength(20),
                Arbitraries.strings().ascii().ofMaxLength(20),
                Arbitraries.of("", " ", "\"", "\\", "\u0000", "\ud83d", "\udc08\ud83d", "🐈", "null", "0", "猫\n"));
    }

    private static Arbitrary<String> rawStatus() {
        return Arbitraries.oneOf(Arbitraries.of("queued", "completed", "SUCCESS", "", "dreaming", " failed "), text());
    }

    /** Names of our own and of the gateway, and names that mean something to the reader. */
    private static Arbitrary<Map<String, Object>> additional() {
        Arbitrary<String> names = Arbitraries.oneOf(text(), Arbitraries.of(TaskFields.KNOWN));
        return Arbitraries.maps(names, value(2)).ofMaxSize(4).map(LinkedHashMap::new);
    }

    private static Arbitrary<Object> value(int depth) {
        List<Arbitrary<? extends Object>> kinds = new ArrayList<>(List.of(
                text(),
                Arbitraries.of(true, false),
                Arbitraries.integers(),
                Arbitraries.longs().filter(n -> n != n.intValue()),
                Arbitraries.of(
                        new BigInteger("123456789012345678901234567890"),
                        BigInteger.TWO.pow(200).negate()),
                Arbitraries.doubles().filter(n -> !n.isInfinite() && !n.isNaN())));
        if (depth > 0) {
            kinds.add(value(depth - 1).list().ofMaxSize(3).map(Collections::unmodifiableList));
            kinds.add(Arbitraries.maps(text(), value(depth - 1)).ofMaxSize(3));
        }
        List<Arbitrary<Object>> widened = new ArrayList<>();
        kinds.forEach(kind -> widened.add(kind.map(any -> any)));
        return Arbitraries.oneOf(widened).injectNull(0.1);
    }
}
