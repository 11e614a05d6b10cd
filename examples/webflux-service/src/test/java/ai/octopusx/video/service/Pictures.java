package ai.octopusx.video.service;

import java.awt.Color;
import java.awt.GradientPaint;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Ellipse2D;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import javax.imageio.ImageIO;

/** Pictures that a gateway takes and a person recognises in a screenshot: the sun over the sea. */
final class Pictures {

    private Pictures() {}

    static byte[] morning(int width, int height) {
        return png(width, height, new Color(0xF6B38E), new Color(0x6B8FA8), 0.3);
    }

    static byte[] evening(int width, int height) {
        return png(width, height, new Color(0x402A5C), new Color(0x0F3B4C), 0.75);
    }

    private static byte[] png(int width, int height, Color sky, Color sea, double sunAt) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_3BYTE_BGR);
        Graphics2D pen = image.createGraphics();
        pen.setRenderingHint(RenderingHints.KEY_ANTIALIASING, RenderingHints.VALUE_ANTIALIAS_ON);
        float horizon = height * 0.62f;
        pen.setPaint(new GradientPaint(0, 0, sky, 0, horizon, new Color(0xFFE3B8)));
        pen.fill(new Rectangle2D.Float(0, 0, width, horizon));
        double size = height * 0.3;
        pen.setPaint(new Color(0xFF7D4F));
        pen.fill(new Ellipse2D.Double(width * sunAt - size / 2, horizon - size * 0.7, size, size));
        pen.setPaint(new GradientPaint(0, horizon, sea, 0, height, new Color(0x0A2030)));
        pen.fill(new Rectangle2D.Float(0, horizon, width, height - horizon));
        pen.dispose();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            ImageIO.write(image, "png", out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return out.toByteArray();
    }

    static String sha256(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
