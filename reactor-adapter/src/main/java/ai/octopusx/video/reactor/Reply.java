package ai.octopusx.video.reactor;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClientResponse;

/**
 * An answer of the gateway, read to its end or to the limit.
 *
 * @param body may be longer than {@code length}
 * @param truncated whether there was more than the limit allows
 */
record Reply(int status, HttpHeaders headers, byte[] body, int length, boolean truncated) {

    /** A task has a few hundred bytes; a megabyte is far more than any gateway means to send. */
    private static final int MAX_TASK_BYTES = 1 << 20;

    /** Of an error only the beginning is of use. */
    private static final int MAX_ERROR_BYTES = 1 << 16;

    private static final int USUAL_BYTES = 1024;

    /**
     * Reads an answer. Collecting by hand settles two things: a bare 503 is an empty body and not a missing answer, and no
     * body outgrows the limit.
     */
    static Mono<Reply> read(HttpClientResponse response, Flux<ByteBuf> body) {
        return new Collected(response).all(body);
    }

    boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    /** The body alone, without the room behind it. */
    byte[] bytes() {
        return body.length == length ? body : Arrays.copyOf(body, length);
    }

    /** What has arrived so far. May be asked while it arrives. */
    static final class Collected {

        private final HttpClientResponse response;
        private final int limit;
        private byte[] bytes;
        private int length;
        private boolean truncated;

        Collected(HttpClientResponse response) {
            this.response = response;
            int status = response.status().code();
            this.limit = status >= 200 && status < 300 ? MAX_TASK_BYTES : MAX_ERROR_BYTES;
            int announced = response.responseHeaders().getInt(HttpHeaderNames.CONTENT_LENGTH, USUAL_BYTES);
            this.bytes = new byte[Math.max(0, Math.min(announced, limit))];
        }

        /** The whole answer, or its beginning if it outgrows the limit. Subscribed once. */
        Mono<Reply> all(Flux<ByteBuf> body) {
            return body.doOnNext(this::add)
                    .then(Mono.fromSupplier(this::reply))
                    .onErrorResume(TooLarge.class, e -> Mono.just(reply()));
        }

        private synchronized void add(ByteBuf piece) {
            int size = Math.min(piece.readableBytes(), limit - length);
            if (length + size > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.min(limit, Math.max(length + size, 2 * bytes.length)));
            }
            piece.readBytes(bytes, length, size);
            length += size;
            if (piece.isReadable()) {
                truncated = true;
                throw new TooLarge();
            }
        }

        /** What there is of an answer that broke off. */
        synchronized Reply broken() {
            return new Reply(
                    response.status().code(), response.responseHeaders(), Arrays.copyOf(bytes, length), length, true);
        }

        private synchronized Reply reply() {
            return new Reply(response.status().code(), response.responseHeaders(), bytes, length, truncated);
        }
    }

    /** Stops the reading, which closes the connection: nobody wants the rest. */
    private static final class TooLarge extends RuntimeException {

        private static final long serialVersionUID = 1L;

        TooLarge() {
            super("The body is larger than the limit", null, false, false);
        }
    }
}
