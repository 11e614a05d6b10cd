package ai.octopusx.video.wire;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Real pictures from the JDK's own encoders, and the heads of those that it cannot write. */
public final class Pictures {

    private Pictures() {}

    public static byte[] png(int width, int height) {
        return encoded("png", width, height);
    }

    public static byte[] jpeg(int width, int height) {
        return encoded("jpg", width, height);
    }

    public static byte[] gif(int width, int height) {
        return encoded("gif", width, height);
    }

    public static byte[] bmp(int width, int height) {
        return encoded("bmp", width, height);
    }

    private static byte[] encoded(String format, int width, int height) {
        int type = format.equals("gif") ? BufferedImage.TYPE_BYTE_BINARY : BufferedImage.TYPE_3BYTE_BGR;
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(new BufferedImage(width, height, type), format, out)) {
                throw new IllegalStateException("No encoder for " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    /** Lossy: a frame tag of a key frame, the start code, 14 bits of width and height, 2 of scale each. */
    public static byte[] webpLossy(int width, int height) {
        ByteBuffer data = little(10);
        data.put((byte) 0x10).put((byte) 0).put((byte) 0);
        data.put((byte) 0x9d).put((byte) 0x01).put((byte) 0x2a);
        data.putShort((short) (width | 1 << 14)).putShort((short) (height | 2 << 14));
        return riff("VP8 ", data.array());
    }

    /** Lossless: a signature, then 14 bits of width less one, 14 of height less one, alpha, version. */
    public static byte[] webpLossless(int width, int height) {
        ByteBuffer data = little(6);
        data.put((byte) 0x2f).putInt((width - 1) | (height - 1) << 14 | 1 << 28).put((byte) 0);
        return riff("VP8L", data.array());
    }

    /** Extended: flags, three reserved bytes, 24 bits of width less one and of height less one. */
    public static byte[] webpExtended(int width, int height) {
        ByteBuffer data = little(10);
        data.put((byte) 0x10).put(new byte[3]);
        data.put((byte) (width - 1)).put((byte) (width - 1 >> 8)).put((byte) (width - 1 >> 16));
        data.put((byte) (height - 1)).put((byte) (height - 1 >> 8)).put((byte) (height - 1 >> 16));
        return riff("VP8X", data.array());
    }

    static byte[] riff(String chunk, byte[] data) {
        ByteBuffer file = little(20 + data.length);
        file.put(ascii("RIFF")).putInt(12 + data.length).put(ascii("WEBP"));
        file.put(ascii(chunk)).putInt(data.length).put(data);
        return file.array();
    }

    /** A jpeg whose size comes after so many bytes of profiles, previews and comments. */
    static byte[] jpegWithSegmentsBefore(byte[] jpeg, int marker, int count, int segmentLength) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(jpeg, 0, 2);
        byte[] segment = new byte[segmentLength];
        Arrays.fill(segment, (byte) 0xc0); // what a careless reader would take for a frame header
        for (int i = 0; i < count; i++) {
            out.write(0xff);
            out.write(marker);
            out.write(segmentLength + 2 >> 8);
            out.write(segmentLength + 2);
            out.writeBytes(segment);
        }
        out.write(jpeg, 2, jpeg.length - 2);
        return out.toByteArray();
    }

    private static ByteBuffer little(int length) {
        return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
