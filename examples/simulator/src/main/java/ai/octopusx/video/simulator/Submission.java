package ai.octopusx.video.simulator;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A form as it arrived, with the key that it came with.
 *
 * @param fields text fields, in the order of their arrival
 * @param firstFrame what the first frame's bytes say about it, if there is one
 */
record Submission(
        Accounts.Key key,
        Map<String, String> fields,
        List<ReceivedFile> files,
        @Nullable ImageHeader firstFrame,
        @Nullable String remixedFrom) {

    String model() {
        return fields.getOrDefault("model", "");
    }

    String prompt() {
        return fields.getOrDefault("prompt", "");
    }

    String size() {
        return fields.getOrDefault("size", "");
    }

    String seconds() {
        return fields.getOrDefault("seconds", "");
    }
}
