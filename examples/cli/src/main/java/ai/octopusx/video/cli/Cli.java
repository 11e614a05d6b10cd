package ai.octopusx.video.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;

/** The command line as a whole: reads the arguments, runs one command, and says how it ended. */
@Command(
        name = "octopusx",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = "Makes videos with the Doubao (Seedance) models of the OctopusX gateway.",
        subcommands = {
            GenerateCommand.class,
            SubmitCommand.class,
            StatusCommand.class,
            TrackCommand.class,
            DownloadCommand.class,
            BatchCommand.class,
            SimulatorCommand.class
        },
        footerHeading = "%nEnvironment:%n",
        footer = {
            "  OCTOPUSX_API_KEY   your key; not needed with --demo",
            "  OCTOPUSX_BASE_URL  the gateway; default: https://octopusx.ai",
            "",
            "Exit codes:",
            "  0    done",
            "  1    the video failed or was cancelled",
            "  2    usage or invalid input; nothing was sent",
            "  3    refused by the gateway",
            "  4    trouble with gateway, network or download that outlasted the retries",
            "  5    deadline reached; the task goes on",
            "  6    the outcome of the submission is unknown; it was not repeated",
            "  130  interrupted",
            "",
            "Try it without a key:  octopusx generate --demo --prompt \"a cat at dawn\""
        })
final class Cli implements Runnable {

    private final Terminal terminal;
    private final Interruption interruption;

    Cli(Terminal terminal, Interruption interruption) {
        this.terminal = terminal;
        this.interruption = interruption;
    }

    Terminal terminal() {
        return terminal;
    }

    Interruption interruption() {
        return interruption;
    }

    /** @return the exit code */
    int run(String... args) {
        PrintWriter out = new PrintWriter(new OutputStreamWriter(terminal.out(), StandardCharsets.UTF_8), true);
        PrintWriter err = new PrintWriter(new OutputStreamWriter(terminal.err(), StandardCharsets.UTF_8), true);
        return new CommandLine(this)
                .setOut(out)
                .setErr(err)
                .setColorScheme(CommandLine.Help.defaultColorScheme(Ansi.OFF))
                .setUsageHelpWidth(Math.max(80, Math.min(terminal.columns(), 120)))
                // Literally: a prompt may start with an @, and may look like an option.
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(this::misused)
                .execute(args);
    }

    private int misused(ParameterException misuse, String[] args) {
        String message = String.valueOf(misuse.getMessage()).replaceAll("\\s*\\R\\s*", " ");
        String command = misuse.getCommandLine().getCommandSpec().qualifiedName();
        Failure failure = Failure.of(new UsageException(message + " (see " + command + " --help)"));
        try (Output output = new Output(terminal, List.of(args).contains("--json"))) {
            output.failure(failure, null);
        }
        return failure.exitCode();
    }

    /** Runs the work of a command and tells what went wrong with it. */
    int running(CommonOptions options, Work work) {
        setLogging(options.verbose);
        try (Output output = new Output(terminal, options.json)) {
            try {
                return work.run(output);
            } catch (Told told) {
                return tell(output, told.failure, told.thrown, options.verbose);
            } catch (Throwable thrown) {
                return tell(output, Failure.of(thrown), thrown, options.verbose);
            }
        }
    }

    private static int tell(Output output, Failure failure, Throwable thrown, boolean verbose) {
        output.close();
        output.failure(failure, null);
        if (verbose) {
            output.trace(thrown);
        }
        return failure.exitCode();
    }

    private static void setLogging(boolean verbose) {
        ((Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME))
                .setLevel(verbose ? Level.INFO : Level.OFF);
        ((Logger) LoggerFactory.getLogger("ai.octopusx")).setLevel(verbose ? Level.DEBUG : Level.OFF);
    }

    /** Without a command. */
    @Override
    public void run() {
        throw new ParameterException(
                new CommandLine(this), "Say what to do: generate, submit, status, track, download, batch or simulator");
    }

    /** What a command does. */
    interface Work {
        int run(Output output) throws Exception;
    }

    /** A failure with all that this program can add to it. */
    static final class Told extends RuntimeException {

        private static final long serialVersionUID = 1L;

        private final transient Failure failure;
        private final transient Throwable thrown;

        Told(Failure failure, Throwable thrown) {
            super(failure.message(), thrown);
            this.failure = failure;
            this.thrown = thrown;
        }
    }
}
