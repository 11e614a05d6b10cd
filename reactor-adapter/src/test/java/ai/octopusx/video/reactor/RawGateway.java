package ai.octopusx.video.reactor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ServerSocketFactory;

/**
 * A gateway on bare sockets, with a thread for each connection, that does byte by byte what a script says. It knows a job by
 * the key of its request, so that it can tell whose it was before the form has come, and it keeps book of the jobs that it
 * took: those whose form it has read to the last byte.
 */
final class RawGateway implements Closeable {

    private static final Pattern KEY = Pattern.compile("(?i)\r\nauthorization: bearer ([^\r]*)\r\n");
    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: (\\d+)\r\n");

    /** Serves one exchange; by failing it ends the connection. */
    interface Script {
        void serve(Exchange exchange) throws IOException;
    }

    private final Script script;
    private final ServerSocketFactory sockets;
    private final int backlog;
    private final int port;
    private final ExecutorService threads = Executors.newCachedThreadPool(work -> {
        Thread thread = new Thread(work, "raw-gateway");
        thread.setDaemon(true);
        return thread;
    });
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final AtomicInteger connections = new AtomicInteger();
    private final Queue<String> taken = new ConcurrentLinkedQueue<>();
    private final Queue<Throwable> troubles = new ConcurrentLinkedQueue<>();
    private volatile boolean ignoring;
    private ServerSocket listener;
    private Future<?> acceptor;

    RawGateway(Script script) throws IOException {
        this(script, ServerSocketFactory.getDefault(), 200);
    }

    RawGateway(Script script, ServerSocketFactory sockets, int backlog) throws IOException {
        this.script = script;
        this.sockets = sockets;
        this.backlog = backlog;
        this.listener = listen(0);
        this.port = listener.getLocalPort();
        this.acceptor = accept(listener);
    }

    private ServerSocket listen(int at) throws IOException {
        ServerSocket socket = sockets.createServerSocket();
        socket.setReuseAddress(true);
        socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), at), backlog);
        return socket;
    }

    private Future<?> accept(ServerSocket from) {
        return threads.submit(() -> {
            try {
                while (!from.isClosed()) {
                    Socket socket = from.accept();
                    if (ignoring) {
                        open.add(socket);
                        return null;
                    }
                    int number = connections.incrementAndGet();
                    open.add(socket);
                    threads.execute(() -> serve(socket, number));
                }
            } catch (IOException e) {
                // The listener was closed.
            }
            return null;
        });
    }

    private void serve(Socket socket, int connection) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int number = 1; !socket.isClosed(); number++) {
                script.serve(new Exchange(socket, in, connection, number));
            }
        } catch (IOException e) {
            // The script or the client has ended the connection.
        } catch (Throwable e) {
            boolean interruptedByClose = closed.getCount() == 0 && e.getCause() instanceof InterruptedException;
            if (!interruptedByClose) {
                troubles.add(e);
            }
        } finally {
            open.remove(socket);
        }
    }

    /** From now on connections are refused: the socket is gone only when no thread waits for it any more. */
    synchronized void refuse() throws IOException {
        listener.close();
        try {
            acceptor.get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on nobody accepts; connections pile up before the door, and then hang. */
    synchronized void ignore() {
        ignoring = true;
    }

    /** From now on they are accepted again. */
    synchronized void listen() throws IOException {
        if (listener.isClosed()) {
            listener = listen(port);
            acceptor = accept(listener);
        }
    }

    int port() {
        return port;
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    int connections() {
        return connections.get();
    }

    /** The keys of the jobs whose form was read whole, in this order. */
    List<String> taken() {
        return List.copyOf(taken);
    }

    /** What went wrong in the scripts themselves. */
    List<Throwable> troubles() {
        return List.copyOf(troubles);
    }

    @Override
    public synchronized void close() {
        closed.countDown();
        try {
            refuse();
            for (Socket socket : new ArrayList<>(open)) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }

    /** One request and its answer. */
    final class Exchange {

        private final Socket socket;
        private final InputStream in;
        private final int connection;
        private final int number;
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private String head = "";
        private long length;

        private Exchange(Socket socket, InputStream in, int connection, int number) {
            this.socket = socket;
            this.in = in;
            this.connection = connection;
            this.number = number;
        }

        /** Of the connection, from 1. */
        int connection() {
            return connection;
        }

        /** On its connection, from 1. */
        int number() {
            return number;
        }

        String readHead() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            int matched = 0;
            while (matched < 4) {
                int read = in.read();
                if (read < 0) {
                    throw new EOFException();
                }
                bytes.write(read);
                matched = read == "\r\n\r\n".charAt(matched) ? matched + 1 : read == '\r' ? 1 : 0;
            }
            head = bytes.toString(ISO_8859_1);
            Matcher announced = LENGTH.matcher(head);
            length = announced.find() ? Long.parseLong(announced.group(1)) : 0;
            return head;
        }

        String key() {
            Matcher key = KEY.matcher(head);
            return key.find() ? key.group(1) : "";
        }

        long length() {
            return length;
        }

        /** So many bytes of the body. */
        void readBody(long count) throws IOException {
            byte[] buffer = new byte[8192];
            for (long left = count; left > 0; ) {
                int read = in.read(buffer, 0, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    throw new EOFException();
                }
                body.write(buffer, 0, read);
                left -= read;
            }
        }

        /** The rest of the body: with that the job is taken, whatever comes after. */
        void take() throws IOException {
            readBody(length - body.size());
            if (head.startsWith("POST ")) {
                taken.add(key());
            }
        }

        byte[] body() {
            return body.toByteArray();
        }

        void write(String text) throws IOException {
            socket.getOutputStream().write(text.getBytes(UTF_8));
            socket.getOutputStream().flush();
        }

        void write(String head, byte[] body) throws IOException {
            write(head);
            socket.getOutputStream().write(body);
            socket.getOutputStream().flush();
        }

        void answer(int status, String json) throws IOException {
            answer(status, "", json);
        }

        void answer(int status, String headers, String json) throws IOException {
            write(head(status, headers, json.getBytes(UTF_8).length) + json);
        }

        static String head(int status, String headers, int length) {
            return "HTTP/1.1 " + status + " Said\r\nContent-Type: application/json\r\n" + headers + "Content-Length: "
                    + length + "\r\n\r\n";
        }

        void fin() throws IOException {
            socket.close();
            throw new EOFException();
        }

        void rst() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
            throw new EOFException();
        }

        /** Says and reads nothing any more, until the gateway is closed or so many milliseconds have passed. */
        void stall(long millis) throws IOException {
            try {
                closed.await(millis, TimeUnit.MILLISECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            fin();
        }
    }
}
