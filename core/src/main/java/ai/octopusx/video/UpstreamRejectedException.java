package ai.octopusx.video;

import java.io.Serial;

/** The gateway's own account at the vendor was refused (401, 403 or 404 in the task shape). Your key is not the cause; only the gateway's operator can mend it. */
public final class UpstreamRejectedException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    /**
     * For a refusal by the vendor that is about the gateway's account there.
     *
     * @param message a sentence for people, without key, prompt and signed link
     * @param answer what is known of it; its request id, task and verdict become those of this exception
     */
    public UpstreamRejectedException(String message, Answer answer) {
        super(message, answer);
    }
}
