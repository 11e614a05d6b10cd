package ai.octopusx.video.reactor;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.AuthenticationException;
import ai.octopusx.video.GatewayException;
import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PermissionDeniedException;
import ai.octopusx.video.RateLimitedException;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.wire.Outcome;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Polls of one task that failed, one after the other, and what follows from it: whether waiting may help, and how long to wait.
 * Pure decisions. A watch has one only while it is in trouble.
 *
 * @param failures in a row
 * @param unknowns how many of them, up to the last, said that there is no such task
 * @param trouble the last of them
 */
record Setback(int failures, int unknowns, OctopusXException trouble) {

    /** After so many in a row the gateway may be believed that there is no such task. */
    private static final int UNKNOWN_IN_A_ROW = 3;

    static final long FIRST_BACKOFF = Duration.ofSeconds(1).toNanos();
    private static final long LONGEST_BACKOFF = Duration.ofSeconds(15).toNanos();
    private static final long LONGEST_RETRY_AFTER = Duration.ofSeconds(60).toNanos();

    /** A policy may want no delay at all. Doubled, nothing stays nothing, and an outage would be hammered. */
    private static final long SHORTEST_BACKOFF = Duration.ofMillis(10).toNanos();

    /** Chance takes away at most this part of a backoff. */
    static final double JITTER = 0.25;

    private static final int NOT_IMPLEMENTED = 501;

    /** Conflict and too early: words of proxies and of busy databases, and no verdict about the task. */
    private static final Set<Integer> PASSING_STATUSES = Set.of(409, 425);

    /** One more. */
    static Setback after(@Nullable Setback before, OctopusXException trouble) {
        int unknown = saysUnknown(trouble) ? 1 : 0;
        return before == null
                ? new Setback(1, unknown, trouble)
                : new Setback(before.failures + 1, unknown * (before.unknowns + 1), trouble);
    }

    /** In words of the gateway's own: the bare 404 of a proxy, while a service is deployed anew, says nothing about a task. */
    private static boolean saysUnknown(OctopusXException trouble) {
        return trouble instanceof TaskNotFoundException unknown && (unknown.code() != null || unknown.type() != null);
    }

    /** A task that is paid for is worth any patience, except where patience cannot help. */
    boolean mayPass(boolean inGrace) {
        if (trouble instanceof TaskNotFoundException) {
            return inGrace || unknowns < UNKNOWN_IN_A_ROW;
        }
        if (trouble instanceof AuthenticationException || trouble instanceof PermissionDeniedException) {
            return false;
        }
        return trouble instanceof TransportException
                || trouble instanceof RateLimitedException
                || trouble instanceof MalformedResponseException
                || (trouble instanceof GatewayException gateway && gateway.statusCode() != NOT_IMPLEMENTED)
                || (trouble instanceof ApiException api && PASSING_STATUSES.contains(api.statusCode()));
    }

    boolean isLimit() {
        return trouble instanceof RateLimitedException;
    }

    /** From the smaller of 1 s and the interval, doubled up to 15 s or the interval; chance shortens it a little. */
    long backoff(long interval, double dice) {
        double grown = firstBackoff(interval) * Math.pow(2, failures - 1.0);
        double capped = Math.min(grown, Math.max(LONGEST_BACKOFF, interval));
        return (long) (capped * (1 - JITTER * dice));
    }

    /** Before chance. */
    static long firstBackoff(long interval) {
        return Math.max(SHORTEST_BACKOFF, Math.min(FIRST_BACKOFF, interval));
    }

    /** What the gateway asked for, as far as we follow it; 0 if it asked for nothing. */
    static long retryAfter(Result result) {
        return result.outcome() instanceof Outcome.Answered answer && answer.retryAfter() != null
                ? Math.min(Watch.nanos(answer.retryAfter()), LONGEST_RETRY_AFTER)
                : 0;
    }

    /**
     * The same without what only a debugger would miss: in an outage there is one of these for each watched task, and stack
     * traces of event loops would fill the heap. The message names the cause.
     */
    Setback light() {
        OctopusXException kept = trouble instanceof TransportException transport && transport.getCause() != null
                ? new TransportException(
                        String.valueOf(transport.getMessage()),
                        null,
                        transport.origin(),
                        transport.taskId(),
                        transport.submission())
                : trouble;
        kept.setStackTrace(new StackTraceElement[0]);
        return new Setback(failures, unknowns, kept);
    }
}
