package ai.octopusx.video.recipes;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/** Blocking code on threads that cost nothing. */
final class VirtualThreads {

    private final VideoClient client;

    VirtualThreads(VideoClient client) {
        this.client = client;
    }

    // tag::virtual-threads[]
    /** On JDK 21 or newer: {@code block()} parks a virtual thread, and the event loops go on. */
    List<Future<Path>> videos(List<String> prompts, Path directory) throws InterruptedException {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.invokeAll(IntStream.range(0, prompts.size())
                    .<Callable<Path>>mapToObj(i -> () -> video(prompts.get(i), directory.resolve(i + ".mp4")))
                    .toList());
        }
    }

    private Path video(String prompt, Path file) {
        VideoTask task = client.generate(DoubaoVideoRequest.textToVideo(prompt)).blockOptional().orElseThrow();
        return client.downloadTo(task, file).blockOptional().orElseThrow();
    }
    // end::virtual-threads[]
}
