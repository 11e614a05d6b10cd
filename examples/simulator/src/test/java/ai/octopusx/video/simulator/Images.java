package ai.octopusx.video.simulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Heads of images, written after their formats' definitions. */
final class Images {

    private Images() {}

    static byte[] of(String kind, int width, int height) {
        return switch (kind) {
            case "png" -> Form.png(width, height, 40);
            case "jpeg" -> jpeg(width, height);
            case "webp" -> webp("VP8 ", 0, 0, 0, 0x9D, 0x01, 0x2A, width & 255, width >> 8, height & 255, height >> 8);
            case "webp-lossless" -> {
                int bits = width - 1 | height - 1 << 14;
                yield webp("VP8L", 0x2F, bits & 255, bits >> 8 & 255, bits >> 16 & 255, bits >> 24 & 255);
            }
            case "webp-extended" ->
                webp("VP8X", 0, 0, 0, 0, width - 1 & 255, width - 1 >> 8, 0, height - 1 & 255, height - 1 >> 8, 0);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    /** With a large segment before the frame header, as cameras write it. */
    private static byte[] jpeg(int width, int height) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        write(out, 0xFF, 0xD8, 0xFF, 0xE1, 0x10, 0x02);
        out.writeBytes(new byte[0x1000]);
        write(out, 0xFF, 0xC2, 0, 17, 8, height >> 8, height & 255, width >> 8, width & 255, 3, 0, 0, 0);
        return out.toByteArray();
    }

    private static byte[] webp(String chunk, int... bytes) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes("RIFF".getBytes(StandardCharsets.US_ASCII));
        write(out, 99, 0, 0, 0);
        out.writeBytes(("WEBP" + chunk).getBytes(StandardCharsets.US_ASCII));
        write(out, 99, 0, 0, 0);
        write(out, bytes);
        out.writeBytes(new byte[12]);
        return out.toByteArray();
    }

    private static void write(ByteArrayOutputStream out, int... bytes) {
        for (int each : bytes) {
            out.write(each);
        }
    }
}
