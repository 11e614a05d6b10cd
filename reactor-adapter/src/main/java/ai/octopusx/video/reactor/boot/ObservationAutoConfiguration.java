package ai.octopusx.video.reactor.boot;

import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Lets the application's observations see the client. A class of its own: it is not read where Micrometer is absent. */
@AutoConfiguration(before = VideoClientAutoConfiguration.class)
@ConditionalOnClass(name = "io.micrometer.observation.ObservationRegistry")
class ObservationAutoConfiguration {

    /** The first to speak, so that any other customizer overrules it. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    VideoClientCustomizer octopusxObservations(ObjectProvider<ObservationRegistry> registry) {
        return builder -> registry.ifUnique(builder::observationRegistry);
    }
}
