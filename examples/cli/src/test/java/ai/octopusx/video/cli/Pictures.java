package ai.octopusx.video.cli;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/** Picture files for tests. */
final class Pictures {

    private Pictures() {}

    static Path png(Path file) {
        return written(file, "png", 640, 360);
    }

    static Path tiny(Path file) {
        return written(file, "png", 20, 20);
    }

    private static Path written(Path file, String format, int width, int height) {
        try {
            ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), format, file.toFile());
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
