package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Writes one JSON text, member after member; the caller keeps the order of opening and closing. Not for several threads. */
final class Json {

    private final StringBuilder out = new StringBuilder(256);
    private boolean first = true;

    Json open() {
        separate();
        out.append('{');
        first = true;
        return this;
    }

    Json open(String name) {
        name(name);
        out.append('{');
        first = true;
        return this;
    }

    Json close() {
        out.append('}');
        first = false;
        return this;
    }

    Json openArray(String name) {
        name(name);
        out.append('[');
        first = true;
        return this;
    }

    Json openArray() {
        separate();
        out.append('[');
        first = true;
        return this;
    }

    Json closeArray() {
        out.append(']');
        first = false;
        return this;
    }

    Json text(String name, @Nullable String value) {
        name(name);
        quote(value);
        return this;
    }

    Json number(String name, long value) {
        name(name);
        out.append(value);
        return this;
    }

    Json number(String name, BigDecimal value) {
        name(name);
        out.append(value.toPlainString());
        return this;
    }

    Json bool(String name, boolean value) {
        name(name);
        out.append(value);
        return this;
    }

    /** A value that is JSON already. */
    Json raw(String name, String json) {
        name(name);
        out.append(json);
        return this;
    }

    Json element(String value) {
        separate();
        quote(value);
        return this;
    }

    byte[] bytes() {
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void name(String name) {
        separate();
        quote(name);
        out.append(':');
    }

    private void separate() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void quote(@Nullable String value) {
        if (value == null) {
            out.append("null");
            return;
        }
        out.append('"');
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < 0x20) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
