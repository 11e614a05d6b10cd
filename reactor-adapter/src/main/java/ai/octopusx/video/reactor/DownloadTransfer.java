package ai.octopusx.video.reactor;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.DownloadExchange.Answer;
import ai.octopusx.video.reactor.DownloadExchange.Ask;
import ai.octopusx.video.reactor.DownloadRules.Verdict;
import ai.octopusx.video.reactor.DownloadTrouble.Kind;
import ai.octopusx.video.wire.ErrorAnswer;
import ai.octopusx.video.wire.ErrorReader;
import ai.octopusx.video.wire.Operation;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Scheduler;
import reactor.util.retry.Retry;

/**
 * One download from its first attempt to its end. What to make of an answer or a failure is decided in
 * {@link DownloadRules}; whom to ask next stands in {@link DownloadSources}, and what has arrived in {@link DownloadBody}.
 *
 * <p>Made per subscription and subscribed once. Its signals come one after the other, from whichever thread, which is all the
 * locking it needs.
 */
final class DownloadTransfer {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    /** What it stands on. */
    record Surroundings(
            DownloadExchange exchange,
            Downloads.Retrieve retrieve,
            Duration idleTimeout,
            Scheduler timer,
            DownloadClosing closing,
            Observed observed) {}

    /** Who takes the bytes, if he can take back what he has got. */
    interface Sink {

        /**
         * More bytes follow.
         *
         * @param position of the next byte; what had come from there on is void
         * @param known by what a later download recognises the file
         */
        void begins(long position, Kept known);
    }

    /**
     * A part of a file that is there already.
     *
     * @param length bytes of it
     * @param total bytes of the whole, null if not known
     */
    record Kept(long length, @Nullable Long total, DownloadValidator validator) {}

    private final Surroundings around;
    private final ApiKey key;
    private final String taskId;
    private final DownloadBody body;
    private final DownloadSources sources;
    private final long deadline;

    private volatile DownloadCall call = new DownloadCall();
    private @Nullable Answer unread;
    private boolean answered;
    private boolean sameSource = true;
    private boolean askWhole;
    private long furthestBefore;
    private int fruitless;
    private int restarts;

    DownloadTransfer(Surroundings around, ApiKey key, VideoTask task, DownloadOptions options, @Nullable Sink sink) {
        this.around = around;
        this.key = key;
        this.taskId = task.id();
        this.body = new DownloadBody(options, sink);
        this.sources = new DownloadSources(around.exchange(), task);
        this.deadline = now() + Math.min(nanos(options.timeout()), Long.MAX_VALUE / 4);
    }

    /** Goes on behind bytes that an earlier download left. */
    void resume(Kept kept, Mp4Walk walked) {
        body.resume(kept, walked);
        sameSource = false;
    }

    /** The first answer whose body is worth reading; {@link #bytes} then begins with that body. */
    Mono<DownloadBody> open() {
        return Mono.defer(this::ask)
                .doOnNext(answer -> unread = answer)
                .retryWhen(attempts())
                .thenReturn(body);
    }

    /** All bytes, each piece valid only while it is handed on. */
    Flux<ByteBuf> bytes() {
        // Who leaves in the moment in which the answer comes cancels a body that nobody has subscribed yet.
        return Flux.defer(this::attempt).retryWhen(attempts()).doOnCancel(this::close);
    }

    /** Lets go of an answer that nobody came to read. */
    void close() {
        call.end();
    }

    private Flux<ByteBuf> attempt() {
        Answer opened = unread;
        unread = null;
        Mono<Answer> answer = opened == null ? ask() : Mono.just(opened);
        return answer.flatMapMany(this::read);
    }

    /** Asks for what is missing. Empty if there turns out to be nothing. */
    private Mono<Answer> ask() {
        DownloadCall current = new DownloadCall();
        call = current;
        furthestBefore = body.furthest();
        return inTime(around.exchange().get(question(), current))
                .onErrorMap(this::asTrouble)
                .flatMap(this::judge)
                .doOnNext(answer -> current.handOver())
                .doOnError(e -> current.end())
                .doOnCancel(current::endUnlessHandedOver);
    }

    /** Limited in front of whatever changes our state, so that the limit never runs beside it. */
    private <T> Mono<T> inTime(Mono<T> step) {
        Duration left = left();
        Duration patience = left.compareTo(around.idleTimeout()) < 0 ? left : around.idleTimeout();
        return patience.isZero() || patience.isNegative()
                ? Mono.error(DownloadTrouble.late())
                : around.closing().orStep(step.timeout(patience, around.timer()));
    }

    private Ask question() {
        ApiKey shown = sources.isGateway() ? key : null;
        long[] wanted = askWhole ? null : body.wanted();
        return new Ask(sources.address(), shown, wanted, wanted == null ? null : body.ifRange(), around.observed());
    }

    private Mono<Answer> judge(Answer answer) {
        answered = true;
        DownloadHead head = answer.head();
        Verdict verdict = DownloadRules.judge(body.known(sameSource), head, sources.kind(), sources.isRefreshed());
        String requestId = requestId(answer);
        around.observed().status(head.status(), requestId);
        LOG.debug(
                "Task {}: HTTP {} from {}: {} (request id {})", taskId, head.status(), answer.at(), verdict, requestId);
        if (verdict instanceof Verdict.Take take) {
            return take(answer, take);
        } else if (verdict instanceof Verdict.Whole) {
            body.endsHere();
            return Mono.empty();
        } else if (verdict instanceof Verdict.AskWhole refused) {
            askWhole = true;
            restarts++;
            return Mono.error(DownloadTrouble.passing(refused.why()));
        } else if (verdict instanceof Verdict.AskGateway) {
            return Mono.error(leaveLink("HTTP " + head.status()));
        } else if (verdict instanceof Verdict.Unfit unfit) {
            return Mono.error(DownloadTrouble.lasting(unfit.why(), null));
        }
        return sources.isGateway()
                ? refusal(answer).flatMap(refused -> refusedByGateway(refused, head, verdict))
                : Mono.error(trouble(verdict, head, null));
    }

    /** Only the gateway's own; null if it gave none. */
    private static @Nullable String requestId(Answer answer) {
        return answer.authorization() == null
                ? null
                : answer.response().responseHeaders().get("X-Oneapi-Request-Id");
    }

    private Mono<Answer> take(Answer answer, Verdict.Take take) {
        if (body.take(answer.head(), take)) {
            restarts++;
        }
        sameSource = true;
        DownloadTrouble trouble = body.prepare();
        return trouble == null ? Mono.just(answer) : Mono.error(trouble);
    }

    private static DownloadTrouble trouble(Verdict verdict, DownloadHead head, @Nullable OctopusXException cause) {
        return verdict instanceof Verdict.Never
                ? DownloadTrouble.lasting("HTTP " + head.status(), cause)
                : DownloadTrouble.passing("HTTP " + head.status(), cause, head.retryAfter());
    }

    private Mono<Answer> refusedByGateway(OctopusXException refused, DownloadHead head, Verdict verdict) {
        DownloadTrouble trouble = trouble(verdict, head, refused);
        return verdict instanceof Verdict.FreshLink ? freshLink(trouble) : Mono.error(trouble);
    }

    /** One look at the status. If it brings nothing new, the trouble of the gateway counts. */
    private Mono<Answer> freshLink(DownloadTrouble trouble) {
        sources.refreshFailed();
        return inTime(around.retrieve().retrieve(key, taskId))
                .onErrorMap(e -> trouble)
                .<Answer>handle((task, out) -> {
                    if (sources.refresh(task)) {
                        turnTo();
                        out.error(DownloadTrouble.elsewhere("the status has a fresh link"));
                    }
                })
                .switchIfEmpty(Mono.error(trouble));
    }

    /** What the gateway says in the body of a refusal. Of one that breaks off or stands still, what came of it has to do. */
    private Mono<OctopusXException> refusal(Answer answer) {
        Reply.Collected collected = new Reply.Collected(answer.response());
        return inTime(collected.all(call.body()))
                .onErrorResume(broken -> around.closing().isClosed()
                        ? Mono.error(DownloadTrouble.closed())
                        : Mono.just(collected.broken()))
                .map(reply -> ErrorAnswer.read(
                                reply.status(), reply.headers()::get, reply.bytes(), reply.truncated(), Instant.now())
                        .toException(context(answer), null));
    }

    private ErrorReader.Context context(Answer answer) {
        String authorization = answer.authorization();
        List<String> secrets = authorization == null ? List.of() : List.of(authorization.substring("Bearer ".length()));
        return new ErrorReader.Context(Operation.DOWNLOAD, answer.at().origin(), taskId, null, null, secrets);
    }

    private DownloadTrouble leaveLink(String why) {
        sources.leaveLink();
        turnTo();
        return DownloadTrouble.elsewhere("the link is dead: " + why);
    }

    /** Another source: what the last one was forgiven or blamed for does not count. */
    private void turnTo() {
        sameSource = !body.hasBegun();
        askWhole = false;
        answered = false;
        fruitless = 0;
    }

    private Flux<ByteBuf> read(Answer answer) {
        return call.body()
                .onErrorMap(DownloadTrouble::ofTransport)
                .transform(DownloadWatch.over(call, around.idleTimeout(), deadline, around.timer()))
                .transform(around.closing().overBody())
                .handle(this::handOn)
                .concatWith(Mono.defer(body::proveWhole));
    }

    private void handOn(ByteBuf piece, SynchronousSink<ByteBuf> out) {
        DownloadTrouble aborted = call.abortedBy();
        if (aborted == null) {
            body.handOn(piece, out);
        } else {
            out.error(aborted);
        }
    }

    private Retry attempts() {
        return Retry.from(rounds -> rounds.concatMap(round -> another(round.failure())));
    }

    /** A value asks for another attempt, an error ends the download. */
    private Publisher<?> another(Throwable failure) {
        if (!(failure instanceof DownloadTrouble trouble)) {
            return Mono.error(failure); // the caller's own, from a callback of his
        }
        LOG.debug("Task {}, after {} bytes: {}", taskId, body.received(), trouble.what());
        if (around.closing().isClosed()) {
            return Mono.error(asException(DownloadTrouble.closed()));
        }
        return switch (trouble.kind) {
            case ELSEWHERE -> Mono.just(trouble);
            case LASTING, LATE, CLOSED -> Mono.error(asException(trouble));
            case PASSING -> afterPassing(trouble);
        };
    }

    private Publisher<?> afterPassing(DownloadTrouble trouble) {
        fruitless = body.furthest() > furthestBefore ? 0 : fruitless + 1;
        Duration delay = DownloadRules.delay(fruitless, restarts, trouble.retryAfter, left());
        if (delay != null) {
            return around.closing()
                    .orStep(Mono.delay(delay, around.timer()))
                    .onErrorMap(DownloadTrouble.class, this::asException);
        }
        if (!sources.isGateway() && !answered && !body.hasBegun()) {
            return Mono.just(leaveLink("its host cannot be reached")); // some firewalls let out to the gateway only
        }
        return Mono.error(asException(trouble));
    }

    private DownloadTrouble asTrouble(Throwable failure) {
        if (failure instanceof TimeoutException) {
            return left().isNegative() || left().isZero()
                    ? DownloadTrouble.late()
                    : DownloadTrouble.passing(
                            "no answer within " + around.idleTimeout().toMillis() + " ms", failure, null);
        }
        String refused = DownloadExchange.refusalIn(failure);
        if (refused != null) {
            return sources.isGateway() ? DownloadTrouble.lasting(refused, null) : leaveLink(refused);
        }
        return DownloadTrouble.ofTransport(failure);
    }

    /** What the caller gets: the gateway's own refusal, or the network's, where that is all that happened. */
    private Throwable asException(DownloadTrouble trouble) {
        boolean nothingCame = body.received() == 0;
        Throwable cause = trouble.getCause();
        if (cause instanceof OctopusXException refused && (nothingCame || trouble.kind == Kind.LASTING)) {
            return refused;
        }
        String origin = sources.address().origin();
        if (trouble.kind == Kind.PASSING && nothingCame && !answered) {
            return new TransportException(
                    "No answer from " + origin + " to the video of task " + taskId + ": " + trouble.what()
                            + "; the task itself is not touched by that, try again later",
                    cause,
                    origin,
                    taskId,
                    null);
        }
        boolean resumable = trouble.kind != Kind.LASTING;
        return new DownloadException(
                "The video of task " + taskId + " could not be fetched whole from " + origin + ": " + trouble.what()
                        + howFar(trouble) + "; the task itself is not touched by that"
                        + (resumable ? ", try again while its link lives" : ""),
                cause,
                taskId,
                body.received(),
                body.length(),
                resumable);
    }

    private String howFar(DownloadTrouble trouble) {
        String bytes = "; " + body.received() + (body.length() == null ? "" : " of " + body.length()) + " bytes came";
        if (trouble.kind != Kind.PASSING) {
            return bytes;
        }
        return restarts > DownloadRules.RESTARTS
                ? bytes + ", after " + DownloadRules.RESTARTS + " restarts"
                : fruitless >= DownloadRules.FRUITLESS_ATTEMPTS
                        ? bytes + ", and the last " + fruitless + " attempts brought nothing new"
                        : bytes + ", and no time was left for another attempt";
    }

    /** Told to one who comes to read too late. */
    Throwable abandoned() {
        if (around.closing().isClosed()) {
            return asException(DownloadTrouble.closed());
        }
        return new DownloadException(
                "The video of task " + taskId + " was not read within "
                        + around.idleTimeout().toMillis()
                        + " ms, so its connection was let go; ask for the content once more",
                null,
                taskId,
                0,
                body.length(),
                true);
    }

    private Duration left() {
        return Duration.ofNanos(deadline - now());
    }

    private long now() {
        return around.timer().now(TimeUnit.NANOSECONDS);
    }

    private static long nanos(Duration duration) {
        try {
            return duration.toNanos();
        } catch (ArithmeticException e) {
            return Long.MAX_VALUE;
        }
    }
}
