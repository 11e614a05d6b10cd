package ai.octopusx.video.reactor.boot;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What can be set under {@code octopusx.video}. What is null was not set, and stays as the builder has it. The sentences below
 * are those that editors show; the defaults that they show stand in additional-spring-configuration-metadata.json.
 *
 * @param apiKey Key of the account, without "Bearer". Goes to the base URL only, and is shown nowhere.
 * @param baseUrl Where the gateway is.
 * @param polling When to ask again for the state of a task.
 * @param trackingDeadline How long a task is watched at most. The task goes on.
 * @param connectTimeout For a connection including TLS. Nothing was sent when it strikes.
 * @param submitTimeout For one exchange of a submission, from the connection to the end of the answer.
 * @param statusTimeout For one reading of a status, from the connection to the end of the answer.
 * @param writeTimeout How long an upload may make no progress.
 * @param downloadIdleTimeout How long a download may bring no byte although some were asked for.
 * @param closeTimeout How long closing the context waits for submissions that are under way.
 * @param submitAttempts How often one job is offered to the gateway while it certainly was not taken.
 * @param submitPatience Time from the first such attempt to the start of the last.
 * @param maxConcurrentSubmissions Submissions in flight at once. Any number may wait.
 * @param maxConcurrentPolls Polls of watched tasks in flight at once; retrieve has a quarter as many places of its own. Any number may wait.
 * @param maxConcurrentDownloads Downloads in flight at once, on connections of their own. Any number may wait.
 * @param pollsPerSecond Budget of polls per second for the whole client. Without one, polls are not limited.
 * @param journalFile File that remembers submissions across a crash. Its directory must exist.
 * @param userAgent Name and version of the application, such as studio/2.1, put in front of the client's own.
 * @param headers Headers for every request to the gateway, and not for the links of results.
 * @param http2 Whether statuses are read over HTTP/2, many at once on a few connections.
 * @param systemProxy Whether the proxy properties of the JVM, such as https.proxyHost, are heeded.
 * @param wiretap Whether the bytes of every exchange with the gateway are logged at DEBUG, the key masked.
 * @param refusePrivateAddresses Whether links of results that lead into private networks are refused. By default if the
 *     gateway is a public one on https.
 */
@ConfigurationProperties("octopusx.video")
record VideoClientProperties(
        @Nullable String apiKey,
        @Nullable String baseUrl,
        @Nullable Polling polling,
        @Nullable Duration trackingDeadline,
        @Nullable Duration connectTimeout,
        @Nullable Duration submitTimeout,
        @Nullable Duration statusTimeout,
        @Nullable Duration writeTimeout,
        @Nullable Duration downloadIdleTimeout,
        @Nullable Duration closeTimeout,
        @Nullable Integer submitAttempts,
        @Nullable Duration submitPatience,
        @Nullable Integer maxConcurrentSubmissions,
        @Nullable Integer maxConcurrentPolls,
        @Nullable Integer maxConcurrentDownloads,
        @Nullable Double pollsPerSecond,
        @Nullable Path journalFile,
        @Nullable String userAgent,
        @Nullable Map<String, String> headers,
        @Nullable Boolean http2,
        @Nullable Boolean systemProxy,
        @Nullable Boolean wiretap,
        @Nullable Boolean refusePrivateAddresses) {

    /**
     * {@link ai.octopusx.video.PollingPolicy} as properties.
     *
     * @param policy How the time between two polls of a task is found.
     * @param interval Time between two polls. For the policy "fixed".
     * @param first Time before the second poll. For the policy "exponential".
     * @param max Longest time between two polls. For the policy "exponential".
     * @param factor By how much each pause is longer than the one before, 1 or more. For the policy "exponential".
     * @param jitter Largest part of a pause that chance may take away, 0 to 1. For the policy "exponential".
     * @param targetDelay Mean time between the gateway showing the end of a task and the poll that sees it. For the policy
     *     "adaptive".
     */
    record Polling(
            @Nullable Policy policy,
            @Nullable Duration interval,
            @Nullable Duration first,
            @Nullable Duration max,
            @Nullable Double factor,
            @Nullable Double jitter,
            @Nullable Duration targetDelay) {}

    /** The policies that need no code. */
    enum Policy {
        /** The same time between polls. */
        FIXED,
        /** Growing times between polls. */
        EXPONENTIAL,
        /** Learns how long jobs take, and asks when it is worth it. */
        ADAPTIVE
    }

    /** Nothing of it: the key, and headers that may be secrets too, must not end up in a log. */
    @Override
    public String toString() {
        return "VideoClientProperties[octopusx.video]";
    }
}
