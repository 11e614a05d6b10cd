package ai.octopusx.video;

import java.io.Serial;

/** The gateway's own account at the vendor was refused (401, 403 or 404 in the task shape). Your key is not the cause; only the gateway's operator can mend it. */
public final class UpstreamRejectedException extends ApiException {

    @Serial
    private static final long serialVersionUID = 1L;

    public UpstreamRejectedException(String message, Answer answer) {
        super(message, answer);
    }
}
