package ai.octopusx.video;

import static ai.octopusx.video.LifeLaw.CELL;
import static ai.octopusx.video.LifeLaw.CELLS;

import ai.octopusx.video.LifeEvidence.Lives;
import java.util.Arrays;

/**
 * From lives that are known as spans to the masses of a {@link LifeLaw}. Pure functions.
 *
 * <p>Each span is spread over its cells in proportion to a first, smooth guess (cf. expectation, maximisation and smoothing:
 * Silverman, Jones, Wilson and Nychka, 1990). Then several ways of smoothing the result stand against each other: kernels
 * of different width, which follow any shape, and one or two normal laws of the logarithm, which need fewer lives. Each counts as much as it foretold lives that were kept from it. What is known from elsewhere enters as if it were one
 * life more.
 */
final class LifeEstimate {

    /** What is known from elsewhere counts as so many lives of this kind: it matters for the first few, and past the last. */
    static final double LIVES_OF_BASE = 1;

    /** Widths of the kernels, on the logarithm of the life. */
    private static final double[] WIDTHS = {0.06, 0.09, 0.14, 0.21, 0.31, 0.46};

    private static final int FOLDS = 5;

    private static final int REFITS = 8;

    /** Where one law ends and another begins, counted from the newest life. */
    private static final int[] SPLITS = {12, 17, 24, 34, 48, 68, 96, 136};

    /** Kolmogorov and Smirnov: chance passes this bound in one of 50,000 comparisons. */
    private static final double DRIFT_BOUND = 2.4;

    private LifeEstimate() {}

    /** The masses of a law, and how many of the newest lives it was made of. */
    record Estimate(double[] masses, int lives) {}

    /**
     * The masses of the law that the newest lives follow: of all, unless an older part differs from a newer one by more than
     * chance explains.
     *
     * @param base what is known from elsewhere, as masses that sum to one, none of them zero
     */
    static Estimate of(Lives lives, double scale, double[] base) {
        if (lives.size() == 0) {
            return new Estimate(base, 0);
        }
        LifeSpans spans = LifeSpans.of(lives, scale);
        double[] pilot = spans.pilot(base);
        int kept = sinceLastDrift(spans, pilot);
        return kept < lives.size()
                ? of(lives.newest(kept), scale, base)
                : new Estimate(blended(spans, pilot, base), kept);
    }

    private static int sinceLastDrift(LifeSpans spans, double[] pilot) {
        int kept = spans.size();
        double furthest = DRIFT_BOUND;
        for (int newer : SPLITS) {
            int older = spans.size() - newer;
            if (older < SPLITS[0]) {
                break;
            }
            double distance = largestDistance(
                    LifeLaw.cumulated(spans.counted(pilot, older, spans.size())),
                    LifeLaw.cumulated(spans.counted(pilot, 0, older)));
            double inDeviations = distance / Math.sqrt(1.0 / newer + 1.0 / older);
            if (inDeviations > furthest) {
                furthest = inDeviations;
                kept = newer;
            }
        }
        return kept;
    }

    private static double largestDistance(double[] upTo, double[] otherUpTo) {
        double largest = 0;
        for (int edge = 0; edge < upTo.length; edge++) {
            largest = Math.max(largest, Math.abs(upTo[edge] - otherUpTo[edge]));
        }
        return largest;
    }

    /**
     * The masses, blurred by nearly a normal law of this width: three times the mean of so many neighbours. Mass that would
     * fall off the grid is lost.
     */
    static double[] smoothed(double[] mass, double width) {
        double inCells = width / CELL;
        int reach = (int) Math.max(1, Math.round((Math.sqrt(4 * inCells * inCells + 1) - 1) / 2));
        return neighboursMean(neighboursMean(neighboursMean(mass, reach), reach), reach);
    }

    private static double[] neighboursMean(double[] mass, int reach) {
        double[] mean = new double[CELLS];
        double sum = 0;
        for (int cell = -reach; cell < CELLS; cell++) {
            sum += cell + reach < CELLS ? mass[cell + reach] : 0;
            if (cell >= 0) {
                mean[cell] = Math.max(0, sum) / (2 * reach + 1);
                sum -= cell - reach >= 0 ? mass[cell - reach] : 0;
            }
        }
        return mean;
    }

    /** Every fifth life is kept back in turn, and each way of smoothing is asked how likely it finds those. */
    private static double[] blended(LifeSpans spans, double[] pilot, double[] base) {
        double[][] folds = new double[FOLDS][];
        double[] foldWeight = new double[FOLDS];
        for (int fold = 0; fold < FOLDS; fold++) {
            int kept = fold;
            folds[fold] = spans.spread(pilot, life -> life % FOLDS == kept ? spans.weight()[life] : 0);
        }
        for (int i = 0; i < spans.size(); i++) {
            foldWeight[i % FOLDS] += spans.weight()[i];
        }
        double all = spans.all();
        double[][] ways = new double[WIDTHS.length + 2][];
        double[] score = new double[ways.length];
        for (int way = 0; way < WIDTHS.length; way++) {
            double[][] blurred = new double[FOLDS][];
            for (int fold = 0; fold < FOLDS; fold++) {
                blurred[fold] = smoothed(folds[fold], WIDTHS[way]);
            }
            ways[way] = sum(blurred);
            for (int fold = 0; fold < FOLDS; fold++) {
                score[way] += foretold(spans, fold, difference(ways[way], blurred[fold]), all - foldWeight[fold], base);
            }
        }
        double[] spread = sum(folds);
        for (int humps = 1; humps <= 2; humps++) {
            int way = WIDTHS.length + humps - 1;
            Humps start = refitted(humps == 1 ? Humps.one(spread) : Humps.two(spread), spread);
            ways[way] = start.masses();
            for (int fold = 0; fold < FOLDS; fold++) {
                double others = all - foldWeight[fold];
                if (others > 0) {
                    double[] rest = difference(spread, folds[fold]);
                    score[way] += foretold(spans, fold, refitted(start, rest).masses(), others, base);
                } else {
                    score[way] += foretold(spans, fold, base, 0, base);
                }
            }
        }
        return mixed(averaged(ways, score), all, base, LIVES_OF_BASE);
    }

    private static Humps refitted(Humps start, double[] mass) {
        Humps humps = start;
        for (int round = 0; round < REFITS && (round == 0 || start.part().length > 1); round++) {
            humps = humps.refitted(mass);
        }
        return humps;
    }

    /** The logarithm of the likelihood of the lives kept back. */
    private static double foretold(LifeSpans spans, int fold, double[] law, double lives, double[] base) {
        double[] upTo = LifeSpans.running(mixed(law, lives, base, LIVES_OF_BASE));
        double sum = 0;
        for (int i = fold; i < spans.size(); i += FOLDS) {
            sum += spans.weight()[i] * Math.log(spans.within(i, upTo));
        }
        return sum;
    }

    private static double[] averaged(double[][] ways, double[] score) {
        double best = Arrays.stream(score).max().orElseThrow();
        double[] average = new double[CELLS];
        for (int way = 0; way < ways.length; way++) {
            double share =
                    Math.exp(score[way] - best) / Arrays.stream(ways[way]).sum();
            for (int cell = 0; cell < CELLS; cell++) {
                average[cell] += share * ways[way][cell];
            }
        }
        return average;
    }

    private static double[] sum(double[][] parts) {
        double[] sum = new double[CELLS];
        for (double[] part : parts) {
            for (int cell = 0; cell < CELLS; cell++) {
                sum[cell] += part[cell];
            }
        }
        return sum;
    }

    private static double[] difference(double[] all, double[] part) {
        double[] rest = new double[CELLS];
        for (int cell = 0; cell < CELLS; cell++) {
            rest[cell] = Math.max(0, all[cell] - part[cell]);
        }
        return rest;
    }

    /** Two laws as one, weighted by the number of lives that each stands for. */
    static double[] mixed(double[] law, double lives, double[] other, double otherLives) {
        double sum = Arrays.stream(law).sum();
        double share = sum > 0 ? lives / (lives + otherLives) / sum : 0;
        double otherShare = sum > 0 ? otherLives / (lives + otherLives) : 1;
        double[] mixed = new double[CELLS];
        for (int cell = 0; cell < CELLS; cell++) {
            mixed[cell] = share * law[cell] + otherShare * other[cell];
        }
        return mixed;
    }
}
