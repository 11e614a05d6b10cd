package ai.octopusx.video;

import static ai.octopusx.video.LifeLaw.CELL;
import static ai.octopusx.video.LifeLaw.CELLS;
import static ai.octopusx.video.LifeLaw.FIRST_EDGE;

/**
 * One normal law of the logarithm of the life, or several in one: jobs that look alike but take different ways. A value.
 *
 * @param part the part of the jobs in each hump
 */
record Humps(double[] part, double[] mean, double[] deviation) {

    /** No hump is narrower: a few lives that happen to agree prove no law. */
    static final double NARROWEST = 0.05;

    /** A hump starts with at least this part of the jobs. */
    private static final double SMALLEST = 0.02;

    /** What lies so far from every hump is no evidence about them. */
    private static final double FAR_FROM_ALL = 1e-30;

    /** One hump with the mean and the spread of these masses. */
    static Humps one(double[] mass) {
        return between(mass, new int[] {0, CELLS});
    }

    /** Two, cut where the parts are most unlike each other (Otsu 1979). */
    static Humps two(double[] mass) {
        double all = 0;
        double allMoment = 0;
        for (int cell = 0; cell < CELLS; cell++) {
            all += mass[cell];
            allMoment += mass[cell] * middle(cell);
        }
        double below = 0;
        double moment = 0;
        double widest = -1;
        int cut = CELLS / 2;
        for (int cell = 0; cell < CELLS - 1; cell++) {
            below += mass[cell];
            moment += mass[cell] * middle(cell);
            double distance = moment * all - allMoment * below;
            double unlike = distance * distance / (below * (all - below));
            if (Math.min(below, all - below) > SMALLEST * all && unlike > widest) {
                widest = unlike;
                cut = cell + 1;
            }
        }
        return between(mass, new int[] {0, cut, CELLS});
    }

    private static Humps between(double[] mass, int[] cuts) {
        double[][] shares = new double[cuts.length - 1][CELLS];
        for (int hump = 0; hump < shares.length; hump++) {
            System.arraycopy(mass, cuts[hump], shares[hump], cuts[hump], cuts[hump + 1] - cuts[hump]);
        }
        return of(shares);
    }

    /** One step of expectation and maximisation: the masses are shared out among the humps, and each hump follows its share. */
    Humps refitted(double[] mass) {
        double[][] shares = perHump();
        for (int cell = 0; cell < CELLS; cell++) {
            double all = 0;
            for (double[] share : shares) {
                all += share[cell];
            }
            for (double[] share : shares) {
                share[cell] *= all > FAR_FROM_ALL ? mass[cell] / all : 0;
            }
        }
        return of(shares);
    }

    /**
     * Where a row of steps is heading, from three of them: squared extrapolation (Varadhan and Roland 2008), as a single
     * step gains little while many lives are known only as "before the first look".
     *
     * @param furthest goes at most so many steps at once
     */
    static Humps heading(Humps first, Humps second, Humps third, double furthest) {
        int humps = first.part.length;
        double[] way = new double[3 * humps];
        double[] bend = new double[3 * humps];
        double speed = 0;
        double turn = 0;
        for (int i = 0; i < way.length; i++) {
            way[i] = second.number(i) - first.number(i);
            bend[i] = third.number(i) - second.number(i) - way[i];
            speed += way[i] * way[i];
            turn += bend[i] * bend[i];
        }
        double reach = Math.min(furthest, Math.sqrt(speed / Math.max(1e-30, turn)));
        double[] part = new double[humps];
        double[] mean = new double[humps];
        double[] deviation = new double[humps];
        double all = 0;
        for (int hump = 0; hump < humps; hump++) {
            part[hump] = Math.exp(first.along(3 * hump, reach, way, bend));
            mean[hump] = first.along(3 * hump + 1, reach, way, bend);
            deviation[hump] = Math.max(NARROWEST, Math.exp(first.along(3 * hump + 2, reach, way, bend)));
            all += part[hump];
        }
        for (int hump = 0; hump < humps; hump++) {
            part[hump] /= all;
        }
        return new Humps(part, mean, deviation);
    }

    private double along(int number, double reach, double[] way, double[] bend) {
        return number(number) + 2 * reach * way[number] + reach * reach * bend[number];
    }

    /** The humps as a row of numbers that may take any value. */
    private double number(int i) {
        int hump = i / 3;
        return switch (i % 3) {
            case 0 -> Math.log(part[hump]);
            case 1 -> mean[hump];
            default -> Math.log(deviation[hump]);
        };
    }

    double[] masses() {
        double[] sum = new double[CELLS];
        for (double[] share : perHump()) {
            for (int cell = 0; cell < CELLS; cell++) {
                sum[cell] += share[cell];
            }
        }
        return LifeLaw.normalised(sum);
    }

    private double[][] perHump() {
        double[][] shares = new double[part.length][];
        for (int hump = 0; hump < part.length; hump++) {
            shares[hump] = LifeLaw.lognormal(mean[hump], deviation[hump]);
            for (int cell = 0; cell < CELLS; cell++) {
                shares[hump][cell] *= part[hump];
            }
        }
        return shares;
    }

    private static Humps of(double[][] shares) {
        double[] part = new double[shares.length];
        double[] mean = new double[shares.length];
        double[] deviation = new double[shares.length];
        double all = 0;
        for (int hump = 0; hump < shares.length; hump++) {
            double mass = 1e-300;
            double first = 0;
            double second = 0;
            for (int cell = 0; cell < CELLS; cell++) {
                double middle = middle(cell);
                mass += shares[hump][cell];
                first += shares[hump][cell] * middle;
                second += shares[hump][cell] * middle * middle;
            }
            part[hump] = mass;
            mean[hump] = first / mass;
            deviation[hump] = Math.sqrt(Math.max(NARROWEST * NARROWEST, second / mass - mean[hump] * mean[hump]));
            all += mass;
        }
        for (int hump = 0; hump < part.length; hump++) {
            part[hump] /= all;
        }
        return new Humps(part, mean, deviation);
    }

    private static double middle(int cell) {
        return FIRST_EDGE + (cell + 0.5) * CELL;
    }
}
