package ai.octopusx.video.benchmarks.download;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
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
        Map<String, List<Map<String, Double>>> figures = new LinkedHashMap<>();
        for (int round = 0; round < Integer.getInteger("rounds", 3); round++) {
            for (String name : ALL) {
                try (Running source = Running.java(0, FileSource.class)) {
                    String origin = "http://127.0.0.1:" + source.line();
                    figures.computeIfAbsent(name, key -> new ArrayList<>())
                            .add(name.equals("curl") ? curl(origin, size, files) : java(name, origin, size, files));
                }
            }
        }
        double yardstick = median(figures.getOrDefault("minimal", List.of()), "cpuNanos");
        System.out.println((size >> 20) + " MB to disk, the median of " + Integer.getInteger("rounds", 3) + " rounds");
        System.out.println("| client | MB/s | CPU s | x minimal | allocated MB | peak live heap MB | peak RSS MB |");
        System.out.println("|---|---|---|---|---|---|---|");
        figures.forEach((name, rows) -> System.out.println(String.join(
                " | ",
                "| " + name,
                figure("%.0f", size / 1e6 / (median(rows, "wallNanos") / 1e9)),
                figure("%.3f", median(rows, "cpuNanos") / 1e9),
                figure("%.2f", median(rows, "cpuNanos") / yardstick),
                figure("%.2f", median(rows, "allocated") / 1e6),
                figure("%.1f", median(rows, "liveHeap") / 1e6),
                figure("%.0f", median(rows, "rss") / 1e6) + " |")));
    }

    private static String figure(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(format, value);
    }

    private static Map<String, Double> java(String name, String origin, long size, int files)
            throws IOException, InterruptedException {
        try (Running client = Running.java(
                1,
                DownloadProcess.class,
                name,
                origin,
                "" + size,
                "" + files,
                directory().toString())) {
            Map<String, Double> row = new HashMap<>();
            for (String pair : client.line().split(" ")) {
                row.put(pair.substring(0, pair.indexOf('=')), Double.valueOf(pair.substring(pair.indexOf('=') + 1)));
            }
            row.put("rss", (double) client.peakMemory());
            return row;
        }
    }

    /** As many files as the others, each by a process of its own, as curl is used. */
    private static Map<String, Double> curl(String origin, long size, int files)
            throws IOException, InterruptedException {
        Path file = directory().resolve("octopusx-benchmark-curl.mp4");
        String loop = "for i in $(seq " + files + "); do curl -sS -f -o " + file + " " + origin + "/" + size
                + "; done; times";
        long start = System.nanoTime();
        try (Running shell = new Running(1, List.of("sh", "-c", loop))) {
            shell.line();
            Matcher times = TIMES.matcher(shell.line());
            if (!times.matches() || Files.size(file) != size) {
                throw new IOException("curl did not bring the file, or sh did not tell its times");
            }
            double seconds = 60 * Integer.parseInt(times.group(1))
                    + Double.parseDouble(times.group(2))
                    + 60 * Integer.parseInt(times.group(3))
                    + Double.parseDouble(times.group(4));
            return Map.of(
                    "wallNanos", (double) (System.nanoTime() - start) / files,
                    "cpuNanos", seconds * 1e9 / files,
                    "rss", (double) shell.peakMemory());
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static Path directory() {
        return Path.of(System.getProperty("directory", System.getProperty("java.io.tmpdir")));
    }

    private static double median(List<Map<String, Double>> rows, String name) {
        double[] values = rows.stream()
                .mapToDouble(row -> row.getOrDefault(name, Double.NaN))
                .sorted()
                .toArray();
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    /** A process on a core of its own. */
    private static final class Running implements AutoCloseable {

        private final Process process;
        private final BufferedReader out;
        private final Thread observer;
        private volatile long peakMemory;

        Running(int core, List<String> command) throws IOException {
            List<String> pinned = new ArrayList<>();
            if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
                pinned.addAll(List.of("taskset", "-c", "" + core));
            }
            pinned.addAll(command);
            this.process = new ProcessBuilder(pinned)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            this.observer = new Thread(this::observe, "memory");
            observer.setDaemon(true);
            observer.start();
        }

        static Running java(int core, Class<?> main, String... arguments) throws IOException {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx" + System.getProperty("heap", "64m"),
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main.getName()));
            command.addAll(List.of(arguments));
            return new Running(core, command);
        }

        String line() throws IOException {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("The process ended without a word");
            }
            return line;
        }

        /** Of the process and its children, each at its own peak; 0 where there is no /proc. */
        long peakMemory() throws InterruptedException {
            process.waitFor();
            observer.join();
            return peakMemory;
        }

        private void observe() {
            while (process.isAlive()) {
                long now = process.children()
                        .mapToLong(child -> highWater(child.pid()))
                        .max()
                        .orElse(0);
                peakMemory = Math.max(peakMemory, Math.max(now, highWater(process.pid())));
                try {
                    Thread.sleep(5);
                } catch (InterruptedException e) {
                    return;
                }
            }
        }

        private static long highWater(long pid) {
            try {
                for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "status"))) {
                    if (line.startsWith("VmHWM:")) {
                        return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                    }
                }
            } catch (IOException e) {
                // it has just ended, or this is no Linux
            }
            return 0;
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
