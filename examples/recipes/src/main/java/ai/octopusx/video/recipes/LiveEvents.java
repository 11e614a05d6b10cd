package ai.octopusx.video.recipes;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import java.time.Duration;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/** Many browsers watch one job. */
@RestController
final class LiveEvents {

    private final VideoClient client;

    LiveEvents(VideoClient client) {
        this.client = client;
    }

    // tag::sse[]
    /** However many browsers look at one job: they share one poll loop, and the last to leave stops it. */
    @GetMapping(path = "/videos/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<VideoTask>> events(@PathVariable String id) {
        Flux<ServerSentEvent<VideoTask>> news =
                client.track(id).map(task -> ServerSentEvent.builder(task).build());
        Flux<ServerSentEvent<VideoTask>> heartbeat = Flux.interval(Duration.ofSeconds(15))
                .map(beat -> ServerSentEvent.<VideoTask>builder()
                        .comment("still here")
                        .build());
        return news.mergeWith(heartbeat)
                .takeUntil(event -> event.data() != null && event.data().isTerminal());
    }
    // end::sse[]
}
