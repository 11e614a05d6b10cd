package ai.octopusx.video.simulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the gateway says to one request, before anything goes wrong with it. Immutable. */
record Answer(int status, @Nullable String contentType, Payload body, List<Header> headers) {

    static final String JSON = "application/json";
    static final String JSON_UTF8 = "application/json; charset=utf-8";

    /** What the gateway answers when its upstream has no room: always these words, in any language. */
    static final String SATURATED = "当前分组上游负载已饱和，请稍后再试";

    record Header(String name, String value) {}

    /** The OpenAI shape; {@code code} null leaves it out, as {@code /content} does. */
    static Answer openAiError(int status, String type, @Nullable String code, String message) {
        Json json = new Json().open().open("error").text("message", message).text("type", type);
        if (code != null) {
            json.text("code", code);
        }
        return json(status, JSON_UTF8, json.close().close());
    }

    /** The OpenAI shape of the gateway's own trouble, which repeats the request id in its text. */
    static Answer gatewayError(int status, String code, String message, String requestId) {
        return openAiError(status, "new_api_error", code, message + " (request id: " + requestId + ")");
    }

    /** The task shape. */
    static Answer taskError(int status, String code, String message) {
        return json(
                status,
                JSON_UTF8,
                new Json()
                        .open()
                        .text("code", code)
                        .text("message", message)
                        .text("data", null)
                        .close());
    }

    /** A refusal by the upstream: its raw body as text inside the task shape. */
    static Answer upstreamRefusal(int status, String code, String message) {
        String raw = new Json()
                .open()
                .open("error")
                .text("code", code)
                .text("message", message)
                .text("type", "BadRequest")
                .close()
                .close()
                .toString();
        return taskError(status, "fail_to_fetch_task", raw);
    }

    static Answer text(int status, String contentType, String body) {
        return new Answer(status, contentType, Payload.of(body.getBytes(StandardCharsets.UTF_8)), List.of());
    }

    static Answer empty(int status) {
        return new Answer(status, null, Payload.of(new byte[0]), List.of());
    }

    static Answer json(int status, String contentType, Json json) {
        return new Answer(status, contentType, Payload.of(json.bytes()), List.of());
    }

    Answer with(String name, String value) {
        List<Header> more = new ArrayList<>(headers);
        more.removeIf(header -> header.name().equalsIgnoreCase(name));
        more.add(new Header(name, value));
        return new Answer(status, contentType, body, List.copyOf(more));
    }

    Answer without(String name) {
        List<Header> fewer = new ArrayList<>(headers);
        fewer.removeIf(header -> header.name().equalsIgnoreCase(name));
        return new Answer(status, contentType, body, List.copyOf(fewer));
    }

    Answer with(Payload other) {
        return new Answer(status, contentType, other, headers);
    }

    /** A small body as text; for the log and for answers that quote another. */
    String bodyText() {
        return body instanceof Payload.Bytes small ? new String(small.bytes(), StandardCharsets.UTF_8) : "";
    }
}
