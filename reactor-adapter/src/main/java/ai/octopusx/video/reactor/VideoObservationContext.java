package ai.octopusx.video.reactor;

import ai.octopusx.video.VideoTask;
import io.micrometer.observation.transport.RequestReplySenderContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an exchange under observation: for predicates, filters, handlers and conventions of one's own. The carrier
 * is what the request will bring along; a propagating handler writes into it when the observation starts. The response is the
 * task that an answer brought, null for a download and where none came.
 */
public final class VideoObservationContext extends RequestReplySenderContext<HttpHeaders, VideoTask> {

    private final VideoObservation observation;
    private final ObservedOperation operation;
    private volatile @Nullable String model;
    private volatile @Nullable String taskId;
    private volatile @Nullable String requestId;
    private volatile int status;
    private volatile @Nullable String outcome;

    @SuppressWarnings("this-escape") // as all contexts of this kind
    VideoObservationContext(
            VideoObservation observation,
            ObservedOperation operation,
            @Nullable String model,
            @Nullable String taskId,
            String origin) {
        super((headers, name, value) -> {
            if (headers != null) {
                headers.set(name, value);
            }
        });
        this.observation = observation;
        this.operation = operation;
        this.model = model;
        this.taskId = taskId;
        setCarrier(new DefaultHttpHeaders());
        setRemoteServiceName("octopusx");
        setRemoteServiceAddress(origin);
    }

    /** Which observation it is of. */
    public VideoObservation observation() {
        return observation;
    }

    /** {@code submit}, {@code track}, {@code retrieve} or {@code download}. */
    public String operation() {
        return operation.word();
    }

    /** The model as the request or the gateway names it, null if nobody has: of any cardinality. */
    public @Nullable String model() {
        return model;
    }

    /** Null until it is known: a submission has none before its answer. */
    public @Nullable String taskId() {
        return taskId;
    }

    /** What the gateway calls this exchange, null where it has not said. */
    public @Nullable String requestId() {
        return requestId;
    }

    /** The status of the last answer, 0 as long as there is none. */
    public int status() {
        return status;
    }

    /** How it ended, in the words of {@link VideoObservation}; null while it runs. */
    public @Nullable String outcome() {
        return outcome;
    }

    /** For the key: {@code 2xx} and so on, or {@code none}. */
    String statusClass() {
        int hundreds = status / 100;
        return hundreds >= 1 && hundreds <= 5 ? hundreds + "xx" : "none";
    }

    void status(int status, @Nullable String requestId) {
        this.status = status;
        if (requestId != null) {
            this.requestId = requestId;
        }
    }

    void task(VideoTask task) {
        setResponse(task);
        taskId = task.id();
        if (task.model() != null) {
            model = task.model();
        }
    }

    void outcome(Observed.Outcome ended) {
        outcome = ended.word();
    }
}
