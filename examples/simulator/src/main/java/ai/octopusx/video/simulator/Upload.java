package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * A request body on its way in. A form that turns out to be broken is read to its end all the same, as the gateway reads
 * the whole body before it looks at it; only one that is too long is not. Not for several threads.
 */
final class Upload {

    private final long limit;
    private @Nullable BodyDecoder decoder;
    private @Nullable FormReader reader;
    private @Nullable String problem;
    private long read;
    private long unpacked;

    Upload(@Nullable String contentType, @Nullable String contentEncoding, long limit) {
        this.limit = limit;
        try {
            this.decoder = new BodyDecoder(contentEncoding);
            this.reader = FormReader.of(contentType);
        } catch (MalformedFormException e) {
            this.problem = e.getMessage();
        }
    }

    /** The buffer stays the caller's. */
    void offer(ByteBuf bytes) {
        read += bytes.readableBytes();
        BodyDecoder unpacking = decoder;
        if (problem != null || unpacking == null || isTooLong()) {
            return;
        }
        try {
            unpacking.decode(bytes, this::take);
        } catch (MalformedFormException e) {
            problem = e.getMessage();
        }
    }

    private void take(ByteBuf bytes) {
        unpacked += bytes.readableBytes();
        FormReader form = reader;
        if (form == null || problem != null || isTooLong()) {
            return;
        }
        try {
            form.offer(bytes);
        } catch (MalformedFormException e) {
            problem = e.getMessage();
        }
    }

    boolean isTooLong() {
        return unpacked > limit;
    }

    /** Bytes that came over the wire. */
    long read() {
        return read;
    }

    SubmittedForm end() throws MalformedFormException {
        FormReader form = reader;
        if (form == null || problem != null) {
            throw new MalformedFormException(problem == null ? "no form" : problem);
        }
        return form.end();
    }

    void close() {
        if (reader != null) {
            reader.close();
        }
        if (decoder != null) {
            decoder.close();
        }
    }
}
