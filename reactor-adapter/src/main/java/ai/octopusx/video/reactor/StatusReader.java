package ai.octopusx.video.reactor;

import ai.octopusx.video.MalformedResponseException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.Attempt;
import ai.octopusx.video.wire.Decision;
import ai.octopusx.video.wire.ErrorAnswer;
import ai.octopusx.video.wire.ErrorReader;
import ai.octopusx.video.wire.Operation;
import ai.octopusx.video.wire.Phase;
import ai.octopusx.video.wire.Quote;
import ai.octopusx.video.wire.RepeatLimits;
import ai.octopusx.video.wire.RepeatRule;
import ai.octopusx.video.wire.TaskReader;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;

/** Reads the state of a task: {@code GET /v1/videos/{task_id}}. */
final class StatusReader {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    private final Engine engine;

    StatusReader(Engine engine) {
        this.engine = engine;
    }

    /** Reads it once, with a few more attempts where the trouble may pass, when there is a place for it. */
    Mono<VideoTask> retrieve(Tenant tenant, String taskId) {
        return Mono.defer(() -> attempt(tenant, taskId, 1, engine.nanos()))
                .onErrorMap(trouble -> !(trouble instanceof OctopusXException), trouble -> closed(taskId, trouble));
    }

    /** Only a client that was closed meanwhile has no clock to wait by. */
    private static OctopusXException closed(String taskId, @Nullable Throwable trouble) {
        return new OctopusXException(
                "The status of task " + Quote.sentence(taskId) + " was not read: the client is closed",
                trouble,
                null,
                taskId,
                null);
    }

    private Mono<VideoTask> attempt(Tenant tenant, String taskId, int number, long firstNanos) {
        if (engine.runs().isClosing()) {
            return Mono.error(closed(taskId, null));
        }
        return engine.reads()
                .when(look(ObservedOperation.RETRIEVE, tenant, taskId, null)
                        .timeout(engine.settings().statusTimeout, engine.timer()))
                .onErrorResume(trouble -> Mono.just(noAnswer(trouble, about(tenant, taskId, null))))
                .flatMap(result -> result.task() != null
                        ? Mono.just(result.task())
                        : again(result, tenant, taskId, number, firstNanos));
    }

    private Mono<VideoTask> again(Result result, Tenant tenant, String taskId, int number, long firstNanos) {
        Attempt attempt = new Attempt(
                Operation.RETRIEVE,
                result.phase(),
                result.outcome(),
                number,
                Duration.ofNanos(engine.nanos() - firstNanos),
                engine.dice());
        Decision decision = RepeatRule.decide(attempt, RepeatLimits.RETRIEVE);
        return decision instanceof Decision.Repeat repeat
                ? Mono.delay(repeat.after(), engine.timer())
                        .then(Mono.defer(() -> attempt(tenant, taskId, number + 1, firstNanos)))
                : Mono.error(result.failure(null));
    }

    /**
     * Asks once. Trouble is a result, not an error, and there is no timeout here: a tracker with thousands of tasks keeps
     * those itself.
     *
     * @param last what was seen before: returned itself if nothing changed
     */
    Mono<Result> look(Tenant tenant, String taskId, @Nullable VideoTask last) {
        return look(ObservedOperation.TRACK, tenant, taskId, last);
    }

    private Mono<Result> look(ObservedOperation why, Tenant tenant, String taskId, @Nullable VideoTask last) {
        return engine.settings().observer.observes()
                ? observed(why, tenant, taskId, last)
                : ask(tenant.poll(), tenant, taskId, last, Observed.NONE);
    }

    private Mono<Result> observed(ObservedOperation why, Tenant tenant, String taskId, @Nullable VideoTask last) {
        return Mono.deferContextual(subscriber -> {
            String model = last == null ? null : last.model();
            Observed observed = engine.settings().observer.begin(why, model, taskId, subscriber);
            long began = engine.nanos();
            return ask(tenant.status().headers(observed::describe).get(), tenant, taskId, last, observed)
                    .doOnNext(result -> observed.ended(Operation.RETRIEVE, result))
                    .doOnCancel(() -> observed.ended(outcomeOfCancelled(began), null))
                    .contextWrite(observed::inside);
        });
    }

    /** Those who wait cancel what takes too long, and that is the gateway's silence, not theirs. */
    private Observed.Outcome outcomeOfCancelled(long began) {
        long nearlyTooLong = engine.settings().statusTimeout.toNanos() / 10 * 9; // their clocks began before ours
        return engine.nanos() - began < nearlyTooLong ? Observed.Outcome.CANCELLED : Observed.Outcome.UNANSWERED;
    }

    private Mono<Result> ask(
            HttpClient.ResponseReceiver<?> http,
            Tenant tenant,
            String taskId,
            @Nullable VideoTask last,
            Observed observed) {
        return http.uri(engine.settings().baseUrl + "/v1/videos/" + PathSegment.of(taskId))
                .response((response, body) -> Reply.read(response, body))
                .single()
                .map(reply -> read(tenant, reply, taskId, last, observed))
                .onErrorResume(trouble -> Mono.just(unanswered(trouble, about(tenant, taskId, last))));
    }

    private Result read(Tenant tenant, Reply reply, String taskId, @Nullable VideoTask last, Observed observed) {
        if (observed != Observed.NONE) {
            observed.status(reply.status(), reply.header("X-Oneapi-Request-Id"));
        }
        Result result = reply.isSuccess()
                ? readTask(tenant, reply, taskId, last)
                : readRefusal(reply, about(tenant, taskId, last));
        if (LOG.isDebugEnabled()) {
            LOG.debug("GET /v1/videos/{}: {} (request id {})", taskId, result, reply.header("X-Oneapi-Request-Id"));
        }
        return result;
    }

    private Result readTask(Tenant tenant, Reply reply, String taskId, @Nullable VideoTask last) {
        if (reply.truncated()) {
            MalformedResponseException tooLarge = ErrorReader.tooLarge(
                    about(tenant, taskId, last), reply.length(), reply.bytes(), reply.header("X-Oneapi-Request-Id"));
            return Result.unreadable(reply.status(), true, tooLarge, about(tenant, taskId, last));
        }
        try {
            return Result.success(TaskReader.readPolled(
                    reply.body(),
                    0,
                    reply.length(),
                    taskId,
                    last,
                    reply.header("X-Oneapi-Request-Id"),
                    tenant.key().secrets()));
        } catch (MalformedResponseException e) {
            return Result.unreadable(reply.status(), false, e, about(tenant, taskId, last));
        }
    }

    private Result readRefusal(Reply reply, ErrorReader.Context about) {
        ErrorAnswer answer = ErrorAnswer.read(
                reply.status(),
                name -> reply.header(name),
                reply.bytes(),
                reply.truncated(),
                Instant.ofEpochMilli(engine.millis()));
        return Result.refused(answer, about);
    }

    private static Result unanswered(Throwable trouble, ErrorReader.Context about) {
        Result result = noAnswer(trouble, about);
        LOG.debug("GET /v1/videos/{}: {}", about.taskId(), result);
        return result;
    }

    private static Result noAnswer(Throwable trouble, ErrorReader.Context about) {
        return Result.unanswered(reached(trouble), Trouble.isTimeout(trouble), trouble, about);
    }

    /** Only for the words of the message: a read may be repeated however far it came. */
    private static Phase reached(Throwable trouble) {
        boolean unconnected = trouble instanceof ConnectException
                || trouble instanceof UnknownHostException
                || trouble instanceof SSLException
                || trouble instanceof ApiKey.NotHadException;
        return unconnected ? Phase.NOT_CONNECTED : Phase.FULLY_SENT;
    }

    private ErrorReader.Context about(Tenant tenant, String taskId, @Nullable VideoTask last) {
        return new ErrorReader.Context(
                Operation.RETRIEVE,
                engine.origin(),
                taskId,
                last,
                null,
                tenant.key().secrets());
    }
}
