package ai.octopusx.video.reactor;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.channel.ChannelOperations;

/**
 * The connection of one attempt: whoever ends the attempt, and whenever, gets it closed, and a connection that has gone back
 * to the pool is left alone, for it may be somebody else's by then. Thread-safe.
 */
final class DownloadCall {

    private @Nullable Connection connection;
    private @Nullable Channel channel;
    private boolean bodyTaken;
    private boolean handedOver;
    private boolean ended;
    private volatile @Nullable DownloadTrouble abortedBy;

    /** An answer has come; the one before it, a redirect, is let go. */
    void opened(Connection opened) {
        Connection unwanted;
        synchronized (this) {
            unwanted = ended ? opened : connection;
            if (!ended) {
                connection = opened;
                channel = opened.channel();
            }
        }
        if (unwanted != null) {
            unwanted.dispose();
        }
    }

    /** The bytes of the last answer, to be subscribed once; from then on their subscriber closes the connection. */
    Flux<ByteBuf> body() {
        return Flux.defer(() -> {
            Connection current;
            synchronized (this) {
                current = connection;
                bodyTaken = true;
            }
            return current == null
                    ? Flux.error(new IllegalStateException("There is no answer"))
                    : current.inbound().receive();
        });
    }

    /** The answer goes to somebody who will read it or {@link #end} the call. */
    synchronized void handOver() {
        handedOver = true;
    }

    /** For one who gives up waiting for the answer; it may have come and gone its way. */
    void endUnlessHandedOver() {
        boolean mine;
        synchronized (this) {
            mine = !handedOver;
        }
        if (mine) {
            end();
        }
    }

    /** The attempt is over. Closes the connection of a body that nobody reads. */
    void end() {
        Connection unread;
        synchronized (this) {
            unread = ended || bodyTaken ? null : connection;
            ended = true;
        }
        if (unread != null) {
            unread.dispose();
        }
    }

    /** Ends a body from outside. The trouble reaches the subscriber as the end of the body, in line behind its bytes. */
    void abort(DownloadTrouble why) {
        abortedBy = why;
        Connection current;
        Channel open;
        synchronized (this) {
            current = connection;
            open = channel;
        }
        if (open == null) {
            return;
        }
        try {
            open.eventLoop().execute(() -> {
                boolean stillOurs = ChannelOperations.get(open) == current; // which only the event loop can tell
                if (stillOurs) {
                    open.close();
                }
            });
        } catch (RejectedExecutionException e) {
            // The event loops are gone, and with them all connections.
        }
    }

    @Nullable
    DownloadTrouble abortedBy() {
        return abortedBy;
    }
}
