package ai.octopusx.video.reactor;

import ai.octopusx.video.DoubaoModel;
import io.micrometer.common.docs.KeyName;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The keys of observations and meters. All but the last two have a handful of values; those two are for spans only. */
public enum VideoKey implements KeyName {

    /** {@code submit}, {@code track}, {@code retrieve} or {@code download}. */
    OPERATION("operation"),

    /** A documented name of {@link DoubaoModel}, {@code other} for any other name, {@code unknown} where nobody told. */
    MODEL("model"),

    /** How it ended; which words there are stands at each observation and meter. */
    OUTCOME("outcome"),

    /** {@code 2xx} to {@code 5xx}, {@code none} where no answer came. */
    STATUS_CLASS("status.class"),

    /** The setting of the builder: {@code maxConcurrentPolls} or {@code pollsPerSecond}. */
    LIMIT("limit"),

    /** The id of the task, where it is known. */
    TASK_ID("task.id"),

    /** The id that the gateway gave the exchange, where it did. */
    REQUEST_ID("request.id");

    private static final Set<String> DOCUMENTED_MODELS =
            DoubaoModel.documented().stream().map(DoubaoModel::wireName).collect(Collectors.toUnmodifiableSet());

    private final String text;

    VideoKey(String text) {
        this.text = text;
    }

    @Override
    public String asString() {
        return text;
    }

    /** A gateway may name anything: what is not documented is one value. */
    static String modelOf(@Nullable String name) {
        if (name == null) {
            return "unknown";
        }
        return DOCUMENTED_MODELS.contains(name) ? name : "other";
    }
}
