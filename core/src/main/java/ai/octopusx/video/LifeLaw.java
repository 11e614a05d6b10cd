package ai.octopusx.video;

import java.util.Arrays;

/**
 * How long jobs of one kind live until the gateway shows their end: a distribution on a fixed grid of logarithmic cells
 * around a typical life. A value; nobody writes to the masses once they are handed over.
 *
 * <p>The cells are relative to {@code scale}, so that kinds of different length can lend each other their shape.
 */
final class LifeLaw {

    /** Cells of 2.5 %, from 1/55 of the scale to 55 times the scale. What lies outside counts in the outermost cells. */
    static final int CELLS = 320;

    static final double CELL = 0.025;
    static final double FIRST_EDGE = -CELLS * CELL / 2;

    private final double scale;
    private final double[] upTo;

    /**
     * @param scale a typical life, in seconds
     * @param mass one for each cell, in any unit
     */
    LifeLaw(double scale, double[] mass) {
        this.scale = scale;
        this.upTo = cumulated(mass);
    }

    /** A normal law of the logarithm, on the grid; zero where it is less than 1e-250. */
    static double[] lognormal(double mean, double deviation) {
        double[] mass = new double[CELLS];
        double place = (mean - FIRST_EDGE) / CELL - 0.5;
        int top = (int) Math.max(0, Math.min(CELLS - 1, Math.round(place)));
        // Outwards from the top each factor is the one before times a constant: two products instead of an exponential.
        double square = CELL / deviation * (CELL / deviation);
        double fading = Math.exp(-square);
        double highest = Math.exp(-square * (top - place) * (top - place) / 2);
        for (int way = -1; way <= 1; way += 2) {
            double factor = Math.exp(-square * (way * (top - place) + 0.5));
            double value = highest;
            for (int cell = top; cell >= 0 && cell < CELLS && value > 1e-250; cell += way) {
                mass[cell] = value;
                value *= factor;
                factor *= fading;
            }
        }
        return normalised(mass);
    }

    static double[] normalised(double[] mass) {
        double sum = Arrays.stream(mass).sum();
        for (int cell = 0; cell < mass.length; cell++) {
            mass[cell] /= sum;
        }
        return mass;
    }

    /** A running sum with a leading zero, ending at exactly one. */
    static double[] cumulated(double[] mass) {
        double[] upTo = new double[mass.length + 1];
        for (int cell = 0; cell < mass.length; cell++) {
            upTo[cell + 1] = upTo[cell] + mass[cell];
        }
        double all = upTo[mass.length];
        for (int edge = 0; edge <= mass.length; edge++) {
            upTo[edge] /= all;
        }
        return upTo;
    }

    /** Where a life lies on the grid, in cells from its lower end; between 0 and {@link #CELLS}. */
    static double position(double seconds, double scale) {
        return seconds <= 0 ? 0 : Math.max(0, Math.min(CELLS, (Math.log(seconds / scale) - FIRST_EDGE) / CELL));
    }

    double scale() {
        return scale;
    }

    /** The part of the jobs that is over at this age, in seconds. */
    double over(double age) {
        double position = position(age, scale);
        int cell = Math.min((int) position, CELLS - 1);
        return upTo[cell] + (position - cell) * (upTo[cell + 1] - upTo[cell]);
    }

    /** The age, in seconds, at which this part of the jobs is over. */
    double ageWhen(double part) {
        int cell = 0;
        while (cell < CELLS - 1 && upTo[cell + 1] < part) {
            cell++;
        }
        double mass = upTo[cell + 1] - upTo[cell];
        double within = mass > 0 ? Math.min(1, Math.max(0, (part - upTo[cell]) / mass)) : 1;
        return scale * Math.exp(FIRST_EDGE + (cell + within) * CELL);
    }

    /** The chance that a job which is not over at this age will be so after the delay; certain once no job lived so long. */
    double chance(double age, double delay) {
        double before = over(age);
        return before >= 1 ? 1 : Math.max(0, over(age + delay) - before) / (1 - before);
    }
}
