package ai.octopusx.video.wire;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Quotes what the other side said, for people and logs: bounded, on one line, and without what must not be shown. A gateway
 * may echo a key, a prompt or a signed link.
 */
public final class Quote {

    /** Of a body, in bytes of UTF-8. */
    static final int EXCERPT_BYTES = 1024;

    /** Of a message, a code or an id inside our own sentence, in characters. */
    static final int SENTENCE_CHARS = 200;

    /** More than an excerpt needs, so that a secret at its end is seen whole; little enough for any pattern. */
    private static final int WINDOW = 8 * 1024;

    /** Masking a shorter prompt than this would only make holes in ordinary words. */
    private static final int SHORTEST_SECRET = 6;

    private static final String MASK = "***";

    private static final Pattern KEY = Pattern.compile("(?i)\\bsk-[\\w.-]{2,}");
    private static final Pattern BEARER = Pattern.compile("(?i)\\b(bearer)(\\s+|%20)[^\\s\"'<>,;]+");
    private static final Pattern QUERY = Pattern.compile("(?i)(https?:[/\\\\]+[^\\s\"'<>?#]*)[?#][^\\s\"'<>]*");

    /** A line break in a log is a forged entry; a change of direction hides what is said. */
    private static final Pattern UNPRINTABLE =
            Pattern.compile("[\\p{Cc}\\u2028\\u2029\\u202a-\\u202e\\u2066-\\u2069\\ufeff]+");

    private Quote() {}

    /** The beginning of a body. */
    static String excerpt(byte[] body, int offset, int length, List<String> secrets) {
        String text = new String(body, offset, Math.min(length, 4 * WINDOW), StandardCharsets.UTF_8);
        return cutBytes(shown(text, secrets), EXCERPT_BYTES);
    }

    /** The beginning of a text that came as JSON or as a header, short enough for a sentence of ours. */
    static String sentence(String text, List<String> secrets) {
        return cutChars(shown(text, secrets), SENTENCE_CHARS);
    }

    /** The same, where no secret is known: what looks like a key or the query of an address is masked all the same. */
    public static String sentence(String text) {
        return sentence(text, List.of());
    }

    /** The place that an address names, without who goes there and what he brings. */
    static String withoutQuery(String address) {
        return address.replaceFirst("[?#].*", "").replaceFirst("^([^/]*//)[^/@]*@", "$1");
    }

    private static String shown(String text, List<String> secrets) {
        String window = cutChars(text, WINDOW);
        for (String secret : secrets) {
            if (secret.length() >= SHORTEST_SECRET) {
                window = window.replace(secret, MASK).replace(inJson(secret), MASK);
            }
        }
        window = QUERY.matcher(window).replaceAll("$1?" + MASK);
        window = KEY.matcher(window).replaceAll("sk-" + MASK);
        window = BEARER.matcher(window).replaceAll("$1 " + MASK);
        return UNPRINTABLE.matcher(window).replaceAll(" ").strip();
    }

    /** As it would stand in a JSON body that escapes no more than it must. */
    private static String inJson(String text) {
        return text.replace("\\", "\\\\")
                .replace("\"", "\\\"")
                .replace("\n", "\\n")
                .replace("\r", "\\r")
                .replace("\t", "\\t");
    }

    private static String cutChars(String text, int max) {
        if (text.length() <= max) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }

    private static String cutBytes(String text, int max) {
        int bytes = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            bytes += utf8Length(codePoint);
            if (bytes > max) {
                return text.substring(0, i) + "…";
            }
            i += Character.charCount(codePoint);
        }
        return text;
    }

    private static int utf8Length(int codePoint) {
        return codePoint < 0x80 ? 1 : codePoint < 0x800 ? 2 : codePoint < 0x10000 ? 3 : 4;
    }
}
