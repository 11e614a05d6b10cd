package ai.octopusx.video.reactor;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.docs.ObservationDocumentation;

/**
 * What a client with an {@link VideoClientBuilder#observationRegistry observation registry} lets others observe. Each has the
 * low-cardinality keys {@link VideoKey#OPERATION}, {@link VideoKey#MODEL}, {@link VideoKey#OUTCOME} and
 * {@link VideoKey#STATUS_CLASS}; {@link VideoKey#TASK_ID} and {@link VideoKey#REQUEST_ID} are for spans. The prompt, the key
 * and the link of a result are told to nobody.
 */
public enum VideoObservation implements ObservationDocumentation {

    /**
     * One {@code POST /v1/videos}, from its connection to the end of its answer: a submission that is repeated is observed
     * once for each attempt. Outcomes: {@code success}, {@code refused} (there is certainly no job), {@code unanswered}
     * (nothing was sent), {@code unknown} (the gateway may have taken the job), {@code cancelled}.
     */
    SUBMIT(
            "octopusx.video.submit",
            "submit video",
            "One POST of a submission, from its connection to the end of its answer"),

    /**
     * One {@code GET /v1/videos/{task_id}}, of a watch or of {@code retrieve}. Outcomes: {@code success}, {@code refused},
     * {@code unreadable}, {@code unanswered}, {@code cancelled}.
     */
    POLL("octopusx.video.poll", "poll video", "One reading of a status"),

    /**
     * One download, from its turn to its last byte, with all its requests. Outcomes: {@code success}, {@code failed},
     * {@code cancelled}; the status class is that of the last answer. Trace headers go to the gateway, never to the host of a
     * link.
     */
    DOWNLOAD("octopusx.video.download", "download video", "One download, from its turn to its last byte");

    private static final KeyName[] LOW = {VideoKey.OPERATION, VideoKey.MODEL, VideoKey.OUTCOME, VideoKey.STATUS_CLASS};
    private static final KeyName[] HIGH = {VideoKey.TASK_ID, VideoKey.REQUEST_ID};

    private final String name;
    private final String contextualName;
    private final String description;

    VideoObservation(String name, String contextualName, String description) {
        this.name = name;
        this.contextualName = contextualName;
        this.description = description;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public String getContextualName() {
        return contextualName;
    }

    /** What it spans, in one line. */
    public String description() {
        return description;
    }

    @Override
    public KeyName[] getLowCardinalityKeyNames() {
        return LOW.clone();
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
        return HIGH.clone();
    }
}
