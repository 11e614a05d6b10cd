package ai.octopusx.video.recipes;

import ai.octopusx.video.reactor.VideoClient;
import reactor.core.publisher.Mono;

/** The end of a service. */
final class Shutdown {

    private final VideoClient client;
    private final OpenJobs store;

    Shutdown(VideoClient client, OpenJobs store) {
        this.client = client;
        this.store = store;
    }

    // tag::shutdown[]
    /**
     * Writes down what is being watched, then closes: submissions that are on the wire may end (their callers get the task, or
     * {@code onOrphanedTask} does), everything else stops at once.
     */
    Mono<Void> shutdown() {
        return Mono.defer(() -> store.write(client.watchedTasks())).then(client.closeLater());
    }
    // end::shutdown[]
}
