package ai.octopusx.video.service;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Starts the service: on the real gateway, or with {@code octopusx.demo=true} on a simulator that it brings along. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class VideoServiceApplication {

    public static void main(String[] args) {
        SpringApplication.run(VideoServiceApplication.class, args);
    }
}
