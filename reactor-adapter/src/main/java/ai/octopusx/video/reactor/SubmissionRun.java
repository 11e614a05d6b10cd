package ai.octopusx.video.reactor;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.Attempt;
import ai.octopusx.video.wire.Decision;
import ai.octopusx.video.wire.ErrorAnswer;
import ai.octopusx.video.wire.ErrorReader;
import ai.octopusx.video.wire.Operation;
import ai.octopusx.video.wire.Phase;
import ai.octopusx.video.wire.RepeatRule;
import ai.octopusx.video.wire.TaskReader;
import ai.octopusx.video.wire.VideoForm;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/**
 * One try to get one job to the gateway: wait for a place, examine the pictures, note it in the journal, send it, and send it
 * again while it certainly was not taken. Outlives its subscribers once bytes have begun to leave; that is why it subscribes
 * to itself, the one place of the library that does.
 */
final class SubmissionRun {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    private final Submission submission;
    private final Engine engine;
    private final ApiKey key;
    private final DoubaoVideoRequest request;
    private final Context context;
    private final Verdicts verdicts = new Verdicts();
    private final AtomicBoolean over = new AtomicBoolean();

    private final Permits.Permit permit;
    private volatile @Nullable Frames frames;

    /** Once the journal knows of it. */
    private SubmissionJournal.@Nullable Entry entry;

    /** Between attempts there is none, and then nothing stands in the way of giving up. */
    private @Nullable SubmitExchange exchange;

    private boolean abandoned;

    SubmissionRun(Submission submission, Engine engine, ApiKey key, DoubaoVideoRequest request, Context context) {
        this.submission = submission;
        this.engine = engine;
        this.key = key;
        this.request = request;
        this.context = context;
        this.permit = engine.submissions().permit(this::granted);
    }

    /** Waits for its turn. */
    void start() {
        if (!engine.runs().begin(this)) {
            submission.failed(this, engine.closedBeforeSending());
            return;
        }
        if (over.get()) {
            engine.runs().end(this); // given up by another thread before it had begun
            return;
        }
        permit.request();
    }

    /** Tells the submission to end it, if that is still possible. */
    void shutDown() {
        submission.shutDown(this, engine.closedBeforeSending());
    }

    private void granted() {
        if (engine.runs().isClosing()) {
            shutDown();
        } else if (!isAbandoned()) {
            job().contextWrite(context).subscribe(verdicts);
        }
    }

    /** The steps, in their order. */
    private Mono<VideoTask> job() {
        return Frames.open(request, engine.files()).flatMap(this::sendFrames);
    }

    private Mono<VideoTask> sendFrames(Frames opened) {
        frames = opened;
        if (isAbandoned()) {
            opened.close();
            return Mono.never();
        }
        VideoForm form = VideoForm.of(request, opened.first(), opened.last(), boundary());
        return noteSending()
                .then(Mono.defer(() -> attempt(form, opened, 1, engine.nanos())))
                .flatMap(this::noteTaken)
                .onErrorResume(this::noteFailed);
    }

    /** From 128 bits of chance, and not in the texts: no picture holds it, and no prompt can be made to. */
    private String boundary() {
        String boundary;
        do {
            boundary = "octopusx-" + engine.name();
        } while (VideoForm.collides(request, boundary));
        return boundary;
    }

    // ---- one attempt after the other

    private Mono<VideoTask> attempt(VideoForm form, Frames opened, int number, long firstNanos) {
        return opened.unchanged(form)
                .then(authorization())
                .flatMap(authorization -> exchange(form, opened, authorization))
                .flatMap(result -> result.task() != null
                        ? Mono.just(result.task())
                        : again(result, form, opened, number, firstNanos));
    }

    private Mono<String> authorization() {
        return engine.timely(key.authorization())
                .onErrorMap(cause -> notSent(
                        "the key could not be had",
                        cause instanceof ApiKey.NotHadException ? cause.getCause() : cause));
    }

    private static OctopusXException notSent(String why, @Nullable Throwable cause) {
        return new OctopusXException(
                "Nothing was sent, so there is no job: " + why
                        + (cause == null ? "" : " (" + cause.getClass().getSimpleName() + ")"),
                cause,
                null,
                null,
                SubmissionVerdict.NOT_SENT);
    }

    private Mono<Result> exchange(VideoForm form, Frames opened, String authorization) {
        SubmitExchange next = new SubmitExchange(engine.settings());
        synchronized (submission) {
            if (abandoned) {
                return Mono.never();
            }
            exchange = next;
        }
        ErrorReader.Context about = about(authorization);
        Observed observed = engine.settings()
                .observer
                .begin(ObservedOperation.SUBMIT, request.model().wireName(), null, context);
        Mono<Reply> sent = next.send(
                engine.submitClient().headers(observed::describe),
                authorization,
                form,
                new FormBody(form, opened),
                engine.timer());
        return Mono.firstWithSignal(sent, engine.runs().brokenOff())
                .map(reply -> read(reply, null, about, observed))
                .onErrorResume(trouble -> isAbandoned() // then its end was told already
                        ? Mono.never()
                        : Mono.just(noAnswer(next, trouble, about, observed)))
                .doOnNext(result -> observed.ended(Operation.SUBMIT, result))
                .doOnCancel(() -> observed.ended(Observed.Outcome.CANCELLED, null))
                .contextWrite(observed::inside);
    }

    /** @param trouble what broke the answer off; null if it came whole */
    private Result read(Reply reply, @Nullable Throwable trouble, ErrorReader.Context about, Observed observed) {
        ErrorAnswer answer = ErrorAnswer.read(
                reply.status(),
                name -> reply.header(name),
                reply.bytes(),
                reply.truncated(),
                Instant.ofEpochMilli(engine.millis()));
        observed.status(reply.status(), answer.requestId());
        Result result = interpret(reply, answer, trouble, about);
        log(result, answer.requestId());
        return result;
    }

    private static Result interpret(
            Reply reply, ErrorAnswer answer, @Nullable Throwable trouble, ErrorReader.Context about) {
        if (!reply.isSuccess()) {
            return Result.refused(answer, about);
        }
        try {
            return Result.success(
                    TaskReader.readSubmitted(reply.body(), 0, reply.length(), answer.requestId(), about.secrets()));
        } catch (MalformedResponseException e) {
            if (trouble != null) {
                e.addSuppressed(trouble);
            }
            return Result.unreadable(reply.status(), reply.truncated(), e, about);
        }
    }

    /** What came of an answer that broke off may be enough: a status, or even the task. */
    private Result noAnswer(SubmitExchange ended, Throwable trouble, ErrorReader.Context about, Observed observed) {
        Reply broken = ended.brokenReply();
        if (broken != null) {
            return read(broken, trouble, about, observed);
        }
        Phase reached = ended.settledPhase();
        boolean timedOut = Trouble.isTimeout(trouble) || ended.hasStalled();
        Result result = Result.unanswered(reached, timedOut, trouble, about);
        log(result, null);
        return result;
    }

    private ErrorReader.Context about(String authorization) {
        return new ErrorReader.Context(
                Operation.SUBMIT,
                engine.origin(),
                null,
                null,
                request.reference(),
                List.of(authorization.substring("Bearer ".length()), request.prompt()));
    }

    private Mono<VideoTask> again(Result result, VideoForm form, Frames opened, int number, long firstNanos) {
        Attempt attempt = new Attempt(
                Operation.SUBMIT,
                result.phase(),
                result.outcome(),
                number,
                Duration.ofNanos(engine.nanos() - firstNanos),
                engine.dice());
        Decision decision = RepeatRule.decide(attempt, engine.settings().submitLimits);
        if (decision instanceof Decision.GiveUp last) {
            return Mono.error(result.failure(last.verdict()));
        }
        if (!goesOn()) {
            return Mono.error(result.failure(RepeatRule.verdict(Operation.SUBMIT, result.phase(), result.outcome())));
        }
        return Mono.delay(((Decision.Repeat) decision).after(), engine.timer())
                .then(Mono.defer(() -> attempt(form, opened, number + 1, firstNanos)));
    }

    /**
     * From here to the next attempt the job certainly does not exist. There is none for a client that is being closed, nor
     * for nobody: it would pay for a job that no one waits for.
     */
    private boolean goesOn() {
        synchronized (submission) {
            exchange = null;
            return submission.isAwaited() && !engine.runs().isClosing();
        }
    }

    private void log(Result result, @Nullable String requestId) {
        if (LOG.isDebugEnabled()) {
            LOG.debug("POST {}/v1/videos: {} (request id {})", engine.settings().baseUrl, result, requestId);
        }
    }

    // ---- the journal

    private Mono<Void> noteSending() {
        SubmissionJournal journal = engine.settings().journal;
        if (journal == null) {
            return Mono.empty();
        }
        SubmissionJournal.Entry noted = new SubmissionJournal.Entry(
                engine.name(),
                request.reference(),
                Instant.ofEpochMilli(engine.millis()),
                engine.origin(),
                request.model().wireName());
        return completed(() -> journal.sending(noted), () -> sendingNoted(noted))
                .onErrorMap(cause -> notSent("the journal could not note the submission", cause));
    }

    /** Also after a failure, which may have come after the note. */
    private void sendingNoted(SubmissionJournal.Entry noted) {
        boolean givenUp;
        synchronized (submission) {
            entry = noted;
            givenUp = abandoned;
        }
        if (givenUp) {
            noteAbandoned();
        }
    }

    /** Unlike Reactor's own bridge it does not pass a cancellation on: a note that was begun is written. */
    private static Mono<Void> completed(Supplier<CompletionStage<Void>> begin, Runnable then) {
        return Mono.create(sink -> begin.get().whenComplete((done, trouble) -> {
            then.run();
            if (trouble == null) {
                sink.success();
            } else {
                sink.error(
                        trouble instanceof CompletionException && trouble.getCause() != null
                                ? trouble.getCause()
                                : trouble);
            }
        }));
    }

    private Mono<VideoTask> noteTaken(VideoTask task) {
        engine.recentlySubmitted(key, task.id());
        return note((journal, noted) -> journal.taken(noted, task)).thenReturn(task);
    }

    private Mono<VideoTask> noteFailed(Throwable failure) {
        OctopusXException known = asOurs(failure);
        SubmissionVerdict verdict = known.submission();
        String why = String.valueOf(known.getMessage());
        return note((journal, noted) -> verdict == SubmissionVerdict.UNKNOWN || verdict == null
                        ? journal.unknown(noted, why)
                        : journal.rejected(noted, verdict, why))
                .then(Mono.error(known));
    }

    /** A note that fails must not hide the outcome: it is logged with all that is known. */
    private Mono<Void> note(Note note) {
        SubmissionJournal journal = engine.settings().journal;
        SubmissionJournal.Entry noted;
        synchronized (submission) {
            noted = entry;
            entry = null;
        }
        if (journal == null || noted == null) {
            return Mono.empty();
        }
        return completed(() -> note.write(journal, noted), () -> {}).onErrorResume(trouble -> {
            LOG.warn(
                    "The journal could not note the outcome of submission {} ({})",
                    noted.id(),
                    request.reference(),
                    trouble);
            return Mono.empty();
        });
    }

    // ---- the end

    /** Whether it could be given up without a byte having left. Guarded by the submission's lock, as is the exchange. */
    boolean abandon() {
        if (!abandoned) {
            abandoned = exchange == null || exchange.abandon();
        }
        return abandoned;
    }

    private boolean isAbandoned() {
        synchronized (submission) {
            return abandoned;
        }
    }

    /** After it was given up: frees what it holds. */
    void stop() {
        verdicts.cancel();
        noteAbandoned();
        free();
    }

    private void noteAbandoned() {
        note((journal, noted) -> journal.rejected(noted, SubmissionVerdict.NOT_SENT, "given up before a byte left"))
                .subscribe();
    }

    private void free() {
        if (!over.compareAndSet(false, true)) {
            return;
        }
        Frames opened = frames;
        if (opened != null) {
            opened.close();
        }
        permit.release();
        engine.runs().end(this);
    }

    private OctopusXException asOurs(Throwable failure) {
        return failure instanceof OctopusXException known
                ? known
                : ErrorReader.noAnswer(
                        new ErrorReader.Context(Operation.SUBMIT, engine.origin(), null, null, request.reference()),
                        settledPhase(),
                        false,
                        failure);
    }

    private Phase settledPhase() {
        synchronized (submission) {
            return exchange == null ? Phase.NOT_CONNECTED : exchange.settledPhase();
        }
    }

    /** Hears how the job ended, whoever is still there. */
    private final class Verdicts extends BaseSubscriber<VideoTask> {

        @Override
        public Context currentContext() {
            return context;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        protected void hookOnNext(VideoTask task) {
            try {
                submission.taken(SubmissionRun.this, task);
            } finally {
                free();
            }
        }

        @Override
        protected void hookOnError(Throwable failure) {
            try {
                submission.failed(SubmissionRun.this, asOurs(failure));
            } finally {
                free();
            }
        }
    }

    /** One line of the journal. */
    private interface Note {
        CompletionStage<Void> write(SubmissionJournal journal, SubmissionJournal.Entry entry);
    }
}
