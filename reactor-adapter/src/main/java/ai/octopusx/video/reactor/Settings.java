package ai.octopusx.video.reactor;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.wire.RepeatLimits;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.netty.http.client.HttpClient;
import reactor.netty.resources.LoopResources;

/** What a client was built with, checked and fixed. Shared by all tenants of one client. */
final class Settings {

    /** The gateway shows news every 15 s or so, the first after some seconds: wire-protocol.md, section 9. */
    static final PollingPolicy DEFAULT_POLLING =
            PollingPolicy.exponential(Duration.ofSeconds(5), Duration.ofSeconds(15), 1.5, 0.2);

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    static final Consumer<OrphanedTask> LOG_ORPHANS = Settings::logOrphan;

    /**
     * Not for the host to set. A compressed, partial or conditional answer to a submission could not be read, which is an
     * unknown outcome of a job that is paid for.
     */
    private static final Set<String> OWN_HEADERS = Set.of(
            "accept",
            "accept-encoding",
            "authorization",
            "connection",
            "content-encoding",
            "content-length",
            "content-range",
            "content-type",
            "expect",
            "host",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "range",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade");

    final URI baseUrl;
    final String origin;
    final PollingPolicy polling;
    final Duration trackingDeadline;
    final Duration connectTimeout;
    final Duration submitTimeout;
    final Duration statusTimeout;
    final Duration writeTimeout;
    final Duration downloadIdleTimeout;
    final Duration closeTimeout;
    final RepeatLimits submitLimits;
    final int maxConcurrentSubmissions;
    final int maxConcurrentPolls;

    /** Of those who call {@code retrieve}: with places of their own they cannot be in the way of what is watched. */
    final int maxConcurrentReads;

    final int maxConcurrentDownloads;
    final double pollsPerSecond;
    final @Nullable SubmissionJournal journal;
    final Consumer<OrphanedTask> onOrphanedTask;
    final @Nullable String application;
    final Map<String, String> headers;
    final boolean systemProxy;
    final boolean http2;
    final boolean wiretap;
    final boolean refusePrivateAddresses;
    final UnaryOperator<HttpClient> httpClient;
    final @Nullable LoopResources loopResources;
    final ExchangeObserver observer;
    final FleetMeter meter;

    Settings(VideoClientBuilder builder) {
        this.baseUrl = builder.baseUrl;
        this.origin = originOf(builder.baseUrl);
        this.polling = builder.polling;
        this.trackingDeadline = builder.trackingDeadline;
        this.connectTimeout = builder.connectTimeout;
        this.submitTimeout = builder.submitTimeout;
        this.statusTimeout = builder.statusTimeout;
        this.writeTimeout = builder.writeTimeout;
        this.downloadIdleTimeout = builder.downloadIdleTimeout;
        this.closeTimeout = builder.closeTimeout;
        this.submitLimits = new RepeatLimits(
                builder.submitAttempts,
                builder.submitPatience,
                firstDelay(builder.submitPatience, builder.submitBackoff),
                RepeatLimits.SUBMIT.maxDelay());
        this.maxConcurrentSubmissions = builder.maxConcurrentSubmissions;
        this.maxConcurrentPolls = builder.maxConcurrentPolls;
        this.maxConcurrentReads = Math.max(1, builder.maxConcurrentPolls / 4);
        this.maxConcurrentDownloads = builder.maxConcurrentDownloads;
        this.pollsPerSecond = builder.pollsPerSecond;
        this.journal = builder.journal;
        this.onOrphanedTask = builder.onOrphanedTask;
        this.application = builder.application;
        this.headers = Map.copyOf(builder.headers);
        this.systemProxy = builder.systemProxy;
        this.http2 = builder.http2;
        this.wiretap = builder.wiretap;
        this.refusePrivateAddresses = builder.refusePrivateAddresses != null
                ? builder.refusePrivateAddresses
                : baseUrl.getScheme().equals("https") && !LinkGuard.isPrivateName(baseUrl.getHost());
        this.httpClient = builder.httpClient;
        this.loopResources = builder.loopResources;
        this.observer = builder.observationRegistry == null
                ? ExchangeObserver.NONE
                : MicrometerObserver.of(builder.observationRegistry, origin);
        this.meter = builder.meterRegistry == null ? FleetMeter.NONE : MicrometerMeter.of(builder.meterRegistry);
    }

    /** Four doublings of it fit into the patience: a short one is not used up by the first pause. */
    private static Duration firstDelay(Duration patience, Duration usual) {
        Duration fitting = patience.dividedBy(16);
        return fitting.compareTo(usual) < 0 ? fitting : usual;
    }

    /** Scheme, host and port as a person would write them: what error messages name, and what the key is bound to. */
    static String originOf(URI url) {
        int port = url.getPort();
        boolean usual = port < 0 || port == (url.getScheme().equals("https") ? 443 : 80);
        return url.getScheme() + "://" + url.getHost() + (usual ? "" : ":" + port);
    }

    private static void logOrphan(OrphanedTask orphan) {
        if (orphan.task() != null) {
            LOG.warn(
                    "Task {} was taken by {}, and its subscriber left before it learned of it; it runs and is paid for{}",
                    orphan.task().id(),
                    orphan.origin(),
                    orphan.reference() == null ? "" : " (reference " + orphan.reference() + ")");
        } else {
            LOG.warn(
                    "A cancelled submission may have been taken by {}; it was not repeated{}",
                    orphan.origin(),
                    orphan.reference() == null ? "" : " (reference " + orphan.reference() + ")",
                    orphan.unknown());
        }
    }

    static URI checkedBaseUrl(String text) {
        URI url;
        try {
            url = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("baseUrl is no URL, allowed is one like https://octopusx.ai");
        }
        boolean web = "https".equalsIgnoreCase(url.getScheme()) || "http".equalsIgnoreCase(url.getScheme());
        boolean bare = url.getRawUserInfo() == null && url.getRawQuery() == null && url.getRawFragment() == null;
        if (!web || url.getHost() == null || !bare) {
            throw new IllegalArgumentException("baseUrl is no plain http or https URL, allowed is one like"
                    + " https://octopusx.ai, without user, query and fragment");
        }
        String path = url.getRawPath();
        String trimmed = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        String lower = url.getScheme().toLowerCase(Locale.ROOT);
        return URI.create(originOf(URI.create(lower + "://" + url.getRawAuthority())) + trimmed);
    }

    static Duration positive(String name, Duration value) {
        if (value.isNegative() || value.isZero()) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is more than zero");
        }
        return value;
    }

    static int atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is 1 or more");
        }
        return value;
    }

    static String checkedHeaderName(String name) {
        if (!Objects.requireNonNull(name, "name").matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
            throw new IllegalArgumentException("A header's name holds a character that headers do not allow");
        }
        if (OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException(
                    "The header " + name + " cannot be added: it is set by the client itself, or"
                            + " decides whether an answer can be read");
        }
        return name;
    }

    static String checkedHeader(String name, String value) {
        if (!Objects.requireNonNull(value, "value").chars().allMatch(c -> c >= ' ' && c < 0x7f)) {
            throw new IllegalArgumentException("The header " + name + " holds a control or a non-ASCII character");
        }
        return value;
    }
}
