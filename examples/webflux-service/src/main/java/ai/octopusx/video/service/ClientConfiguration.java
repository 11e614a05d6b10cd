package ai.octopusx.video.service;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoClientBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;

/** The client of the gateway. It is closed, and thereby drained, with the context, while the store is still open. */
@Configuration(proxyBeanMethods = false)
class ClientConfiguration {

    /**
     * What can be set under {@code octopusx.video}.
     *
     * @param apiKey stays in this process: no answer to a browser holds it
     * @param pollInterval a fixed one; without it the client's own policy decides
     * @param trackingDeadline after that a job is let go of until somebody looks at it again; the gateway itself gives up on a
     *     job after 24 h
     */
    @ConfigurationProperties("octopusx.video")
    record ClientSettings(
            @Nullable String apiKey,
            @DefaultValue("https://octopusx.ai") String baseUrl,
            @Nullable Duration pollInterval,
            @DefaultValue("25h") Duration trackingDeadline,
            @DefaultValue("30s") Duration closeTimeout) {

        /** Without the key. */
        @Override
        public String toString() {
            return "ClientSettings[" + baseUrl + "]";
        }
    }

    /** Where the gateway is and with which key it is asked: from the settings, or from the demo's simulator. */
    record Gateway(String baseUrl, String apiKey, @Nullable Duration pollInterval) {

        /** Without the key. */
        @Override
        public String toString() {
            return "Gateway[" + baseUrl + "]";
        }
    }

    @Bean
    @ConditionalOnRealGateway
    Gateway gateway(ClientSettings settings) {
        String key = settings.apiKey();
        if (!StringUtils.hasText(key)) {
            throw new InvalidConfigurationPropertyValueException(
                    "octopusx.video.api-key",
                    key,
                    "There is no key. Set OCTOPUSX_API_KEY, or try the service on its simulator, without a key: run --demo,"
                            + " or spring.profiles.active=demo");
        }
        return new Gateway(settings.baseUrl(), key, settings.pollInterval());
    }

    @Bean
    VideoClient videoClient(Gateway gateway, ClientSettings settings, JobJournal journal, OrphanedJobs orphans) {
        VideoClientBuilder builder = VideoClient.builder()
                .apiKey(gateway.apiKey())
                .baseUrl(gateway.baseUrl())
                .trackingDeadline(settings.trackingDeadline())
                .closeTimeout(settings.closeTimeout())
                .userAgent("octopusx-video-service/0.1")
                .journal(journal)
                .onOrphanedTask(orphans);
        if (gateway.pollInterval() != null) {
            builder.polling(PollingPolicy.fixed(gateway.pollInterval()));
        }
        return builder.build();
    }
}
