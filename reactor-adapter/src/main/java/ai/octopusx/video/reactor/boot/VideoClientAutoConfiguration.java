package ai.octopusx.video.reactor.boot;

import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.reactor.FileSubmissionJournal;
import ai.octopusx.video.reactor.OrphanedTask;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoClientBuilder;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Consumer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;

/** The client of the application, unless it makes one of its own: then none of this is looked at. */
@AutoConfiguration
@ConditionalOnMissingBean(VideoClient.class)
@EnableConfigurationProperties(VideoClientProperties.class)
class VideoClientAutoConfiguration {

    /** Closed, and thereby drained, with the context; before the journal, which is older. */
    @Bean(destroyMethod = "close")
    VideoClient videoClient(
            VideoClientProperties properties,
            ObjectProvider<SubmissionJournal> journal,
            ObjectProvider<Consumer<OrphanedTask>> onOrphanedTask,
            ObjectProvider<VideoClientCustomizer> customizers) {
        VideoClientBuilder builder = VideoClient.builder();
        BuilderProperties.apply(properties, builder);
        journal.ifUnique(builder::journal);
        onOrphanedTask.ifUnique(builder::onOrphanedTask);
        customizers.orderedStream().forEach(customizer -> customizer.customize(builder));
        return built(builder, properties);
    }

    /** Whether a customizer gave the key that the properties do not have shows only here. */
    private static VideoClient built(VideoClientBuilder builder, VideoClientProperties properties) {
        try {
            return builder.build();
        } catch (IllegalStateException e) {
            if (BuilderProperties.text(properties.apiKey()) != null) {
                throw e;
            }
            throw new VideoPropertyException(BuilderProperties.API_KEY, "is not set: " + e.getMessage(), e);
        }
    }

    /** Also for the application, which looks through it for what is open after a restart. */
    @Bean(destroyMethod = "close")
    @ConditionalOnMissingBean(SubmissionJournal.class)
    @Conditional(OnJournalFile.class)
    FileSubmissionJournal submissionJournal(VideoClientProperties properties) {
        Path file = Objects.requireNonNull(properties.journalFile(), "journal-file");
        try {
            return FileSubmissionJournal.open(file);
        } catch (UncheckedIOException e) {
            throw VideoPropertyException.refused(BuilderProperties.JOURNAL_FILE, e);
        }
    }
}
