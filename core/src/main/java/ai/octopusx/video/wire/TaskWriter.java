package ai.octopusx.video.wire;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.VideoTaskError;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/**
 * Writes a task as the gateway would, so that {@link TaskReader#read} brings back an equal one.
 *
 * <p>{@code status} is the canonical word; the word that stood on the wire follows as {@code raw_status} where it was another
 * one. Members that this version does not know stand among the others; those whose name means something to the reader are
 * gathered in {@code additional_properties}, where it takes them as they are.
 */
public final class TaskWriter {

    private TaskWriter() {}

    /** One line. Holds the signed link. */
    public static String write(VideoTask task) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = Json.FACTORY.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            members(json, task);
            additional(json, task.additionalProperties());
            json.writeEndObject();
        }
        return withEscapedSurrogates(out.toString());
    }

    private static void members(JsonGenerator json, VideoTask task) {
        json.writeStringProperty("id", task.id());
        json.writeStringProperty("object", "video");
        text(json, "model", task.model());
        json.writeStringProperty("status", task.status().wireName());
        if (!task.rawStatus().equals(task.status().wireName())) {
            json.writeStringProperty(TaskFields.RAW_STATUS, task.rawStatus());
        }
        json.writeNumberProperty("progress", task.progress());
        instant(json, "created_at", task.createdAt());
        instant(json, "completed_at", task.completedAt());
        instant(json, "expires_at", task.expiresAt());
        Integer seconds = task.seconds();
        text(json, "seconds", seconds == null ? null : seconds.toString());
        text(json, "size", task.size());
        text(json, "video_url", task.videoUrl());
        text(json, "remixed_from_video_id", task.remixedFromVideoId());
        error(json, task.error());
    }

    private static void text(JsonGenerator json, String name, @Nullable String text) {
        if (text != null) {
            json.writeStringProperty(name, text);
        }
    }

    /** Whole seconds as the gateway writes them; anything that it would read differently in the ISO form. */
    private static void instant(JsonGenerator json, String name, @Nullable Instant instant) {
        if (instant == null) {
            return;
        }
        long seconds = instant.getEpochSecond();
        if (instant.getNano() == 0 && seconds > 0 && seconds < Scalars.FIRST_MILLIS) {
            json.writeNumberProperty(name, seconds);
        } else {
            json.writeStringProperty(name, instant.toString());
        }
    }

    private static void error(JsonGenerator json, @Nullable VideoTaskError error) {
        if (error != null) {
            json.writeName("error");
            json.writeStartObject();
            json.writeStringProperty("code", error.code());
            json.writeStringProperty("message", error.message());
            json.writeEndObject();
        }
    }

    private static void additional(JsonGenerator json, Map<String, @Nullable Object> properties) {
        Map<String, @Nullable Object> misleading = new LinkedHashMap<>();
        properties.forEach((name, value) -> {
            if (TaskFields.KNOWN.contains(name)) {
                misleading.put(name, value);
            } else {
                json.writeName(name);
                value(json, value);
            }
        });
        if (!misleading.isEmpty()) {
            json.writeName(TaskFields.ADDITIONAL_PROPERTIES);
            value(json, misleading);
        }
    }

    /** Whatever {@link Json#value} makes, and the nearest that JSON has for anything else. */
    private static void value(JsonGenerator json, @Nullable Object value) {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Boolean flag) {
            json.writeBoolean(flag);
        } else if (value instanceof Number number) {
            number(json, number);
        } else if (value instanceof List<?> list) {
            json.writeStartArray();
            list.forEach(element -> value(json, element));
            json.writeEndArray();
        } else if (value instanceof Map<?, ?> map) {
            json.writeStartObject();
            map.forEach((name, element) -> {
                json.writeName(String.valueOf(name));
                value(json, element);
            });
            json.writeEndObject();
        } else {
            json.writeString(value.toString());
        }
    }

    private static void number(JsonGenerator json, Number number) {
        if (number instanceof BigDecimal decimal) {
            json.writeNumber(decimal);
        } else if (number instanceof BigInteger integer) {
            json.writeNumber(integer);
        } else if (number instanceof Double || number instanceof Float) {
            double value = number.doubleValue();
            if (Double.isFinite(value)) {
                json.writeNumber(value);
            } else {
                json.writeNull();
            }
        } else {
            json.writeNumber(number.longValue());
        }
    }

    /** Half a pair survives as an escape; as UTF-8 it would become a question mark. Only a string can hold one. */
    private static String withEscapedSurrogates(String json) {
        StringBuilder escaped = null;
        int copied = 0;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < json.length()
                    && Character.isLowSurrogate(json.charAt(i + 1));
            if (pair) {
                i++;
                continue;
            }
            escaped = escaped == null ? new StringBuilder() : escaped;
            escaped.append(json, copied, i).append("\\u").append(Integer.toHexString(c));
            copied = i + 1;
        }
        return escaped == null
                ? json
                : escaped.append(json, copied, json.length()).toString();
    }
}
