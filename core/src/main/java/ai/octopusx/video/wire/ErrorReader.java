package ai.octopusx.video.wire;

import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.VideoTask;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Turns what went wrong with an exchange into the exception that a caller gets, with one sentence for a tired engineer: what
 * happened, at which origin and to which task, whether a job may exist, and what to do.
 */
public final class ErrorReader {

    private ErrorReader() {}

    /**
     * What the exchange was about.
     *
     * @param origin scheme, host and port that was asked
     * @param taskId null for a submission
     * @param lastTask the last state that was seen, if the task is being watched
     * @param reference the caller's own name for the job, if this is a submission and it has one
     * @param secrets what must not be quoted even if the other side echoes it: the key, the prompt
     */
    public record Context(
            Operation operation,
            String origin,
            @Nullable String taskId,
            @Nullable VideoTask lastTask,
            @Nullable String reference,
            List<String> secrets) {

        public Context {
            secrets = List.copyOf(secrets);
        }

        /** One without secrets: what looks like a key, or like the query of an address, is masked all the same. */
        public Context(
                Operation operation,
                String origin,
                @Nullable String taskId,
                @Nullable VideoTask lastTask,
                @Nullable String reference) {
            this(operation, origin, taskId, lastTask, reference, List.of());
        }

        /** Without the secrets. */
        @Override
        public String toString() {
            return "Context[" + operation + " at " + origin + (taskId == null ? "" : ", task " + taskId) + "]";
        }

        /** In the middle of a sentence. */
        String what() {
            String task = taskId == null ? "an unnamed task" : "task " + Quote.sentence(taskId);
            return switch (operation) {
                case SUBMIT -> "the submission";
                case RETRIEVE -> "the status of " + task;
                case DOWNLOAD -> "the video of " + task;
            };
        }

        /** What is still true, and what to do; never to try again where there may be a job. */
        String advice(@Nullable SubmissionVerdict verdict, String remedy) {
            if (verdict == null) {
                return "the task itself is not touched by that; " + remedy;
            }
            return switch (verdict) {
                case NOT_SENT -> "nothing was sent, so there is no job; " + remedy;
                case REJECTED -> "there is no job and nothing was charged; " + remedy;
                case UNKNOWN -> "the job may exist and be charged";
            };
        }
    }

    /**
     * An answer that is not a success, seen as the last attempt. Who has to decide about another one reads it as an
     * {@link ErrorAnswer} instead.
     *
     * @param headers those of the answer
     * @param truncated whether there was more of the body than {@code body}
     * @param now what a {@code Retry-After} date is held against
     */
    public static OctopusXException read(
            Context context, int status, Headers headers, byte[] body, boolean truncated, Instant now) {
        ErrorAnswer answer = ErrorAnswer.read(status, headers, body, truncated, now);
        return answer.toException(
                context, RepeatRule.verdict(context.operation(), Phase.RESPONSE_STARTED, answer.toOutcome()));
    }

    /** A 2xx whose body is of no use. For a read, the exception itself; a submission may have succeeded. */
    public static OctopusXException unreadable(Context context, MalformedResponseException trouble) {
        return context.operation() == Operation.SUBMIT ? outcomeUnknown(context, trouble) : trouble;
    }

    /**
     * A 2xx whose body is larger than we take.
     *
     * @param limit in bytes
     * @param beginning as much of the body as was kept
     */
    public static MalformedResponseException tooLarge(
            Context context, long limit, byte[] beginning, @Nullable String requestId) {
        return new MalformedResponseException(
                context.origin() + " answered " + context.what() + " with more than " + limit + " bytes",
                null,
                Quote.excerpt(beginning, 0, beginning.length, context.secrets()),
                requestId,
                context.taskId());
    }

    /**
     * The exchange ended before an answer was there.
     *
     * @param reached how far it came, in doubt further
     * @param timedOut one of our clocks ended it, not the network
     */
    public static OctopusXException noAnswer(Context context, Phase reached, boolean timedOut, Throwable cause) {
        SubmissionVerdict verdict = RepeatRule.verdict(context.operation(), reached, new Outcome.NoAnswer(timedOut));
        TransportException trouble = new TransportException(
                "No answer from " + context.origin() + " to " + context.what() + ": " + how(reached, timedOut)
                        + reason(cause, context) + "; " + context.advice(verdict, "it may pass: try again later"),
                cause,
                context.origin(),
                context.taskId(),
                verdict);
        return verdict == SubmissionVerdict.UNKNOWN ? outcomeUnknown(context, trouble) : trouble;
    }

    private static String how(Phase reached, boolean timedOut) {
        return switch (reached) {
            case NOT_CONNECTED -> timedOut ? "connecting took too long" : "no connection came about";
            case CONNECTED ->
                timedOut ? "nothing could be sent in time" : "the connection broke before a byte was sent";
            case PARTLY_SENT -> timedOut ? "sending took too long" : "the connection broke while the request was sent";
            case FULLY_SENT -> timedOut ? "it did not come in time" : "the connection broke after the request was sent";
            case RESPONSE_STARTED -> timedOut ? "it did not end in time" : "the connection broke in the middle of it";
        };
    }

    /** The innermost cause says what the network said. */
    private static String reason(Throwable cause, Context context) {
        Throwable innermost = cause;
        for (int depth = 0; innermost.getCause() != null && depth < 16; depth++) {
            innermost = innermost.getCause();
        }
        String message = innermost.getMessage();
        return " (" + innermost.getClass().getSimpleName()
                + (message == null ? "" : ": " + Quote.sentence(message, context.secrets())) + ")";
    }

    /** Only for a submission. */
    static SubmissionOutcomeUnknownException outcomeUnknown(Context context, OctopusXException trouble) {
        String taskId = trouble.taskId();
        String reference = context.reference();
        return new SubmissionOutcomeUnknownException(
                "Nobody knows whether " + context.origin() + " took the job"
                        + (reference == null ? "" : " " + Quote.sentence(reference))
                        + ": it may exist and be charged, and it was not sent again. "
                        + (taskId == null
                                ? "Look at the account before you submit it once more"
                                : "Look at task " + Quote.sentence(taskId) + " before you submit it once more")
                        + ". What happened: " + trouble.getMessage(),
                trouble,
                context.origin(),
                trouble.requestId(),
                taskId,
                reference);
    }
}
