package ai.octopusx.video.reactor;

import ai.octopusx.video.wire.Quote;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one attempt ended, on its way to the place that decides about the next one. Never seen by a caller, so it has no
 * stack trace.
 */
final class DownloadTrouble extends RuntimeException {

    private static final long serialVersionUID = 1L;

    enum Kind {
        /** Another source is to be asked, at once. */
        ELSEWHERE,
        /** The next attempt may do better. */
        PASSING,
        /** It stays like that. */
        LASTING,
        /** The time for all attempts is over. */
        LATE,
        /** The client is closed. */
        CLOSED
    }

    final Kind kind;
    final transient @Nullable Duration retryAfter;

    private DownloadTrouble(Kind kind, String what, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        super(what, cause, false, false);
        this.kind = kind;
        this.retryAfter = retryAfter;
    }

    static DownloadTrouble elsewhere(String what) {
        return new DownloadTrouble(Kind.ELSEWHERE, what, null, null);
    }

    static DownloadTrouble passing(String what) {
        return new DownloadTrouble(Kind.PASSING, what, null, null);
    }

    static DownloadTrouble passing(String what, @Nullable Throwable cause, @Nullable Duration retryAfter) {
        return new DownloadTrouble(Kind.PASSING, what, cause, retryAfter);
    }

    static DownloadTrouble lasting(String what, @Nullable Throwable cause) {
        return new DownloadTrouble(Kind.LASTING, what, cause, null);
    }

    static DownloadTrouble late() {
        return new DownloadTrouble(Kind.LATE, "the time for the whole download was over", null, null);
    }

    static DownloadTrouble closed() {
        return new DownloadTrouble(Kind.CLOSED, "the client was closed", null, null);
    }

    /** Whatever the transport reports, it may pass. */
    static DownloadTrouble ofTransport(Throwable failure) {
        return failure instanceof DownloadTrouble trouble ? trouble : passing(sentence(failure), failure, null);
    }

    private static String sentence(Throwable failure) {
        String message = failure.getMessage();
        return failure.getClass().getSimpleName() + (message == null ? "" : " (" + Quote.sentence(message) + ")");
    }

    String what() {
        return String.valueOf(getMessage());
    }
}
