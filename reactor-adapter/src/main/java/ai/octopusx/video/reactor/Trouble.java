package ai.octopusx.video.reactor;

import io.netty.channel.ConnectTimeoutException;
import io.netty.handler.ssl.SslHandshakeTimeoutException;
import java.util.concurrent.TimeoutException;

/** What went wrong on the way. */
final class Trouble {

    private Trouble() {}

    /** Whether a clock of ours ended it, and not the network. */
    static boolean isTimeout(Throwable trouble) {
        return trouble instanceof TimeoutException
                || trouble instanceof io.netty.handler.timeout.TimeoutException
                || trouble instanceof ConnectTimeoutException
                || trouble instanceof SslHandshakeTimeoutException;
    }
}
