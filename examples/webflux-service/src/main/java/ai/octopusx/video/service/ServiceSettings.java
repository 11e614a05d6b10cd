package ai.octopusx.video.service;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * What can be set under {@code octopusx.service}.
 *
 * @param uploads where pictures lie between the browser and the gateway; emptied at every start
 * @param maxImageSize the largest picture that is taken
 * @param maxPromptLength the longest prompt that is taken, in characters
 * @param heartbeat how often a quiet event stream says that it is alive, so that no proxy takes it for dead
 * @param listLimit the most jobs that the list shows, the newest ones
 * @param hosts the names under which browsers know it, without ports, besides those of this machine; if there are none, any will
 *     do, unless it listens on this machine only
 */
@ConfigurationProperties("octopusx.service")
record ServiceSettings(
        @DefaultValue("data/uploads") Path uploads,
        @DefaultValue("30MB") DataSize maxImageSize,
        @DefaultValue("4000") int maxPromptLength,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("100") int listLimit,
        @DefaultValue List<String> hosts) {}
