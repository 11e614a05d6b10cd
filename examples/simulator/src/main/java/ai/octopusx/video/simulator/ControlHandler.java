package ai.octopusx.video.simulator;

import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** The simulator's own routes, for tests in other processes: the ledger, and faults while it runs. */
final class ControlHandler {

    static final String PREFIX = "/__simulator/";

    private final SimulatorLedger ledger;
    private final FaultBox faults;

    ControlHandler(SimulatorLedger ledger, FaultBox faults) {
        this.ledger = ledger;
        this.faults = faults;
    }

    Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response, String path) {
        String action = request.method().name() + " " + path.substring(PREFIX.length());
        return switch (action) {
            case "GET ledger" -> say(response, 200, Answer.JSON, ledger.toJson());
            case "POST faults" ->
                request.receive()
                        .aggregate()
                        .asString(StandardCharsets.UTF_8)
                        .defaultIfEmpty("")
                        .flatMap(spec -> add(response, spec));
            case "DELETE faults" -> {
                faults.clear();
                yield say(response, 200, "text/plain", "no faults\n");
            }
            default ->
                say(
                        response,
                        404,
                        "text/plain",
                        "GET " + PREFIX + "ledger, POST " + PREFIX + "faults (" + FaultRule.GRAMMAR + ") or DELETE "
                                + PREFIX + "faults\n");
        };
    }

    private Mono<Void> add(HttpServerResponse response, String spec) {
        try {
            FaultRule.parse(spec).forEach(faults::add);
            return say(response, 200, "text/plain", "added\n");
        } catch (IllegalArgumentException e) {
            return say(response, 400, "text/plain", e.getMessage() + "\n");
        }
    }

    private static Mono<Void> say(HttpServerResponse response, int status, String contentType, String text) {
        return response.status(status)
                .header(HttpHeaderNames.CONTENT_TYPE, contentType)
                .sendString(Mono.just(text))
                .then();
    }
}
