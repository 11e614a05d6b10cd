package ai.octopusx.video.wire;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Reads single values as leniently as wire-protocol.md, sections 4 and 10, asks for. Null means absent: null, blank, a
 * placeholder, or something that makes no sense here. Each method consumes the value at which the parser stands.
 */
final class Scalars {

    /** From here on, a number of seconds would be the year 5138: these are milliseconds. */
    static final long FIRST_MILLIS = 100_000_000_000L;

    private static final int LONGEST_NUMBER = 40;

    private Scalars() {}

    /** A text of its own: an id, a link, a sentence. */
    static @Nullable String text(JsonParser parser, @Nullable String known) {
        if (!isText(parser)) {
            return null;
        }
        if (known != null && Words.isAt(known, parser)) {
            return known;
        }
        String text = parser.getString();
        return text.isBlank() ? null : text;
    }

    /** A text that other tasks have too: a state, a model, a size. */
    static @Nullable String word(JsonParser parser, @Nullable String known) {
        if (!isText(parser)) {
            return null;
        }
        if (known != null && Words.isAt(known, parser)) {
            return known;
        }
        String word = Words.at(parser);
        return word.isBlank() ? null : word;
    }

    private static boolean isText(JsonParser parser) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getStringLength() > 0;
        }
        parser.skipChildren();
        return false;
    }

    /** A text, or a number as its digits: an id or a code. */
    static @Nullable String textOrNumber(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token != null && token.isScalarValue() && (token == JsonToken.VALUE_STRING || token.isNumeric())) {
            String text = parser.getString();
            return text.isBlank() ? null : text;
        }
        parser.skipChildren();
        return null;
    }

    /** 0 to 100, from a number, {@code "50"} or {@code "50%"}. */
    static @Nullable Integer percent(JsonParser parser) {
        int small = smallNumber(parser);
        if (small >= 0) {
            return Math.min(small, 100);
        }
        BigDecimal number = number(parser);
        if (number == null) {
            return null;
        }
        return number.signum() <= 0 ? 0 : number.compareTo(BigDecimal.valueOf(100)) >= 0 ? 100 : number.intValue();
    }

    /** A whole number of seconds, at least 1. */
    static @Nullable Integer seconds(JsonParser parser) {
        int small = smallNumber(parser);
        if (small > 0) {
            return small;
        }
        BigDecimal number = number(parser);
        if (number == null
                || number.compareTo(BigDecimal.ONE) < 0
                || number.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
            return null;
        }
        return number.intValue();
    }

    /** Seconds or milliseconds since 1970, as a number or as text, or ISO-8601. Zero is a placeholder. */
    static @Nullable Instant instant(JsonParser parser, @Nullable Instant known) {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return instant(parser.getLongValue(), known);
        }
        String date = parser.currentToken() == JsonToken.VALUE_STRING ? parser.getString() : null;
        BigDecimal number = number(parser);
        if (number != null) {
            boolean fits = number.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) <= 0;
            return fits ? instant(number.longValue(), known) : null;
        }
        return date == null ? null : date(date.strip());
    }

    private static @Nullable Instant instant(long number, @Nullable Instant known) {
        if (number <= 0) {
            return null;
        }
        if (known != null && known.getNano() == 0 && known.getEpochSecond() == number && number < FIRST_MILLIS) {
            return known;
        }
        return number < FIRST_MILLIS ? Instant.ofEpochSecond(number) : Instant.ofEpochMilli(number);
    }

    /** With an offset, or without one, which then is UTC. */
    private static @Nullable Instant date(String text) {
        String iso =
                text.length() > 10 && text.charAt(10) == ' ' ? text.substring(0, 10) + "T" + text.substring(11) : text;
        try {
            return Instant.parse(iso);
        } catch (DateTimeException noInstant) {
            try {
                return OffsetDateTime.parse(iso).toInstant();
            } catch (DateTimeException noOffset) {
                return local(iso);
            }
        }
    }

    private static @Nullable Instant local(String iso) {
        try {
            return LocalDateTime.parse(iso).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException noDate) {
            return null;
        }
    }

    /** What nearly all numbers are, read without making anything: up to nine digits; -1 for any other value. */
    private static int smallNumber(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_NUMBER_INT && token != JsonToken.VALUE_STRING) {
            return -1;
        }
        int length = parser.getStringLength();
        if (length < 1 || length > 9) {
            return -1;
        }
        char[] chars = parser.getStringCharacters();
        int offset = parser.getStringOffset();
        int number = 0;
        for (int i = offset; i < offset + length; i++) {
            int digit = chars[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            number = 10 * number + digit;
        }
        return number;
    }

    /** A number, or a text that is one, perhaps with a percent sign. */
    private static @Nullable BigDecimal number(JsonParser parser) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_STRING && (token == null || !token.isNumeric())) {
            parser.skipChildren();
            return null;
        }
        if (parser.getStringLength() > LONGEST_NUMBER) {
            return null;
        }
        String text = parser.getString().strip();
        try {
            return new BigDecimal(
                    text.endsWith("%") ? text.substring(0, text.length() - 1).strip() : text);
        } catch (NumberFormatException e) {
            return null;
        }
    }
}
