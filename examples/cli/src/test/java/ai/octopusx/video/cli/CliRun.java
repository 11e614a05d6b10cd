package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The command line, run in this process with streams and an environment of its own. */
final class CliRun {

    static final String KEY = "sk-test-KEY-1234567890";

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final Interruption interruption = new Interruption();
    private InputStream in = InputStream.nullInputStream();
    private boolean live;

    private CliRun() {}

    static CliRun against(Object baseUrl) {
        return new CliRun().with("OCTOPUSX_BASE_URL", baseUrl.toString()).with("OCTOPUSX_API_KEY", KEY);
    }

    static CliRun withoutEnvironment() {
        return new CliRun();
    }

    CliRun with(String name, String value) {
        environment.put(name, value);
        return this;
    }

    CliRun reading(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    CliRun onTerminal() {
        live = true;
        return this;
    }

    Interruption interruption() {
        return interruption;
    }

    Result run(String... args) {
        Terminal terminal = new Terminal(
                in,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                environment::get,
                live,
                100,
                "octopusx");
        int code = new Cli(terminal, interruption).run(args);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** What a run has said so far. */
    String outSoFar() {
        return out.toString(StandardCharsets.UTF_8);
    }

    /** What a run has said to people so far. */
    String errSoFar() {
        return err.toString(StandardCharsets.UTF_8);
    }

    record Result(int code, String out, String err) {

        Result exits(int expected) {
            assertThat(code).as("exit code; stdout:%n%s%nstderr:%n%s", out, err).isEqualTo(expected);
            return this;
        }

        List<String> lines() {
            return out.lines().toList();
        }

        String lastLine() {
            List<String> lines = lines();
            assertThat(lines).isNotEmpty();
            return lines.get(lines.size() - 1);
        }
    }
}
