package ai.octopusx.video.service;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.boot.web.server.context.WebServerInitializedEvent;
import org.springframework.context.event.EventListener;

/** Starts the service: on the real gateway, or in the profile {@code demo} on a simulator that it brings along. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class VideoServiceApplication {

    private static final Logger LOG = LoggerFactory.getLogger(VideoServiceApplication.class);

    public static void main(String[] args) {
        SpringApplication.run(VideoServiceApplication.class, args);
    }

    @EventListener
    void opened(WebServerInitializedEvent event) {
        LOG.info("Open http://127.0.0.1:{}/", event.getWebServer().getPort());
    }
}
