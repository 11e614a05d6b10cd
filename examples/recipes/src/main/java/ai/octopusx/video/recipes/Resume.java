package ai.octopusx.video.recipes;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import reactor.core.publisher.Flux;

/** After a restart. */
final class Resume {

    private final VideoClient client;
    private final OpenJobs store;

    Resume(VideoClient client, OpenJobs store) {
        this.client = client;
        this.store = store;
    }

    // tag::resume[]
    /** At the start: what was open is watched on, and nothing is submitted again. Emits each task when it has ended. */
    Flux<VideoTask> resume() {
        return store.read() // what task.toJson() wrote; of a bare id, client.track(id)
                .map(VideoTask::parse)
                .flatMap(
                        task -> client.track(task).last(),
                        Integer.MAX_VALUE); // watching costs a few hundred bytes a job
    }
    // end::resume[]
}
