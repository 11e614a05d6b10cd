package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The language of the rules. */
class FaultRuleTest {

    @Test
    void aRuleHasAPlaceAFaultANumberAndAChance() {
        List<FaultRule> rules = FaultRule.parse(" status:429/e1/retry-after=2*3@0.5 , submit:reset-after-read@.1,");

        assertThat(rules).hasSize(2);
        FaultRule first = rules.get(0);
        assertThat(first.endpoint()).isEqualTo(Endpoint.STATUS);
        assertThat(first.times()).isEqualTo(3);
        assertThat(first.probability()).isEqualTo(0.5);
        assertThat(first.fault()).satisfies(fault -> {
            assertThat(fault.kind()).isEqualTo(Fault.Kind.ANSWER);
            assertThat(fault.status()).isEqualTo(429);
            assertThat(fault.shape()).isEqualTo(Fault.Shape.OPENAI);
            assertThat(fault.retryAfter()).isEqualTo("2");
        });
        assertThat(rules.get(1).times()).isEqualTo(Long.MAX_VALUE);
        assertThat(rules.get(1).fault().reset()).isTrue();
        assertThat(rules.get(1)).hasToString("submit:reset-after-read@.1");
    }

    @Test
    void anywhereIsWhereverItMakesSense() {
        assertThat(FaultRule.parse("any:latency/300ms"))
                .extracting(FaultRule::endpoint)
                .hasSize(4);
        assertThat(FaultRule.parse("any:no-length"))
                .extracting(FaultRule::endpoint)
                .containsExactly(Endpoint.CONTENT, Endpoint.FILES);
    }

    @ParameterizedTest
    @CsvSource({
        "status:oversized, 8388608, 0",
        "status:oversized/64k, 65536, 0",
        "status:oversized/5m, 5242880, 0",
        "files:cut/10, 10, 0",
        "files:drip, 16, 100",
        "files:drip/3/7ms, 3, 7",
        "any:latency, 0, 1000",
        "any:latency/5m, 0, 300000",
        "status:task-not-exist/5s, 0, 5000",
    })
    void numbersMeanWhatTheKindSays(String text, long bytes, long millis) {
        Fault fault = FaultRule.parse(text).get(0).fault();

        assertThat(fault.bytes()).isEqualTo(bytes);
        assertThat(fault.time()).isEqualTo(Duration.ofMillis(millis));
    }

    @Test
    void codesKeepTheirCase() {
        assertThat(FaultRule.parse("submit:400/E2/code=InputImageSensitiveContentDetected")
                        .get(0)
                        .fault()
                        .code())
                .isEqualTo("InputImageSensitiveContentDetected");
    }

    @ParameterizedTest
    @CsvSource({
        "429, write endpoint:kind",
        "nowhere:429, endpoint is submit",
        "status:explode, is none of a status such as 429",
        "status:answer, is none of",
        "status:429/banana, banana' is not understood",
        "status:short, makes no sense at status",
        "files:backwards, makes no sense at files",
        "status:429/accepted, accepted and early are for submit only",
        "submit:answer-lost/early, only an answer by status can be early",
        "status:429@1.5, allowed is 0 to 1",
        "outcome:fails, Unknown outcome",
    })
    void whatIsNotUnderstoodIsExplained(String text, String message) {
        assertThatThrownBy(() -> FaultRule.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", ","})
    void nothingIsNoRule(String text) {
        assertThat(FaultRule.parse(text)).isEmpty();
    }
}
