package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.JdkZlibDecoder;
import io.netty.handler.codec.compression.ZlibWrapper;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Takes off the compression of a request body. The limit of the body counts what comes out. */
final class BodyDecoder {

    private static final int MOST_AT_ONCE = 1 << 20;

    /** What deflate can make at most 1,032 times as long, which stays below {@link #MOST_AT_ONCE}. */
    private static final int SLICE = 512;

    private final @Nullable EmbeddedChannel gunzip;

    BodyDecoder(@Nullable String contentEncoding) throws MalformedFormException {
        String encoding = contentEncoding == null ? "" : contentEncoding.strip();
        if (encoding.isEmpty() || encoding.equalsIgnoreCase("identity")) {
            this.gunzip = null;
        } else if (encoding.equalsIgnoreCase("gzip")) {
            this.gunzip = new EmbeddedChannel(new JdkZlibDecoder(ZlibWrapper.GZIP, MOST_AT_ONCE));
        } else {
            throw new MalformedFormException("this simulator unpacks gzip only, not " + encoding);
        }
    }

    /** Passes on what comes out of {@code bytes}, which stay the caller's. */
    void decode(ByteBuf bytes, Consumer<ByteBuf> out) throws MalformedFormException {
        if (gunzip == null) {
            out.accept(bytes);
            return;
        }
        ByteBuf rest = bytes.duplicate();
        while (rest.isReadable()) {
            ByteBuf slice = rest.readRetainedSlice(Math.min(SLICE, rest.readableBytes()));
            try {
                gunzip.writeInbound(slice);
            } catch (DecompressionException e) {
                throw new MalformedFormException("gzip: " + e.getMessage());
            }
            for (ByteBuf piece = gunzip.readInbound(); piece != null; piece = gunzip.readInbound()) {
                try {
                    out.accept(piece);
                } finally {
                    piece.release();
                }
            }
        }
    }

    void close() {
        if (gunzip != null) {
            try {
                gunzip.finishAndReleaseAll();
            } catch (DecompressionException e) {
                // What came was no gzip, which has been said when it came.
                gunzip.releaseInbound();
            }
        }
    }
}
