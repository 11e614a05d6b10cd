package ai.octopusx.video.simulator;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The top-level boxes of an MP4, read strictly: the last one must end with the file. */
final class Mp4 {

    private Mp4() {}

    static List<String> boxes(byte[] file) {
        List<String> names = new ArrayList<>();
        ByteBuffer bytes = ByteBuffer.wrap(file);
        while (bytes.hasRemaining()) {
            int start = bytes.position();
            long size = bytes.getInt() & 0xFFFFFFFFL;
            byte[] name = new byte[4];
            bytes.get(name);
            if (size == 1) {
                size = bytes.getLong();
            }
            if (size < bytes.position() - start || start + size > file.length) {
                throw new AssertionError("a box of " + size + " bytes at " + start + " of " + file.length);
            }
            names.add(new String(name, StandardCharsets.US_ASCII));
            bytes.position((int) (start + size));
        }
        return names;
    }
}
