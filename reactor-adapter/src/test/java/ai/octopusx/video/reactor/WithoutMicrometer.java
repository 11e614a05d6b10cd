package ai.octopusx.video.reactor;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** A program of a user who has never heard of Micrometer. Prints what it did. */
final class WithoutMicrometer {

    static final Duration PATIENCE = Duration.ofSeconds(100);

    static final PollingPolicy SOON = PollingPolicy.fixed(Duration.ofMillis(10));

    private WithoutMicrometer() {}

    public static void main(String[] args) throws Exception {
        System.out.println("micrometer " + isThere("io.micrometer.observation.ObservationRegistry") + " "
                + isThere("io.micrometer.core.instrument.MeterRegistry"));
        try (VideoClient client = VideoClient.builder()
                .apiKey("sk-secret")
                .baseUrl(args[0])
                .polling(SOON)
                .build()) {
            live(client);
            System.out.println("a framework looks at it: "
                    + (client.getClass().getDeclaredMethods().length > 5
                            && VideoClient.class.getMethods().length > 10));
        }
    }

    /** Submit, track, read once, download in both ways. */
    static void live(VideoClient client) throws Exception {
        VideoTask task =
                client.submitAndTrack(DoubaoVideoRequest.textToVideo("p")).blockLast(PATIENCE);
        System.out.println("tracked " + task);
        System.out.println("read " + client.retrieve(task.id()).block(PATIENCE));
        Path file = Files.createTempFile("without", ".mp4");
        try {
            client.downloadTo(task, file).block(PATIENCE);
            System.out.println("saved " + Files.size(file));
        } finally {
            Files.delete(file);
        }
        long streamed = client.download(task)
                .map(java.nio.ByteBuffer::remaining)
                .reduce(0, Integer::sum)
                .block(PATIENCE);
        System.out.println("streamed " + streamed);
    }

    static boolean isThere(String name) {
        try {
            Class.forName(name);
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
