package ai.octopusx.video.benchmarks.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * A storage in a process of its own: {@code GET /<bytes>} is answered with an MP4 of that size out of prepared bytes, as
 * fast as the socket takes it. Prints its port, ends when its input does.
 */
final class FileSource {

    private static final int HEAD = 24 + 8 + 16;

    private static final ByteBuffer FILLING = ByteBuffer.allocateDirect(1 << 20);

    private FileSource() {}

    public static void main(String[] args) throws IOException {
        ServerSocketChannel server =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        System.out.println(server.socket().getLocalPort());
        Thread acceptor = new Thread(() -> accept(server), "accept");
        acceptor.setDaemon(true);
        acceptor.start();
        while (System.in.read() >= 0) {
            // until whoever started this is done
        }
    }

    private static void accept(ServerSocketChannel server) {
        while (true) {
            try {
                SocketChannel connection = server.accept();
                Thread thread = new Thread(() -> serve(connection), "serve");
                thread.setDaemon(true);
                thread.start();
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void serve(SocketChannel connection) {
        try (connection) {
            BufferedReader in = new BufferedReader(
                    new InputStreamReader(Channels.newInputStream(connection), StandardCharsets.ISO_8859_1));
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                long size = Long.parseLong(line.split(" ")[1].substring(1));
                while (!line.isEmpty()) {
                    line = in.readLine();
                }
                send(connection, size);
            }
        } catch (IOException e) {
            // the client has what it wanted
        }
    }

    private static void send(SocketChannel connection, long size) throws IOException {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nETag: \"b\"\r\nContent-Length: " + size + "\r\n\r\n";
        ByteBuffer first = ByteBuffer.allocate(head.length() + HEAD)
                .put(head.getBytes(StandardCharsets.ISO_8859_1))
                .putInt(24)
                .put("ftypisom".getBytes(StandardCharsets.ISO_8859_1))
                .put(new byte[12])
                .putInt(8)
                .put("moov".getBytes(StandardCharsets.ISO_8859_1))
                .putInt(1)
                .put("mdat".getBytes(StandardCharsets.ISO_8859_1))
                .putLong(size - 32)
                .flip();
        while (first.hasRemaining()) {
            connection.write(first);
        }
        for (long left = size - HEAD; left > 0; ) {
            ByteBuffer next = FILLING.duplicate();
            next.limit((int) Math.min(next.capacity(), left));
            left -= connection.write(next);
        }
    }
}
