package ai.octopusx.video.benchmarks.upload;

import ai.octopusx.video.benchmarks.Figures;
import ai.octopusx.video.benchmarks.Peer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import javax.imageio.ImageIO;

/**
 * Submits 200 jobs at once, each with a picture of 10 MB from the disk as its first frame, to a gateway that answers two
 * seconds after it has read a form, and prints what each client held meanwhile.
 *
 * <p>Arguments: the uploaders, by default all. Properties: {@code rounds} (3), {@code jobs} (200), {@code heap} (6g, for the
 * sake of those that hold the pictures).
 */
public final class UploadBenchmark {

    private static final List<String> ALL = List.of("octopusx", "octopusx-defaults", "webclient-bytes", "openai");

    /** A picture of noise does not shrink: three bytes a pixel. */
    private static final int WIDTH = 1900;

    private static final int HEIGHT = 1800;

    private UploadBenchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        int rounds = Integer.getInteger("rounds", 3);
        Path picture = Files.createTempFile("octopusx-benchmark", ".png");
        try {
            paint(picture);
            Map<String, List<Figures>> figures = new LinkedHashMap<>();
            for (int round = 0; round < rounds; round++) {
                for (String name : args.length == 0 ? ALL : List.of(args)) {
                    figures.computeIfAbsent(name, key -> new ArrayList<>()).add(upload(name, picture));
                }
            }
            print(figures, Files.size(picture), rounds);
        } finally {
            Files.delete(picture);
        }
    }

    private static void paint(Path file) throws IOException {
        BufferedImage noise = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_RGB);
        Random random = new Random(1);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                noise.setRGB(x, y, random.nextInt());
            }
        }
        ImageIO.write(noise, "png", file.toFile());
    }

    private static Figures upload(String name, Path picture) throws IOException, InterruptedException {
        try (Peer gateway = Peer.java(0, "256m", UploadGateway.class)) {
            String origin = "http://127.0.0.1:" + gateway.line();
            try (Peer client = Peer.java(
                    1,
                    System.getProperty("heap", "6g"),
                    UploadProcess.class,
                    name,
                    origin,
                    picture.toString(),
                    "" + Integer.getInteger("jobs", 200))) {
                Figures own = Figures.of(client.line()).with("rss", client.peakMemory());
                gateway.endInput();
                String[] seen = gateway.line().split(" ");
                return own.with("taken", Double.parseDouble(seen[0])).with("together", Double.parseDouble(seen[1]));
            }
        }
    }

    private static void print(Map<String, List<Figures>> figures, long bytes, int rounds) {
        System.out.printf(
                "%d submissions at once with a picture of %.1f MB, the median of %d rounds%n",
                Integer.getInteger("jobs", 200), bytes / 1e6, rounds);
        System.out.println(
                "| client | taken | at once | peak live heap MB | direct MB | peak RSS MB | CPU s | seconds |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        figures.forEach((name, own) -> System.out.println(String.join(
                " | ",
                "| " + name,
                Figures.shown("%.0f", Figures.median(own, "taken")),
                Figures.shown("%.0f", Figures.median(own, "together")),
                Figures.shown("%.1f", Figures.median(own, "liveHeap") / 1e6),
                Figures.shown("%.1f", Figures.median(own, "direct") / 1e6),
                Figures.shown("%.0f", Figures.median(own, "rss") / 1e6),
                Figures.shown("%.1f", Figures.median(own, "cpuNanos") / 1e9),
                Figures.shown("%.1f", Figures.median(own, "wallNanos") / 1e9) + " |")));
    }
}
