package ai.octopusx.video.reactor.boot;

import ai.octopusx.video.reactor.VideoClient;
import org.springframework.boot.actuate.health.AbstractReactiveHealthIndicator;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnSingleCandidate;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Mono;

/** The health of the gateway, when asked for, in the words of Spring Boot 3: only the package of the types differs. */
@AutoConfiguration(after = VideoClientAutoConfiguration.class)
@ConditionalOnClass(name = "org.springframework.boot.actuate.health.AbstractReactiveHealthIndicator")
@ConditionalOnSingleCandidate(VideoClient.class)
@ConditionalOnProperty(name = "management.health.octopusx.enabled", havingValue = "true")
class Boot3HealthAutoConfiguration {

    @Bean
    Indicator octopusxHealthIndicator(VideoClient client) {
        return new Indicator(client);
    }

    static final class Indicator extends AbstractReactiveHealthIndicator {

        private final VideoClient client;

        Indicator(VideoClient client) {
            super("The gateway does not answer as it should");
            this.client = client;
        }

        @Override
        protected Mono<Health> doHealthCheck(Health.Builder builder) {
            return GatewayProbe.ask(client)
                    .then(Mono.fromSupplier(() -> builder.up().build()));
        }
    }
}
