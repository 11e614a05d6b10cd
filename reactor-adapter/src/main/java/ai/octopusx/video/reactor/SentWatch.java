package ai.octopusx.video.reactor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelProgressiveFuture;
import io.netty.channel.ChannelProgressivePromise;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.GenericProgressiveFutureListener;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.netty.Connection;

/**
 * Sits where bytes leave for the socket, below TLS, and asks the exchange in charge for leave before the first of them goes.
 * That makes "nothing was sent" a fact: whoever cancels before that moment wins, whoever cancels after it lets the exchange
 * end. Also notices an upload that makes no progress. One per channel, used on its event loop only.
 */
final class SentWatch extends ChannelDuplexHandler implements ChannelFutureListener {

    private static final String NAME = "octopusx.sent";

    private @Nullable SubmitExchange exchange;
    private @Nullable SubmitExchange begun;
    private long lastProgress;
    private @Nullable Runnable onWritable;

    /** It holds the exchange and all behind it, so it goes with the exchange. */
    private @Nullable Future<?> progressCheck;

    /** At the head of the pipeline: the handlers of TLS and of a proxy come after it. */
    static void install(Channel channel) {
        channel.pipeline().addFirst(NAME, new SentWatch());
    }

    /** From now on, what leaves this channel belongs to the exchange. On the event loop. */
    static void assign(Channel channel, SubmitExchange exchange) {
        SentWatch watch = (SentWatch) channel.pipeline().get(NAME);
        watch.exchange = exchange;
        watch.lastProgress = System.nanoTime();
        watch.expectProgress(channel, exchange, exchange.writeTimeoutNanos());
    }

    /** Tells the body of the present exchange when the channel takes more. On the event loop. */
    static void onWritable(Channel channel, Runnable body) {
        ((SentWatch) channel.pipeline().get(NAME)).onWritable = body;
    }

    /** The exchange is over; the channel may go back to the pool. From any thread. */
    static void release(Channel channel, SubmitExchange exchange) {
        if (channel.eventLoop().isShuttingDown()) {
            return;
        }
        channel.eventLoop().execute(() -> {
            SentWatch watch = (SentWatch) channel.pipeline().get(NAME);
            if (watch != null && watch.exchange == exchange) {
                watch.exchange = null;
                watch.begun = null;
                watch.onWritable = null;
                watch.expectNothing();
            }
        });
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        SubmitExchange current = exchange;
        if (current == null) {
            context.write(message, promise);
        } else if (!context.channel().isActive()) {
            context.write(message, promise); // fails by itself: this byte goes nowhere
        } else if (current.mayLeave()) {
            context.write(message, watched(context, current, promise.unvoid()));
        } else {
            ReferenceCountUtil.release(message);
            // Not by failing the write: the transport would shout about an error that is none.
            Connection.from(context.channel()).dispose();
        }
    }

    private ChannelPromise watched(ChannelHandlerContext context, SubmitExchange current, ChannelPromise promise) {
        if (begun == current) {
            return promise.addListener(this);
        }
        begun = current;
        ChannelProgressivePromise first = context.newProgressivePromise();
        return first.addListener(new FirstWrite(current, promise));
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (onWritable != null && context.channel().isWritable()) {
            onWritable.run();
        }
        context.fireChannelWritabilityChanged();
    }

    @Override
    public void operationComplete(ChannelFuture written) {
        lastProgress = System.nanoTime();
    }

    private void expectProgress(Channel channel, SubmitExchange expected, long nanos) {
        expectNothing();
        progressCheck =
                channel.eventLoop().schedule(() -> checkProgress(channel, expected), nanos, TimeUnit.NANOSECONDS);
    }

    private void expectNothing() {
        if (progressCheck != null) {
            progressCheck.cancel(false);
            progressCheck = null;
        }
    }

    private void checkProgress(Channel channel, SubmitExchange expected) {
        if (exchange != expected || expected.fullySent()) {
            return;
        }
        long left = expected.writeTimeoutNanos() - (System.nanoTime() - lastProgress);
        if (left > 0) {
            expectProgress(channel, expected, left);
        } else {
            expected.stalled();
            channel.close();
        }
    }

    /**
     * The first write of an exchange. If it fails and the socket has taken nothing of it, then nothing was sent: a server that
     * closed an idle connection is noticed so.
     */
    private final class FirstWrite implements GenericProgressiveFutureListener<ChannelProgressiveFuture> {

        private final SubmitExchange written;
        private final ChannelPromise promise;
        private boolean begunToLeave;

        FirstWrite(SubmitExchange written, ChannelPromise promise) {
            this.written = written;
            this.promise = promise;
        }

        @Override
        public void operationProgressed(ChannelProgressiveFuture future, long progress, long total) {
            begunToLeave |= progress > 0;
        }

        @Override
        public void operationComplete(ChannelProgressiveFuture future) {
            lastProgress = System.nanoTime();
            if (future.isSuccess()) {
                promise.trySuccess();
                return;
            }
            if (!begunToLeave) {
                written.bounced();
            }
            promise.tryFailure(future.cause());
        }
    }
}
