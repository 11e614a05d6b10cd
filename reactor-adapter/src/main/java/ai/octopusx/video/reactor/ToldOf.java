package ai.octopusx.video.reactor;

import ai.octopusx.video.VideoTask;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.util.context.Context;

/**
 * The states of a task that was submitted in the same breath: tells the submission if its subscriber leaves before he could
 * know of the task. One object per job, in place of three operators and their lambdas, because it lives as long as the job.
 */
final class ToldOf extends FluxOperator<VideoTask, VideoTask> {

    private final Submission submission;
    private final boolean firstTells;

    /** @param firstTells whether any state tells of the task, or only how it ends */
    ToldOf(Flux<VideoTask> states, Submission submission, boolean firstTells) {
        super(states);
        this.submission = submission;
        this.firstTells = firstTells;
    }

    @Override
    public void subscribe(CoreSubscriber<? super VideoTask> actual) {
        source.subscribe(new Told(actual, submission, firstTells));
    }

    private static final class Told implements CoreSubscriber<VideoTask>, Subscription {

        private final CoreSubscriber<? super VideoTask> actual;
        private final Submission submission;
        private final boolean firstTells;
        private volatile boolean told;
        private @Nullable Subscription upstream;

        Told(CoreSubscriber<? super VideoTask> actual, Submission submission, boolean firstTells) {
            this.actual = actual;
            this.submission = submission;
            this.firstTells = firstTells;
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            actual.onSubscribe(this);
        }

        @Override
        public void onNext(VideoTask state) {
            told |= firstTells || state.isTerminal();
            actual.onNext(state);
        }

        /** It names the task. */
        @Override
        public void onError(Throwable failure) {
            told = true;
            actual.onError(failure);
        }

        @Override
        public void onComplete() {
            actual.onComplete();
        }

        @Override
        public void request(long states) {
            if (upstream != null) {
                upstream.request(states);
            }
        }

        @Override
        public void cancel() {
            if (!told) {
                told = true;
                submission.unseen();
            }
            if (upstream != null) {
                upstream.cancel();
            }
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }
    }
}
