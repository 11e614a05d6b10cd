package ai.octopusx.video.cli;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.InvalidVideoRequestException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.TrackingTimeoutException;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoTaskError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * What went wrong, as the program tells it.
 *
 * @param type the name of the exception, which programs may branch on
 * @param message one sentence
 * @param status of HTTP, where the gateway answered
 * @param code the gateway's own word for it
 */
record Failure(
        int exitCode,
        String type,
        String message,
        @Nullable Integer status,
        @Nullable String code,
        @Nullable String requestId,
        @Nullable String taskId) {

    static Failure of(Throwable thrown) {
        Throwable cause = unwrapped(thrown);
        return of(cause, exitCode(cause));
    }

    private static Failure of(Throwable thrown, int exitCode) {
        Throwable cause = thrown instanceof NotSaved notSaved ? unwrapped(notSaved.why()) : thrown;
        return new Failure(
                exitCode,
                cause.getClass().getSimpleName(),
                sentence(cause),
                cause instanceof ApiException e ? e.statusCode() : null,
                code(cause),
                cause instanceof OctopusXException e ? e.requestId() : null,
                cause instanceof OctopusXException e ? e.taskId() : null);
    }

    static Throwable unwrapped(Throwable thrown) {
        Throwable cause = Exceptions.unwrap(thrown);
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause;
    }

    /** The same, with what to do about it. */
    Failure withAdvice(String advice) {
        return new Failure(exitCode, type, message + ". " + advice, status, code, requestId, taskId);
    }

    private static int exitCode(Throwable cause) {
        if (cause instanceof NotSaved notSaved) {
            // A refusal of the download is no refusal of the job.
            int code = exitCode(unwrapped(notSaved.why()));
            return code == ExitCode.INTERRUPTED || code == ExitCode.DEFECT ? code : ExitCode.TROUBLE;
        }
        if (cause instanceof UsageException || cause instanceof InvalidVideoRequestException) {
            return ExitCode.USAGE;
        }
        if (cause instanceof VideoFailedException) {
            return ExitCode.VIDEO_FAILED;
        }
        if (cause instanceof TrackingTimeoutException) {
            return ExitCode.DEADLINE;
        }
        if (cause instanceof Interruption.Interrupted) {
            return ExitCode.INTERRUPTED;
        }
        if (cause instanceof OctopusXException known) {
            return ofGateway(known);
        }
        boolean disk = cause instanceof IOException || cause instanceof UncheckedIOException;
        return disk ? ExitCode.TROUBLE : ExitCode.DEFECT;
    }

    private static int ofGateway(OctopusXException cause) {
        if (cause instanceof SubmissionOutcomeUnknownException || cause.submission() == SubmissionVerdict.UNKNOWN) {
            return ExitCode.UNKNOWN;
        }
        if (cause instanceof TaskNotFoundException) {
            return ExitCode.REFUSED;
        }
        if (cause instanceof ApiException answer) {
            int status = answer.statusCode();
            boolean refused = status >= 300 && status < 500 && status != 408 && status != 429;
            return refused ? ExitCode.REFUSED : ExitCode.TROUBLE;
        }
        return ExitCode.TROUBLE;
    }

    private static @Nullable String code(Throwable cause) {
        if (cause instanceof VideoFailedException failed) {
            VideoTaskError error = failed.task().error();
            return error == null || error.code().isEmpty() ? null : error.code();
        }
        return cause instanceof ApiException answer ? answer.code() : null;
    }

    private static String sentence(Throwable cause) {
        String message = cause.getMessage();
        if (cause instanceof OctopusXException || cause instanceof UsageException) {
            return message == null ? cause.getClass().getSimpleName() : message;
        }
        if (cause instanceof IOException || cause instanceof UncheckedIOException) {
            return "The disk or a stream failed: " + (message == null ? cause : message);
        }
        return "This is a defect of the program (" + cause + "); --verbose tells more";
    }
}
