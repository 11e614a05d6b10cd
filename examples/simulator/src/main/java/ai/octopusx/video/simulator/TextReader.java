package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** JSON and url-encoded forms, which reach the gateway's parser too: all fields of text, and no files. */
final class TextReader implements FormReader {

    private static final JsonFactory JSON = new JsonFactory();
    private static final List<String> TEXT_FIELDS = List.of("model", "prompt", "size", "seconds");

    private final String type;
    private final ByteArrayOutputStream body = new ByteArrayOutputStream();

    TextReader(String type) {
        this.type = type;
    }

    @Override
    public void offer(ByteBuf bytes) {
        try {
            bytes.getBytes(bytes.readerIndex(), body, bytes.readableBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public SubmittedForm end() throws MalformedFormException {
        if (type.startsWith("application/json")) {
            return json();
        }
        Map<String, String> fields = new LinkedHashMap<>();
        if (type.startsWith("application/x-www-form-urlencoded")) {
            new QueryStringDecoder(body.toString(StandardCharsets.UTF_8), false)
                    .parameters()
                    .forEach((name, values) -> fields.put(name, values.get(0)));
        }
        return new SubmittedForm(fields, List.of(), null);
    }

    private SubmittedForm json() throws MalformedFormException {
        Map<String, String> fields = new LinkedHashMap<>();
        String wrongType = null;
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body.toByteArray())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MalformedFormException("json: the body is no object");
            }
            String name = parser.nextName();
            while (name != null) {
                JsonToken token = parser.nextToken();
                String value = value(parser, token);
                boolean mustBeText = TEXT_FIELDS.contains(name);
                if (mustBeText && token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NULL) {
                    wrongType = "json: cannot unmarshal " + kind(token) + " into Go struct field TaskSubmitReq." + name
                            + " of type string";
                }
                if (value != null) {
                    fields.put(name, value);
                }
                name = parser.nextName();
            }
        } catch (JacksonException e) {
            throw new MalformedFormException("json: " + e.getOriginalMessage());
        }
        return new SubmittedForm(fields, List.of(), wrongType);
    }

    private static @Nullable String value(JsonParser parser, @Nullable JsonToken token) {
        if (token == null || token == JsonToken.VALUE_NULL) {
            return null;
        }
        if (token.isStructStart()) {
            parser.skipChildren();
            return token == JsonToken.START_ARRAY ? "[...]" : "{...}";
        }
        return parser.getString();
    }

    private static String kind(@Nullable JsonToken token) {
        return token == null ? "nothing" : token.isNumeric() ? "number" : token.isStructStart() ? "object" : "bool";
    }

    @Override
    public void close() {
        body.reset();
    }
}
