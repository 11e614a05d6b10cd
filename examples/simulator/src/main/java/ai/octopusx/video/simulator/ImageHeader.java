package ai.octopusx.video.simulator;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the first bytes of a png, jpeg or webp tell: format and sides in pixels. */
record ImageHeader(String format, int width, int height) {

    double ratio() {
        return (double) width / height;
    }

    /** Null if the bytes are none of the three, or end before they tell the sides. */
    static @Nullable ImageHeader read(byte[] bytes, int length) {
        if (length > 24 && u32(bytes, 0) == 0x89504E47 && u32(bytes, 4) == 0x0D0A1A0A) {
            return sized("png", u32(bytes, 16), u32(bytes, 20));
        }
        if (length > 3 && u16(bytes, 0) == 0xFFD8) {
            return jpeg(bytes, length);
        }
        if (length > 30 && ascii(bytes, 0).equals("RIFF") && ascii(bytes, 8).equals("WEBP")) {
            return webp(bytes);
        }
        return null;
    }

    /** Walks the segments up to the frame header, which holds the sides. */
    private static @Nullable ImageHeader jpeg(byte[] bytes, int length) {
        int at = 2;
        while (at + 9 < length && (bytes[at] & 0xFF) == 0xFF) {
            int marker = bytes[at + 1] & 0xFF;
            if (marker == 0xFF) {
                at++;
            } else if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
                return sized("jpeg", u16(bytes, at + 7), u16(bytes, at + 5));
            } else {
                at += 2 + u16(bytes, at + 2);
            }
        }
        return null;
    }

    private static @Nullable ImageHeader webp(byte[] bytes) {
        return switch (ascii(bytes, 12)) {
            case "VP8 " -> sized("webp", le16(bytes, 26) & 0x3FFF, le16(bytes, 28) & 0x3FFF);
            case "VP8L" -> {
                int bits = le16(bytes, 21) | le16(bytes, 23) << 16;
                yield sized("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1);
            }
            case "VP8X" -> sized("webp", le24(bytes, 24) + 1, le24(bytes, 27) + 1);
            default -> null;
        };
    }

    private static @Nullable ImageHeader sized(String format, int width, int height) {
        return width > 0 && height > 0 ? new ImageHeader(format, width, height) : null;
    }

    private static String ascii(byte[] bytes, int at) {
        return new String(bytes, at, 4, StandardCharsets.US_ASCII);
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    private static int u32(byte[] bytes, int at) {
        return u16(bytes, at) << 16 | u16(bytes, at + 2);
    }

    private static int le16(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
    }

    private static int le24(byte[] bytes, int at) {
        return le16(bytes, at) | (bytes[at + 2] & 0xFF) << 16;
    }
}
