package ai.octopusx.video.wire;

import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.VideoTask;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;

/**
 * Reads a task from any of the forms that the gateway and its relatives use: wire-protocol.md, sections 3, 4 and 10. What
 * makes no sense in a field is read as absent; only what is no JSON object at all, or ends too soon, is an error. What
 * follows the object is not looked at.
 */
public final class TaskReader {

    private TaskReader() {}

    /**
     * Reads a task from a store, or from anywhere.
     *
     * @throws MalformedResponseException if the text is no JSON object or names no task
     */
    public static VideoTask read(String json) {
        TaskFields fields = TaskFields.ofStore();
        String trouble = collect(fields, json);
        String id = fields.id();
        if (trouble != null || id == null) {
            byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
            throw new MalformedResponseException(
                    "This text " + Objects.requireNonNullElse(trouble, "names no task"),
                    null,
                    Quote.excerpt(bytes, 0, bytes.length, List.of()),
                    null,
                    id);
        }
        return fields.task(id);
    }

    /**
     * Reads the answer to a submission.
     *
     * @param secrets what must not be quoted even if the gateway echoes it: the key, the prompt
     * @throws MalformedResponseException if it names no task, or ends too soon; it carries the id if that much was readable
     */
    public static VideoTask readSubmitted(
            byte[] body, int offset, int length, @Nullable String requestId, List<String> secrets) {
        TaskFields fields = TaskFields.ofAnswer(null);
        String trouble = collect(fields, body, offset, length);
        String id = fields.id();
        if (trouble != null || id == null) {
            throw new MalformedResponseException(
                    "The gateway's answer to the submission " + Objects.requireNonNullElse(trouble, "names no task")
                            + (id == null ? "" : ", but names the task " + Quote.sentence(id)),
                    null,
                    Quote.excerpt(body, offset, length, secrets),
                    requestId,
                    id);
        }
        return fields.task(id);
    }

    /**
     * Reads the answer to a question about a task.
     *
     * @param taskId what was asked for; the result carries this very string, whatever the body says
     * @param last the last state that was seen, whose strings are shared and whose progress is taken where the body has none
     * @param secrets what must not be quoted even if the gateway echoes it: the key
     * @return {@code last} itself if nothing changed
     * @throws MalformedResponseException if it is no JSON object, or ends too soon
     */
    public static VideoTask readPolled(
            byte[] body,
            int offset,
            int length,
            String taskId,
            @Nullable VideoTask last,
            @Nullable String requestId,
            List<String> secrets) {
        TaskFields fields = TaskFields.ofAnswer(last);
        String trouble = collect(fields, body, offset, length);
        if (trouble != null) {
            throw new MalformedResponseException(
                    "The gateway's answer about task " + Quote.sentence(taskId) + " " + trouble,
                    null,
                    Quote.excerpt(body, offset, length, secrets),
                    requestId,
                    taskId);
        }
        return fields.task(taskId);
    }

    private static @Nullable String collect(TaskFields fields, byte[] body, int offset, int length) {
        if (length == 0) {
            return "is empty";
        }
        try (JsonParser parser = Json.parser(body, offset, length)) {
            return collect(fields, parser);
        } catch (JacksonException e) {
            // A stray byte, or half a pair in a name, must not hide a task that was paid for: read as text, both pass.
            return collect(fields, new String(body, offset, length, StandardCharsets.UTF_8));
        }
    }

    private static @Nullable String collect(TaskFields fields, String json) {
        try (JsonParser parser = Json.parser(json)) {
            return collect(fields, parser);
        } catch (JacksonException e) {
            return trouble(fields);
        }
    }

    private static @Nullable String collect(TaskFields fields, JsonParser parser) {
        fields.readDocument(parser);
        return fields.begun() ? null : "is no JSON object";
    }

    /** Never in the parser's words, which may quote what it read. */
    private static String trouble(TaskFields fields) {
        return fields.begun() ? "is cut off or broken" : "is no JSON";
    }
}
