package ai.octopusx.video.reactor;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import javax.imageio.ImageIO;

/** Real pictures, with noise in them so that no two bytes are a safe guess. */
final class Pictures {

    private Pictures() {}

    static byte[] png(int width, int height) {
        return written("png", width, height);
    }

    static byte[] jpeg(int width, int height) {
        return written("jpg", width, height);
    }

    /** A lossless one: a signature, then 14 bits of width less one, 14 of height less one, alpha, version. */
    static byte[] webp(int width, int height) {
        ByteBuffer file = ByteBuffer.allocate(26).order(ByteOrder.LITTLE_ENDIAN);
        file.put("RIFF".getBytes(US_ASCII))
                .putInt(18)
                .put("WEBPVP8L".getBytes(US_ASCII))
                .putInt(6);
        return file.put((byte) 0x2f)
                .putInt((width - 1) | (height - 1) << 14)
                .put((byte) 0)
                .array();
    }

    private static byte[] written(String format, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Random noise = new Random(7);
        for (int i = 0; i < width * height; i++) {
            image.setRGB(i % width, i / width, noise.nextInt());
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, format, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
