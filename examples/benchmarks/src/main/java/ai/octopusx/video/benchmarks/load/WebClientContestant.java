package ai.octopusx.video.benchmarks.load;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The recipe that one finds for polling with Spring's WebClient. */
final class WebClientContestant implements Contestant {

    private static final ParameterizedTypeReference<Map<String, Object>> JSON = new ParameterizedTypeReference<>() {};

    private final WebClient http;

    WebClientContestant(URI gateway, int connections) {
        HttpClient transport = connections == 0
                ? HttpClient.create()
                : HttpClient.create(ConnectionProvider.builder("webclient")
                        .maxConnections(connections)
                        .pendingAcquireMaxCount(-1)
                        .build());
        this.http = WebClient.builder()
                .clientConnector(new ReactorClientHttpConnector(transport))
                .baseUrl(gateway.toString())
                .defaultHeader("Authorization", "Bearer sk-benchmark")
                .build();
    }

    @Override
    public void watch(String id, Duration interval, Ended ended) {
        Mono<Map<String, Object>> poll =
                http.get().uri("/v1/videos/{id}", id).retrieve().bodyToMono(JSON);
        poll.filter(task -> "completed".equals(task.get("status")))
                .repeatWhenEmpty(
                        Integer.MAX_VALUE, rounds -> interval.isZero() ? rounds : rounds.delayElements(interval))
                .subscribe(task -> ended.ended(true), error -> ended.ended(false));
    }

    @Override
    public void close() {}
}
