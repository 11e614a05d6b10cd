package ai.octopusx.video.simulator;

import java.io.PrintStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** The simulator as a program of its own: starts, says how to use it, and writes a line per request until it is stopped. */
public final class SimulatorServer {

    private static final String USAGE = """
            Options of the simulator (each with its default):
              --port N (8080)                --files-port N (any free)     --host ADDRESS (127.0.0.1)
              --key KEY (sk-simulator; may be repeated)
              --speed X (1)                  how many times faster than real the gateway lives
              --seed N (random)              the same seed gives the same lives
              --life D (by model)            the same life for every job, e.g. 10s
              --snapshot D (15s)             how often the gateway looks at its upstream (also --snapshot-interval)
              --link-life D (24h)            how long a signed link works
              --profile A|B (A)              pass-through or native adaptor
              --lenient                      any model, size and number of seconds
              --clip-bytes N (as kept)       makes each video at least this long
              --max-running N (10)           jobs that run at once per model
              --balance USD (no limit)       dollars on the account
              --faults SPEC (none)           e.g. status:429*3,submit:reset-after-read@0.1,outcome:failed@0.2
              --quiet                        no line per request
            Durations read 500ms, 15s, 5m, 24h.
            """;

    private SimulatorServer() {}

    /** Serves until the process is stopped. Ends with status 2 if an option is not understood. */
    public static void main(String[] args) throws InterruptedException {
        PrintStream out =
                new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.out), true, StandardCharsets.UTF_8);
        SimulatorConfig config;
        try {
            config = configure(List.of(args), out::println);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.print(USAGE);
            System.exit(2);
            return;
        }
        try (OctopusXSimulator simulator = OctopusXSimulator.start(config)) {
            out.print(greeting(simulator));
            simulator.awaitClose();
        }
    }

    /** What a person has to know of a simulator that has just started: where it is and how to point a client at it. */
    public static String greeting(OctopusXSimulator simulator) {
        return """
                The simulator serves at %1$s (signed links at %2$s).
                  export OCTOPUSX_BASE_URL=%1$s OCTOPUSX_API_KEY=%3$s
                  curl -H "Authorization: Bearer %3$s" -F model=doubao-seedance-1-5-pro_720p -F prompt="A cat" %1$s/v1/videos
                  curl %1$s/__simulator/ledger
                  curl -d 'status:429*3' %1$s/__simulator/faults
                """.formatted(simulator.baseUrl(), simulator.filesUrl(), simulator.apiKey());
    }

    /**
     * Reads the options of {@link #main}.
     *
     * @param log where a line per request goes, unless {@code --quiet}
     * @throws IllegalArgumentException telling what is not understood
     */
    public static SimulatorConfig configure(List<String> args, Consumer<String> log) {
        SimulatorConfig.Builder config = SimulatorConfig.builder().port(8080);
        boolean quiet = false;
        for (int i = 0; i < args.size(); i++) {
            String option = args.get(i);
            switch (option) {
                case "--quiet" -> quiet = true;
                case "--lenient" -> config.strict(false);
                default -> {
                    if (!option.startsWith("--") || i + 1 == args.size()) {
                        throw new IllegalArgumentException(
                                option.startsWith("--") ? option + " needs a value" : "'" + option + "' is no option");
                    }
                    i++;
                    set(config, option, args.get(i));
                }
            }
        }
        if (!quiet) {
            config.log(log);
        }
        return config.build();
    }

    private static void set(SimulatorConfig.Builder config, String option, String value) {
        try {
            switch (option) {
                case "--port" -> config.port(Integer.parseInt(value));
                case "--files-port" -> config.filesPort(Integer.parseInt(value));
                case "--host" -> config.host(value);
                case "--key" -> config.apiKeys(value);
                case "--speed" -> config.speed(Double.parseDouble(value));
                case "--seed" -> config.seed(Long.parseLong(value));
                case "--life" -> config.life(Durations.parse(value));
                case "--snapshot", "--snapshot-interval" -> config.snapshotInterval(Durations.parse(value));
                case "--link-life" -> config.linkLife(Durations.parse(value));
                case "--profile" -> config.profile(profile(value));
                case "--clip-bytes" -> config.minimumClipBytes(Long.parseLong(value));
                case "--max-running" -> config.maxRunning(Integer.parseInt(value));
                case "--balance" -> config.balance(new BigDecimal(value));
                case "--faults" -> config.faults(value);
                default -> throw new IllegalArgumentException("there is no such option");
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(option + " " + value + " is not a number", e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(option + ": " + e.getMessage(), e);
        }
    }

    private static Profile profile(String text) {
        return switch (text.toUpperCase(Locale.ROOT)) {
            case "A" -> Profile.A;
            case "B" -> Profile.B;
            default -> throw new IllegalArgumentException("'" + text + "' is neither A nor B");
        };
    }
}
