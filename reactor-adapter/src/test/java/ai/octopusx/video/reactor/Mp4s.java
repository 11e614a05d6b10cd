package ai.octopusx.video.reactor;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Files that are made of sound boxes and of nothing that would play. */
final class Mp4s {

    private Mp4s() {}

    /** {@code ftyp}, {@code moov} and an {@code mdat} that fills it up; the same bytes for the same size. */
    static byte[] video(int size) {
        byte[] head = concat(box("ftyp", random(16, 1)), box("moov", random(100, 2)));
        return concat(head, box("mdat", random(size - head.length - 8, size)));
    }

    static byte[] box(String type, byte[] content) {
        return ByteBuffer.allocate(8 + content.length)
                .putInt(8 + content.length)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .put(content)
                .array();
    }

    /** A box with its size in 64 bits. */
    static byte[] longBox(String type, byte[] content) {
        return ByteBuffer.allocate(16 + content.length)
                .putInt(1)
                .put(type.getBytes(StandardCharsets.US_ASCII))
                .putLong(16 + content.length)
                .put(content)
                .array();
    }

    /** A box that goes on to the end of the file. */
    static byte[] endlessBox(String type, byte[] content) {
        byte[] box = box(type, content);
        return ByteBuffer.wrap(box).putInt(0, 0).array();
    }

    static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
