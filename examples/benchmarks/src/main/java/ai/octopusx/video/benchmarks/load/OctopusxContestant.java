package ai.octopusx.video.benchmarks.load;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.TrackOptions;
import ai.octopusx.video.reactor.VideoClient;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/** This client, as it ships. */
final class OctopusxContestant implements Contestant {

    private final VideoClient client;
    private final Map<Duration, TrackOptions> options = new ConcurrentHashMap<>();

    OctopusxContestant(URI gateway, boolean http2) {
        this.client = VideoClient.builder()
                .apiKey("sk-benchmark")
                .baseUrl(gateway.toString())
                .http2(http2)
                .build();
    }

    @Override
    public void watch(String id, Duration interval, Ended ended) {
        TrackOptions every = options.computeIfAbsent(interval, delay -> TrackOptions.defaults()
                .deadline(Duration.ofHours(2))
                .polling(delay.isZero() ? context -> Duration.ZERO : PollingPolicy.fixed(delay)));
        client.track(id, every).subscribe(new Bare(ended));
    }

    @Override
    public void close() {
        client.close();
    }

    /** The least that a subscriber can be. */
    private static final class Bare extends BaseSubscriber<VideoTask> {

        private final Ended ended;

        Bare(Ended ended) {
            this.ended = ended;
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        protected void hookOnComplete() {
            ended.ended(true);
        }

        @Override
        protected void hookOnError(Throwable error) {
            ended.ended(false);
        }
    }
}
