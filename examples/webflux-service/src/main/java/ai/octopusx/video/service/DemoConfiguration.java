package ai.octopusx.video.service;

import ai.octopusx.video.reactor.boot.VideoClientCustomizer;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.Outcome;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * With {@code octopusx.demo=true} the service brings its own gateway: no key, no account, no cost. Its jobs take some 12 s, and
 * one whose prompt holds the word {@code forbidden} is withheld in the end, to show what that looks like.
 */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("octopusx.demo")
class DemoConfiguration {

    private static final Duration LIFE = Duration.ofSeconds(12);
    private static final Duration LOOK = Duration.ofMillis(500);

    @Bean
    @ConditionalOnMissingBean
    OctopusXSimulator simulator() {
        return OctopusXSimulator.start(SimulatorConfig.builder()
                .life(LIFE)
                .snapshotInterval(LOOK)
                .outcome(DemoConfiguration::outcome)
                .build());
    }

    private static Outcome outcome(Map<String, String> fields) {
        return fields.getOrDefault("prompt", "").toLowerCase(Locale.ROOT).contains("forbidden")
                ? Outcome.failed(
                        "OutputVideoSensitiveContentDetected", "The generated video was withheld by moderation.")
                : Outcome.completed();
    }

    /** Whatever the properties say: the demo neither needs a key nor goes anywhere. */
    @Bean
    VideoClientCustomizer towardsTheSimulator(OctopusXSimulator simulator) {
        return client -> client.baseUrl(simulator.baseUrl().toString()).apiKey(simulator.apiKey());
    }
}
