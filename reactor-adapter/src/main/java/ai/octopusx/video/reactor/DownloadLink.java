package ai.octopusx.video.reactor;

import java.net.IDN;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An http or https address, taken apart once: what is checked, what is connected to and what is shown in a message are the
 * same parts. Stricter than browsers about the host, more lenient than {@link java.net.URI} about the rest, for what a
 * gateway calls a link need not be a valid URI.
 *
 * @param host in lower case; an IPv6 address without brackets
 * @param target path and query as they go out; the query is a secret
 */
record DownloadLink(boolean secure, String host, int port, String target) {

    private static final Pattern ABSOLUTE = Pattern.compile("(?i)(https?)://([^/?#]*)(.*)", Pattern.DOTALL);
    private static final Pattern SCHEME = Pattern.compile("(?i)[a-z][a-z0-9+.-]*:.*", Pattern.DOTALL);
    private static final Pattern AUTHORITY =
            Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([A-Za-z0-9._-]+))(?::([0-9]{1,5}))?");

    /** Null if the text is no address that we would fetch. */
    static @Nullable DownloadLink parse(@Nullable String text) {
        Matcher absolute = ABSOLUTE.matcher(text == null ? "" : text.strip());
        return absolute.matches()
                ? of(absolute.group(1).equalsIgnoreCase("https"), absolute.group(2), absolute.group(3))
                : null;
    }

    /** Where a base URL leads, which was checked when it was set. */
    static DownloadLink of(URI baseUrl) {
        return Objects.requireNonNull(parse(baseUrl.toString()), "baseUrl");
    }

    private static @Nullable DownloadLink of(boolean secure, String authority, String rest) {
        Matcher parts = AUTHORITY.matcher(ascii(authority));
        if (!parts.matches()) {
            return null; // also a user in front of the host: no storage signs like that, but phishing does
        }
        String host = parts.group(1) != null ? parts.group(1) : parts.group(2);
        int port = parts.group(3) != null ? Integer.parseInt(parts.group(3)) : secure ? 443 : 80;
        return port < 1 || port > 65_535
                ? null
                : new DownloadLink(secure, host.toLowerCase(Locale.ROOT), port, target(rest));
    }

    /** A name in another script becomes what the resolver is asked for. */
    private static String ascii(String authority) {
        if (authority.chars().allMatch(c -> c < 0x80)) {
            return authority;
        }
        try {
            int colon = authority.lastIndexOf(':');
            return colon < 0
                    ? IDN.toASCII(authority)
                    : IDN.toASCII(authority.substring(0, colon)) + authority.substring(colon);
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    /** Without the fragment, and with everything encoded that would break a request line. What was encoded stays as it is. */
    private static String target(String rest) {
        int fragment = rest.indexOf('#');
        String text = fragment < 0 ? rest : rest.substring(0, fragment);
        StringBuilder target = new StringBuilder(text.length() + 16);
        if (!text.startsWith("/")) {
            target.append('/');
        }
        for (byte octet : text.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (octet & 0xff);
            if (c <= ' ' || c >= 0x7f || c == '"' || c == '<' || c == '>') {
                target.append('%').append(hex(c >> 4)).append(hex(c & 0xf));
            } else {
                target.append(c);
            }
        }
        return target.toString();
    }

    private static char hex(int digit) {
        return Character.toUpperCase(Character.forDigit(digit, 16));
    }

    /** Where the header {@code Location} of an answer from here leads; null if we would not go there. */
    @Nullable
    DownloadLink resolve(String location) {
        // Headers come as one character a byte.
        String to = new String(location.strip().getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        if (to.startsWith("//")) {
            return parse((secure ? "https:" : "http:") + to);
        }
        if (SCHEME.matcher(to).matches()) {
            return parse(to);
        }
        return new DownloadLink(secure, host, port, target(merged(to)));
    }

    private String merged(String to) {
        String path = path();
        if (to.isEmpty() || to.startsWith("#")) {
            return target;
        }
        if (to.startsWith("?")) {
            return path + to;
        }
        int end = to.length();
        for (char mark : new char[] {'?', '#'}) {
            int at = to.indexOf(mark);
            end = at < 0 ? end : Math.min(end, at);
        }
        String absolute = to.startsWith("/") ? to : path.substring(0, path.lastIndexOf('/') + 1) + to;
        int tail = absolute.length() - (to.length() - end);
        return withoutDots(absolute.substring(0, tail)) + absolute.substring(tail);
    }

    /** RFC 3986, section 5.2.4. */
    private static String withoutDots(String path) {
        Deque<String> kept = new ArrayDeque<>();
        String[] segments = path.split("/", -1);
        for (int i = 1; i < segments.length; i++) {
            String segment = segments[i];
            boolean last = i == segments.length - 1;
            if (segment.equals("..")) {
                kept.pollLast();
            } else if (!segment.equals(".")) {
                kept.addLast(segment);
                continue;
            }
            if (last) {
                kept.addLast("");
            }
        }
        return "/" + String.join("/", kept);
    }

    /** For the HTTP client, without the query. Its own parser wants two digits in a port. */
    String address() {
        return scheme() + "://" + bracketed() + (port < 10 ? ":0" : ":") + port + path();
    }

    /** Scheme, host and port as a person would write them. */
    String origin() {
        return scheme() + "://" + bracketed() + (port == (secure ? 443 : 80) ? "" : ":" + port);
    }

    boolean sameOrigin(DownloadLink other) {
        return secure == other.secure && port == other.port && host.equals(other.host);
    }

    private String scheme() {
        return secure ? "https" : "http";
    }

    private String bracketed() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    private String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    /** Without the query, which is a signature. */
    @Override
    public String toString() {
        return origin() + path();
    }
}
