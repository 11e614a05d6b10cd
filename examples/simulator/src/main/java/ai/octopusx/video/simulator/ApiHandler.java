package ai.octopusx.video.simulator;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The API: which request gets which answer, in the gateway's order of checks. Runs on event loops and never waits. */
final class ApiHandler {

    private static final String REQUEST_ID = "X-Oneapi-Request-Id";
    private static final String VERSION = "X-New-Api-Version";

    /** What the gateway's server still reads of a body that it will not look at, before it gives up the connection. */
    private static final long DRAINED = 256 << 10;

    private final SimulatorConfig config;
    private final GatewayClock clock;
    private final Accounts accounts;
    private final Jobs jobs;
    private final StatusBodies bodies;
    private final SignedLinks links;
    private final FaultBox faults;
    private final SimulatorLedger ledger;
    private final Wire wire;
    private final SubmissionRules rules;
    private final RequestLog log;
    private final String filesOrigin;
    private final RequestIds requestIds = new RequestIds();

    ApiHandler(
            SimulatorConfig config,
            GatewayClock clock,
            Accounts accounts,
            Jobs jobs,
            StatusBodies bodies,
            SignedLinks links,
            FaultBox faults,
            SimulatorLedger ledger,
            Wire wire,
            RequestLog log,
            String filesOrigin) {
        this.config = config;
        this.clock = clock;
        this.accounts = accounts;
        this.jobs = jobs;
        this.bodies = bodies;
        this.links = links;
        this.faults = faults;
        this.ledger = ledger;
        this.wire = wire;
        this.rules = new SubmissionRules(config.strict, config.profile);
        this.log = log;
        this.filesOrigin = filesOrigin;
    }

    Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        String uri = request.uri();
        Route route = Route.of(request.method().name(), uri);
        if (route.endpoint() == Endpoint.OTHER && route.path().startsWith(ControlHandler.PREFIX)) {
            return new ControlHandler(ledger, faults).handle(request, response, route.path());
        }
        String authorization = request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION);
        Accounts.Key key = accounts.find(authorization);
        ledger.requested(route.endpoint(), key);
        if (uri.length() != route.path().length() && accounts.anyKeyIn(uri)) {
            ledger.violated("key-in-query", route.endpoint().text());
        }
        FaultsNow struck = faults.next(route.endpoint(), route.id(), fault -> applies(fault, route.id()));
        String requestId = requestIds.next();
        response.header(REQUEST_ID, requestId).header(VERSION, "simulator");
        Call call = new Call(
                request, response, route.endpoint(), route.path(), route.id(), requestId, key, struck, log.start());

        if (struck.isMain(Fault.Kind.RESET_BEFORE_READ)) {
            log.write(call, null);
            return Wire.end(call.channel(), true);
        }
        Answer refusal = refusal(key, authorization, request.requestHeaders(), requestId);
        return switch (route.endpoint()) {
            case SUBMIT -> refusal != null ? refuseBody(call, refusal) : submit(call);
            case REMIX -> refusal != null ? refuseBody(call, refusal) : remix(call);
            case OTHER -> say(call, unrouted(call));
            default -> say(call, refusal != null ? refusal : read(call));
        };
    }

    private boolean applies(Fault fault, String taskId) {
        if (fault.kind() != Fault.Kind.TASK_NOT_EXIST) {
            return true;
        }
        Job job = jobs.find(taskId);
        return job != null && clock.now() - job.created < fault.time().toNanos();
    }

    // Who asks

    private @Nullable Answer refusal(
            Accounts.@Nullable Key key, @Nullable String authorization, HttpHeaders headers, String requestId) {
        if (key != null && !key.isUsedUp()) {
            return null;
        }
        boolean chinese = headers.get(HttpHeaderNames.ACCEPT_LANGUAGE, "").startsWith("zh");
        if (key == null && accounts.hasChannelSuffix(authorization)) {
            String message = chinese ? "普通用户不支持指定渠道" : "Only administrators may choose a channel";
            return Answer.gatewayError(403, "", message, requestId);
        }
        if (key != null) {
            // A refund may have made it good again.
            jobs.settle();
            if (!key.isUsedUp()) {
                return null;
            }
        }
        return Answer.gatewayError(401, "", chinese ? "无效的令牌" : "Invalid token", requestId);
    }

    // What is only read

    private Answer read(Call call) {
        return switch (call.endpoint()) {
            case STATUS -> status(call);
            case CONTENT -> content(call);
            case GENERATIONS -> generation(call);
            default -> usage(call);
        };
    }

    private Answer status(Call call) {
        long now = clock.now();
        Job job = find(call);
        if (job == null) {
            return taskNotExist();
        }
        job.polled();
        if (call.faults().isMain(Fault.Kind.TASK_NOT_EXIST)) {
            return taskNotExist();
        }
        Answer answer = bodies.status(job, now, call.faults().has(Fault.Kind.BACKWARDS));
        Fault main = call.faults().main();
        boolean arrives = main == null || main.kind() == Fault.Kind.DRIP;
        if (arrives && bodies.stage(job, now) == StatusBodies.Stage.ENDED) {
            job.endSeen(now);
        }
        return answer;
    }

    private static Answer taskNotExist() {
        return Answer.taskError(400, "task_not_exist", "task_not_exist");
    }

    private Answer content(Call call) {
        long now = clock.now();
        Job job = find(call);
        if (job == null) {
            return Answer.openAiError(404, "invalid_request_error", null, "Task not found");
        }
        StatusBodies.Stage stage = bodies.stage(job, now);
        if (stage != StatusBodies.Stage.ENDED || !job.outcome.hasVideo()) {
            return Answer.openAiError(
                    400,
                    "invalid_request_error",
                    null,
                    "Task is not completed yet, current status: " + bodies.internalWord(job, stage));
        }
        // Profile A asks the upstream for the content, profile B fetches the link that it has stored.
        if (config.profile == Profile.B && job.outcome.kind() == Outcome.Kind.COMPLETED_WITHOUT_URL) {
            return Answer.openAiError(502, "server_error", null, "Failed to fetch video content");
        }
        if (now >= links.expiry(job, links.generation(job, now))) {
            return upstreamReturned(403);
        }
        HttpHeaders headers = call.request().requestHeaders();
        boolean honours = config.contentHonoursRange;
        Answer file = FileAnswers.of(
                job.clip,
                clock.wall(job.ended),
                honours ? headers.get(HttpHeaderNames.RANGE) : null,
                honours ? headers.get(HttpHeaderNames.IF_RANGE) : null,
                call.faults());
        // The gateway passes a whole file on, and a part; any other word of the storage becomes its own error.
        return file.status() == 416 ? upstreamReturned(416) : file.with("Cache-Control", "public, max-age=86400");
    }

    private static Answer upstreamReturned(int status) {
        return Answer.openAiError(502, "server_error", null, "Upstream service returned status " + status);
    }

    private Answer generation(Call call) {
        Job job = find(call);
        return job == null ? taskNotExist() : bodies.generation(job, clock.now());
    }

    private Answer usage(Call call) {
        Accounts.Key key = call.key();
        BigDecimal balance = key == null ? null : jobs.balance(key.account);
        BigDecimal quota = key == null ? null : key.quota;
        BigDecimal left = quota == null ? balance : balance == null ? quota : quota.min(balance);
        Json json = new Json()
                .open()
                .bool("code", true)
                .text("message", "ok")
                .open("data")
                .text("object", "token_usage")
                .number(
                        "total_available",
                        left == null ? 0 : left.movePointRight(6).longValue())
                .bool("unlimited_quota", left == null)
                .number("expires_at", 0)
                .close()
                .close();
        return Answer.json(200, Answer.JSON_UTF8, json);
    }

    private @Nullable Job find(Call call) {
        Accounts.Key key = call.key();
        return key == null ? null : jobs.find(call.taskId(), key.account);
    }

    private static Answer unrouted(Call call) {
        String method = call.request().method().name();
        if (call.path().equals("/v1/videos/") && method.equals("POST")) {
            return Answer.empty(307).with("Location", "/v1/videos");
        }
        Json json = new Json()
                .open()
                .open("error")
                .text("message", "Invalid URL (" + method + " " + call.path() + ")")
                .text("type", "invalid_request_error")
                .text("param", "")
                .text("code", "")
                .close()
                .close();
        return Answer.json(404, Answer.JSON_UTF8, json);
    }

    // What costs money

    private Mono<Void> submit(Call call) {
        Fault main = call.faults().main();
        if (main != null && main.early()) {
            return refuseBody(call, FaultAnswers.of(main, call.endpoint(), call.requestId()));
        }
        return receive(call, form -> {
            Fault fault = call.faults().main();
            // Whoever is not to be heard gets an answer that the fault replaces or swallows.
            if (fault != null && !reachesTheGateway(fault)) {
                return Answer.empty(200);
            }
            return decide(call, form, null);
        });
    }

    /** A fault that cuts, garbles or slows the answer leaves the gateway to its work: the submission is taken. */
    private static boolean reachesTheGateway(Fault fault) {
        return fault.accepted()
                || switch (fault.kind()) {
                    case TRUNCATED, CUT, CUT_HEAD, OVERSIZED, GARBAGE, DRIP -> true;
                    default -> false;
                };
    }

    private Mono<Void> remix(Call call) {
        return receive(call, form -> {
            Job from = find(call);
            if (from == null) {
                return taskNotExist();
            }
            Map<String, String> fields = new java.util.LinkedHashMap<>(form.fields());
            fields.putIfAbsent("model", from.submission.model());
            return decide(call, new SubmittedForm(fields, List.of(), form.wrongType()), from.id);
        });
    }

    /** Here a submission becomes a job, whatever becomes of the connection that brought it. */
    private Answer decide(Call call, SubmittedForm form, @Nullable String remixedFrom) {
        Accounts.Key key = call.key();
        if (key == null) {
            throw new IllegalStateException("A submission without a key is refused before it is read");
        }
        Answer refusal = rules.gatewayRefusal(key, form, call.requestId());
        if (refusal != null) {
            return refusal;
        }
        Submission submission =
                new Submission(key, form.fields(), form.receivedFiles(), form.firstFrame(), remixedFrom);
        Jobs.Acceptance acceptance = jobs.accept(submission, rules.upstreamRefusal(form));
        Job job = acceptance.job();
        if (job == null) {
            return acceptance.refusal() == null ? Answer.empty(500) : acceptance.refusal();
        }
        log.accepted(call, job);
        return bodies.submitted(job);
    }

    private interface Decision {
        Answer of(SubmittedForm form);
    }

    /** Reads the whole body, then decides at once, on the event loop that brought its last byte. */
    private Mono<Void> receive(Call call, Decision decision) {
        HttpHeaders headers = call.request().requestHeaders();
        Upload upload = new Upload(
                headers.get(HttpHeaderNames.CONTENT_TYPE),
                headers.get(HttpHeaderNames.CONTENT_ENCODING),
                config.maxBodyBytes);
        Fault main = call.faults().main();
        long enough = main != null && main.kind() == Fault.Kind.RESET_MID_READ ? main.bytes() : Long.MAX_VALUE;
        return call.request()
                .receive()
                .doOnNext(upload::offer)
                .takeUntil(bytes -> upload.read() >= enough || upload.isTooLong())
                .then(Mono.fromSupplier(() -> answer(call, upload, decision, enough)))
                .doOnError(e -> interrupted(call))
                .doFinally(end -> upload.close())
                .flatMap(said -> said == RESET ? Wire.end(call.channel(), true) : say(call, said));
    }

    private static final Answer RESET = Answer.empty(0);

    private Answer answer(Call call, Upload upload, Decision decision, long enough) {
        if (upload.read() >= enough) {
            log.write(call, null);
            return RESET;
        }
        if (upload.isTooLong()) {
            return Answer.gatewayError(
                            400,
                            "",
                            "Invalid request: request body exceeds " + (config.maxBodyBytes >> 20) + " MB",
                            call.requestId())
                    .with("Connection", "close");
        }
        try {
            return decision.of(upload.end());
        } catch (MalformedFormException e) {
            return Answer.gatewayError(400, "", "Invalid request: " + e.getMessage(), call.requestId());
        }
    }

    private void interrupted(Call call) {
        ledger.submissionInterrupted();
        log.write(call, null);
    }

    /** An answer before the body was read: what is small is drained, else the connection has to go. */
    private Mono<Void> refuseBody(Call call, Answer answer) {
        long[] drained = new long[1];
        String length = call.request().requestHeaders().get(HttpHeaderNames.CONTENT_LENGTH);
        boolean large = length != null && Long.parseLong(length) > DRAINED;
        if (large) {
            return say(call, answer.with("Connection", "close"));
        }
        return call.request()
                .receive()
                .doOnNext(bytes -> drained[0] += bytes.readableBytes())
                .takeUntil(bytes -> drained[0] > DRAINED)
                .then(Mono.fromSupplier(() -> drained[0] > DRAINED ? answer.with("Connection", "close") : answer))
                .flatMap(said -> say(call, said));
    }

    // What is said, and what comes of it

    private Mono<Void> say(Call call, Answer truth) {
        Fault main = call.faults().main();
        Answer answer = main == null || main.early() ? truth : changed(call, truth, main);
        log.write(call, answer);
        return wire.send(call, answer);
    }

    private Answer changed(Call call, Answer truth, Fault fault) {
        return switch (fault.kind()) {
            case ANSWER -> FaultAnswers.of(fault, call.endpoint(), call.requestId());
            case OVERSIZED -> new Answer(truth.status(), Answer.JSON, new Payload.LongJson(fault.bytes()), List.of());
            case GARBAGE -> Answer.text(truth.status(), Answer.JSON, "{\"id\": \"video_\u0001, oops");
            case REDIRECT -> Answer.empty(fault.status()).with("Location", redirection(call));
            case NO_ID -> withoutId(truth, false);
            case TASK_ID_ONLY -> withoutId(truth, true);
            default -> truth;
        };
    }

    /** To the files origin: where nobody may bring a key, and where nothing is submitted. */
    private String redirection(Call call) {
        Job job = call.endpoint() == Endpoint.CONTENT ? find(call) : null;
        return job != null && clock.now() >= job.visible
                ? links.link(job, links.generation(job, clock.now()))
                : filesOrigin + FilesHandler.REDIRECTED + call.path();
    }

    private static Answer withoutId(Answer truth, boolean asTaskId) {
        String body = truth.bodyText();
        String start = "{\"id\":\"";
        int end = body.indexOf('"', start.length());
        if (truth.status() != 200 || !body.startsWith(start) || end < 0) {
            return truth;
        }
        String id = body.substring(start.length(), end);
        String rest = body.substring(end + 2).replaceFirst("\"task_id\":\"[^\"]*\",", "");
        String changed = asTaskId ? "{\"id\":\"\",\"task_id\":\"" + id + "\"," + rest : "{" + rest;
        return truth.with(Payload.of(changed.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }
}
