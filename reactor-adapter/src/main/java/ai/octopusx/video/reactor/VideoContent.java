package ai.octopusx.video.reactor;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A video on its way, with what an HTTP response needs to pass it on.
 *
 * @param contentType what the storage calls it, usually {@code video/mp4}
 * @param contentLength bytes that the body will have; null if nobody said
 * @param range which part of the video it is; null if it is the whole
 * @param etag the storage's strong validator, quoted as on the wire; null if it gave none
 * @param body the bytes, demand-driven, on heap buffers that belong to the subscriber; to be subscribed once
 */
public record VideoContent(
        String contentType,
        @Nullable Long contentLength,
        @Nullable Range range,
        @Nullable String etag,
        Flux<ByteBuffer> body) {

    /**
     * A part of a video.
     *
     * @param firstByte from 0
     * @param lastByte inclusive
     * @param total bytes of the whole; null if not known
     */
    public record Range(
            long firstByte, long lastByte, @Nullable Long total) {

        /** As in the header {@code Content-Range}. */
        public String headerValue() {
            return "bytes " + firstByte + "-" + lastByte + "/" + (total == null ? "*" : total);
        }
    }
}
