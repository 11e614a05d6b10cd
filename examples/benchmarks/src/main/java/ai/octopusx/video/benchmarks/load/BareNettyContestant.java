package ai.octopusx.video.benchmarks.load;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Netty and nothing else: one event loop that owns every connection, every job and the timer, so that nothing has to be
 * guarded. The floor of what is possible here; nobody would want to maintain it.
 */
final class BareNettyContestant implements Contestant {

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final EventLoop loop = group.next();
    private final Bootstrap bootstrap;
    private final String host;
    private final int limit;
    private final Deque<Channel> idle = new ArrayDeque<>();
    private final Deque<Job> waiting = new ArrayDeque<>();
    private int open;

    BareNettyContestant(URI gateway, int connections) {
        this.host = gateway.getAuthority();
        this.limit = connections == 0 ? 500 : connections;
        this.bootstrap = new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .remoteAddress(gateway.getHost(), gateway.getPort())
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        opened.pipeline()
                                .addLast(new HttpClientCodec(), new HttpObjectAggregator(1 << 20), new Connection());
                    }
                });
    }

    private record Job(String id, Duration interval, Ended ended) {}

    @Override
    public void watch(String id, Duration interval, Ended ended) {
        loop.execute(() -> poll(new Job(id, interval, ended)));
    }

    private void poll(Job job) {
        Channel free = idle.pollLast();
        if (free != null) {
            send(free, job);
        } else if (open < limit) {
            open++;
            connect(job);
        } else {
            waiting.add(job);
        }
    }

    private void connect(Job job) {
        bootstrap.connect().addListener(connected -> {
            if (connected.isSuccess()) {
                send(((io.netty.channel.ChannelFuture) connected).channel(), job);
            } else {
                open--;
                job.ended().ended(false);
            }
        });
    }

    private void send(Channel channel, Job job) {
        channel.pipeline().get(Connection.class).job = job;
        DefaultFullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, "/v1/videos/" + job.id());
        request.headers()
                .set(HttpHeaderNames.HOST, host)
                .set(HttpHeaderNames.ACCEPT, "*/*")
                .set(HttpHeaderNames.AUTHORIZATION, "Bearer sk-benchmark");
        channel.writeAndFlush(request, channel.voidPromise());
    }

    private void answered(Channel channel, Job job, boolean over) {
        Job next = waiting.poll();
        if (next != null) {
            send(channel, next);
        } else {
            idle.add(channel);
        }
        if (over) {
            job.ended().ended(true);
        } else if (job.interval().isZero()) {
            poll(job);
        } else {
            loop.schedule(() -> poll(job), job.interval().toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public void close() {
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }

    /** One exchange at a time. */
    private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {

        private @Nullable Job job;

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            byte[] body = new byte[response.content().readableBytes()];
            response.content().readBytes(body);
            Job asked = job;
            job = null;
            if (asked != null) {
                answered(context.channel(), asked, MinimalContestant.isOver(body));
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open--;
            idle.remove(context.channel());
            if (job != null) {
                job.ended().ended(false);
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
