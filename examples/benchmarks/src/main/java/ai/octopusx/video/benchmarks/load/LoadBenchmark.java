package ai.octopusx.video.benchmarks.load;

import ai.octopusx.video.benchmarks.Figures;
import ai.octopusx.video.benchmarks.Peer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Runs contestants one after the other against a server in a process of its own, each pinned to a core where
 * {@code taskset} exists, and prints a table.
 *
 * <p>Arguments: {@code saturation}, {@code http2}, {@code jobs}, {@code fleet} or {@code idle}; then the contestants, by default all.
 */
public final class LoadBenchmark {

    private static final List<String> ALL =
            List.of("octopusx", "minimal", "netty", "azure", "webclient", "jdk", "openai");

    private static final List<String> BOTH_VERSIONS = List.of("octopusx", "octopusx-h2c", "minimal");

    private static final Crowd TEN_THOUSAND =
            new Crowd(10_000, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(30));
    private static final Crowd HUNDRED_THOUSAND =
            new Crowd(100_000, Duration.ofSeconds(30), Duration.ofSeconds(60), Duration.ofSeconds(180));

    /** Jobs that begin together, and live from the shortest to the longest life. */
    private record Crowd(int jobs, Duration interval, Duration shortest, Duration longest) {

        String[] arguments() {
            return new String[] {"" + jobs, interval.toString(), shortest.toString(), longest.toString()};
        }
    }

    private LoadBenchmark() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String scenario = args.length == 0 ? "saturation" : args[0];
        List<String> names = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : ALL;
        switch (scenario) {
            case "saturation" -> saturation(names, LoadServer.class);
            case "http2" -> saturation(args.length > 1 ? names : BOTH_VERSIONS, MultiplexingServer.class);
            case "jobs" -> {
                jobs(names, TEN_THOUSAND, 0);
                jobs(names, TEN_THOUSAND, 200);
            }
            case "fleet" -> jobs(args.length > 1 ? names : List.of("octopusx"), HUNDRED_THOUSAND, 0);
            case "idle" -> {
                idle(names, 10_000, "PT5S");
                idle(names, 100_000, "PT30S");
            }
            default ->
                throw new IllegalArgumentException("Say saturation, http2, jobs, fleet or idle, not " + scenario);
        }
    }

    private static void saturation(List<String> names, Class<?> gateway) throws IOException, InterruptedException {
        int rounds = Integer.getInteger("rounds", 3);
        System.out.println("256 polls in flight, " + rounds + " rounds, the median of each");
        System.out.println("| client | CPU us per poll | x minimal | allocated B per poll | polls/s |");
        System.out.println("|---|---|---|---|---|");
        Map<String, List<double[]>> figures = new LinkedHashMap<>();
        for (int round = 0; round < rounds; round++) {
            for (String name : names) {
                figures.computeIfAbsent(name, key -> new ArrayList<>()).add(saturate(name, gateway));
            }
        }
        List<double[]> yardstick = figures.getOrDefault("minimal", List.of(new double[] {Double.NaN, 0, 0}));
        figures.forEach((name, own) -> System.out.printf(
                "| %s | %.1f | %.2f | %.0f | %.0f |%n",
                name, median(own, 0), median(own, 0) / median(yardstick, 0), median(own, 1), median(own, 2)));
    }

    private static double[] saturate(String name, Class<?> gateway) throws IOException, InterruptedException {
        long seconds = Long.getLong("seconds", 8);
        try (Peer server = Peer.java(0, "256m", gateway, "0")) {
            int port = Integer.parseInt(server.line());
            try (Peer client = client("saturation", name, port, "256", "256", "PT" + seconds + "S")) {
                client.expect("from");
                long from = polls(server);
                client.nudge();
                client.expect("to");
                long polls = polls(server) - from;
                client.nudge();
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

    private static void jobs(List<String> names, Crowd crowd, int latencyMillis)
            throws IOException, InterruptedException {
        System.out.printf(
                "%,d jobs, a poll every %d s, lives of %d to %d s, %d ms of latency%n",
                crowd.jobs(),
                crowd.interval().toSeconds(),
                crowd.shortest().toSeconds(),
                crowd.longest().toSeconds(),
                latencyMillis);
        System.out.println(
                "| client | lost | unfinished | mean lateness ms | p99 ms | threads | connections | CPU us per poll | peak heap MB |");
        System.out.println("|---|---|---|---|---|---|---|---|---|");
        for (String name : names) {
            try (Peer server = server(latencyMillis)) {
                int port = Integer.parseInt(server.line());
                Figures own = report(client("jobs", name, port, "0", crowd.arguments()));
                if (own == null) {
                    System.out.println("| " + name + " | did not finish | | | | | | | |");
                    continue;
                }
                long[] seen = end(server);
                System.out.printf(
                        "| %s | %.0f | %.0f | %.0f | %.0f | %.0f | %d | %.1f | %.0f |%n",
                        name,
                        own.get("lost"),
                        own.get("unfinished"),
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
        System.out.println("| client | live heap B per job | lost | connections | peak heap MB |");
        System.out.println("|---|---|---|---|---|");
        for (String name : names) {
            try (Peer server = server(0)) {
                int port = Integer.parseInt(server.line());
                Figures own = report(client("idle", name, port, "0", "" + jobs, interval));
                if (own == null) {
                    System.out.println("| " + name + " | did not finish | | | |");
                    continue;
                }
                long[] seen = end(server);
                System.out.printf(
                        "| %s | %.0f | %.0f | %d | %.0f |%n",
                        name, own.get("bytesPerJob"), own.get("lost"), seen[1], own.get("peakHeap") / 1e6);
            }
        }
    }

    /** Null if the client ended without one; what it had to say about that is on the standard error. */
    private static @Nullable Figures report(Peer client) {
        try (client) {
            return Figures.of(client.line());
        } catch (IOException e) {
            return null;
        }
    }

    private static Peer server(int latencyMillis) throws IOException {
        return Peer.java(0, "256m", LoadServer.class, "" + latencyMillis);
    }

    private static Peer client(String scenario, String name, int port, String connections, String... more)
            throws IOException {
        List<String> arguments = new ArrayList<>(List.of(scenario, name, "http://127.0.0.1:" + port, connections));
        arguments.addAll(List.of(more));
        return Peer.java(
                1, System.getProperty("heap", "1g"), ContestantProcess.class, arguments.toArray(String[]::new));
    }

    /** The server's counter, now. */
    private static long polls(Peer server) throws IOException {
        server.nudge();
        return Long.parseLong(server.line().split(" ")[0]);
    }

    /** Polls and connections, all in all. */
    private static long[] end(Peer server) throws IOException {
        server.endInput();
        String[] counts = server.line().split(" ");
        return new long[] {Long.parseLong(counts[0]), Long.parseLong(counts[1])};
    }
}
