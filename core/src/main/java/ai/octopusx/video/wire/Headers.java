package ai.octopusx.video.wire;

import org.jspecify.annotations.Nullable;

/** The headers of an answer, however the transport keeps them. */
@FunctionalInterface
public interface Headers {

    /** The value of the header of this name, whatever its case; null where there is none. */
    @Nullable
    String value(String name);
}
