package ai.octopusx.video.recipes;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Each customer pays with a key of his own. */
final class Tenants {

    private final VideoClient client;
    private final Function<String, Mono<String>> vault;

    Tenants(VideoClient client, Function<String, Mono<String>> vault) {
        this.client = client;
        this.vault = vault;
    }

    // tag::tenants[]
    /** One client for all: they share connections, limits and the timer, and never see each other's tasks. */
    Flux<VideoTask> generate(String tenant, DoubaoVideoRequest request) {
        return vault.apply(tenant)
                .map(client::withApiKey) // a small object; make it as often as you like, and close only the client
                // itself
                .flatMapMany(own -> own.submitAndTrack(request));
    }
    // end::tenants[]
}
