package ai.octopusx.video.cli;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.reactor.TrackOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How long and how often to look after a task. */
final class WatchOptions {

    private static final Duration TIMEOUT = Duration.ofMinutes(30);

    @Option(
            names = "--poll-interval",
            paramLabel = "D",
            converter = Durations.class,
            description = "A fixed time between two looks, such as 500ms or 5s. Default: what suits the gateway.")
    @Nullable
    Duration pollInterval;

    @Option(
            names = "--timeout",
            paramLabel = "D",
            converter = Durations.class,
            description = "How long to watch a task; it goes on afterwards. Default: 30m.")
    @Nullable
    Duration timeout;

    TrackOptions toTrackOptions() {
        TrackOptions options = TrackOptions.defaults().deadline(timeout == null ? TIMEOUT : timeout);
        return pollInterval == null ? options : options.polling(PollingPolicy.fixed(pollInterval));
    }
}
