package ai.octopusx.video.wire;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is not a success, read once: {@link RepeatRule} judges its {@link #toOutcome}, and the caller gets its
 * {@link #toException}.
 */
public final class ErrorAnswer {

    /** At the end of a message in the OpenAI shape: section 8. */
    private static final Pattern REQUEST_ID = Pattern.compile("\\s*\\(request id: ([\\w.:-]{1,128})\\)\\s*$");

    private static final Pattern SANE_REQUEST_ID = Pattern.compile("[\\w.:-]{1,128}");

    private final int status;
    private final ErrorBody body;
    private final byte[] bytes;
    private final boolean whole;
    private final @Nullable Duration retryAfter;
    private final @Nullable String requestId;
    private final @Nullable String location;

    private ErrorAnswer(
            int status,
            ErrorBody body,
            byte[] bytes,
            boolean whole,
            @Nullable Duration retryAfter,
            @Nullable String requestId,
            @Nullable String location) {
        this.status = status;
        this.body = body;
        this.bytes = bytes;
        this.whole = whole;
        this.retryAfter = retryAfter;
        this.requestId = requestId;
        this.location = location;
    }

    /**
     * Reads an answer.
     *
     * @param headers those of the answer
     * @param truncated whether there was more of the body than {@code body}
     * @param now what a {@code Retry-After} date is held against
     */
    public static ErrorAnswer read(int status, Headers headers, byte[] body, boolean truncated, Instant now) {
        ErrorBody read = ErrorBody.read(body);
        return new ErrorAnswer(
                status,
                read,
                body,
                read.whole() && !truncated,
                RetryAfter.read(headers.value("Retry-After"), now),
                requestId(headers.value("X-Oneapi-Request-Id"), read.message()),
                headers.value("Location"));
    }

    private static @Nullable String requestId(@Nullable String header, @Nullable String message) {
        if (header != null && SANE_REQUEST_ID.matcher(header.strip()).matches()) {
            return header.strip();
        }
        Matcher named = REQUEST_ID.matcher(message == null ? "" : message);
        return named.find() ? named.group(1) : null;
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** In which form it came, as far as it could be read. */
    public ErrorShape shape() {
        return body.shape();
    }

    /** The gateway's code, null where it gave none. */
    public @Nullable String code() {
        return body.code();
    }

    /** The vendor's code inside the gateway's message, null where there is none. */
    public @Nullable String upstreamCode() {
        return body.upstreamCode();
    }

    /** What the gateway asked for, null where it did not. */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }

    /** The gateway's name for the exchange, null where it gave none. */
    public @Nullable String requestId() {
        return requestId;
    }

    /** For {@link RepeatRule}. A body that was cut off proves nothing by its shape. */
    public Outcome toOutcome() {
        return status >= 200 && status < 300
                ? new Outcome.Unreadable(status)
                : new Outcome.Answered(status, code(), whole ? shape() : ErrorShape.FOREIGN, retryAfter);
    }

    /**
     * What the caller gets.
     *
     * @param verdict what {@link RepeatRule} found, null unless this was a submission
     */
    public OctopusXException toException(ErrorReader.Context context, @Nullable SubmissionVerdict verdict) {
        if (status >= 200 && status < 300) {
            return ErrorReader.unreadable(context, malformed(context));
        }
        Refusal refusal = Refusal.of(context.operation(), status, shape(), code(), upstreamCode());
        ApiException exception = refusal.exception(sentence(refusal, context, verdict), answer(context, verdict));
        return verdict == SubmissionVerdict.UNKNOWN ? ErrorReader.outcomeUnknown(context, exception) : exception;
    }

    private MalformedResponseException malformed(ErrorReader.Context context) {
        return new MalformedResponseException(
                context.origin() + " said yes to " + context.what() + ", but in words of a refusal (" + facts(context)
                        + ")",
                null,
                excerpt(context),
                requestId,
                context.taskId());
    }

    private String sentence(Refusal refusal, ErrorReader.Context context, @Nullable SubmissionVerdict verdict) {
        return context.origin() + " " + refusal.happened(context.what()) + target(context) + " (" + facts(context)
                + "); " + context.advice(verdict, refusal.remedy()) + patience();
    }

    /** Without its query, which may be a signature. */
    private String target(ErrorReader.Context context) {
        return location == null || status < 300 || status >= 400
                ? ""
                : " to " + Quote.sentence(Quote.withoutQuery(location), context.secrets());
    }

    private String facts(ErrorReader.Context context) {
        StringBuilder facts = new StringBuilder("HTTP ").append(status);
        append(facts, ", code ", code(), context);
        append(facts, ", vendor's code ", upstreamCode(), context);
        append(facts, ", request id ", requestId, context);
        String message = body.message();
        append(facts, ": ", message == null ? null : REQUEST_ID.matcher(message).replaceFirst(""), context);
        return facts.toString();
    }

    private static void append(StringBuilder facts, String label, @Nullable String value, ErrorReader.Context context) {
        if (value != null) {
            facts.append(label).append(Quote.sentence(value, context.secrets()));
        }
    }

    private String patience() {
        return retryAfter == null ? "" : "; it asks for a pause of " + retryAfter.toSeconds() + " s";
    }

    private ApiException.Answer answer(ErrorReader.Context context, @Nullable SubmissionVerdict verdict) {
        return new ApiException.Answer(
                status,
                quoted(code(), context),
                quoted(body.type(), context),
                quoted(upstreamCode(), context),
                excerpt(context),
                retryAfter,
                requestId,
                context.taskId(),
                context.lastTask(),
                context.origin(),
                verdict);
    }

    private static @Nullable String quoted(@Nullable String text, ErrorReader.Context context) {
        return text == null ? null : Quote.sentence(text, context.secrets());
    }

    private String excerpt(ErrorReader.Context context) {
        return Quote.excerpt(bytes, 0, bytes.length, context.secrets());
    }

    /** Without what the other side said, which may echo a key or a prompt. */
    @Override
    public String toString() {
        return "ErrorAnswer[HTTP " + status + ", " + shape() + (requestId == null ? "" : ", request id " + requestId)
                + "]";
    }
}
