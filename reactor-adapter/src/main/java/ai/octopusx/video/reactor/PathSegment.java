package ai.octopusx.video.reactor;

import java.nio.charset.StandardCharsets;

/** An id as one segment of a path. Ids are opaque, and what comes from elsewhere may be hostile. */
final class PathSegment {

    private static final String UNRESERVED = "-._~";

    private PathSegment() {}

    /**
     * Everything but letters, digits and {@code -._~} is percent-encoded, as {@code encodeURIComponent} does.
     *
     * @throws IllegalArgumentException if the id is blank, or a dot or two, which a server would take for a directory
     */
    static String of(String id) {
        if (id.isBlank() || id.equals(".") || id.equals("..")) {
            throw new IllegalArgumentException("taskId is '" + id + "', allowed is the id of a task");
        }
        return isPlain(id) ? id : encoded(id); // most are, and this is asked at each poll
    }

    private static boolean isPlain(String id) {
        for (int i = 0; i < id.length(); i++) {
            if (!isPlain(id.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private static String encoded(String id) {
        StringBuilder segment = new StringBuilder(id.length() + 16);
        for (byte octet : id.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (isPlain(c)) {
                segment.append(c);
            } else {
                segment.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
            }
        }
        return segment.toString();
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || UNRESERVED.indexOf(c) >= 0;
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }
}
