package studio;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import java.time.Duration;

/** Makes a video, and says which modules it has done so with. */
public class Main {

    public static void main(String[] args) {
        try (VideoClient client = VideoClient.builder()
                .baseUrl(args[0])
                .apiKey(args[1])
                .polling(PollingPolicy.fixed(Duration.ofMillis(100)))
                .build()) {
            VideoTask video = client.generate(DoubaoVideoRequest.textToVideo("A paper boat"))
                    .block();
            long bytes = client.download(video)
                    .map(buffer -> (long) buffer.remaining())
                    .reduce(0L, Long::sum)
                    .block();
            System.out.println(video.status() + " " + (bytes > 0) + " "
                    + VideoTask.class.getModule() + " " + client.getClass().getModule());
        }
    }
}
