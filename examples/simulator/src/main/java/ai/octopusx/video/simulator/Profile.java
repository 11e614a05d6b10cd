package ai.octopusx.video.simulator;

/** Which of the gateway's two adaptors answers for the Doubao models. The documented channel looks like {@link #A}. */
public enum Profile {
    /**
     * Pass-through: the upstream's own body with its id replaced. Ids are {@code video_<uuid>}, a finished task has a
     * {@code video_url}.
     */
    A,
    /**
     * Native: the gateway's own body. Ids are {@code task_} and 32 characters and come twice, the first state is
     * {@code unknown}, the link is in {@code metadata.url}, and size and seconds are left out. Uploaded files are
     * ignored, as the real adaptor ignores them.
     */
    B
}
