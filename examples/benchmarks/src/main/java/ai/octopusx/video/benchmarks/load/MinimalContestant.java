package ai.octopusx.video.benchmarks.load;

import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/** The least code that polls with Reactor Netty: a GET, a streaming parse, a delay, again. No safety, no errors, no limits. */
final class MinimalContestant implements Contestant {

    private static final JsonFactory JSON = new JsonFactory();

    private final ConnectionProvider pool;
    private final HttpClient http;

    MinimalContestant(URI gateway, int connections) {
        this.pool = pool("minimal", connections);
        this.http = client(pool, gateway);
    }

    static ConnectionProvider pool(String name, int connections) {
        return ConnectionProvider.builder(name)
                .maxConnections(connections == 0 ? 500 : connections)
                .pendingAcquireMaxCount(-1)
                .build();
    }

    static HttpClient client(ConnectionProvider pool, URI gateway) {
        return HttpClient.create(pool)
                .baseUrl(gateway.toString())
                .headers(headers -> headers.set("Authorization", "Bearer sk-benchmark"));
    }

    @Override
    public void watch(String id, Duration interval, Ended ended) {
        poll(http, id)
                .subscribe(
                        over -> {
                            if (over) {
                                ended.ended(true);
                            } else {
                                again(id, interval, ended);
                            }
                        },
                        error -> ended.ended(false));
    }

    /** Not {@code repeat}, which holds on to all of the last request until the next: 5 KB a job. */
    private void again(String id, Duration interval, Ended ended) {
        if (interval.isZero()) {
            watch(id, interval, ended);
        } else {
            Mono.delay(interval).subscribe(tick -> watch(id, interval, ended));
        }
    }

    /** Whether the job is over. */
    static Mono<Boolean> poll(HttpClient http, String id) {
        return Mono.defer(() -> http.get().uri("/v1/videos/" + id).responseSingle((response, body) -> body.asByteArray()
                .map(MinimalContestant::isOver)));
    }

    static boolean isOver(byte[] body) {
        try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), body)) {
            parser.nextToken();
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken value = parser.nextToken();
                if (name.equals("status")) {
                    return parser.getString().equals("completed");
                }
                if (value.isStructStart()) {
                    parser.skipChildren();
                }
            }
            return false;
        }
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
