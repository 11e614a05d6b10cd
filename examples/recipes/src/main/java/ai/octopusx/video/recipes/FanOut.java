package ai.octopusx.video.recipes;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.reactor.VideoClient;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A thousand prompts, some at a time. */
final class FanOut {

    private static final Logger LOG = LoggerFactory.getLogger(FanOut.class);

    private final VideoClient client;

    FanOut(VideoClient client) {
        this.client = client;
    }

    // tag::fan-out[]
    /** The files as they come. A video that fails is reported, and the others go on. */
    Flux<Path> videos(Flux<String> prompts, Path directory) {
        return prompts.index()
                .flatMap(
                        numbered -> video(numbered.getT2(), directory.resolve(numbered.getT1() + ".mp4")),
                        100); // jobs open at once: how much you want to spend ahead, not what the client can hold
    }

    private Mono<Path> video(String prompt, Path file) {
        return client.generate(DoubaoVideoRequest.textToVideo(prompt))
                .flatMap(task -> client.downloadTo(task, file))
                .onErrorResume(OctopusXException.class, trouble -> {
                    LOG.warn("No {}: {}", file, trouble.getMessage()); // says whether there may be a job, and its id
                    return Mono.empty();
                });
    }
    // end::fan-out[]
}
