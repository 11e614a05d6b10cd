package ai.octopusx.video.benchmarks.load;

import ai.octopusx.video.benchmarks.Self;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One contestant in one scenario, in a process of its own. Prints one line of figures, {@code name=value} each.
 *
 * <p>Arguments: scenario, contestant, URL of the gateway, connections (0 for its own limit), then what the scenario wants.
 */
final class ContestantProcess {

    private ContestantProcess() {}

    public static void main(String[] args) throws InterruptedException {
        try (Contestant contestant = Contestant.named(args[1], URI.create(args[2]), Integer.parseInt(args[3]))) {
            System.out.println(
                    switch (args[0]) {
                        case "saturation" -> saturation(contestant, Integer.parseInt(args[4]), Duration.parse(args[5]));
                        case "jobs" ->
                            jobs(
                                    contestant,
                                    Integer.parseInt(args[4]),
                                    Duration.parse(args[5]),
                                    Duration.parse(args[6]),
                                    Duration.parse(args[7]));
                        case "idle" -> idle(contestant, Integer.parseInt(args[4]), Duration.parse(args[5]));
                        default -> throw new IllegalArgumentException("No scenario is called " + args[0]);
                    });
        }
        System.exit(0); // some contestants leave threads behind
    }

    /** So many loops that poll without a pause. The caller counts the polls at the server, between two marks. */
    private static String saturation(Contestant contestant, int inFlight, Duration length) throws InterruptedException {
        long never = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1);
        AtomicInteger lost = new AtomicInteger();
        for (int i = 0; i < inFlight; i++) {
            contestant.watch("job-" + i + "-" + never, Duration.ZERO, seen -> lost.incrementAndGet());
        }
        pause(length); // the compiler's time
        mark("from");
        long cpu = Self.cpuNanos();
        long allocated = Self.allocated();
        pause(length);
        mark("to");
        return "cpuNanos=" + (Self.cpuNanos() - cpu) + " allocated=" + (Self.allocated() - allocated) + " lost=" + lost;
    }

    /** Tells the one who started this to look at the server's counter, and waits until it has. */
    private static void mark(String name) throws InterruptedException {
        System.out.println(name);
        try {
            System.in.read();
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Jobs of random lives, all watched at once from the start. */
    private static String jobs(Contestant contestant, int count, Duration interval, Duration shortest, Duration longest)
            throws InterruptedException {
        Random random = new Random(1);
        long start = System.currentTimeMillis();
        long[] lateness = new long[count];
        Arrays.fill(lateness, -1);
        CountDownLatch open = new CountDownLatch(count);
        AtomicInteger lost = new AtomicInteger();
        AtomicInteger threads = new AtomicInteger();
        for (int i = 0; i < count; i++) {
            int job = i;
            long life = shortest.toMillis()
                    + (long) (random.nextDouble() * longest.minus(shortest).toMillis());
            long end = start + life;
            contestant.watch("job-" + i + "-" + end, interval, seen -> {
                if (seen) {
                    lateness[job] = System.currentTimeMillis() - end;
                } else {
                    lost.incrementAndGet();
                }
                threads.accumulateAndGet(Self.threads(), Math::max);
                open.countDown();
            });
        }
        open.await(longest.toSeconds() * 3 + 60, TimeUnit.SECONDS);
        long[] seen = Arrays.stream(lateness).filter(late -> late >= 0).sorted().toArray();
        return "unfinished=" + open.getCount() + " lost=" + lost + " meanMillis="
                + Math.round(Arrays.stream(seen).average().orElse(-1))
                + " p99Millis=" + (seen.length == 0 ? -1 : seen[(int) (seen.length * 0.99)]) + " threads=" + threads
                + " cpuNanos=" + Self.cpuNanos() + " peakHeap=" + Self.peakHeap();
    }

    /**
     * What a watched job without news keeps: the live heap with all of them, less that without. As many that end at once go
     * before, so that the connections of the burst are there already.
     */
    private static String idle(Contestant contestant, int count, Duration interval) throws InterruptedException {
        CountDownLatch warm = new CountDownLatch(count);
        long over = System.currentTimeMillis();
        for (int i = 0; i < count; i++) {
            contestant.watch("warm-" + i + "-" + over, interval, seen -> warm.countDown());
        }
        warm.await(2, TimeUnit.MINUTES);
        long never = System.currentTimeMillis() + TimeUnit.DAYS.toMillis(1);
        String[] ids = new String[count];
        for (int i = 0; i < count; i++) {
            ids[i] = "job-" + i + "-" + never;
        }
        AtomicInteger lost = new AtomicInteger();
        Contestant.Ended ended = seen -> lost.incrementAndGet();
        long before = live();
        for (String id : ids) {
            contestant.watch(id, interval, ended);
        }
        pause(interval.multipliedBy(2)); // at least one answered poll each
        long kept = live() - before;
        return "bytesPerJob=" + kept / count + " lost=" + lost + " ids=" + ids.length + " peakHeap=" + Self.peakHeap();
    }

    /** The least of ten looks: in each, some polls are under way. */
    private static long live() throws InterruptedException {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < 10; i++) {
            least = Math.min(least, Self.reachable());
            pause(Duration.ofMillis(100));
        }
        return least;
    }

    private static void pause(Duration length) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(length.toNanos());
    }
}
