package ai.octopusx.video.reactor;

import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.Operation;
import ai.octopusx.video.wire.Outcome.Answered;
import ai.octopusx.video.wire.Outcome.Unreadable;
import ai.octopusx.video.wire.RepeatRule;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** One exchange that somebody may observe. It ends once; what is told later is not heard. Thread-safe, and never fails. */
interface Observed {

    Observed NONE = new Observed() {};

    /** How it ended. */
    enum Outcome {
        /** The gateway did what was asked. */
        SUCCESS("success"),
        /** The gateway said no; of a submission, also that there is certainly no job. */
        REFUSED("refused"),
        /** An answer came, and nobody could read it. */
        UNREADABLE("unreadable"),
        /** No answer came; of a submission, and nothing was sent. */
        UNANSWERED("unanswered"),
        /** Of a submission: the gateway may have taken the job. */
        UNKNOWN("unknown"),
        /** Of a download: it was given up. */
        FAILED("failed"),
        /** Nobody waited for it any more. */
        CANCELLED("cancelled");

        private final String word;

        Outcome(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** Adds what a tracer wants to tell the other side. Only for requests to the gateway. */
    default void describe(HttpHeaders headers) {}

    /** What runs inside of it runs with this as the parent. */
    default Context inside(Context outer) {
        return outer;
    }

    /** These bytes, as they are asked for, are all that it is about: it ends as they do. */
    default <T> Flux<T> over(Flux<T> bytes) {
        return bytes;
    }

    /** It ends as this does. */
    default <T> Mono<T> over(Mono<T> work) {
        return work;
    }

    /** A head has come. */
    default void status(int status, @Nullable String requestId) {}

    /** The answer brought a task. */
    default void saw(VideoTask task) {}

    /** It has ended. */
    default void ended(Outcome outcome, @Nullable Throwable failure) {}

    /** It has ended with this. */
    default void ended(Operation operation, Result result) {
        if (this == NONE) {
            return; // making an exception is work
        }
        SubmissionVerdict verdict = RepeatRule.verdict(operation, result.phase(), result.outcome());
        VideoTask task = result.task();
        if (task != null) {
            saw(task);
            ended(Outcome.SUCCESS, null);
        } else {
            ended(outcome(verdict, result.outcome()), result.failure(verdict));
        }
    }

    private static Outcome outcome(@Nullable SubmissionVerdict verdict, ai.octopusx.video.wire.Outcome trouble) {
        if (verdict == SubmissionVerdict.UNKNOWN) {
            return Outcome.UNKNOWN;
        } else if (trouble instanceof Answered) {
            return Outcome.REFUSED;
        }
        return trouble instanceof Unreadable ? Outcome.UNREADABLE : Outcome.UNANSWERED;
    }
}
