package ai.octopusx.video.simulator;

import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One thing that goes wrong with one request. The numbers mean what the kind says: bytes of a body, a time on the wire
 * (or, for {@link Kind#TASK_NOT_EXIST}, the gateway's time).
 *
 * @param accepted a submission is taken and charged all the same, only its answer suffers
 * @param early the answer goes out before the body was read
 * @param reset the connection ends with a reset, not in good order
 */
record Fault(
        Kind kind,
        int status,
        Shape shape,
        String code,
        @Nullable String retryAfter,
        long bytes,
        Duration time,
        boolean accepted,
        boolean early,
        boolean reset) {

    enum Shape {
        BY_STATUS,
        OPENAI,
        TASK,
        HTML,
        TEXT,
        EMPTY,
        NOTHING
    }

    enum Kind {
        /** Another answer than the true one: status and shape. */
        ANSWER(Scope.ALL),
        /** The answer is late by {@code time}. */
        LATENCY(Scope.ALL),
        /** No answer, the connection stays. */
        HANG(Scope.ALL),
        /** No answer, the connection ends. */
        CLOSE(Scope.ALL),
        /** The connection is reset before a byte of the body is read. */
        RESET_BEFORE_READ(Scope.ALL),
        /** The connection is reset after {@code bytes} of the body. */
        RESET_MID_READ(EnumSet.of(Endpoint.SUBMIT)),
        /** The body of the answer ends after half of its announced length. */
        TRUNCATED(Scope.ALL),
        /** The body of the answer ends after {@code bytes}. */
        CUT(Scope.ALL),
        /** The connection ends within the head of the answer. */
        CUT_HEAD(Scope.ALL),
        /** The answer comes {@code bytes} at a time, every {@code time}. */
        DRIP(Scope.ALL),
        /** A JSON body of {@code bytes}. */
        OVERSIZED(Scope.ALL),
        /** A body that is no JSON although it says so. */
        GARBAGE(Scope.ALL),
        /** A redirect with {@code status}. */
        REDIRECT(Scope.ALL),
        /** An accepted submission whose answer names no id. */
        NO_ID(EnumSet.of(Endpoint.SUBMIT)),
        /** An accepted submission whose answer has a blank id and a task_id. */
        TASK_ID_ONLY(EnumSet.of(Endpoint.SUBMIT)),
        /** The task is unknown while it is younger than {@code time}. */
        TASK_NOT_EXIST(EnumSet.of(Endpoint.STATUS)),
        /** A running task shows what it was two refreshes ago. */
        BACKWARDS(EnumSet.of(Endpoint.STATUS)),
        /** A chunked body that ends in good order after {@code bytes}, short of the whole. */
        SHORT(Scope.BYTES),
        /** A chunked body where a length was possible. */
        NO_LENGTH(Scope.BYTES),
        IGNORE_RANGE(Scope.BYTES),
        /** From now on the file is another one: other bytes, other ETag. */
        CHANGE_ETAG(Scope.BYTES),
        WEAK_ETAG(Scope.BYTES),
        NO_ETAG(Scope.BYTES),
        /** A 206 that says and brings another range than the one asked for. */
        WRONG_RANGE(Scope.BYTES);

        final Set<Endpoint> endpoints;

        Kind(Set<Endpoint> endpoints) {
            this.endpoints = endpoints;
        }

        /** Whether the true answer still goes out, only changed; such faults add up. */
        boolean modifies() {
            return switch (this) {
                case LATENCY, BACKWARDS, NO_LENGTH, IGNORE_RANGE, CHANGE_ETAG, WEAK_ETAG, NO_ETAG, WRONG_RANGE -> true;
                default -> false;
            };
        }
    }

    private static final class Scope {
        static final Set<Endpoint> ALL = EnumSet.of(Endpoint.SUBMIT, Endpoint.STATUS, Endpoint.CONTENT, Endpoint.FILES);
        static final Set<Endpoint> BYTES = EnumSet.of(Endpoint.CONTENT, Endpoint.FILES);
    }
}
