package ai.octopusx.video.benchmarks.load;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Runs contestants one after the other against a server in a process of its own, each pinned to a core where
 * {@code taskset} exists, and prints a table.
 *
 * <p>Arguments: {@code saturation}, {@code jobs} or {@code idle}; then the contestants, by default all.
 */
public final class LoadBenchmark {

    private static final List<String> ALL = List.of("octopusx", "minimal", "webclient", "jdk", "openai");

    private LoadBenchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String scenario = args.length == 0 ? "saturation" : args[0];
        List<String> names = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : ALL;
        switch (scenario) {
            case "saturation" -> saturation(names);
            case "jobs" -> {
                jobs(names, 0);
                jobs(names, 200);
            }
            case "idle" -> {
                idle(names, 10_000, "PT5S");
                idle(names, 100_000, "PT30S");
            }
            default -> throw new IllegalArgumentException("Say saturation, jobs or idle, not " + scenario);
        }
    }

    private static void saturation(List<String> names) throws IOException, InterruptedException {
        int rounds = Integer.getInteger("rounds", 3);
        System.out.println("256 polls in flight, " + rounds + " rounds, the median of each");
        System.out.println("| client | CPU us per poll | x minimal | allocated B per poll | polls/s |");
        System.out.println("|---|---|---|---|---|");
        Map<String, List<double[]>> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String name : names) {
                figures.computeIfAbsent(name, key -> new ArrayList<>()).add(saturate(name));
            }
        }
        List<double[]> yardstick = figures.getOrDefault("minimal", List.of(new double[] {Double.NaN, 0, 0}));
        figures.forEach((name, own) -> System.out.printf(
                "| %s | %.1f | %.2f | %.0f | %.0f |%n",
                name, median(own, 0), median(own, 0) / median(yardstick, 0), median(own, 1), median(own, 2)));
    }

    private static double[] saturate(String name) throws IOException, InterruptedException {
        long seconds = Long.getLong("seconds", 8);
        try (Peer server = Peer.server(0)) {
            int port = Integer.parseInt(server.line());
            try (Peer client = Peer.client("saturation", name, port, "256", "256", "PT" + seconds + "S")) {
                client.expect("from");
                long from = server.polls();
                client.go();
                client.expect("to");
                long polls = server.polls() - from;
                client.go();
                Figures figures = Figures.of(client.line());
                return new double[] {
                    figures.get("cpuNanos") / polls / 1000, figures.get("allocated") / polls, (double) polls / seconds
                };
            }
        }
    }

    private static double median(List<double[]> rows, int column) {
        double[] values = rows.stream().mapToDouble(row -> row[column]).sorted().toArray();
        return values[values.length / 2];
    }

    private static void jobs(List<String> names, int latencyMillis) throws IOException, InterruptedException {
        System.out.println("10,000 jobs, a poll every 2 s, lives of 10 to 30 s, " + latencyMillis + " ms of latency");
        System.out.println(
                "| client | lost | mean lateness ms | p99 ms | threads | connections | CPU us per poll | peak heap MB |");
        System.out.println("|---|---|---|---|---|---|---|---|");
        for (String name : names) {
            try (Peer server = Peer.server(latencyMillis)) {
                int port = Integer.parseInt(server.line());
                Figures own;
                try (Peer client = Peer.client("jobs", name, port, "0", "10000", "PT2S", "PT10S", "PT30S")) {
                    own = Figures.of(client.line());
                }
                long[] seen = server.end();
                System.out.printf(
                        "| %s | %.0f | %.0f | %.0f | %.0f | %d | %.1f | %.0f |%n",
                        name,
                        own.get("lost"),
                        own.get("meanMillis"),
                        own.get("p99Millis"),
                        own.get("threads"),
                        seen[1],
                        own.get("cpuNanos") / seen[0] / 1000,
                        own.get("peakHeap") / 1e6);
            }
        }
    }

    private static void idle(List<String> names, int jobs, String interval) throws IOException, InterruptedException {
        System.out.println(jobs + " jobs without news, a poll every " + interval.substring(2));
        System.out.println("| client | live heap B per job | lost | CPU us per poll | connections | peak heap MB |");
        System.out.println("|---|---|---|---|---|---|");
        for (String name : names) {
            try (Peer server = Peer.server(0)) {
                int port = Integer.parseInt(server.line());
                Figures own;
                try (Peer client = Peer.client("idle", name, port, "0", "" + jobs, interval)) {
                    own = Figures.of(client.line());
                }
                long[] seen = server.end();
                System.out.printf(
                        "| %s | %.0f | %.0f | %.1f | %d | %.0f |%n",
                        name,
                        own.get("bytesPerJob"),
                        own.get("lost"),
                        own.get("cpuNanos") / seen[0] / 1000,
                        seen[1],
                        own.get("peakHeap") / 1e6);
            }
        }
    }

    /** What a contestant said: {@code name=value} each. */
    private record Figures(Map<String, String> values) {

        static Figures of(String line) {
            Map<String, String> values = new HashMap<>();
            for (String pair : line.split(" ")) {
                values.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
            }
            return new Figures(values);
        }

        double get(String name) {
            return Double.parseDouble(Objects.requireNonNull(values.get(name), name));
        }
    }

    /** A process on a core of its own. */
    private static final class Peer implements AutoCloseable {

        private final Process process;
        private final BufferedReader out;

        private Peer(int core, List<String> command) throws IOException {
            List<String> pinned = new ArrayList<>();
            if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
                pinned.addAll(List.of("taskset", "-c", "" + core));
            }
            pinned.addAll(command);
            this.process = new ProcessBuilder(pinned)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        }

        static Peer server(int latencyMillis) throws IOException {
            return new Peer(0, java(LoadServer.class, "-Xmx256m", "" + latencyMillis));
        }

        static Peer client(String scenario, String name, int port, String connections, String... more)
                throws IOException {
            List<String> arguments = new ArrayList<>(List.of(scenario, name, "http://127.0.0.1:" + port, connections));
            arguments.addAll(List.of(more));
            String heap = "-Xmx" + System.getProperty("heap", "1g");
            return new Peer(1, java(ContestantProcess.class, heap, arguments.toArray(String[]::new)));
        }

        private static List<String> java(Class<?> main, String heap, String... arguments) {
            List<String> command = new ArrayList<>(List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    heap,
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty("java.class.path"),
                    main.getName()));
            command.addAll(List.of(arguments));
            return command;
        }

        String line() throws IOException {
            String line = out.readLine();
            if (line == null) {
                throw new IOException("The process ended without a word");
            }
            return line;
        }

        void expect(String word) throws IOException {
            String line = line();
            if (!line.equals(word)) {
                throw new IOException("Expected " + word + ", not " + line);
            }
        }

        void go() throws IOException {
            write('\n');
        }

        /** The server's counter, now. */
        long polls() throws IOException {
            write('\n');
            return Long.parseLong(line().split(" ")[0]);
        }

        private void write(char c) throws IOException {
            OutputStream in = process.getOutputStream();
            in.write(c);
            in.flush();
        }

        /** Polls and connections, all in all. */
        long[] end() throws IOException {
            process.getOutputStream().close();
            String[] counts = line().split(" ");
            return new long[] {Long.parseLong(counts[0]), Long.parseLong(counts[1])};
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
