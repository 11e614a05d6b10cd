package ai.octopusx.video.reactor.boot;

import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoClientBuilder;
import java.util.concurrent.atomic.AtomicReference;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** An application without a web server, that finds what is on its class path as any other does. */
final class Application {

    static final String KEY = "sk-mine-and-nobody-elses";

    private Application() {}

    static ApplicationContextRunner withoutKey() {
        return new ApplicationContextRunner().withUserConfiguration(Empty.class);
    }

    static ApplicationContextRunner withKey() {
        return withoutKey().withPropertyValues("octopusx.video.api-key=" + KEY);
    }

    /** Our own, and none of Boot's: these must do with whatever is left of the class path. */
    static AutoConfigurations autoConfigurations() {
        return AutoConfigurations.of(
                VideoClientAutoConfiguration.class,
                ObservationAutoConfiguration.class,
                MetricsAutoConfiguration.class,
                Boot3HealthAutoConfiguration.class,
                Boot4HealthAutoConfiguration.class);
    }

    static VideoClientBuilder builder() {
        return VideoClient.builder().apiKey(KEY);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Empty {}

    /** Keeps the builder of which the client is built, to look at it. */
    @Configuration(proxyBeanMethods = false)
    static class Peek {

        final AtomicReference<VideoClientBuilder> builder = new AtomicReference<>();

        @Bean
        @Order(Ordered.LOWEST_PRECEDENCE)
        VideoClientCustomizer peek() {
            return builder::set;
        }
    }
}
