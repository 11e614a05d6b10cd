package ai.octopusx.video.wire;

import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.VideoTaskError;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What was read of one task so far. Lives for one body, on one thread.
 *
 * <p>A later member of the same name wins, unless it is absent. Known members are dropped once they are understood:
 * {@code object} says nothing, {@code task_id} may be the vendor's (section 4), and of {@code metadata}, {@code output} and
 * {@code content} only what is not the link is kept.
 */
final class TaskFields {

    /** Where the link may stand; the first of these wins: section 10, line 12. */
    private enum Link {
        VIDEO_URL,
        METADATA,
        OUTPUT,
        URL,
        CONTENT,
        ENVELOPE
    }

    /** Members of {@link #KNOWN} that only our own stored form has. */
    static final String RAW_STATUS = "raw_status";

    static final String ADDITIONAL_PROPERTIES = "additional_properties";

    /** Every name to which {@link #readMember} gives a meaning, in a store or on the wire. */
    static final Set<String> KNOWN = Set.of(
            "id",
            "task_id",
            "object",
            "status",
            "progress",
            "model",
            "created_at",
            "completed_at",
            "expires_at",
            "seconds",
            "size",
            "video_url",
            "url",
            "metadata",
            "output",
            "content",
            "remixed_from_video_id",
            "error",
            "code",
            "message",
            "fail_reason",
            "data",
            RAW_STATUS,
            ADDITIONAL_PROPERTIES);

    /** The task inside an envelope, and the vendor's own body inside that: section 1, endpoint 5. */
    private static final int DEEPEST_ENVELOPE = 2;

    /** Codes of a body that reports no failure. The page names the first; the others are what such APIs say instead. */
    private static final Set<String> CODES_OF_SUCCESS = Set.of("success", "0", "200");

    private static final Map<String, @Nullable Object> NOTHING_MORE = Collections.emptyMap();

    private final @Nullable VideoTask last;
    private final boolean fromStore;
    private final int depth;

    private boolean begun;
    private @Nullable String id;
    private @Nullable String taskId;
    private @Nullable String status;
    private @Nullable String rawStatus;
    private @Nullable Integer progress;
    private @Nullable String model;
    private @Nullable Instant createdAt;
    private @Nullable Instant completedAt;
    private @Nullable Instant expiresAt;
    private @Nullable Integer seconds;
    private @Nullable String size;
    private @Nullable String videoUrl;
    private @Nullable Link videoUrlFrom;
    private @Nullable String remixedFrom;
    private @Nullable VideoTaskError error;
    private @Nullable String code;
    private @Nullable String message;
    private @Nullable String failReason;
    private @Nullable Map<String, @Nullable Object> additional;
    private @Nullable TaskFields envelope;

    private TaskFields(@Nullable VideoTask last, boolean fromStore, int depth) {
        this.last = last;
        this.fromStore = fromStore;
        this.depth = depth;
    }

    /** For any text that may be a task, our own form included. */
    static TaskFields ofStore() {
        return new TaskFields(null, true, 0);
    }

    /** For an answer of the gateway. */
    static TaskFields ofAnswer(@Nullable VideoTask last) {
        return new TaskFields(last, false, 0);
    }

    /** Reads one object, if there is one. What was read before an exception stays. */
    void readDocument(JsonParser parser) {
        if (parser.nextToken() == JsonToken.START_OBJECT) {
            begun = true;
            readMembers(parser);
            absorbEnvelope();
        }
    }

    /** Whether an object began. */
    boolean begun() {
        return begun;
    }

    /** The name of the task, null if none was read. */
    @Nullable
    String id() {
        return id != null ? id : taskId;
    }

    private void readMembers(JsonParser parser) {
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            readMember(name, parser, parser.nextToken());
        }
    }

    private void readMember(String name, JsonParser parser, JsonToken token) {
        switch (name) {
            case "id" -> id = or(idText(parser), id);
            case "task_id" -> taskId = or(idText(parser), taskId);
            case "object" -> parser.skipChildren();
            case "status" -> status = or(Scalars.word(parser, last == null ? null : last.rawStatus()), status);
            case "progress" -> progress = or(Scalars.percent(parser), progress);
            case "model" -> model = or(Scalars.word(parser, last == null ? null : last.model()), model);
            case "created_at" ->
                createdAt = or(Scalars.instant(parser, last == null ? null : last.createdAt()), createdAt);
            case "completed_at" ->
                completedAt = or(Scalars.instant(parser, last == null ? null : last.completedAt()), completedAt);
            case "expires_at" ->
                expiresAt = or(Scalars.instant(parser, last == null ? null : last.expiresAt()), expiresAt);
            case "seconds" -> seconds = or(Scalars.seconds(parser), seconds);
            case "size" -> size = or(Scalars.word(parser, last == null ? null : last.size()), size);
            case "video_url" -> link(Link.VIDEO_URL, parser);
            case "url" -> link(Link.URL, parser);
            case "metadata" -> holder(name, Link.METADATA, parser, token);
            case "output" -> holder(name, Link.OUTPUT, parser, token);
            case "content" -> holder(name, Link.CONTENT, parser, token);
            case "remixed_from_video_id" ->
                remixedFrom = or(Scalars.text(parser, last == null ? null : last.remixedFromVideoId()), remixedFrom);
            case "error" -> error = or(error(parser, token), error);
            case "code" -> code = or(Scalars.textOrNumber(parser), code);
            case "message" -> message = or(Scalars.text(parser, null), message);
            case "fail_reason" -> failReason = or(Scalars.text(parser, null), failReason);
            case "data" -> envelope(name, parser, token);
            case RAW_STATUS -> rawStatus(name, parser, token);
            case ADDITIONAL_PROPERTIES -> stored(name, parser, token);
            default -> keep(name, Json.value(parser));
        }
    }

    private static <T> @Nullable T or(@Nullable T read, @Nullable T before) {
        return read != null ? read : before;
    }

    /** A poll knows its task by the id of the submission; what the body says is not even copied. */
    private @Nullable String idText(JsonParser parser) {
        if (last == null) {
            return Scalars.textOrNumber(parser);
        }
        parser.skipChildren();
        return null;
    }

    private void link(Link from, JsonParser parser) {
        String text = Scalars.text(parser, last == null ? null : last.videoUrl());
        if (text != null && (videoUrlFrom == null || from.compareTo(videoUrlFrom) <= 0)) {
            videoUrl = text;
            videoUrlFrom = from;
        }
    }

    /** An object that may hold the link, under the names that the gateway and the vendor use, and perhaps more. */
    private void holder(String name, Link from, JsonParser parser, JsonToken token) {
        if (token != JsonToken.START_OBJECT) {
            keepUnlessNull(name, Json.value(parser));
            return;
        }
        Map<String, @Nullable Object> more = null;
        for (String member = parser.nextName(); member != null; member = parser.nextName()) {
            parser.nextToken();
            if (member.equals("url") || member.equals("video_url")) {
                link(from, parser);
            } else {
                more = more == null ? new LinkedHashMap<>() : more;
                more.put(member, Json.value(parser));
            }
        }
        if (more != null) {
            keep(name, Collections.unmodifiableMap(more));
        }
    }

    /** An object, or a bare sentence. Blank on healthy tasks: section 10, line 9. */
    private @Nullable VideoTaskError error(JsonParser parser, JsonToken token) {
        VideoTaskError before = last == null ? null : last.error();
        if (token != JsonToken.START_OBJECT) {
            return error(null, Scalars.text(parser, before == null ? null : before.message()));
        }
        String errorCode = null;
        String errorMessage = null;
        for (String member = parser.nextName(); member != null; member = parser.nextName()) {
            parser.nextToken();
            switch (member) {
                case "code" -> errorCode = or(Scalars.textOrNumber(parser), errorCode);
                case "message" ->
                    errorMessage = or(Scalars.text(parser, before == null ? null : before.message()), errorMessage);
                default -> parser.skipChildren();
            }
        }
        return error(errorCode, errorMessage);
    }

    private static @Nullable VideoTaskError error(@Nullable String code, @Nullable String message) {
        return code == null && message == null
                ? null
                : new VideoTaskError(Objects.requireNonNullElse(code, ""), Objects.requireNonNullElse(message, ""));
    }

    private void envelope(String name, JsonParser parser, JsonToken token) {
        if (token != JsonToken.START_OBJECT || depth == DEEPEST_ENVELOPE) {
            keepUnlessNull(name, Json.value(parser));
            return;
        }
        envelope = new TaskFields(last, false, depth + 1);
        envelope.readMembers(parser);
    }

    private void rawStatus(String name, JsonParser parser, JsonToken token) {
        if (fromStore && token == JsonToken.VALUE_STRING) {
            rawStatus = parser.getString();
        } else {
            keep(name, Json.value(parser));
        }
    }

    private void stored(String name, JsonParser parser, JsonToken token) {
        if (!fromStore || token != JsonToken.START_OBJECT) {
            keep(name, Json.value(parser));
            return;
        }
        for (String member = parser.nextName(); member != null; member = parser.nextName()) {
            parser.nextToken();
            keep(member, Json.value(parser));
        }
    }

    private void keepUnlessNull(String name, @Nullable Object value) {
        if (value != null) {
            keep(name, value);
        }
    }

    private void keep(String name, @Nullable Object value) {
        Map<String, @Nullable Object> map = additional;
        if (map == null) {
            map = new LinkedHashMap<>();
            additional = map;
        }
        map.put(name, value);
    }

    /** What stands outside wins. Of the vendor's own body, two envelopes deep, only the link means something here. */
    private void absorbEnvelope() {
        TaskFields inner = envelope;
        if (inner == null) {
            return;
        }
        inner.absorbEnvelope();
        if (videoUrl == null) {
            videoUrl = inner.videoUrl;
            videoUrlFrom = Link.ENVELOPE;
        }
        if (inner.depth == DEEPEST_ENVELOPE) {
            return;
        }
        id = or(id, inner.id);
        taskId = or(taskId, inner.taskId);
        status = or(status, inner.status);
        progress = or(progress, inner.progress);
        model = or(model, inner.model);
        createdAt = or(createdAt, inner.createdAt);
        completedAt = or(completedAt, inner.completedAt);
        expiresAt = or(expiresAt, inner.expiresAt);
        seconds = or(seconds, inner.seconds);
        size = or(size, inner.size);
        remixedFrom = or(remixedFrom, inner.remixedFrom);
        error = or(error, inner.error);
        failReason = or(failReason, inner.failReason);
        if (inner.additional != null) {
            inner.additional.forEach((name, value) -> {
                if (additional == null || !additional.containsKey(name)) {
                    keep(name, value);
                }
            });
        }
    }

    /** The task that was read, or the last one itself if they are equal. */
    VideoTask task(String knownId) {
        VideoTaskError reason = error;
        VideoStatus known;
        if (status != null) {
            known = VideoStatus.fromWire(status);
            if (reason == null && (known == VideoStatus.FAILED || known == VideoStatus.CANCELLED)) {
                reason = reasonOutside();
            }
        } else {
            reason = reason == null && saysFailure() ? error(code, message) : reason;
            known = reason == null ? VideoStatus.UNKNOWN : VideoStatus.FAILED; // section 4.2
        }
        return sharedOrNew(knownId, known, reason);
    }

    private boolean saysFailure() {
        return code != null && !CODES_OF_SUCCESS.contains(code);
    }

    private @Nullable VideoTaskError reasonOutside() {
        if (failReason != null) {
            return error(saysFailure() ? code : null, failReason);
        }
        return saysFailure() ? error(code, message) : null;
    }

    private VideoTask sharedOrNew(String knownId, VideoStatus known, @Nullable VideoTaskError reason) {
        String raw = rawStatus != null ? rawStatus : status != null ? status : "";
        int percent = progress != null ? progress : last != null ? last.progress() : 0;
        Map<String, @Nullable Object> more = additional == null ? NOTHING_MORE : additional;
        boolean same = last != null
                && last.status() == known
                && last.progress() == percent
                && last.rawStatus().equals(raw)
                && last.id().equals(knownId)
                && Objects.equals(last.videoUrl(), videoUrl)
                && Objects.equals(last.error(), reason)
                && Objects.equals(last.model(), model)
                && Objects.equals(last.createdAt(), createdAt)
                && Objects.equals(last.completedAt(), completedAt)
                && Objects.equals(last.expiresAt(), expiresAt)
                && Objects.equals(last.seconds(), seconds)
                && Objects.equals(last.size(), size)
                && Objects.equals(last.remixedFromVideoId(), remixedFrom)
                && last.additionalProperties().equals(more);
        return same
                ? Objects.requireNonNull(last)
                : new VideoTask(
                        knownId,
                        known,
                        percent,
                        model,
                        createdAt,
                        completedAt,
                        expiresAt,
                        seconds,
                        size,
                        videoUrl,
                        remixedFrom,
                        reason,
                        raw,
                        more);
    }
}
