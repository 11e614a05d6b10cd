package ai.octopusx.video.wire;

import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.wire.Decision.GiveUp;
import ai.octopusx.video.wire.Decision.Repeat;
import ai.octopusx.video.wire.Outcome.Answered;
import ai.octopusx.video.wire.Outcome.NoAnswer;
import ai.octopusx.video.wire.Outcome.Unreadable;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The one place that decides what may be sent again, and what is known of a job whose submission failed. Pure functions.
 *
 * <p>A submission is repeated only if it certainly was not taken; a doubt counts as taken. A read costs nothing, and is
 * repeated whenever the trouble may pass.
 */
public final class RepeatRule {

    private static final int REQUEST_TIMEOUT = 408;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int NOT_IMPLEMENTED = 501;
    private static final int SERVICE_UNAVAILABLE = 503;

    /** The gateway says this of a model that is down for a moment, and of one that it has never heard of. */
    private static final String MODEL_NOT_FOUND = "model_not_found";

    private static final int ATTEMPTS_WITHOUT_MODEL = 3;

    private RepeatRule() {}

    /** What to do next. */
    public static Decision decide(Attempt attempt, RepeatLimits limits) {
        Duration delay = delay(attempt, limits);
        boolean again = mayPass(attempt)
                && attempt.number() < attempts(attempt.outcome(), limits)
                && delay.compareTo(limits.within().minus(attempt.sinceFirst())) <= 0;
        return again ? new Repeat(delay) : new GiveUp(verdict(attempt.operation(), attempt.phase(), attempt.outcome()));
    }

    /**
     * What is known of the job if this attempt is the last.
     *
     * @return null unless the operation is a submission
     */
    public static @Nullable SubmissionVerdict verdict(Operation operation, Phase phase, Outcome outcome) {
        if (operation != Operation.SUBMIT) {
            return null;
        }
        if (outcome instanceof Answered answer) {
            return refused(answer) ? SubmissionVerdict.REJECTED : SubmissionVerdict.UNKNOWN;
        }
        boolean unsent = outcome instanceof NoAnswer && !phase.bytesOut();
        return unsent ? SubmissionVerdict.NOT_SENT : SubmissionVerdict.UNKNOWN;
    }

    /** A 4xx settles it, except for a timeout; a 5xx may hide work that goes on behind it, except for one. */
    private static boolean refused(Answered answer) {
        int status = answer.status();
        return (status >= 300 && status < 500 && status != REQUEST_TIMEOUT) || modelIsMissing(answer);
    }

    /** Said before anything is done about a task, and only in this shape: wire-protocol.md, section 7.2. */
    private static boolean modelIsMissing(Outcome outcome) {
        return outcome instanceof Answered answer
                && answer.status() == SERVICE_UNAVAILABLE
                && answer.shape() == ErrorShape.OPENAI
                && MODEL_NOT_FOUND.equals(answer.code());
    }

    private static boolean mayPass(Attempt attempt) {
        return attempt.operation() == Operation.SUBMIT
                ? certainlyNotTaken(attempt.phase(), attempt.outcome())
                : worthAnotherLook(attempt.outcome());
    }

    private static boolean certainlyNotTaken(Phase phase, Outcome outcome) {
        if (outcome instanceof Answered answer) {
            return answer.status() == TOO_MANY_REQUESTS || modelIsMissing(answer);
        }
        return outcome instanceof NoAnswer && !phase.bytesOut();
    }

    private static boolean worthAnotherLook(Outcome outcome) {
        if (outcome instanceof Answered answer) {
            int status = answer.status();
            return (status >= 200 && status < 300)
                    || status == REQUEST_TIMEOUT
                    || status == TOO_MANY_REQUESTS
                    || (status >= 500 && status < 600 && status != NOT_IMPLEMENTED);
        }
        return !(outcome instanceof Unreadable unreadable) || !unreadable.tooLarge();
    }

    private static int attempts(Outcome outcome, RepeatLimits limits) {
        return modelIsMissing(outcome) ? Math.min(limits.attempts(), ATTEMPTS_WITHOUT_MODEL) : limits.attempts();
    }

    /** Our own backoff, which a {@code Retry-After} only lengthens: one of zero must not turn us into a hammer. */
    private static Duration delay(Attempt attempt, RepeatLimits limits) {
        Duration backoff = backoff(attempt, limits);
        Duration asked = attempt.outcome() instanceof Answered answer ? answer.retryAfter() : null;
        return asked == null || asked.compareTo(backoff) < 0 ? backoff : asked;
    }

    /** Full jitter: anything between nothing and the doubled delay. In doubles, which never wrap. */
    private static Duration backoff(Attempt attempt, RepeatLimits limits) {
        double longest =
                Math.min(nanos(limits.firstDelay()) * Math.pow(2, attempt.number() - 1.0), nanos(limits.maxDelay()));
        return Duration.ofNanos((long) (longest * attempt.dice()));
    }

    private static double nanos(Duration duration) {
        return duration.getSeconds() * 1e9 + duration.getNano();
    }
}
