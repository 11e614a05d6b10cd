package ai.octopusx.video.service;

/** How far a job is known to have come, as the store keeps it. */
enum JobState {
    /** Checked and noted; no byte has left. Seen by nobody, and gone after a restart. */
    PREPARED,
    /** Its bytes may be on their way. Seen by nobody; {@link #DOUBTFUL} after a restart. */
    SENDING,
    /** Nobody knows whether the gateway took it. Never sent again. */
    DOUBTFUL,
    /** The gateway took it, and it is not over. */
    OPEN,
    /** There is a video. */
    COMPLETED,
    /** There will be no video. */
    FAILED,
    /** Stopped on the gateway's side. */
    CANCELLED,
    /** The gateway took it and does not know it any more. */
    LOST;

    /** Whether it will not change any more. */
    boolean isOver() {
        return this != PREPARED && this != SENDING && this != OPEN;
    }

    /** Whether browsers see it. */
    boolean isVisible() {
        return this != PREPARED && this != SENDING;
    }
}
