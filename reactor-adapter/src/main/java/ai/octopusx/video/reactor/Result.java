package ai.octopusx.video.reactor;

import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.ErrorAnswer;
import ai.octopusx.video.wire.ErrorReader;
import ai.octopusx.video.wire.Outcome;
import ai.octopusx.video.wire.Phase;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How one exchange ended: with a task, or with what the rule about repeating needs to know, and the exception to be made of
 * it if that was the last attempt.
 *
 * @param task null unless it was a success
 */
record Result(
        @Nullable VideoTask task,
        Phase phase,
        Outcome outcome,
        Function<@Nullable SubmissionVerdict, OctopusXException> exception) {

    private static final Outcome NO_TROUBLE = new Outcome.NoAnswer(false);

    static Result success(VideoTask task) {
        return new Result(task, Phase.RESPONSE_STARTED, NO_TROUBLE, verdict -> {
            throw new IllegalStateException("A success has no exception");
        });
    }

    /** The gateway said something else than yes. */
    static Result refused(ErrorAnswer answer, ErrorReader.Context about) {
        return new Result(
                null, Phase.RESPONSE_STARTED, answer.toOutcome(), verdict -> answer.toException(about, verdict));
    }

    /** The gateway said yes, and nothing that could be read. */
    static Result unreadable(
            int status, boolean tooLarge, MalformedResponseException trouble, ErrorReader.Context about) {
        return new Result(
                null,
                Phase.RESPONSE_STARTED,
                new Outcome.Unreadable(status, tooLarge),
                verdict -> ErrorReader.unreadable(about, trouble));
    }

    /** The gateway said nothing. */
    static Result unanswered(Phase reached, boolean timedOut, Throwable trouble, ErrorReader.Context about) {
        return new Result(
                null,
                reached,
                new Outcome.NoAnswer(timedOut),
                verdict -> ErrorReader.noAnswer(about, reached, timedOut, trouble));
    }

    /** What the caller gets if nothing more is tried. */
    OctopusXException failure(@Nullable SubmissionVerdict verdict) {
        return exception.apply(verdict);
    }

    /** One line for the log: no secrets. */
    @Override
    public String toString() {
        return task != null ? task.toString() : outcome + " (" + phase + ")";
    }
}
