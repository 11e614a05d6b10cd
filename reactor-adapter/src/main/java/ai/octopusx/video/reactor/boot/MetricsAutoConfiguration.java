package ai.octopusx.video.reactor.boot;

import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Shows the client's figures among the application's. A class of its own: it is not read where Micrometer is absent. */
@AutoConfiguration(before = VideoClientAutoConfiguration.class)
@ConditionalOnClass(name = "io.micrometer.core.instrument.MeterRegistry")
class MetricsAutoConfiguration {

    /** The first to speak, so that any other customizer overrules it. */
    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE)
    VideoClientCustomizer octopusxMeters(ObjectProvider<MeterRegistry> registry) {
        return builder -> registry.ifUnique(builder::meterRegistry);
    }
}
