package ai.octopusx.video.wire;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the header {@code Retry-After}: seconds, or a date in one of the three forms that HTTP knows. */
public final class RetryAfter {

    private static final Pattern SECONDS = Pattern.compile("(-?)(\\d+)(?:\\.\\d*)?");

    /** Some 68 years. Longer is the same to any caller, and adding it to a date must not overflow. */
    private static final Duration FOREVER = Duration.ofSeconds(Integer.MAX_VALUE);

    private static final int DIGITS_THAT_FIT = 9;

    /** A day of the week, which says nothing, and the rest. */
    private static final Pattern DATE = Pattern.compile("\\p{Alpha}{3,9}(?:, *| +)(.*)");

    private static final DateTimeFormatter IMF_FIXDATE = formatter("d MMM uuuu HH:mm:ss 'GMT'");
    private static final DateTimeFormatter ASCTIME = formatter("MMM ppd HH:mm:ss uuuu");

    private RetryAfter() {}

    /**
     * How long to stay away.
     *
     * @param now what a date is held against
     * @return zero for a moment that has passed, null where there is no header or it makes no sense
     */
    public static @Nullable Duration read(@Nullable String header, Instant now) {
        if (header == null) {
            return null;
        }
        String text = header.strip();
        Matcher seconds = SECONDS.matcher(text);
        return seconds.matches() ? ofSeconds(seconds.group(1), seconds.group(2)) : untilDate(text, now);
    }

    /** A fraction is cut off: no server that means it sends one. */
    private static Duration ofSeconds(String sign, String digits) {
        if (!sign.isEmpty()) {
            return Duration.ZERO;
        }
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > DIGITS_THAT_FIT ? FOREVER : Duration.ofSeconds(Integer.parseInt(significant));
    }

    private static @Nullable Duration untilDate(String text, Instant now) {
        Matcher date = DATE.matcher(text);
        if (!date.matches()) {
            return null;
        }
        for (DateTimeFormatter form : List.of(IMF_FIXDATE, rfc850(now), ASCTIME)) {
            try {
                Instant then = LocalDateTime.parse(date.group(1), form).toInstant(ZoneOffset.UTC);
                return between(now, then);
            } catch (DateTimeException otherForm) {
                // the next one
            }
        }
        return null;
    }

    private static Duration between(Instant now, Instant then) {
        Duration wait = Duration.between(now, then);
        return wait.isNegative() ? Duration.ZERO : wait.compareTo(FOREVER) > 0 ? FOREVER : wait;
    }

    /** Its year has two digits, and is never more than 50 years ahead: RFC 9110, section 5.6.7. */
    private static DateTimeFormatter rfc850(Instant now) {
        int year = now.atOffset(ZoneOffset.UTC).getYear();
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern("d-MMM-")
                .appendValueReduced(ChronoField.YEAR, 2, 2, year - 49)
                .appendPattern(" HH:mm:ss 'GMT'")
                .toFormatter(Locale.ENGLISH);
    }

    private static DateTimeFormatter formatter(String pattern) {
        return new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(pattern)
                .toFormatter(Locale.ENGLISH);
    }
}
