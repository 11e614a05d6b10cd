package ai.octopusx.video.benchmarks.economy;

import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * The fewest polls per job that any schedule needs for a given mean lateness, by dynamic programming on the true law (Barlow,
 * Hunter and Proschan 1963). Written without the library's own planner and more plainly, so that each can prove the other wrong:
 * a finer grid, every pair of ages tried.
 */
final class Optimum {

    private static final double STEP = 0.25;
    private static final double LEFT = 1e-5;

    /** Neighbouring prices differ by a fifth; between them the optimum is interpolated. */
    private static final double NEXT_PRICE = 1.2;

    private final int steps;
    private final double[] over;
    private final double[] area;
    private final double[] cost;
    private final int[] next;

    /** Polls per job by mean lateness behind the gateway. */
    private final TreeMap<Double, Double> polls = new TreeMap<>();

    /** The prices tried so far. */
    private double cheapest = Double.POSITIVE_INFINITY;

    private double dearest;

    Optimum(LifeTimes lives) {
        double horizon = 60;
        while (lives.over(horizon) < 1 - LEFT) {
            horizon *= 1.1;
        }
        steps = (int) Math.ceil(horizon / STEP);
        over = new double[steps + 1];
        area = new double[steps + 1];
        cost = new double[steps + 1];
        next = new int[steps + 1];
        for (int i = 1; i <= steps; i++) {
            over[i] = lives.over(i * STEP);
            area[i] = area[i - 1] + (over[i] + over[i - 1]) / 2 * STEP;
        }
    }

    /**
     * @param lateness mean time from the moment at which the gateway shows the end to the poll that sees it, seconds
     * @return polls per job
     */
    double polls(double lateness) {
        if (polls.isEmpty()) {
            settle(lateness);
        }
        while (polls.firstKey() > lateness || polls.size() < 2) {
            settle(cheapest / NEXT_PRICE);
        }
        while (polls.lastKey() < lateness) {
            settle(dearest * NEXT_PRICE);
        }
        Map.Entry<Double, Double> below = Objects.requireNonNull(polls.floorEntry(lateness));
        Map.Entry<Double, Double> above = Objects.requireNonNull(polls.ceilingEntry(lateness));
        double width = above.getKey() - below.getKey();
        double share = width > 0 ? (lateness - below.getKey()) / width : 0;
        return below.getValue() + share * (above.getValue() - below.getValue());
    }

    /** The best schedule when a poll is worth so many seconds of lateness. */
    private void settle(double price) {
        cheapest = Math.min(cheapest, price);
        dearest = Math.max(dearest, price);
        cost[steps] = 0;
        int latest = steps;
        for (int from = steps - 1; from >= 0; from--) {
            double least = Double.POSITIVE_INFINITY;
            int best = from + 1;
            // The later one looks, the later the next look: no need to go past the best one of the age after this.
            for (int to = from + 1; to <= latest; to++) {
                double candidate = lateness(from, to) + cost[to];
                if (candidate < least) {
                    least = candidate;
                    best = to;
                }
            }
            latest = best;
            next[from] = best;
            cost[from] = price * (1 - over[from]) + least;
        }
        double late = 0;
        double looks = 0;
        for (int from = 0; from < steps; from = next[from]) {
            late += lateness(from, next[from]);
            looks += 1 - over[from];
        }
        polls.put(late, looks);
    }

    private double lateness(int from, int to) {
        return area[to] - area[from] - over[from] * (to - from) * STEP;
    }
}
