package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What stands in the log of one who has turned on DEBUG. */
class ExchangeLogTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String KEY = "sk-secret";
    private static final String PROMPT = "a cat that nobody may know of";
    private static final byte[] VIDEO = Mp4s.video(5_000);

    private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
    private final AtomicInteger polls = new AtomicInteger();
    private RawGateway gateway;
    private Appender<ILoggingEvent> listener;

    @BeforeEach
    void listen() throws IOException {
        gateway = new RawGateway(this::serve);
        listener = new Listener();
        listener.start();
        logger().addAppender(listener);
        logger().setAdditive(false);
        logger().setLevel(Level.DEBUG);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(listener);
        logger().setAdditive(true);
        logger().setLevel(null);
        gateway.close();
    }

    @Test
    void eachExchangeHasALineWithTheTaskAndTheRequest() {
        try (VideoClient client = VideoClient.builder()
                .apiKey(KEY)
                .baseUrl(gateway.url())
                .polling(PollingPolicy.fixed(Duration.ofMillis(10)))
                .build()) {
            VideoTask task =
                    client.generate(DoubaoVideoRequest.textToVideo(PROMPT)).block(PATIENCE);
            client.download(task).blockLast(PATIENCE);
        }

        List<String> lines =
                events.stream().map(ILoggingEvent::getFormattedMessage).toList();
        assertThat(lines).anyMatch(line -> isAbout(line, "POST ", "video_1", "req-submit"));
        assertThat(lines).as("a poll without an answer").anyMatch(line -> isAbout(line, "GET ", "video_1", "NoAnswer"));
        assertThat(lines).anyMatch(line -> isAbout(line, "GET ", "video_1", "req-poll"));
        assertThat(lines).as("a link that is dead").anyMatch(line -> isAbout(line, "HTTP 403", "video_1", "/link.mp4"));
        assertThat(lines).anyMatch(line -> isAbout(line, "HTTP 200", "video_1", "req-download"));
        assertThat(events).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.INFO));
        assertThat(String.join("\n", lines)).doesNotContain(KEY, PROMPT, "s3cr3t");
    }

    private static boolean isAbout(String line, String... things) {
        return List.of(things).stream().allMatch(line::contains);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(VideoClient.class);
    }

    private final class Listener extends AppenderBase<ILoggingEvent> {

        @Override
        protected void append(ILoggingEvent event) {
            events.add(event);
        }
    }

    /** It breaks the connection of the first poll, and gives a link that it refuses. */
    private void serve(RawGateway.Exchange exchange) throws IOException {
        String head = exchange.readHead();
        exchange.take();
        if (head.startsWith("POST ")) {
            exchange.answer(200, "X-Oneapi-Request-Id: req-submit\r\n", task("queued"));
        } else if (head.startsWith("GET /link.mp4")) {
            exchange.answer(403, "{}");
        } else if (head.startsWith("GET /v1/videos/video_1/content")) {
            String headers = "X-Oneapi-Request-Id: req-download\r\n";
            exchange.write(RawGateway.Exchange.head(200, headers, VIDEO.length), VIDEO);
        } else if (polls.getAndIncrement() == 0) {
            exchange.fin();
        } else {
            exchange.answer(200, "X-Oneapi-Request-Id: req-poll\r\n", task("completed"));
        }
    }

    private String task(String status) {
        return "{\"id\":\"video_1\",\"status\":\"" + status + "\",\"progress\":0,\"video_url\":\"" + gateway.url()
                + "/link.mp4?X-Signature=s3cr3t\"}";
    }
}
