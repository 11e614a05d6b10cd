package ai.octopusx.video.reactor;

import ai.octopusx.video.wire.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the head of an answer says about the bytes behind it.
 *
 * @param contentType null where it says none
 * @param length of the body, null where it says none
 * @param range null where it says none, or none that makes sense
 * @param coding null where the body is as it is
 */
record DownloadHead(
        int status,
        @Nullable String contentType,
        @Nullable Long length,
        @Nullable ContentRange range,
        DownloadValidator validator,
        @Nullable String coding,
        @Nullable Duration retryAfter) {

    private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

    /**
     * A part of a file; of an answer 416 the first and the last byte are -1.
     *
     * @param last inclusive
     * @param total null where it is not known
     */
    record ContentRange(long first, long last, @Nullable Long total) {

        private static final Pattern FORM =
                Pattern.compile("(?i)bytes\\s+(?:([0-9]{1,18})\\s*-\\s*([0-9]{1,18})|\\*)\\s*/\\s*([0-9]{1,18}|\\*)");

        static @Nullable ContentRange parse(@Nullable String header) {
            Matcher form = FORM.matcher(header == null ? "" : header.strip());
            if (!form.matches()) {
                return null;
            }
            Long total = form.group(3).equals("*") ? null : Long.valueOf(form.group(3));
            if (form.group(1) == null) {
                return total == null ? null : new ContentRange(-1, -1, total);
            }
            long first = Long.parseLong(form.group(1));
            long last = Long.parseLong(form.group(2));
            return last < first || (total != null && last >= total) ? null : new ContentRange(first, last, total);
        }

        boolean isUnsatisfied() {
            return first < 0;
        }
    }

    /** @param header the value of a header by its name; null where there is none */
    static DownloadHead of(int status, UnaryOperator<@Nullable String> header, Instant now) {
        String length = header.apply("Content-Length");
        String coding = header.apply("Content-Encoding");
        return new DownloadHead(
                status,
                header.apply("Content-Type"),
                length != null && LENGTH.matcher(length.strip()).matches() ? Long.valueOf(length.strip()) : null,
                ContentRange.parse(header.apply("Content-Range")),
                DownloadValidator.of(header.apply("ETag"), header.apply("Last-Modified")),
                coding == null || coding.isBlank() || coding.strip().equalsIgnoreCase("identity")
                        ? null
                        : coding.strip(),
                RetryAfter.read(header.apply("Retry-After"), now));
    }

    /** Whether it calls itself a text: an error page, or the JSON of an error. */
    boolean saysText() {
        if (contentType == null) {
            return false;
        }
        String type = contentType.strip().toLowerCase(Locale.ROOT);
        int parameters = type.indexOf(';');
        String bare = parameters < 0 ? type : type.substring(0, parameters).strip();
        return bare.startsWith("text/")
                || bare.endsWith("/json")
                || bare.endsWith("+json")
                || bare.endsWith("/xml")
                || bare.endsWith("+xml");
    }
}
