package ai.octopusx.video.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * What the body of an error says, in whichever shape it came: wire-protocol.md, section 7.1. Nothing in it is masked yet.
 *
 * @param shape told by what could be read, even if the rest is missing
 * @param whole whether it is JSON up to its end
 * @param code the gateway's, blank ones read as null
 * @param type the gateway's, blank ones read as null
 * @param message the gateway's, or the vendor's where it was found inside
 * @param upstreamCode the vendor's, found in a message that is JSON itself
 */
record ErrorBody(
        ErrorShape shape,
        boolean whole,
        @Nullable String code,
        @Nullable String type,
        @Nullable String message,
        @Nullable String upstreamCode) {

    /** The vendor refused; its raw body is the message. */
    static final String FAIL_TO_FETCH_TASK = "fail_to_fetch_task";

    private static final ErrorBody NOTHING = new ErrorBody(ErrorShape.FOREIGN, false, null, null, null, null);

    static ErrorBody read(byte[] body) {
        if (body.length == 0) {
            return NOTHING;
        }
        Members members = new Members();
        boolean whole = false;
        try (JsonParser parser = Json.parser(new String(body, StandardCharsets.UTF_8))) {
            whole = members.readDocument(parser);
        } catch (JacksonException e) {
            // what was read before the end of the readable part is still worth showing
        }
        return members.toBody(whole);
    }

    /** Opens a body that was passed on as text, once. */
    private static @Nullable Members opened(@Nullable String message) {
        if (message == null || !message.stripLeading().startsWith("{")) {
            return null;
        }
        Members members = new Members();
        try (JsonParser parser = Json.parser(message.stripLeading())) {
            members.readDocument(parser);
        } catch (JacksonException e) {
            // as above
        }
        return members;
    }

    private static final class Members {

        private boolean hasError;
        private @Nullable String errorCode;
        private @Nullable String errorType;
        private @Nullable String errorMessage;
        private @Nullable String code;
        private @Nullable String message;

        boolean readDocument(JsonParser parser) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken token = parser.nextToken();
                switch (name) {
                    case "error" -> readError(parser, token);
                    case "code" -> code = Scalars.textOrNumber(parser);
                    case "message" -> message = Scalars.text(parser, null);
                    default -> parser.skipChildren();
                }
            }
            return true;
        }

        private void readError(JsonParser parser, JsonToken token) {
            if (token != JsonToken.START_OBJECT) {
                errorMessage = Scalars.text(parser, null);
                hasError |= errorMessage != null;
                return;
            }
            hasError = true;
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                parser.nextToken();
                switch (name) {
                    case "code" -> errorCode = Scalars.textOrNumber(parser);
                    case "type" -> errorType = Scalars.text(parser, null);
                    case "message" -> errorMessage = Scalars.text(parser, null);
                    default -> parser.skipChildren();
                }
            }
        }

        @Nullable
        String anyCode() {
            return hasError ? errorCode : code;
        }

        @Nullable
        String anyMessage() {
            return hasError ? errorMessage : message;
        }

        ErrorBody toBody(boolean whole) {
            if (hasError) {
                return new ErrorBody(ErrorShape.OPENAI, whole, errorCode, errorType, errorMessage, null);
            }
            if (code == null) {
                return new ErrorBody(ErrorShape.FOREIGN, whole, null, null, message, null);
            }
            Members vendor = code.equals(FAIL_TO_FETCH_TASK) ? opened(message) : null;
            if (vendor == null) {
                return new ErrorBody(ErrorShape.TASK, whole, code, null, message, null);
            }
            String vendorMessage = vendor.anyMessage();
            return new ErrorBody(
                    ErrorShape.TASK,
                    whole,
                    code,
                    null,
                    vendorMessage == null ? message : vendorMessage,
                    vendor.anyCode());
        }
    }
}
