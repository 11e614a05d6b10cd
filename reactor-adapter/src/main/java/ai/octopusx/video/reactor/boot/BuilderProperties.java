package ai.octopusx.video.reactor.boot;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.reactor.VideoClientBuilder;
import ai.octopusx.video.reactor.boot.VideoClientProperties.Policy;
import ai.octopusx.video.reactor.boot.VideoClientProperties.Polling;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** From the properties to the builder. What was not set is not touched; what is wrong is named by its property. */
final class BuilderProperties {

    static final String PREFIX = "octopusx.video.";
    static final String API_KEY = PREFIX + "api-key";
    static final String JOURNAL_FILE = PREFIX + "journal-file";

    // What the builder and the policies have as defaults, for settings of which only a part was given. A test compares.
    private static final int SUBMIT_ATTEMPTS = 5;
    private static final Duration SUBMIT_PATIENCE = Duration.ofSeconds(45);
    private static final Duration FIRST = Duration.ofSeconds(5);
    private static final Duration MAX = Duration.ofSeconds(15);
    private static final double FACTOR = 1.5;
    private static final double JITTER = 0.2;
    private static final Duration TARGET_DELAY = Duration.ofSeconds(5);

    /** The gateway refreshes its own state about so often. */
    private static final Duration INTERVAL = Duration.ofSeconds(15);

    private BuilderProperties() {}

    /** @throws VideoPropertyException naming the property that is of no use */
    static void apply(VideoClientProperties properties, VideoClientBuilder builder) {
        set("api-key", text(properties.apiKey()), builder::apiKey);
        set("base-url", text(properties.baseUrl()), builder::baseUrl);
        set("polling", properties.polling(), polling -> builder.polling(policy(polling)));
        set("tracking-deadline", properties.trackingDeadline(), builder::trackingDeadline);
        set("connect-timeout", properties.connectTimeout(), builder::connectTimeout);
        set("submit-timeout", properties.submitTimeout(), builder::submitTimeout);
        set("status-timeout", properties.statusTimeout(), builder::statusTimeout);
        set("write-timeout", properties.writeTimeout(), builder::writeTimeout);
        set("download-idle-timeout", properties.downloadIdleTimeout(), builder::downloadIdleTimeout);
        set("close-timeout", properties.closeTimeout(), builder::closeTimeout);
        submitAttempts(properties.submitAttempts(), properties.submitPatience(), builder);
        set("max-concurrent-submissions", properties.maxConcurrentSubmissions(), builder::maxConcurrentSubmissions);
        set("max-concurrent-polls", properties.maxConcurrentPolls(), builder::maxConcurrentPolls);
        set("max-concurrent-downloads", properties.maxConcurrentDownloads(), builder::maxConcurrentDownloads);
        set("polls-per-second", properties.pollsPerSecond(), builder::pollsPerSecond);
        set("user-agent", text(properties.userAgent()), builder::userAgent);
        headers(properties.headers(), builder);
        set("http2", properties.http2(), builder::http2);
        set("system-proxy", properties.systemProxy(), builder::systemProxy);
        set("wiretap", properties.wiretap(), builder::wiretap);
        set("refuse-private-addresses", properties.refusePrivateAddresses(), builder::refusePrivateAddresses);
    }

    /** Blank is what an environment variable that is not set leaves behind. */
    static @Nullable String text(@Nullable String value) {
        return StringUtils.hasText(value) ? value : null;
    }

    private static void submitAttempts(
            @Nullable Integer attempts, @Nullable Duration patience, VideoClientBuilder builder) {
        set("submit-attempts", attempts, some -> builder.submitAttempts(some, SUBMIT_PATIENCE));
        set(
                "submit-patience",
                patience,
                some -> builder.submitAttempts(attempts == null ? SUBMIT_ATTEMPTS : attempts, some));
    }

    private static void headers(@Nullable Map<String, String> headers, VideoClientBuilder builder) {
        if (headers != null) {
            headers.forEach((name, value) -> set("headers." + name, value, text -> builder.header(name, text)));
        }
    }

    private static PollingPolicy policy(Polling polling) {
        Policy policy = polling.policy() == null ? Policy.EXPONENTIAL : polling.policy();
        if (polling.policy() == null && (polling.interval() != null || polling.targetDelay() != null)) {
            throw new IllegalArgumentException("the policy is not set, and exponential has neither interval nor"
                    + " target-delay: set polling.policy to fixed or adaptive");
        }
        return switch (policy) {
            case FIXED -> PollingPolicy.fixed(or(polling.interval(), INTERVAL));
            case EXPONENTIAL ->
                PollingPolicy.exponential(
                        or(polling.first(), FIRST),
                        or(polling.max(), MAX),
                        or(polling.factor(), FACTOR),
                        or(polling.jitter(), JITTER));
            case ADAPTIVE -> PollingPolicy.adaptive(or(polling.targetDelay(), TARGET_DELAY));
        };
    }

    private static <T> T or(@Nullable T value, T otherwise) {
        return value == null ? otherwise : value;
    }

    private static <T> void set(String name, @Nullable T value, Consumer<T> setter) {
        if (value != null) {
            try {
                setter.accept(value);
            } catch (IllegalArgumentException e) {
                throw VideoPropertyException.refused(PREFIX + name, e);
            }
        }
    }
}
