package ai.octopusx.video;

/** What is known of the job when a submission failed. Only {@link #UNKNOWN} leaves a doubt about the money. */
public enum SubmissionVerdict {
    /** No byte of the request left: there is no job. Submitting again is safe. */
    NOT_SENT,
    /** The gateway refused it: there is no job. Submitting again is safe, useful only once the cause is mended. */
    REJECTED,
    /** Bytes went out and no readable answer came back: there may be a job, and it may have been charged. */
    UNKNOWN
}
