package ai.octopusx.video.wire;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Tells the format of a picture by its first bytes, and its size by its header. */
final class ImageHead {

    /** A jpeg may carry profiles and previews before its size; more segments than this are an attack. */
    private static final int MAX_SEGMENTS = 10_000;

    private final Window bytes;

    private ImageHead(Window bytes) {
        this.bytes = bytes;
    }

    /**
     * What the head says.
     *
     * @param format null if it is none that the gateway takes
     * @param kind a word for people, such as {@code png image}, {@code a gif image}
     * @param size null if the header is damaged or cut off
     */
    record Found(
            @Nullable ImageFormat format,
            String kind,
            @Nullable Size size) {}

    /** In pixels, both at least 1. */
    record Size(int width, int height) {

        static @Nullable Size of(int width, int height) {
            return width > 0 && height > 0 ? new Size(width, height) : null;
        }

        @Override
        public String toString() {
            return width + "x" + height;
        }
    }

    static Found read(FrameRules.Source source, long length) throws IOException {
        return new ImageHead(new Window(source, length)).find();
    }

    private Found find() throws IOException {
        if (bytes.startsWith(0, "\u0089PNG\r\n\u001a\n")) {
            return new Found(ImageFormat.PNG, "png image", png());
        }
        if (bytes.startsWith(0, "\u00ff\u00d8\u00ff")) {
            return new Found(ImageFormat.JPEG, "jpeg image", jpeg());
        }
        if (bytes.startsWith(0, "RIFF") && bytes.startsWith(8, "WEBP")) {
            return new Found(ImageFormat.WEBP, "webp image", webp());
        }
        return new Found(null, otherKind(), null);
    }

    private @Nullable Size png() throws IOException {
        boolean header = bytes.startsWith(12, "IHDR") && bytes.has(24);
        return header ? Size.of(bytes.big32(16), bytes.big32(20)) : null;
    }

    /** Goes from segment to segment, without reading what they hold, up to the one that names the size. */
    private @Nullable Size jpeg() throws IOException {
        long at = 2;
        for (int segment = 0; segment < MAX_SEGMENTS && bytes.has(at + 2); segment++) {
            if (bytes.at(at) != 0xff) {
                return null;
            }
            int marker = bytes.at(at + 1);
            if (marker == 0xff) {
                at++; // any number of these may stand before a marker
                continue;
            }
            if (isFrameHeader(marker)) {
                return bytes.has(at + 9) ? Size.of(bytes.big16(at + 7), bytes.big16(at + 5)) : null;
            }
            if (marker == 0xd9 || marker == 0xda) {
                return null; // the end, or the picture itself, without a size before it
            }
            boolean bare = marker == 0x01 || (marker >= 0xd0 && marker <= 0xd8);
            if (!bare && (!bytes.has(at + 4) || bytes.big16(at + 2) < 2)) {
                return null;
            }
            at += bare ? 2 : 2 + bytes.big16(at + 2);
        }
        return null;
    }

    /** C0 to CF, without the three that hold tables. */
    private static boolean isFrameHeader(int marker) {
        return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    }

    /** The three forms: lossy, lossless, extended. */
    private @Nullable Size webp() throws IOException {
        if (bytes.little32(4) + 8 > bytes.length()) {
            return null;
        }
        if (bytes.startsWith(12, "VP8 ") && bytes.has(30)) {
            boolean keyFrame = (bytes.at(20) & 1) == 0 && bytes.startsWith(23, "\u009d\u0001\u002a");
            return keyFrame ? Size.of(bytes.little16(26) & 0x3fff, bytes.little16(28) & 0x3fff) : null;
        }
        if (bytes.startsWith(12, "VP8L") && bytes.has(25) && bytes.at(20) == 0x2f) {
            long bits = bytes.little32(21);
            return Size.of((int) (bits & 0x3fff) + 1, (int) (bits >> 14 & 0x3fff) + 1);
        }
        if (bytes.startsWith(12, "VP8X") && bytes.has(30)) {
            return Size.of(bytes.little24(24) + 1, bytes.little24(27) + 1);
        }
        return null;
    }

    /** For people who wonder why their picture is none. */
    private String otherKind() throws IOException {
        if (bytes.startsWith(0, "GIF8")) {
            return "a gif image";
        }
        if (bytes.startsWith(0, "BM")) {
            return "a bmp image";
        }
        if (bytes.startsWith(0, "II*\0") || bytes.startsWith(0, "MM\0*")) {
            return "a tiff image";
        }
        if (bytes.startsWith(4, "ftypavi")) {
            return "an avif image";
        }
        if (bytes.startsWith(4, "ftyphei") || bytes.startsWith(4, "ftypmif1")) {
            return "a heic image";
        }
        if (bytes.startsWith(4, "ftyp")) {
            return "a video";
        }
        if (bytes.startsWith(0, "%PDF")) {
            return "a pdf document";
        }
        return bytes.looksLikeText() ? "a text" : "of an unknown format";
    }

    /** Random access through a small buffer, so that a reader of single bytes does not cost a system call each. */
    private static final class Window {

        private static final int SIZE = 512;
        private static final int TEXT_SAMPLE = 64;

        /** Numbers are read forwards, after a look at their last byte. */
        private static final int LOOK_BACK = 16;

        private final FrameRules.Source source;
        private final long length;
        private final byte[] buffer = new byte[SIZE];
        private long start;
        private int filled;

        Window(FrameRules.Source source, long length) {
            this.source = source;
            this.length = length;
        }

        long length() {
            return length;
        }

        /** Whether the picture has at least so many bytes, and they can be read. */
        boolean has(long count) throws IOException {
            return count <= length && at(count - 1) >= 0;
        }

        /** The byte, 0 to 255; -1 beyond the end. */
        int at(long position) throws IOException {
            if (position < start || position >= start + filled) {
                fill(position);
            }
            int index = (int) (position - start);
            return index < filled ? buffer[index] & 0xff : -1;
        }

        private void fill(long position) throws IOException {
            start = Math.max(0, position - LOOK_BACK);
            filled = 0;
            while (filled < SIZE) {
                int read = source.read(start + filled, buffer, filled, SIZE - filled);
                if (read <= 0) {
                    return;
                }
                filled += read;
            }
        }

        boolean startsWith(long position, String latin1) throws IOException {
            byte[] expected = latin1.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < expected.length; i++) {
                if (at(position + i) != (expected[i] & 0xff)) {
                    return false;
                }
            }
            return true;
        }

        int big16(long position) throws IOException {
            return at(position) << 8 | at(position + 1);
        }

        /** Negative where the unsigned value is beyond an int: no picture is so large. */
        int big32(long position) throws IOException {
            return big16(position) << 16 | big16(position + 2);
        }

        int little16(long position) throws IOException {
            return at(position) | at(position + 1) << 8;
        }

        int little24(long position) throws IOException {
            return little16(position) | at(position + 2) << 16;
        }

        long little32(long position) throws IOException {
            return little16(position) | (long) little16(position + 2) << 16;
        }

        boolean looksLikeText() throws IOException {
            for (int i = 0; i < Math.min(TEXT_SAMPLE, length); i++) {
                int b = at(i);
                if (b < ' ' && b != '\n' && b != '\r' && b != '\t') {
                    return false;
                }
            }
            return true;
        }
    }
}
