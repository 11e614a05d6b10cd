package ai.octopusx.video.benchmarks.economy;

import java.util.Arrays;
import java.util.SplittableRandom;

/** The normal law. */
final class Normal {

    private static final double HORIZON = 8;
    private static final int PARTS = 16_000;
    private static final double[] UP_TO = table();

    private Normal() {}

    /** The part below {@code x}; right to 1e-7. */
    static double upTo(double x) {
        if (x <= -HORIZON) {
            return 0;
        }
        if (x >= HORIZON) {
            return 1;
        }
        double place = (x + HORIZON) / (2 * HORIZON) * PARTS;
        int before = Math.min((int) place, PARTS - 1);
        return UP_TO[before] + (place - before) * (UP_TO[before + 1] - UP_TO[before]);
    }

    /** Box and Muller, one of the two. */
    static double draw(SplittableRandom dice) {
        return Math.sqrt(-2 * Math.log(1 - dice.nextDouble())) * Math.cos(2 * Math.PI * dice.nextDouble());
    }

    private static double[] table() {
        double[] upTo = new double[PARTS + 1];
        double step = 2 * HORIZON / PARTS;
        for (int i = 1; i <= PARTS; i++) {
            double middle = -HORIZON + (i - 0.5) * step;
            upTo[i] = upTo[i - 1] + Math.exp(-middle * middle / 2) * step;
        }
        double all = upTo[PARTS];
        return Arrays.stream(upTo).map(part -> part / all).toArray();
    }
}
