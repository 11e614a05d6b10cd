package ai.octopusx.video.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How an attempt failed. */
public sealed interface Outcome {

    /**
     * The head of an answer that is not a success.
     *
     * @param status the HTTP status; a 2xx is taken as {@link Unreadable}
     * @param code the gateway's code, null where it gave none
     * @param shape {@link ErrorShape#FOREIGN} unless the body was read to its end
     * @param retryAfter what the gateway asked for, null where it did not
     */
    record Answered(
            int status,
            @Nullable String code,
            ErrorShape shape,
            @Nullable Duration retryAfter) implements Outcome {

        /** For a log, and so without the code: whatever the other side put there, it might be the key. */
        @Override
        public String toString() {
            return "Answered[status=" + status + ", shape=" + shape + ", retryAfter=" + retryAfter + "]";
        }
    }

    /**
     * A 2xx whose body is of no use: no JSON, cut off, too large, or without the id of a task.
     *
     * @param tooLarge it outgrew our limit, so that a second look would end in the same way
     */
    record Unreadable(int status, boolean tooLarge) implements Outcome {

        /** One that was not too large. */
        public Unreadable(int status) {
            this(status, false);
        }
    }

    /**
     * The exchange ended before an answer was there.
     *
     * @param timedOut one of our clocks ended it, not the network
     */
    record NoAnswer(boolean timedOut) implements Outcome {}
}
