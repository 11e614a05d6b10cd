package ai.octopusx.video.simulator;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;

/** A bare connection: what really leaves the wire, and how it ends. */
final class Raw implements AutoCloseable {

    private final Socket socket;

    Raw(URI origin) {
        try {
            socket = new Socket(origin.getHost(), origin.getPort());
            socket.setSoTimeout(20_000);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Raw send(String text) {
        return send(text.getBytes(StandardCharsets.UTF_8));
    }

    Raw send(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
            return this;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Raw get(OctopusXSimulator simulator, String path) {
        return send("GET " + path + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + simulator.apiKey() + "\r\n\r\n");
    }

    Raw post(OctopusXSimulator simulator, Form form) {
        return send(head(simulator, form)).send(form.bytes());
    }

    static String head(OctopusXSimulator simulator, Form form) {
        return "POST /v1/videos HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + simulator.apiKey()
                + "\r\nContent-Type: " + form.contentType() + "\r\nContent-Length: " + form.bytes().length + "\r\n\r\n";
    }

    /** How the connection ended, and what came before. */
    record End(byte[] bytes, boolean reset) {

        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }

        String head() {
            int end = text().indexOf("\r\n\r\n");
            return end < 0 ? text() : text().substring(0, end);
        }

        /** What came behind the head, in bytes of ISO text, so that lengths are lengths. */
        String body() {
            String all = new String(bytes, StandardCharsets.ISO_8859_1);
            int end = all.indexOf("\r\n\r\n");
            return end < 0 ? "" : all.substring(end + 4);
        }
    }

    /** Reads until the other side ends the connection. */
    End readToTheEnd() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[8192];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes.write(buffer, 0, n);
            }
            return new End(bytes.toByteArray(), false);
        } catch (SocketException e) {
            return new End(bytes.toByteArray(), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads until the other side ends the connection or, in a chunked body, the body. */
    End readToTheEndOrChunk() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            InputStream in = socket.getInputStream();
            byte[] buffer = new byte[1 << 16];
            byte[] last = "\r\n0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                bytes.write(buffer, 0, n);
                boolean ends =
                        n >= last.length && java.util.Arrays.equals(buffer, n - last.length, n, last, 0, last.length);
                if (ends) {
                    break;
                }
            }
            return new End(bytes.toByteArray(), false);
        } catch (SocketException e) {
            return new End(bytes.toByteArray(), true);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads up to the end of a text, and not a byte beyond. */
    String readUntil(String end) {
        StringBuilder text = new StringBuilder();
        try {
            while (text.indexOf(end) < 0) {
                int next = socket.getInputStream().read();
                if (next < 0) {
                    throw new AssertionError("ended early: " + text);
                }
                text.append((char) next);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(text.toString(), e);
        }
        return text.toString();
    }

    /** Whether nothing comes within a moment. */
    boolean isSilent() {
        try {
            socket.setSoTimeout(300);
            return socket.getInputStream().read() < Integer.MIN_VALUE;
        } catch (java.net.SocketTimeoutException e) {
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends the connection with a reset. */
    void reset() {
        try {
            socket.setSoLinger(true, 0);
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
