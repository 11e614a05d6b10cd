package ai.octopusx.video.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The kept clips. Read once, on the thread that starts the simulator. */
final class Clips {

    private static final List<Shape> SHAPES = List.of(
            new Shape("16x9", 16, 9),
            new Shape("9x16", 9, 16),
            new Shape("1x1", 1, 1),
            new Shape("4x3", 4, 3),
            new Shape("3x4", 3, 4),
            new Shape("21x9", 21, 9));

    private static final int[] LENGTHS = {5, 10};

    private final List<Kept> kept = new ArrayList<>();

    private record Shape(String name, double width, double height) {}

    private record Kept(double ratio, int seconds, Clip clip) {}

    Clips(long minimumBytes) {
        for (Shape shape : SHAPES) {
            for (int seconds : LENGTHS) {
                String name = shape.name() + "-" + seconds + "s";
                kept.add(new Kept(shape.width() / shape.height(), seconds, new Clip(name, read(name), minimumBytes)));
            }
        }
    }

    /** The clip whose ratio, and then whose length, comes nearest. */
    Clip nearest(double ratio, int seconds) {
        Kept best = null;
        double least = Double.MAX_VALUE;
        for (Kept each : kept) {
            double distance = 100 * Math.abs(Math.log(each.ratio() / ratio)) + Math.abs(each.seconds() - seconds);
            if (distance < least) {
                least = distance;
                best = each;
            }
        }
        return best == null ? kept.get(0).clip() : best.clip();
    }

    /** Another file than the given one, the {@code n}-th of them. */
    Clip otherThan(Clip clip, int n) {
        int at = 0;
        while (kept.get(at).clip() != clip) {
            at++;
        }
        return kept.get((at + 1 + Math.floorMod(n - 1, kept.size() - 1)) % kept.size())
                .clip();
    }

    List<Clip> all() {
        return kept.stream().map(Kept::clip).toList();
    }

    private static byte[] read(String name) {
        try (@Nullable InputStream in = Clips.class.getResourceAsStream("clips/" + name + ".mp4")) {
            if (in == null) {
                throw new IllegalStateException("The clip " + name + " is missing from the simulator's jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
