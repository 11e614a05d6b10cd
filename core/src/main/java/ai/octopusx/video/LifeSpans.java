package ai.octopusx.video;

import static ai.octopusx.video.LifeLaw.CELLS;

import ai.octopusx.video.LifeEvidence.Lives;
import java.util.function.IntToDoubleFunction;

/**
 * Lives as stretches of the grid of {@link LifeLaw}, and where within its stretch each probably ended: expectation and
 * maximisation for data known as spans. A value; pure functions.
 *
 * @param from where each begins, in cells from the lower end of the grid
 * @param to where each ends, at least a cell later
 * @param weight how much each counts
 * @param all the sum of the weights
 */
record LifeSpans(double[] from, double[] to, double[] weight, double all) {

    private static final int ROUNDS = 12;

    /** An extrapolation goes at most so many steps at once, once shorter ones went well. */
    private static final double FURTHEST = 16;

    /** The logarithm of a likelihood that no longer grows by so much has arrived. */
    private static final double SETTLED = 0.01;

    /** So many lives may be quite unlike the others, when it is guessed where within its span each ended. */
    private static final double OUTLIERS = 0.2;

    static LifeSpans of(Lives lives, double scale) {
        int size = lives.size();
        double[] from = new double[size];
        double[] to = new double[size];
        double[] weight = new double[size];
        double all = 0;
        for (int i = 0; i < size; i++) {
            double low = LifeLaw.position(lives.notBefore()[i] / 1e3, scale);
            double high = LifeLaw.position(lives.notAfter()[i] / 1e3, scale);
            // A life known exactly still fills one cell: the grid tells no more.
            double lacking = Math.max(0, 1 - (high - low)) / 2;
            from[i] = Math.max(0, Math.min(CELLS - 1, low - lacking));
            to[i] = Math.min(CELLS, Math.max(from[i] + 1, high + lacking));
            weight[i] = lives.weight(i);
            all += weight[i];
        }
        return new LifeSpans(from, to, weight, all);
    }

    int size() {
        return from.length;
    }

    /** A first guess, to say where within its span a life probably ended: one hump or two, smooth in any case. */
    double[] pilot(double[] base) {
        Fit one = fitted(Humps.one(spread(base, this::weightOf)), base);
        Fit two = fitted(Humps.two(spread(base, this::weightOf)), base);
        // Bayes' criterion: a hump more has three numbers more to choose.
        double odds = Math.exp(two.likelihood() - one.likelihood() - 1.5 * Math.log(all));
        return LifeEstimate.mixed(one.masses(), 1, two.masses(), Math.min(odds, 1e9));
    }

    /** Expectation and maximisation: the spans are spread by the humps, and the humps follow. */
    private Fit fitted(Humps start, double[] base) {
        Fit best = fit(start, base);
        double furthest = 1;
        for (int round = 0; round < ROUNDS; round++) {
            Humps first = best.humps();
            Humps second = followed(first, best.masses());
            Humps third = followed(second, withOutliers(second.masses(), base));
            Fit near = fit(third, base);
            Fit far = fit(Humps.heading(first, second, third, furthest), base);
            Fit next = far.likelihood() > near.likelihood() ? far : near;
            furthest = Math.min(FURTHEST, next == far ? 2 * furthest : furthest / 2);
            if (next.likelihood() < best.likelihood() + SETTLED) {
                return next;
            }
            best = next;
        }
        return best;
    }

    private Humps followed(Humps humps, double[] masses) {
        return humps.refitted(spread(masses, this::weightOf));
    }

    private Fit fit(Humps humps, double[] base) {
        double[] masses = withOutliers(humps.masses(), base);
        double[] upTo = running(masses);
        double likelihood = 0;
        for (int i = 0; i < size(); i++) {
            likelihood += weight[i] * Math.log(within(i, upTo));
        }
        return new Fit(humps, masses, likelihood);
    }

    /** Wherever a life may be, there is some mass to spread it by. */
    private double[] withOutliers(double[] masses, double[] base) {
        return LifeEstimate.mixed(masses, all, base, OUTLIERS);
    }

    double weightOf(int life) {
        return weight[life];
    }

    /** The lives from one index to another, each as one, spread by the guess. */
    double[] counted(double[] guess, int first, int end) {
        return spread(guess, life -> life >= first && life < end ? 1 : 0);
    }

    /** Each life spread over its span in proportion to the guess. */
    double[] spread(double[] guess, IntToDoubleFunction weight) {
        double[] upTo = running(guess);
        // How often each cell is taken: steps at the ends of the spans, summed up afterwards.
        double[] times = new double[CELLS + 2];
        for (int i = 0; i < size(); i++) {
            double share = weight.applyAsDouble(i);
            if (share > 0) {
                share /= within(i, upTo);
                step(times, from[i], share);
                step(times, to[i], -share);
            }
        }
        double[] spread = new double[CELLS];
        double taken = 0;
        for (int cell = 0; cell < CELLS; cell++) {
            taken += times[cell];
            spread[cell] = Math.max(0, taken * guess[cell]);
        }
        return spread;
    }

    /** From this place on, one so much more; the cell of the place itself in part. */
    private static void step(double[] times, double place, double height) {
        int cell = (int) place;
        double inside = cell + 1 - place;
        times[cell] += height * inside;
        times[cell + 1] += height * (1 - inside);
    }

    /** The mass within a span. */
    double within(int life, double[] upTo) {
        return at(to[life], upTo) - at(from[life], upTo);
    }

    private static double at(double place, double[] upTo) {
        int cell = Math.min((int) place, CELLS - 1);
        return upTo[cell] + (place - cell) * (upTo[cell + 1] - upTo[cell]);
    }

    static double[] running(double[] mass) {
        double[] upTo = new double[CELLS + 1];
        for (int cell = 0; cell < CELLS; cell++) {
            upTo[cell + 1] = upTo[cell] + mass[cell];
        }
        return upTo;
    }

    private record Fit(Humps humps, double[] masses, double likelihood) {}
}
