package ai.octopusx.video.recipes;

import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.TrackingTimeoutException;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.TrackOptions;
import ai.octopusx.video.reactor.VideoClient;
import java.time.Duration;
import reactor.core.publisher.Mono;

/** Another model when the first one does not deliver. */
final class Fallback {

    private final VideoClient client;
    private final Duration patience;

    Fallback(VideoClient client, Duration patience) {
        this.client = client;
        this.patience = patience;
    }

    // tag::fallback[]
    /** The better model, or the faster one if that failed, was not taken, or is not ready in time. */
    Mono<VideoTask> generate(String prompt) {
        return client.generate(
                        request(prompt, DoubaoModel.SEEDANCE_1_5_PRO_1080P),
                        TrackOptions.defaults().deadline(patience))
                .onErrorResume(
                        Fallback::asksForAnother,
                        trouble -> client.generate(request(prompt, DoubaoModel.SEEDANCE_1_0_PRO_720P)));
    }

    private static boolean asksForAnother(Throwable trouble) {
        return trouble instanceof VideoFailedException // it was refunded
                || trouble instanceof TrackingTimeoutException // it runs on and is paid for: leave this out to pay once
                || trouble instanceof OctopusXException known
                        && (known.submission() == SubmissionVerdict.REJECTED
                                || known.submission() == SubmissionVerdict.NOT_SENT); // never after UNKNOWN
    }
    // end::fallback[]

    private static DoubaoVideoRequest request(String prompt, DoubaoModel model) {
        return DoubaoVideoRequest.builder().prompt(prompt).model(model).build();
    }
}
