package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class OutputTest {

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void theTimeOnTheLiveLineIsThatOfTheWholeRun() {
        PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);
        Terminal terminal =
                new Terminal(InputStream.nullInputStream(), stream, stream, name -> null, true, 100, "octopusx");
        long start = System.nanoTime() - Duration.ofMinutes(65).toNanos();
        try (Output output = new Output(terminal, false, start)) {
            output.progress("batch", 1, 4, "1 saved");
        }

        assertThat(err.toString(StandardCharsets.UTF_8)).contains("1/4 (1:05:").contains("1 saved");
    }
}
