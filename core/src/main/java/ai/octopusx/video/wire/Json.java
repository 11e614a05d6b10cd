package ai.octopusx.video.wire;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** How this package reads JSON: with limits, and with nothing that a hostile body could blow up. */
final class Json {

    /** Deeper than any body of the gateway, and shallow enough for recursion. */
    private static final int MAX_DEPTH = 64;

    static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(MAX_DEPTH).build())
            .build();

    private Json() {}

    static JsonParser parser(byte[] body, int offset, int length) {
        return FACTORY.createParser(ObjectReadContext.empty(), body, offset, length);
    }

    static JsonParser parser(String json) {
        boolean marked = !json.isEmpty() && json.charAt(0) == '\ufeff';
        return FACTORY.createParser(ObjectReadContext.empty(), marked ? json.substring(1) : json);
    }

    /**
     * The value at which the parser stands: text, {@code Integer}, {@code Long}, {@code BigInteger}, {@code Double} (a
     * {@code BigDecimal} where that would be infinite, the text where even that cannot hold it), boolean, unmodifiable list or map, or null.
     */
    static @Nullable Object value(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token == null) {
            return null;
        }
        return switch (token) {
            case VALUE_STRING -> parser.getString();
            case VALUE_NUMBER_INT -> parser.getNumberValue();
            case VALUE_NUMBER_FLOAT -> decimal(parser);
            case VALUE_TRUE -> Boolean.TRUE;
            case VALUE_FALSE -> Boolean.FALSE;
            case START_ARRAY -> list(parser);
            case START_OBJECT -> map(parser);
            default -> null;
        };
    }

    private static Object decimal(JsonParser parser) {
        double value = parser.getDoubleValue();
        if (!Double.isInfinite(value)) {
            return value;
        }
        try {
            return parser.getDecimalValue();
        } catch (NumberFormatException e) {
            return parser.getString(); // an exponent beyond all numbers
        }
    }

    private static List<@Nullable Object> list(JsonParser parser) {
        List<@Nullable Object> list = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            list.add(value(parser));
        }
        return Collections.unmodifiableList(list);
    }

    private static Map<String, @Nullable Object> map(JsonParser parser) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        for (String name = parser.nextName(); name != null; name = parser.nextName()) {
            parser.nextToken();
            map.put(name, value(parser));
        }
        return Collections.unmodifiableMap(map);
    }
}
