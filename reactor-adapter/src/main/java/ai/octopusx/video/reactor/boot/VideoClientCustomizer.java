package ai.octopusx.video.reactor.boot;

import ai.octopusx.video.reactor.VideoClientBuilder;

/**
 * A bean that has a say in the application's {@link ai.octopusx.video.reactor.VideoClient}: for what no property can express,
 * such as a supplier of keys, an HTTP proxy or the host's event loops. Called once, while the context starts, after the
 * properties and other beans were heeded, in the order of {@code @Order}; so the last one has the last word.
 */
@FunctionalInterface
public interface VideoClientCustomizer {

    /**
     * Changes the settings of the client that is about to be built.
     *
     * @param builder never null; not to be kept, and not to be built
     */
    void customize(VideoClientBuilder builder);
}
