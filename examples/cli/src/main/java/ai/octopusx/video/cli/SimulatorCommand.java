package ai.octopusx.video.cli;

import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.Profile;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** Serves a gateway to try things on. */
@Command(
        name = "simulator",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Serves a simulated gateway until it is stopped, and prints how to use it.")
final class SimulatorCommand implements Callable<Integer> {

    @ParentCommand
    @Nullable
    Cli cli;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Option(names = "--port", paramLabel = "P", description = "Port of the gateway. Default: any free one.")
    int port;

    @Option(names = "--files-port", paramLabel = "P", description = "Port of the results. Default: any free one.")
    int filesPort;

    @Option(names = "--host", paramLabel = "H", description = "Address to listen on. Default: 127.0.0.1.")
    @Nullable
    String host;

    @Option(names = "--key", paramLabel = "KEY", description = "A key that is taken; may be given more than once.")
    @Nullable
    List<String> keys;

    @Option(names = "--speed", paramLabel = "X", description = "How many times faster than real. Default: 1.")
    double speed = 1;

    @Option(names = "--seed", paramLabel = "N", description = "Makes lives, outcomes and faults repeatable.")
    @Nullable
    Long seed;

    @Option(names = "--profile", paramLabel = "A|B", description = "Which adaptor of the gateway answers. Default: A.")
    Profile profile = Profile.A;

    @Option(
            names = {"--snapshot", "--snapshot-interval"},
            paramLabel = "D",
            converter = Durations.class,
            description = "How often the gateway refreshes what it tells, in its own time. Default: 15s.")
    @Nullable
    Duration snapshot;

    @Option(
            names = "--life",
            paramLabel = "D",
            converter = Durations.class,
            description = "The same life for each job, in the gateway's time. Default: drawn as in reality.")
    @Nullable
    Duration life;

    @Option(
            names = "--link-life",
            paramLabel = "D",
            converter = Durations.class,
            description = "How long a signed link works, in the gateway's time. Default: 24h.")
    @Nullable
    Duration linkLife;

    @Option(names = "--lenient", description = "Take any model, size and number of seconds.")
    boolean lenient;

    @Option(
            names = "--clip-bytes",
            paramLabel = "N",
            description = "Make each video at least this long. Default: as it is kept.")
    @Nullable
    Long clipBytes;

    @Option(names = "--max-running", paramLabel = "N", description = "Jobs that run at once per model. Default: 10.")
    @Nullable
    Integer maxRunning;

    @Option(names = "--balance", paramLabel = "USD", description = "Dollars on the account. Default: no limit.")
    @Nullable
    BigDecimal balance;

    @Option(
            names = "--faults",
            paramLabel = "SPEC",
            description = "What goes wrong, such as status:429*3,submit:502@0.1; may be given more than once.")
    @Nullable
    List<String> faults;

    @Option(names = "--quiet", description = "No line on stderr for each request that comes in.")
    boolean quiet;

    @Override
    public Integer call() {
        Cli app = Objects.requireNonNull(cli);
        return app.running(common, output -> serve(app, output));
    }

    private int serve(Cli app, Output output) throws InterruptedException {
        try (OctopusXSimulator simulator = start(output)) {
            tell(simulator, output, app.terminal().command());
            app.interruption().awaitInterruption();
            return ExitCode.INTERRUPTED;
        }
    }

    private OctopusXSimulator start(Output output) {
        SimulatorConfig config;
        try {
            config = config(output);
        } catch (IllegalArgumentException e) {
            throw new UsageException(String.valueOf(e.getMessage()), e);
        }
        try {
            return OctopusXSimulator.start(config);
        } catch (RuntimeException e) {
            throw new UsageException(
                    "The simulator cannot listen: " + Failure.unwrapped(e).getMessage(), e);
        }
    }

    private SimulatorConfig config(Output output) {
        SimulatorConfig.Builder builder = SimulatorConfig.builder()
                .port(port)
                .filesPort(filesPort)
                .speed(speed)
                .profile(profile);
        if (host != null) {
            builder.host(host);
        }
        if (keys != null) {
            builder.apiKeys(keys.toArray(String[]::new));
        }
        if (seed != null) {
            builder.seed(seed);
        }
        if (snapshot != null) {
            builder.snapshotInterval(snapshot);
        }
        if (life != null) {
            builder.life(life);
        }
        if (linkLife != null) {
            builder.linkLife(linkLife);
        }
        if (lenient) {
            builder.strict(false);
        }
        if (clipBytes != null) {
            builder.minimumClipBytes(clipBytes);
        }
        if (maxRunning != null) {
            builder.maxRunning(maxRunning);
        }
        if (balance != null) {
            builder.balance(balance);
        }
        if (faults != null) {
            builder.faults(faults.toArray(String[]::new));
        }
        if (!quiet) {
            builder.log(output::aside);
        }
        return builder.build();
    }

    private static void tell(OctopusXSimulator simulator, Output output, String command) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("base_url", simulator.baseUrl().toString());
        members.put("files_url", simulator.filesUrl().toString());
        members.put("api_key", simulator.apiKey());
        output.jsonLine(JsonLine.of(members));
        output.note("""
                The simulated gateway listens on %1$s; its key is %2$s. Ctrl-C stops it.

                  export OCTOPUSX_BASE_URL=%1$s
                  export OCTOPUSX_API_KEY=%2$s
                  %3$s generate --prompt "a cat on a roof at dawn\"""".formatted(simulator.baseUrl(), simulator.apiKey(), command));
    }
}
