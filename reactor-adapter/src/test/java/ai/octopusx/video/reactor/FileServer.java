package ai.octopusx.video.reactor;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * A server on a bare socket that does what a test tells it, request by request, down to where the connection breaks. The
 * last answer of the script is not repeated: a request too many is answered with 599 and remembered.
 */
final class FileServer implements AutoCloseable {

    private final ServerSocket socket;
    private final boolean secure;
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "file-server");
        thread.setDaemon(true);
        return thread;
    });
    private final Future<?> acceptor;
    private final List<Socket> connections = new CopyOnWriteArrayList<>();
    private final BlockingQueue<Function<Request, Reply>> script = new LinkedBlockingQueue<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private volatile Function<Request, Reply> always;
    private volatile int unexpected;

    FileServer() throws IOException {
        this(false);
    }

    private FileServer(boolean secure) throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        this.secure = secure;
        this.socket =
                secure ? Tls.sockets().createServerSocket(0, 1_000, loopback) : new ServerSocket(0, 1_000, loopback);
        this.acceptor = threads.submit(this::accept);
    }

    /** One with a certificate that nobody trusts. */
    static FileServer secure() throws IOException {
        return new FileServer(true);
    }

    /** What a client asked. */
    record Request(String method, String target, Map<String, String> headers) {

        String header(String name) {
            return headers.get(name);
        }
    }

    /** An answer, and what becomes of the connection. */
    static final class Reply {

        private int status = 200;
        private final Map<String, String> headers = new LinkedHashMap<>();
        private byte[] body = new byte[0];
        private boolean lengthSaid = true;
        private boolean chunked;
        private boolean terminated = true;
        private int cut = Integer.MAX_VALUE;
        private boolean reset;
        private CountDownLatch pause;
        private int pauseAfter;
        private Runnable sent = () -> {};

        static Reply of(int status) {
            Reply reply = new Reply();
            reply.status = status;
            return reply;
        }

        static Reply video(byte[] body) {
            return of(200).header("Content-Type", "video/mp4").body(body);
        }

        Reply header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        Reply body(byte[] bytes) {
            body = bytes;
            return this;
        }

        Reply body(String text) {
            return body(text.getBytes(StandardCharsets.UTF_8));
        }

        /** Neither a length nor chunks: the end of the connection is the end of the body. */
        Reply untilClosed() {
            lengthSaid = false;
            return this;
        }

        Reply chunked() {
            lengthSaid = false;
            chunked = true;
            return this;
        }

        /** Closes the connection after so many bytes of the body; with chunks, without the last one. */
        Reply cutAfter(int bytes) {
            cut = bytes;
            terminated = false;
            return this;
        }

        /** Ends the body after so many bytes as if that were all. */
        Reply shortenedTo(int bytes) {
            cut = bytes;
            return this;
        }

        Reply reset() {
            reset = true;
            return this;
        }

        /** Is told when the last byte of the body has gone into the socket. */
        Reply whenSent(Runnable told) {
            sent = told;
            return this;
        }

        /** Stops after so many bytes until the latch is released. */
        Reply pauseAfter(int bytes, CountDownLatch until) {
            pauseAfter = bytes;
            pause = until;
            return this;
        }
    }

    /** The next requests get these answers, one each. */
    FileServer then(Reply... replies) {
        for (Reply reply : replies) {
            script.add(request -> reply);
        }
        return this;
    }

    FileServer then(Function<Request, Reply> answer) {
        script.add(answer);
        return this;
    }

    /** What every request gets for which there is no other answer. */
    FileServer always(Function<Request, Reply> answer) {
        always = answer;
        return this;
    }

    /** The answer of a storage that knows ranges and validators. */
    static Function<Request, Reply> storage(byte[] file, String etag) {
        return request -> {
            String range = request.header("Range");
            String ifRange = request.header("If-Range");
            Reply reply =
                    range == null || (ifRange != null && !ifRange.equals(etag)) ? Reply.video(file) : part(file, range);
            return etag == null ? reply : reply.header("ETag", etag);
        };
    }

    /** A 206 for a range such as {@code bytes=5-} or {@code bytes=5-9}. */
    static Reply part(byte[] file, String range) {
        String[] ends = range.substring("bytes=".length()).split("-", -1);
        int first = Integer.parseInt(ends[0]);
        int last = ends[1].isEmpty() ? file.length - 1 : Math.min(Integer.parseInt(ends[1]), file.length - 1);
        if (first >= file.length) {
            return Reply.of(416).header("Content-Range", "bytes */" + file.length);
        }
        return Reply.of(206)
                .header("Content-Type", "video/mp4")
                .header("Content-Range", "bytes " + first + "-" + last + "/" + file.length)
                .body(Arrays.copyOfRange(file, first, last + 1));
    }

    String url(String path) {
        return (secure ? "https" : "http") + "://127.0.0.1:" + socket.getLocalPort() + path;
    }

    int port() {
        return socket.getLocalPort();
    }

    List<Request> requests() {
        return requests;
    }

    /** One header of each request so far, {@code -} where there was none. */
    List<String> headers(String name) {
        List<String> values = new ArrayList<>();
        requests.forEach(request -> values.add(request.headers().getOrDefault(name, "-")));
        return values;
    }

    List<String> targets() {
        return requests.stream().map(Request::target).toList();
    }

    /** Waits for so many requests in all. */
    void awaitRequests(int count) throws InterruptedException {
        for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); requests.size() < count; ) {
            if (System.nanoTime() > end) {
                throw new AssertionError(requests.size() + " of " + count + " requests came");
            }
            Thread.onSpinWait();
        }
    }

    int unexpected() {
        return unexpected;
    }

    int openConnections() {
        connections.removeIf(Socket::isClosed);
        return connections.size();
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                Socket connection = socket.accept();
                connections.add(connection);
                threads.execute(() -> serve(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket connection) {
        try (connection) {
            InputStream in = connection.getInputStream();
            OutputStream out = new BufferedOutputStream(connection.getOutputStream(), 32 * 1024);
            for (Request request = read(in); request != null; request = read(in)) {
                requests.add(request);
                Function<Request, Reply> answer = script.poll();
                if (answer == null) {
                    answer = always;
                }
                if (answer == null) {
                    unexpected++;
                    answer = any -> Reply.of(599);
                }
                if (!write(answer.apply(request), connection, out)) {
                    return;
                }
            }
        } catch (IOException | InterruptedException e) {
            // The client has gone, or the test is over.
        }
    }

    private static Request read(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        int state = 0;
        while (state < 4) {
            int next = in.read();
            if (next < 0) {
                return null;
            }
            head.write(next);
            state = next == "\r\n\r\n".charAt(state) ? state + 1 : next == '\r' ? 1 : 0;
        }
        String[] lines = head.toString(StandardCharsets.ISO_8859_1).split("\r\n");
        String[] start = lines[0].split(" ");
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (int i = 1; i < lines.length; i++) {
            int colon = lines[i].indexOf(':');
            headers.put(
                    lines[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    lines[i].substring(colon + 1).strip());
        }
        return new Request(start[0], start[1], headers);
    }

    /** @return whether the connection may be used again */
    private static boolean write(Reply reply, Socket connection, OutputStream out)
            throws IOException, InterruptedException {
        StringBuilder head = new StringBuilder("HTTP/1.1 " + reply.status + " X\r\n");
        reply.headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
        if (reply.chunked) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (reply.lengthSaid) {
            head.append("Content-Length: " + reply.body.length + "\r\n");
        } else {
            head.append("Connection: close\r\n");
        }
        out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        int length = Math.min(reply.cut, reply.body.length);
        for (int at = 0; at < length; ) {
            if (reply.pause != null && at == reply.pauseAfter) {
                out.flush();
                reply.pause.await();
            }
            int stop = reply.pause != null && at < reply.pauseAfter ? Math.min(reply.pauseAfter, length) : length;
            int size = Math.min(stop - at, 10_000);
            if (reply.chunked) {
                out.write((Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
            }
            out.write(reply.body, at, size);
            if (reply.chunked) {
                out.write("\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
            at += size;
        }
        out.flush();
        reply.sent.run();
        if (reply.pause != null && length == reply.pauseAfter) {
            reply.pause.await();
        }
        if (reply.reset) {
            connection.setSoLinger(true, 0);
            return false;
        }
        if (reply.chunked && reply.terminated) {
            out.write("0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
            return true;
        }
        return reply.terminated && reply.lengthSaid && reply.cut >= reply.body.length;
    }

    /** From then on connections are refused: the socket is gone only when no thread waits for it any more. */
    @Override
    public void close() throws IOException {
        socket.close();
        try {
            acceptor.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
        for (Socket connection : connections) {
            connection.close();
        }
        threads.shutdownNow();
    }
}
