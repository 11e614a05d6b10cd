package ai.octopusx.video.cli;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What bounds a single exchange with the gateway. */
final class ExchangeOptions {

    @Option(
            names = "--request-timeout",
            paramLabel = "D",
            converter = Durations.class,
            description =
                    "How long a single exchange may take, also one that goes on in the background (a download: how long"
                            + " it may bring nothing). Default: 120s to submit, 30s to look.")
    @Nullable
    Duration requestTimeout;
}
