package ai.octopusx.video.cli;

/** How the program ends: a contract with scripts. */
final class ExitCode {

    static final int DONE = 0;
    /** The video failed or was cancelled. */
    static final int VIDEO_FAILED = 1;
    /** Usage or invalid input; nothing was sent. */
    static final int USAGE = 2;
    /** Refused by the gateway. */
    static final int REFUSED = 3;
    /** Gateway or network trouble that outlasted the retries, or a download that could not be completed. */
    static final int TROUBLE = 4;
    /** The deadline was reached; the task goes on. */
    static final int DEADLINE = 5;
    /** Nobody knows whether the submission was taken. It was not repeated. */
    static final int UNKNOWN = 6;
    /** A fault of this program. */
    static final int DEFECT = 70;

    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
