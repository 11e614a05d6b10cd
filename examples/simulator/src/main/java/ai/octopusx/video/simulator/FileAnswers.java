package ai.octopusx.video.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A video as an answer: whole, or the part that {@code Range} and {@code If-Range} ask for (RFC 9110). */
final class FileAnswers {

    private static final DateTimeFormatter HTTP_DATE = DateTimeFormatter.ofPattern(
                    "EEE, dd MMM yyyy HH:mm:ss 'GMT'", java.util.Locale.US)
            .withZone(ZoneOffset.UTC);
    private static final Pattern ONE_RANGE = Pattern.compile("bytes=(\\d*)-(\\d*)");

    private FileAnswers() {}

    static Answer of(Clip clip, Instant modified, @Nullable String range, @Nullable String ifRange, FaultsNow faults) {
        String etag = faults.has(Fault.Kind.WEAK_ETAG) ? "W/" + clip.etag() : clip.etag();
        Answer whole = new Answer(200, "video/mp4", clip, java.util.List.of())
                .with("Accept-Ranges", "bytes")
                .with("ETag", etag)
                .with("Last-Modified", HTTP_DATE.format(modified));
        if (faults.has(Fault.Kind.NO_ETAG)) {
            whole = whole.without("ETag");
        }
        if (range == null || faults.has(Fault.Kind.IGNORE_RANGE) || !unchanged(ifRange, etag, modified)) {
            return whole;
        }
        return part(whole, clip, range, faults.has(Fault.Kind.WRONG_RANGE));
    }

    private static Answer part(Answer whole, Clip clip, String range, boolean wrong) {
        Matcher matcher = ONE_RANGE.matcher(range.strip());
        if (!matcher.matches() || range.length() > 60) {
            return whole;
        }
        String from = matcher.group(1);
        String to = matcher.group(2);
        if (from == null || to == null || from.isEmpty() && to.isEmpty()) {
            return whole;
        }
        long length = clip.length();
        long first = from.isEmpty() ? Math.max(0, length - Long.parseLong(to)) : Long.parseLong(from);
        long last = from.isEmpty() || to.isEmpty() ? length - 1 : Math.min(length - 1, Long.parseLong(to));
        if (first >= length || first > last) {
            return Answer.empty(416).with("Content-Range", "bytes */" + length);
        }
        if (wrong) {
            first = first / 2;
        }
        return new Answer(206, whole.contentType(), new Payload.Part(clip, first, last - first + 1), whole.headers())
                .with("Content-Range", "bytes " + first + "-" + last + "/" + length);
    }

    /** {@code If-Range} holds only for a strong tag, or for a date that is exactly the file's. */
    private static boolean unchanged(@Nullable String ifRange, String etag, Instant modified) {
        if (ifRange == null) {
            return true;
        }
        String condition = ifRange.strip();
        if (condition.startsWith("\"") || condition.startsWith("W/")) {
            return !condition.startsWith("W/") && condition.equals(etag);
        }
        try {
            return ZonedDateTime.parse(condition, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toEpochSecond()
                    == modified.getEpochSecond();
        } catch (DateTimeParseException e) {
            return false;
        }
    }
}
