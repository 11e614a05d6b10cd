package ai.octopusx.video.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class QuoteTest {

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource(
            value = {
                "key sk-abcDEF123_-. is bad                  | key sk-*** is bad",
                "(sk-abcDEF123)                              | (sk-***)",
                "SK-ABCDEF                                   | sk-***",
                "Authorization: Bearer abc.def~x             | Authorization: Bearer ***",
                "bearer%20abc                                | bearer ***",
                "\"Bearer abc\"                              | \"Bearer ***\"",
                "https://a.b/c?sig=x&y=z end                 | https://a.b/c?*** end",
                "see <https://a.b/c?sig=x>                   | see <https://a.b/c?***>",
                "{\"u\":\"https:\\/\\/a.b\\/c?sig=x\",\"v\":1} | {\"u\":\"https:\\/\\/a.b\\/c?***\",\"v\":1}",
                "HTTPS://A.B/#token=x                        | HTTPS://A.B/?***",
                "https://a.b/c and http://d.e?x              | https://a.b/c and http://d.e?***",
                "ask-me, risk-free, what? yes                | ask-me, risk-free, what? yes",
                "the bearer of news                          | the bearer *** news",
            },
            delimiter = '|')
    void keysAndQueriesAreMasked(String text, String shown) {
        assertThat(Quote.sentence(text)).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "a\r\n\r\nb", "a\u0000b", "a\u2028b", "a\u202eb", "a\u001b\u0007b", "a\u0085b"})
    void whatForgesLogsIsABlank(String text) {
        assertThat(Quote.sentence(text)).isEqualTo("a b");
    }

    @Test
    void aSentenceIsCutWithoutBreakingAPair() {
        assertThat(Quote.sentence("x".repeat(200))).isEqualTo("x".repeat(200));
        assertThat(Quote.sentence("x".repeat(201))).isEqualTo("x".repeat(200) + "…");
        assertThat(Quote.sentence("x".repeat(199) + "🐈")).isEqualTo("x".repeat(199) + "…");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "é", "猫", "🐈", "a猫"})
    void anExcerptIsAtMostAKilobyteOfWholeCharacters(String character) {
        byte[] body = character.repeat(2_000).getBytes(StandardCharsets.UTF_8);
        String excerpt = Quote.excerpt(body, 0, body.length, List.of());
        String kept = excerpt.substring(0, excerpt.length() - 1);

        assertThat(excerpt).endsWith("…").doesNotContain("\ufffd");
        assertThat(kept.getBytes(StandardCharsets.UTF_8).length).isBetween(1_021, 1_024);
        assertThat(character.repeat(2_000)).startsWith(kept);
    }

    @Test
    void aShortBodyIsAllOfTheExcerptAndAnEmptyOneNone() {
        byte[] body = "xx<html>猫</html>xx".getBytes(StandardCharsets.UTF_8);

        assertThat(Quote.excerpt(body, 2, body.length - 4, List.of())).isEqualTo("<html>猫</html>");
        assertThat(Quote.excerpt(new byte[0], 0, 0, List.of())).isEmpty();
    }

    @Test
    void aSecretThatLiesAcrossTheCutIsNotHalfShown() {
        String body = "x".repeat(1_015) + " sk-" + "s".repeat(100);
        String secret = "topsecret".repeat(30);
        String other = "x".repeat(1_000) + secret;

        assertThat(Quote.excerpt(body.getBytes(StandardCharsets.UTF_8), 0, body.length(), List.of()))
                .doesNotContain("ss");
        assertThat(Quote.excerpt(other.getBytes(StandardCharsets.UTF_8), 0, other.length(), List.of(secret)))
                .doesNotContain("top");
        assertThat(Quote.sentence("y".repeat(190) + secret, List.of(secret))).doesNotContain("top");
    }

    @Test
    void aSecretTooShortToBeOneLeavesOrdinaryWordsWhole() {
        assertThat(Quote.sentence("a cat sat", List.of("cat", ""))).isEqualTo("a cat sat");
    }

    @Test
    void hostileBodiesDoNotTakeLong() {
        for (String part : List.of("http://", "sk-", "bearer ", "http://a?", "\n", "https:\\/\\/", "a")) {
            byte[] body = part.repeat(200_000).getBytes(StandardCharsets.UTF_8);
            long start = cpuTime();
            Quote.excerpt(body, 0, body.length, List.of());

            assertThat(Duration.ofNanos(cpuTime() - start)).as(part).isLessThan(Duration.ofSeconds(3));
        }
    }

    /** Of this thread alone: the machine may have other things to do. */
    private static long cpuTime() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    @Property
    void whateverItIsItBecomesOneBoundedLine(@ForAll @StringLength(max = 600) String text) {
        String shown = Quote.sentence(text);

        assertThat(shown.length()).isLessThanOrEqualTo(201);
        assertThat(shown.chars()).noneMatch(Character::isISOControl);
    }
}
