package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What the README shows is what was compiled and run. */
class ReadmeTest {

    private static final Path README = Path.of("README.md");

    @Test
    void itsJUnitExampleIsTheOneThatPasses() throws Exception {
        String example = Files.readString(Path.of("src/test/java/ai/octopusx/video/simulator/VideoShopTest.java"));
        String body = example.substring(example.indexOf("class VideoShopTest"));

        assertThat(Files.readString(README)).contains(body.strip());
    }

    @Test
    void itsFaultsAreUnderstood() throws Exception {
        Pattern fault = Pattern.compile("`((?:submit|status|content|files|any|outcome):[^`]+)`");
        long found = fault.matcher(Files.readString(README))
                .results()
                .peek(match -> assertThat(FaultRule.parse(match.group(1))).isNotEmpty())
                .count();

        assertThat(found).isGreaterThan(40);
    }
}
