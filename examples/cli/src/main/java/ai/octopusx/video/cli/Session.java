package ai.octopusx.video.cli;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.reactor.InMemorySubmissionJournal;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoClientBuilder;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client of the gateway, and of the simulator if this is a demonstration, for as long as one command runs. */
final class Session implements AutoCloseable {

    static final String DEFAULT_BASE_URL = "https://octopusx.ai";

    /** How long ending the program may take, whatever the exchanges may. */
    private static final Duration LONGEST_CLOSE = Duration.ofSeconds(30);

    private static final Duration SUBMIT_TIMEOUT = Duration.ofSeconds(120);

    /** An exchange that ends by its timeout has to be noted, too, before the client is gone. */
    private static final Duration TO_HEAR_OF_IT = Duration.ofSeconds(1);

    /** A demonstration that a person likes to watch. */
    private static final Duration DEMO_LIFE = Duration.ofSeconds(6);

    private static final Duration DEMO_PACE = Duration.ofMillis(500);

    private final @Nullable OctopusXSimulator simulator;
    private final VideoClient client;
    private final String baseUrl;
    private final InMemorySubmissionJournal submissions = new InMemorySubmissionJournal();

    private Session(
            @Nullable OctopusXSimulator simulator,
            String apiKey,
            String baseUrl,
            @Nullable Duration requestTimeout,
            @Nullable SubmissionJournal journal) {
        this.simulator = simulator;
        this.baseUrl = baseUrl;
        VideoClientBuilder builder = VideoClient.builder()
                .apiKey(apiKey)
                .baseUrl(baseUrl)
                .userAgent("octopusx-cli/" + Version.text())
                .systemProxy(true);
        if (simulator != null) {
            builder.polling(PollingPolicy.fixed(DEMO_PACE));
        }
        if (requestTimeout != null) {
            builder.submitTimeout(requestTimeout).statusTimeout(requestTimeout).downloadIdleTimeout(requestTimeout);
        }
        Duration exchange = requestTimeout == null ? SUBMIT_TIMEOUT : requestTimeout;
        builder.closeTimeout(shorter(exchange.plus(TO_HEAR_OF_IT), LONGEST_CLOSE));
        builder.journal(journal == null ? submissions : journal);
        this.client = builder.build();
    }

    /** @throws UsageException if there is no usable key or address */
    static Session open(
            Terminal terminal, boolean demo, @Nullable Duration requestTimeout, @Nullable SubmissionJournal journal) {
        if (demo) {
            return demo(requestTimeout, journal);
        }
        String apiKey = requireKey(terminal);
        try {
            return new Session(null, apiKey, baseUrl(terminal), requestTimeout, journal);
        } catch (IllegalArgumentException | IllegalStateException e) {
            throw new UsageException(e.getMessage() + " (from OCTOPUSX_API_KEY or OCTOPUSX_BASE_URL)", e);
        }
    }

    /** @throws UsageException if there is none */
    static String requireKey(Terminal terminal) {
        String apiKey = terminal.environment().apply("OCTOPUSX_API_KEY");
        if (apiKey == null || apiKey.isBlank()) {
            throw new UsageException(
                    "OCTOPUSX_API_KEY is not set: put your key there, or try --demo, which needs none");
        }
        return apiKey;
    }

    private static String baseUrl(Terminal terminal) {
        String told = terminal.environment().apply("OCTOPUSX_BASE_URL");
        return told == null || told.isBlank() ? DEFAULT_BASE_URL : told;
    }

    private static Session demo(@Nullable Duration requestTimeout, @Nullable SubmissionJournal journal) {
        OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
                .life(DEMO_LIFE)
                .snapshotInterval(DEMO_PACE)
                .build());
        try {
            return new Session(
                    simulator, simulator.apiKey(), simulator.baseUrl().toString(), requestTimeout, journal);
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
        }
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    VideoClient client() {
        return client;
    }

    String baseUrl() {
        return baseUrl;
    }

    /** What became of the submissions of this session, unless it was given a journal. Final once this is closed. */
    List<SubmissionJournal.Record> submissions() {
        return submissions.records().toCompletableFuture().join();
    }

    /** Waits for submissions that are on their way, bounded. */
    @Override
    public void close() {
        client.close();
        if (simulator != null) {
            simulator.close();
        }
    }
}
