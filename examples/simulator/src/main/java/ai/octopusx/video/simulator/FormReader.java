package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a request body as it comes in. Not for several threads: it belongs to one connection's event loop. */
interface FormReader {

    /** Takes what arrived; the buffer stays the caller's. */
    void offer(ByteBuf bytes) throws MalformedFormException;

    /** The whole body has been offered. */
    SubmittedForm end() throws MalformedFormException;

    /** Frees what it holds. */
    void close();

    /** The reader for a type of content; text that is neither form nor JSON has no model in it, as for the gateway. */
    static FormReader of(@Nullable String contentType) throws MalformedFormException {
        String type = contentType == null ? "" : contentType.toLowerCase(Locale.ROOT);
        if (contentType != null && type.startsWith("multipart/form-data")) {
            return new MultipartReader(contentType);
        }
        return new TextReader(type);
    }
}
