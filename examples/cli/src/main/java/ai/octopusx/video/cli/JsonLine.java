package ai.octopusx.video.cli;

import ai.octopusx.video.VideoTask;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** One line of JSON for programs that read along. */
final class JsonLine {

    private static final JsonFactory JSON = new JsonFactory();

    private JsonLine() {}

    /**
     * A task in the gateway's field names.
     *
     * @param more members that are not the gateway's: text or whole numbers
     */
    static String of(VideoTask task, Map<String, ?> more) {
        String json = task.toJson();
        return more.isEmpty() ? json : json.substring(0, json.length() - 1) + "," + of(more).substring(1);
    }

    static String of(Failure failure, @Nullable Integer line) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("type", failure.type());
        error.put("message", failure.message());
        error.put("status", failure.status());
        error.put("code", failure.code());
        error.put("request_id", failure.requestId());
        error.put("task_id", failure.taskId());
        error.put("line", line);
        return "{\"error\":" + of(error) + "}";
    }

    /** Text and whole numbers; what is null is left out. */
    static String of(Map<String, ? extends @Nullable Object> members) {
        StringWriter out = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
            json.writeStartObject();
            members.forEach((name, value) -> {
                if (value instanceof Number number) {
                    json.writeNumberProperty(name, number.longValue());
                } else if (value != null) {
                    json.writeStringProperty(name, value.toString());
                }
            });
            json.writeEndObject();
        }
        return out.toString();
    }
}
