package ai.octopusx.video.benchmarks.load;

import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.core.util.polling.PollResponse;
import com.azure.core.util.polling.PollerFlux;
import java.net.URI;
import java.time.Duration;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.ConnectionProvider;

/** The poller of Azure's libraries, over the same transport as the minimal loop, so that the poller itself is measured. */
final class AzureContestant implements Contestant {

    /** It refuses an interval of zero. */
    private static final Duration SHORTEST = Duration.ofNanos(1_000_000);

    private final ConnectionProvider pool;
    private final HttpClient http;

    AzureContestant(URI gateway, int connections) {
        this.pool = MinimalContestant.pool("azure", connections);
        this.http = MinimalContestant.client(pool, gateway);
    }

    @Override
    public void watch(String id, Duration interval, Ended ended) {
        PollerFlux<Boolean, Boolean> poller = PollerFlux.create(
                interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval,
                start -> Mono.just(new PollResponse<>(LongRunningOperationStatus.IN_PROGRESS, false)),
                context -> MinimalContestant.poll(http, id).map(AzureContestant::response),
                (context, response) -> Mono.error(new UnsupportedOperationException("Nobody cancels a job")),
                context -> Mono.just(true));
        poller.takeUntil(response -> response.getStatus().isComplete())
                .subscribe(response -> {}, error -> ended.ended(false), () -> ended.ended(true));
    }

    private static PollResponse<Boolean> response(boolean over) {
        return new PollResponse<>(
                over ? LongRunningOperationStatus.SUCCESSFULLY_COMPLETED : LongRunningOperationStatus.IN_PROGRESS,
                over);
    }

    @Override
    public void close() {
        pool.dispose();
    }
}
