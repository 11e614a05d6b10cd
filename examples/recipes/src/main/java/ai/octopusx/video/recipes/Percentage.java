package ai.octopusx.video.recipes;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import reactor.core.publisher.Flux;

/** For a progress bar. */
final class Percentage {

    private final VideoClient client;

    Percentage(VideoClient client) {
        this.client = client;
    }

    // tag::progress[]
    /** 0 to 100, only growing. Completes at the end, however the job ended. */
    Flux<Integer> progress(DoubaoVideoRequest request) {
        return client.submitAndTrack(request)
                .map(VideoTask::progress)
                .scan(Math::max) // the gateway's number may step back
                .distinctUntilChanged();
    }
    // end::progress[]
}
