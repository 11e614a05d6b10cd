package ai.octopusx.video.wire;

/** What a request is for. Decides what may be sent again, and how an answer is read. */
public enum Operation {
    SUBMIT,
    RETRIEVE,
    DOWNLOAD
}
