package ai.octopusx.video.benchmarks.load;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/**
 * A gateway that speaks HTTP/1.1 and HTTP/2 with prior knowledge on one port, and on which every job runs for ever. Talks to
 * whoever started it as {@link LoadServer} does.
 */
final class MultiplexingServer {

    private static final byte[] TASK =
            ("{\"id\":\"video_1\",\"object\":\"video\",\"model\":\"doubao-seedance-1-0-pro_480p\","
                            + "\"status\":\"processing\",\"progress\":50,\"created_at\":1766000000,\"seconds\":\"5\",\"size\":\"864x480\"}")
                    .getBytes(StandardCharsets.US_ASCII);

    private MultiplexingServer() {}

    public static void main(String[] args) throws IOException {
        AtomicLong polls = new AtomicLong();
        Set<Object> connections = ConcurrentHashMap.newKeySet();
        DisposableServer server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .protocol(HttpProtocol.H2C, HttpProtocol.HTTP11)
                .handle((request, response) -> {
                    polls.incrementAndGet();
                    request.withConnection(stream -> connections.add(
                            stream.channel().parent() instanceof io.netty.channel.socket.SocketChannel connection
                                    ? connection.id()
                                    : stream.channel().id()));
                    return response.header("Content-Type", "application/json")
                            .header("Content-Length", "" + TASK.length)
                            .sendByteArray(Mono.just(TASK));
                })
                .bindNow();
        System.out.println(server.port());
        int asked;
        do {
            asked = System.in.read(); // a line asks for the counters, the end of the input ends it
            System.out.println(polls + " " + connections.size());
        } while (asked >= 0);
        server.disposeNow();
    }
}
