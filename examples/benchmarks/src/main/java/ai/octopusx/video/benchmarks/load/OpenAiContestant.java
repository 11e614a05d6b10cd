package ai.octopusx.video.benchmarks.load;

import com.openai.client.OpenAIClientAsync;
import com.openai.client.okhttp.OpenAIOkHttpClientAsync;
import com.openai.models.videos.Video;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The official OpenAI library, which speaks the same protocol, with the loop that it leaves to its user. */
final class OpenAiContestant implements Contestant {

    private final OpenAIClientAsync client;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "timer");
        thread.setDaemon(true);
        return thread;
    });

    /** @param connections not used: its limit of calls is fixed by the library */
    OpenAiContestant(URI gateway, int connections) {
        this.client = OpenAIOkHttpClientAsync.builder()
                .apiKey("sk-benchmark")
                .baseUrl(gateway.resolve("/v1").toString())
                .build();
    }

    @Override
    @SuppressWarnings("deprecation") // the library gave its videos up; they still are what a caller would use
    public void watch(String id, Duration interval, Ended ended) {
        client.videos().retrieve(id).whenComplete((video, error) -> {
            if (error != null) {
                ended.ended(false);
            } else if (video.status().equals(Video.Status.COMPLETED)) {
                ended.ended(true);
            } else {
                timer.schedule(() -> watch(id, interval, ended), interval.toNanos(), TimeUnit.NANOSECONDS);
            }
        });
    }

    @Override
    public void close() {
        timer.shutdownNow();
        client.close();
    }
}
