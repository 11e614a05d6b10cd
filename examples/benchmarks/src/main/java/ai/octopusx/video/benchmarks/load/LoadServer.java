package ai.octopusx.video.benchmarks.load;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A gateway that costs next to nothing: it finds the id in the request line and answers from prepared bytes. The id tells
 * when the job ends ({@code job-17-1766000000000}: at that moment of the wall clock), so that it keeps no state at all.
 *
 * <p>Prints its port, then, for each line of its input and at its end, how many polls and connections it saw.
 */
final class LoadServer {

    private static final byte[] END_OF_HEAD = "\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

    private final long latencyMillis;
    private final AtomicLong connections = new AtomicLong();
    private final AtomicLong polls = new AtomicLong();

    private LoadServer(long latencyMillis) {
        this.latencyMillis = latencyMillis;
    }

    /** @param args the latency in milliseconds */
    public static void main(String[] args) throws Exception {
        LoadServer server = new LoadServer(Long.parseLong(args[0]));
        var group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Channel channel = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 8192)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel opened) {
                        server.connections.incrementAndGet();
                        opened.pipeline().addLast(server.new Handler());
                    }
                })
                .bind(new InetSocketAddress("127.0.0.1", 0))
                .sync()
                .channel();
        System.out.println(((InetSocketAddress) channel.localAddress()).getPort());
        int asked;
        do {
            asked = System.in.read(); // a line asks for the counters, the end of the input ends it
            System.out.println(server.polls + " " + server.connections);
        } while (asked >= 0);
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    }

    private static byte[] answer(String status, String more) {
        String body = "{\"id\":\"%s\",\"object\":\"video\",\"model\":\"doubao-seedance-1-0-pro_480p\",\"status\":\""
                + status + "\",\"progress\":" + (more.isEmpty() ? 50 : 100)
                + ",\"created_at\":1766000000,\"seconds\":\"5\",\"size\":\"864x480\"" + more + "}";
        return body.getBytes(StandardCharsets.US_ASCII);
    }

    /** Requests have no body, so one ends with its head. A client does not send the next before the answer. */
    private final class Handler extends ChannelInboundHandlerAdapter {

        private static final String FINISHED = ",\"completed_at\":1766000065,\"video_url\":\"http://127.0.0.1/v.mp4\"";

        private final byte[] processing = answer("processing", "");
        private final byte[] completed = answer("completed", FINISHED);
        private ByteBuf head = Unpooled.buffer(1024);

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf bytes = (ByteBuf) message;
            head.writeBytes(bytes);
            bytes.release();
            if (endsWithHead()) {
                String request = head.toString(0, Math.min(head.writerIndex(), 160), StandardCharsets.US_ASCII);
                head.clear();
                polls.incrementAndGet();
                respond(context, request.substring(request.indexOf("/v1/videos/") + 11, request.indexOf(" HTTP")));
            }
        }

        private boolean endsWithHead() {
            int end = head.writerIndex();
            if (end < END_OF_HEAD.length) {
                return false;
            }
            for (int i = 0; i < END_OF_HEAD.length; i++) {
                if (head.getByte(end - END_OF_HEAD.length + i) != END_OF_HEAD[i]) {
                    return false;
                }
            }
            return true;
        }

        private void respond(ChannelHandlerContext context, String id) {
            if (latencyMillis == 0) {
                context.writeAndFlush(answerFor(context, id));
            } else {
                context.executor()
                        .schedule(
                                () -> context.writeAndFlush(answerFor(context, id)),
                                latencyMillis,
                                TimeUnit.MILLISECONDS);
            }
        }

        private ByteBuf answerFor(ChannelHandlerContext context, String id) {
            long endsAt = Long.parseLong(id.substring(id.lastIndexOf('-') + 1));
            byte[] template = System.currentTimeMillis() >= endsAt ? completed : processing;
            int length = template.length - 2 + id.length();
            String status =
                    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: " + length + "\r\n\r\n";
            ByteBuf answer = context.alloc().buffer(status.length() + length);
            answer.writeCharSequence(status, StandardCharsets.US_ASCII);
            answer.writeBytes(template, 0, 7); // {"id":"
            answer.writeCharSequence(id, StandardCharsets.US_ASCII);
            answer.writeBytes(template, 9, template.length - 9);
            return answer;
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            head.release();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
