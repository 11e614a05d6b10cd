package ai.octopusx.video.simulator;

/** A body that is no form: the gateway says so with 400. */
final class MalformedFormException extends Exception {

    private static final long serialVersionUID = 1;

    MalformedFormException(String message) {
        super(message);
    }
}
