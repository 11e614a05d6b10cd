package ai.octopusx.video.simulator;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The third party's storage that signed links point to. It knows nothing of keys, and tells of each that it is shown. */
final class FilesHandler {

    /** Where redirects of API calls lead: nothing is there. */
    static final String REDIRECTED = "/redirected";

    private static final String VIDEOS = "/v/";
    private static final String SUFFIX = ".mp4";

    private final GatewayClock clock;
    private final Accounts accounts;
    private final Jobs jobs;
    private final Clips clips;
    private final SignedLinks links;
    private final FaultBox faults;
    private final SimulatorLedger ledger;
    private final Wire wire;
    private final RequestLog log;
    private final String origin;
    private final AtomicInteger changes = new AtomicInteger();

    FilesHandler(
            GatewayClock clock,
            Accounts accounts,
            Jobs jobs,
            Clips clips,
            SignedLinks links,
            FaultBox faults,
            SimulatorLedger ledger,
            Wire wire,
            RequestLog log,
            String origin) {
        this.clock = clock;
        this.accounts = accounts;
        this.jobs = jobs;
        this.clips = clips;
        this.links = links;
        this.faults = faults;
        this.ledger = ledger;
        this.wire = wire;
        this.log = log;
        this.origin = origin;
    }

    Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
        ledger.requested(Endpoint.FILES, null);
        QueryStringDecoder uri = new QueryStringDecoder(request.uri());
        watch(request, uri.rawPath());
        String id = id(uri.rawPath());
        FaultsNow struck = faults.next(Endpoint.FILES, id, fault -> true);
        Call call = new Call(request, response, Endpoint.FILES, uri.rawPath(), id, "", null, struck, log.start());
        if (struck.isMain(Fault.Kind.RESET_BEFORE_READ)) {
            log.write(call, null);
            return Wire.end(call.channel(), true);
        }
        Answer answer = changed(call, answer(call, uri.parameters()));
        log.write(call, answer);
        return wire.send(call, answer);
    }

    private void watch(HttpServerRequest request, String path) {
        String method = request.method().name();
        for (Map.Entry<String, String> header : request.requestHeaders()) {
            if (header.getKey().equalsIgnoreCase("authorization")) {
                ledger.violated("authorization-at-files-origin", method + " " + path);
            } else if (header.getKey().equalsIgnoreCase("cookie")) {
                ledger.violated("cookie-at-files-origin", method + " " + path);
            } else if (accounts.anyKeyIn(header.getValue())) {
                ledger.violated("key-at-files-origin", "header " + header.getKey() + " of " + method + " " + path);
            }
        }
        if (accounts.anyKeyIn(request.uri())) {
            ledger.violated("key-at-files-origin", "query of " + method + " " + path);
        }
        if (!method.equals("GET") && !method.equals("HEAD")) {
            ledger.violated("submission-at-files-origin", method + " " + path);
        }
    }

    private static String id(String path) {
        return path.startsWith(VIDEOS) && path.endsWith(SUFFIX)
                ? path.substring(VIDEOS.length(), path.length() - SUFFIX.length())
                : "";
    }

    private Answer answer(Call call, Map<String, List<String>> query) {
        String method = call.request().method().name();
        if (!method.equals("GET") && !method.equals("HEAD")) {
            return refused(405, "MethodNotAllowed");
        }
        Job job = jobs.find(call.taskId());
        if (job == null || !job.outcome.hasVideo()) {
            return refused(404, "NoSuchKey");
        }
        return switch (links.judge(job, first(query, "Id"), first(query, "Signature"), clock.now())) {
            case FORGED -> refused(403, "SignatureDoesNotMatch");
            case EXPIRED -> refused(403, "AccessDenied");
            case GOOD -> file(call, job);
        };
    }

    private Answer file(Call call, Job job) {
        HttpHeaders headers = call.request().requestHeaders();
        Clip clip = call.faults().has(Fault.Kind.CHANGE_ETAG)
                ? clips.otherThan(job.clip, changes.incrementAndGet())
                : job.clip;
        return FileAnswers.of(
                clip,
                clock.wall(job.ended),
                headers.get(HttpHeaderNames.RANGE),
                headers.get(HttpHeaderNames.IF_RANGE),
                call.faults());
    }

    private Answer changed(Call call, Answer truth) {
        Fault fault = call.faults().main();
        if (fault == null) {
            return truth;
        }
        return switch (fault.kind()) {
            case ANSWER -> FaultAnswers.of(fault, Endpoint.FILES, "");
            case OVERSIZED -> truth.with(new Payload.LongJson(fault.bytes()));
            case GARBAGE -> Answer.text(200, "video/mp4", "<html>this is no film</html>");
            case REDIRECT ->
                Answer.empty(fault.status())
                        .with("Location", origin + call.request().uri() + "&hop=1");
            default -> truth;
        };
    }

    /** The storage speaks XML. */
    private static Answer refused(int status, String code) {
        return Answer.text(
                status, "application/xml", "<?xml version=\"1.0\"?><Error><Code>" + code + "</Code></Error>");
    }

    private static String first(Map<String, List<String>> query, String name) {
        @Nullable List<String> values = query.get(name);
        return values == null || values.isEmpty() ? "" : values.get(0);
    }
}
