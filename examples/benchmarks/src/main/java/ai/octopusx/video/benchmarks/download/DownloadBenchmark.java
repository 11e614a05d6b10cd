package ai.octopusx.video.benchmarks.download;

import ai.octopusx.video.benchmarks.Figures;
import ai.octopusx.video.benchmarks.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Brings files of 64 MB and of 1 GB to the disk, one downloader after the other, several rounds, and prints the median of
 * each figure. The source and the downloader run in processes of their own, each pinned to a core where {@code taskset}
 * exists.
 *
 * <p>Arguments: other sizes, in MB. Properties: {@code rounds} (3), {@code directory} (the system's temporary one), {@code heap} (64m). Ours forces each
 * file to the disk before it takes its place, which the others do not: that is in its MB/s, and hardly in its CPU.
 */
public final class DownloadBenchmark {

    private static final List<String> ALL = List.of("octopusx", "minimal", "minimal-on-loop", "curl");

    /** User and system time of the children, as {@code times} of a POSIX shell prints them. */
    private static final Pattern TIMES = Pattern.compile("(\\d+)m([\\d.]+)s\\s+(\\d+)m([\\d.]+)s");

    private DownloadBenchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        for (String megabytes : args.length == 0 ? List.of("64", "1024") : List.of(args)) {
            long size = Long.parseLong(megabytes) << 20;
            run(size, (int) Math.max(1, (640L << 20) / size));
        }
    }

    private static void run(long size, int files) throws IOException, InterruptedException {
        Map<String, List<Figures>> figures = new LinkedHashMap<>();
        for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
            for (String name : ALL) {
                try (Peer source = Peer.java(0, heap(), FileSource.class)) {
                    String origin = "http://127.0.0.1:" + source.line();
                    figures.computeIfAbsent(name, key -> new ArrayList<>())
                            .add(name.equals("curl") ? curl(origin, size, files) : java(name, origin, size, files));
                }
            }
        }
        double yardstick = Figures.median(figures.getOrDefault("minimal", List.of()), "cpuNanos");
        System.out.println((size >> 20) + " MB to disk, the median of " + Integer.getInteger("rounds", 3) + " rounds");
        System.out.println("| client | MB/s | CPU s | x minimal | allocated MB | peak live heap MB | peak RSS MB |");
        System.out.println("|---|---|---|---|---|---|---|");
        figures.forEach((name, rows) -> System.out.println(String.join(
                " | ",
                "| " + name,
                Figures.shown("%.0f", size / 1e6 / (Figures.median(rows, "wallNanos") / 1e9)),
                Figures.shown("%.3f", Figures.median(rows, "cpuNanos") / 1e9),
                Figures.shown("%.2f", Figures.median(rows, "cpuNanos") / yardstick),
                Figures.shown("%.2f", Figures.median(rows, "allocated") / 1e6),
                Figures.shown("%.1f", Figures.median(rows, "liveHeap") / 1e6),
                Figures.shown("%.0f", Figures.median(rows, "rss") / 1e6) + " |")));
    }

    private static Figures java(String name, String origin, long size, int files)
            throws IOException, InterruptedException {
        try (Peer client = Peer.java(
                1,
                heap(),
                DownloadProcess.class,
                name,
                origin,
                "" + size,
                "" + files,
                directory().toString())) {
            return Figures.of(client.line()).with("rss", client.peakMemory());
        }
    }

    private static String heap() {
        return System.getProperty("heap", "64m");
    }

    /** As many files as the others, each by a process of its own, as curl is used. */
    private static Figures curl(String origin, long size, int files) throws IOException, InterruptedException {
        Path file = directory().resolve("octopusx-benchmark-curl.mp4");
        String loop = "for i in $(seq " + files + "); do curl -sS -f -o " + file + " " + origin + "/" + size
                + "; done; times";
        long start = System.nanoTime();
        try (Peer shell = new Peer(1, List.of("sh", "-c", loop))) {
            shell.line();
            Matcher times = TIMES.matcher(shell.line());
            if (!times.matches() || Files.size(file) != size) {
                throw new IOException("curl did not bring the file, or sh did not tell its times");
            }
            double seconds = 60 * Integer.parseInt(times.group(1))
                    + Double.parseDouble(times.group(2))
                    + 60 * Integer.parseInt(times.group(3))
                    + Double.parseDouble(times.group(4));
            return new Figures(Map.of(
                    "wallNanos", (double) (System.nanoTime() - start) / files,
                    "cpuNanos", seconds * 1e9 / files,
                    "rss", (double) shell.peakMemory()));
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Path directory() {
        return Path.of(System.getProperty("directory", System.getProperty("java.io.tmpdir")));
    }
}
