package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/** The bytes of an answer's body, to be had piece by piece. Immutable. */
interface Payload {

    long length();

    /** A buffer of its own for at most {@code length} bytes from {@code offset} on; at least one byte, if there are any. */
    ByteBuf piece(long offset, int length);

    static Payload of(byte[] bytes) {
        return new Bytes(bytes);
    }

    record Bytes(byte[] bytes) implements Payload {

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public ByteBuf piece(long offset, int length) {
            int size = (int) Math.min(length, bytes.length - offset);
            return Unpooled.wrappedBuffer(bytes, (int) offset, size);
        }
    }

    /** A part of another payload. */
    record Part(Payload whole, long from, long length) implements Payload {

        @Override
        public ByteBuf piece(long offset, int size) {
            return whole.piece(from + offset, (int) Math.min(size, length - offset));
        }
    }

    /** A valid JSON object of any length, which costs no memory. */
    record LongJson(long length) implements Payload {

        private static final byte[] START = "{\"id\":\"video_oversized\",\"status\":\"processing\",\"padding\":\""
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        private static final byte[] END = {'"', '}'};

        @Override
        public ByteBuf piece(long offset, int size) {
            byte[] bytes = new byte[(int) Math.min(size, length - offset)];
            for (int i = 0; i < bytes.length; i++) {
                long at = offset + i;
                bytes[i] = at < START.length
                        ? START[(int) at]
                        : at < length - END.length ? (byte) 'x' : END[(int) (at - (length - END.length))];
            }
            return Unpooled.wrappedBuffer(bytes);
        }
    }
}
