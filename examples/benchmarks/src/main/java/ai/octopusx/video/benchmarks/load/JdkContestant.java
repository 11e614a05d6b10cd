package ai.octopusx.video.benchmarks.load;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/** The JDK's own client, a scheduler and databind. */
final class JdkContestant implements Contestant {

    private final HttpClient http = HttpClient.newHttpClient();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "timer");
        thread.setDaemon(true);
        return thread;
    });
    private final JsonMapper json = new JsonMapper();
    private final URI gateway;

    JdkContestant(URI gateway) {
        this.gateway = gateway;
    }

    @Override
    public void watch(String id, Duration interval, Ended ended) {
        HttpRequest request = HttpRequest.newBuilder(gateway.resolve("/v1/videos/" + id))
                .header("Authorization", "Bearer sk-benchmark")
                .build();
        poll(request, interval, ended);
    }

    private void poll(HttpRequest request, Duration interval, Ended ended) {
        http.sendAsync(request, HttpResponse.BodyHandlers.ofByteArray()).whenComplete((response, error) -> {
            if (error != null) {
                ended.ended(false);
            } else if ("completed"
                    .equals(json.readValue(response.body(), Map.class).get("status"))) {
                ended.ended(true);
            } else {
                timer.schedule(() -> poll(request, interval, ended), interval.toNanos(), TimeUnit.NANOSECONDS);
            }
        });
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
