package ai.octopusx.video.reactor;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Names and keys as {@link VideoObservation} documents them. Every key is there from the start, as meters need it. */
final class DefaultVideoObservationConvention implements ObservationConvention<VideoObservationContext> {

    private static final Map<VideoObservation, DefaultVideoObservationConvention> ALL =
            new EnumMap<>(VideoObservation.class);

    static {
        for (VideoObservation observation : VideoObservation.values()) {
            ALL.put(observation, new DefaultVideoObservationConvention(observation));
        }
    }

    private final VideoObservation observation;

    private DefaultVideoObservationConvention(VideoObservation observation) {
        this.observation = observation;
    }

    static DefaultVideoObservationConvention of(VideoObservation observation) {
        return Objects.requireNonNull(ALL.get(observation));
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
        return context instanceof VideoObservationContext video && video.observation() == observation;
    }

    @Override
    public String getName() {
        return observation.getName();
    }

    @Override
    public String getContextualName(VideoObservationContext context) {
        return observation.getContextualName();
    }

    @Override
    public KeyValues getLowCardinalityKeyValues(VideoObservationContext context) {
        return KeyValues.of(
                VideoKey.OPERATION.withValue(context.operation()),
                VideoKey.MODEL.withValue(VideoKey.modelOf(context.model())),
                VideoKey.OUTCOME.withValue(orNone(context.outcome())),
                VideoKey.STATUS_CLASS.withValue(context.statusClass()));
    }

    @Override
    public KeyValues getHighCardinalityKeyValues(VideoObservationContext context) {
        return KeyValues.of(
                VideoKey.TASK_ID.withValue(orNone(context.taskId())),
                VideoKey.REQUEST_ID.withValue(orNone(context.requestId())));
    }

    private static String orNone(@Nullable String value) {
        return value == null ? KeyValue.NONE_VALUE : value;
    }
}
