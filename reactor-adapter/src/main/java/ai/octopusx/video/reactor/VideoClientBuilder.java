package ai.octopusx.video.reactor;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.wire.RepeatLimits;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/**
 * Collects the settings of a client. Only the key has no default. Not thread-safe; each {@link #build} makes a client with
 * connections of its own.
 */
public final class VideoClientBuilder {

    static final URI DEFAULT_BASE_URL = URI.create("https://octopusx.ai");

    @Nullable
    ApiKey apiKey;

    URI baseUrl = DEFAULT_BASE_URL;
    PollingPolicy polling = Settings.DEFAULT_POLLING;
    Duration trackingDeadline = Duration.ofMinutes(30);
    Duration connectTimeout = Duration.ofSeconds(10);
    Duration submitTimeout = Duration.ofSeconds(120);
    Duration statusTimeout = Duration.ofSeconds(30);
    Duration writeTimeout = Duration.ofSeconds(30);
    Duration downloadIdleTimeout = Duration.ofSeconds(30);
    Duration closeTimeout = Duration.ofSeconds(30);
    int submitAttempts = 5;
    Duration submitPatience = Duration.ofSeconds(45);
    Duration submitBackoff = RepeatLimits.SUBMIT.firstDelay();
    int maxConcurrentSubmissions = 16;
    int maxConcurrentPolls = 1_000;
    int maxConcurrentDownloads = 32;
    double pollsPerSecond = Double.POSITIVE_INFINITY;

    @Nullable
    SubmissionJournal journal;

    Consumer<OrphanedTask> onOrphanedTask = Settings.LOG_ORPHANS;

    @Nullable
    String application;

    final Map<String, String> headers = new LinkedHashMap<>();
    boolean systemProxy;
    boolean http2;
    boolean wiretap;

    @Nullable
    Boolean refusePrivateAddresses;

    UnaryOperator<HttpClient> httpClient = UnaryOperator.identity();

    @Nullable
    LoopResources loopResources;

    /** As is the next, of an optional library: null where it is absent. */
    @Nullable
    ObservationRegistry observationRegistry;

    @Nullable
    MeterRegistry meterRegistry;

    VideoClientBuilder() {}

    /**
     * The key, without {@code Bearer}. It goes to the base URL's origin only and is shown nowhere.
     *
     * @throws IllegalArgumentException if it is blank or holds a space, a control or a non-ASCII character (the message does
     *     not repeat it)
     */
    public VideoClientBuilder apiKey(String apiKey) {
        this.apiKey = ApiKey.fixed(apiKey);
        return this;
    }

    /**
     * Where the key of each request comes from, so that it can be rotated. The Mono must not block; its failure fails the
     * request before anything is sent.
     */
    public VideoClientBuilder apiKey(Supplier<Mono<String>> apiKey) {
        this.apiKey = ApiKey.supplied(apiKey);
        return this;
    }

    /**
     * Where the gateway is; by default {@code https://octopusx.ai}.
     *
     * @throws IllegalArgumentException unless it is an absolute http or https URL without user, query and fragment
     */
    public VideoClientBuilder baseUrl(String baseUrl) {
        this.baseUrl = Settings.checkedBaseUrl(baseUrl);
        return this;
    }

    /** When to ask again; by default what suits a gateway that refreshes its own state every 15 s. */
    public VideoClientBuilder polling(PollingPolicy polling) {
        this.polling = Objects.requireNonNull(polling, "polling");
        return this;
    }

    /** How long a task is watched at most, from the subscription on; by default 30 min. The task goes on. */
    public VideoClientBuilder trackingDeadline(Duration deadline) {
        this.trackingDeadline = Settings.positive("trackingDeadline", deadline);
        return this;
    }

    /**
     * For each step to a connection: the address of its name, the socket, a proxy's consent, TLS; by default 10 s. Nothing was
     * sent when it strikes, so that a submission is tried again. It replaces what {@link #httpClient} sets for TLS and for a proxy.
     */
    public VideoClientBuilder connectTimeout(Duration timeout) {
        this.connectTimeout = Settings.positive("connectTimeout", timeout);
        return this;
    }

    /**
     * For one exchange of a submission from the connection to the end of the answer, also one that ends in the background; by
     * default 120 s, for the gateway answers only after it has asked its vendor. Once bytes have left, the outcome is unknown
     * when it strikes.
     */
    public VideoClientBuilder submitTimeout(Duration timeout) {
        this.submitTimeout = Settings.positive("submitTimeout", timeout);
        return this;
    }

    /** For one reading of a status from the connection to the end of the answer; by default 30 s. */
    public VideoClientBuilder statusTimeout(Duration timeout) {
        this.statusTimeout = Settings.positive("statusTimeout", timeout);
        return this;
    }

    /** How long an upload may make no progress; by default 30 s. */
    public VideoClientBuilder writeTimeout(Duration timeout) {
        this.writeTimeout = Settings.positive("writeTimeout", timeout);
        return this;
    }

    /** How long a download may bring no byte although its subscriber asked for some; by default 30 s. */
    public VideoClientBuilder downloadIdleTimeout(Duration timeout) {
        this.downloadIdleTimeout = Settings.positive("downloadIdleTimeout", timeout);
        return this;
    }

    /** How long closing waits for submissions that are under way; by default 30 s. */
    public VideoClientBuilder closeTimeout(Duration timeout) {
        this.closeTimeout = Settings.positive("closeTimeout", timeout);
        return this;
    }

    /**
     * How often one job is offered to the gateway while it certainly was not taken.
     *
     * @param attempts in all, at least 1; by default 5
     * @param patience from the first attempt to the start of the last; by default 45 s
     */
    public VideoClientBuilder submitAttempts(int attempts, Duration patience) {
        this.submitAttempts = Settings.atLeastOne("submitAttempts", attempts);
        this.submitPatience = Settings.positive("patience", patience);
        return this;
    }

    /** The first pause, at its longest. No option: a test of what happens after it need not wait for it. */
    VideoClientBuilder submitBackoff(Duration first) {
        this.submitBackoff = first;
        return this;
    }

    /** Submissions in flight at once; by default 16. Any number may wait, and they are served in order. */
    public VideoClientBuilder maxConcurrentSubmissions(int submissions) {
        this.maxConcurrentSubmissions = Settings.atLeastOne("maxConcurrentSubmissions", submissions);
        return this;
    }

    /**
     * Polls of watched tasks in flight at once; by default 1,000. Any number may be due, and no more are in flight, and no more
     * connections opened for them, than help. {@code retrieve} has a quarter as many places, and connections, of its own.
     */
    public VideoClientBuilder maxConcurrentPolls(int polls) {
        this.maxConcurrentPolls = Settings.atLeastOne("maxConcurrentPolls", polls);
        return this;
    }

    /** Downloads in flight at once, on connections of their own; by default 32. Any number may wait. */
    public VideoClientBuilder maxConcurrentDownloads(int downloads) {
        this.maxConcurrentDownloads = Settings.atLeastOne("maxConcurrentDownloads", downloads);
        return this;
    }

    /**
     * A budget of polls per second for the whole client; without one by default. When it is short, polls go where news is
     * likeliest, and no job starves: one that is due waits for its poll at most four times as long as the budget needs for
     * all that are due.
     *
     * @param polls more than zero
     */
    public VideoClientBuilder pollsPerSecond(double polls) {
        if (!(polls > 0)) {
            throw new IllegalArgumentException("pollsPerSecond is " + polls + ", allowed is more than zero");
        }
        this.pollsPerSecond = polls;
        return this;
    }

    /** Remembers submissions across a crash; without one by default. */
    public VideoClientBuilder journal(SubmissionJournal journal) {
        this.journal = Objects.requireNonNull(journal, "journal");
        return this;
    }

    /**
     * Hears of jobs that nobody was waiting for any more when they were taken, or when their outcome turned out to be
     * unknown. By default they are logged at WARN. Called on an event loop, which must not be blocked.
     */
    public VideoClientBuilder onOrphanedTask(Consumer<OrphanedTask> handler) {
        this.onOrphanedTask = Objects.requireNonNull(handler, "handler");
        return this;
    }

    /**
     * The application's own name and version, such as {@code studio/2.1}, put in front of the client's in
     * {@code User-Agent}.
     */
    public VideoClientBuilder userAgent(String application) {
        this.application = Settings.checkedHeader("User-Agent", application);
        return this;
    }

    /**
     * A header for every request to the gateway (not for the links of results).
     *
     * @throws IllegalArgumentException if the name or the value holds a character that headers do not allow, if the client
     *     sets the header itself ({@code Authorization}, {@code Content-Type} and so on), or if the header decides whether
     *     answers can be read ({@code Accept-Encoding}, {@code Range}, a condition)
     */
    public VideoClientBuilder header(String name, String value) {
        headers.put(Settings.checkedHeaderName(name), Settings.checkedHeader(name, value));
        return this;
    }

    /**
     * Whether the JVM's proxy properties ({@code https.proxyHost}, {@code http.nonProxyHosts} and so on) are heeded, for the
     * gateway and for the links of results; by default not. They are read when the client is built. Names are then looked up
     * by the proxy, those of hosts that need none by the JVM.
     */
    public VideoClientBuilder systemProxy(boolean systemProxy) {
        this.systemProxy = systemProxy;
        return this;
    }

    /**
     * Whether statuses are read over HTTP/2, many at once on a few connections; by default not. With an https base URL it is
     * negotiated (a gateway without it is asked over HTTP/1.1, on as few connections), with http it is spoken from the first
     * byte (h2c with prior knowledge). Submissions and files stay with HTTP/1.1: whether a byte of a submission has left is
     * certain only where a connection serves one exchange at a time.
     */
    public VideoClientBuilder http2(boolean http2) {
        this.http2 = http2;
        return this;
    }

    /**
     * Whether the bytes of every exchange with the gateway are logged at DEBUG; by default not. The key is masked wherever
     * it stands, also where the gateway repeats it. Prompts and pictures are shown as they are.
     */
    public VideoClientBuilder wiretap(boolean wiretap) {
        this.wiretap = wiretap;
        return this;
    }

    /**
     * Whether links of results that lead to loopback, private or link-local addresses are refused, also after name
     * resolution. By default yes, if the base URL is https and its host is a public one.
     */
    public VideoClientBuilder refusePrivateAddresses(boolean refuse) {
        this.refusePrivateAddresses = refuse;
        return this;
    }

    /**
     * The last word on the HTTP client (a proxy, TLS, a resolver). What the safety rests on is set afterwards and cannot be
     * changed here: no retry by the transport, no redirects, no compressed answers. Names are looked up by the JVM, on threads of
     * the client's own, and behind a proxy by the proxy, unless a resolver is set here. Netty's {@code DefaultAddressResolverGroup} counts
     * as none: it would ask the JVM too, but on the event loop.
     */
    public VideoClientBuilder httpClient(UnaryOperator<HttpClient> customizer) {
        this.httpClient = Objects.requireNonNull(customizer, "customizer");
        return this;
    }

    /** The host's event loops, which closing this client leaves alone; by default it makes its own. */
    public VideoClientBuilder loopResources(LoopResources loopResources) {
        this.loopResources = Objects.requireNonNull(loopResources, "loopResources");
        return this;
    }

    /**
     * Who hears of each exchange with the gateway, by the names of {@link VideoObservation}: timers and spans, as the
     * handlers of the registry make of them. An observation under {@code micrometer.observation} in the subscriber's Reactor
     * context becomes the parent, and what a tracing handler injects ({@code traceparent}) goes with the request, to the
     * gateway only. By default nobody. Needs {@code io.micrometer:micrometer-observation} 1.14 or later.
     */
    public VideoClientBuilder observationRegistry(ObservationRegistry registry) {
        this.observationRegistry = Objects.requireNonNull(registry, "registry");
        return this;
    }

    /**
     * Where the client's figures go: gauges of what is under way and of what waits, and a timer for whole jobs, by the names
     * of {@link VideoMeter}. Clients on one registry are added up. By default nowhere. Needs
     * {@code io.micrometer:micrometer-core} 1.14 or later.
     */
    public VideoClientBuilder meterRegistry(MeterRegistry registry) {
        this.meterRegistry = Objects.requireNonNull(registry, "registry");
        return this;
    }

    /** @throws IllegalStateException if there is no key */
    public VideoClient build() {
        if (apiKey == null) {
            throw new IllegalStateException("apiKey is not set");
        }
        return new DefaultVideoClient(apiKey, new Engine(new Settings(this)));
    }
}
