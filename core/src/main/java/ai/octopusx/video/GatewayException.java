package ai.octopusx.video;

import java.io.Serial;

/** The gateway or a proxy in front of it is in trouble: 5xx, 408, or an answer that is not the gateway's. It may pass. */
public final class GatewayException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For an answer of a gateway in trouble; as a submission's, its verdict says whether there may be a job all the same.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public GatewayException(String message, Answer answer) {
        super(message, answer);
    }
}
