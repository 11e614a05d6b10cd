package ai.octopusx.video;

import java.io.Serial;

/** The gateway or a proxy in front of it is in trouble: 5xx, 408, or an answer that is not the gateway's. It may pass. */
public final class GatewayException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public GatewayException(String message, Answer answer) {
        super(message, answer);
    }
}
