package ai.octopusx.video.simulator;

import java.util.SplittableRandom;

/** Random numbers as a function of a seed and an index, so that neither threads nor order change them. */
final class Dice {

    private Dice() {}

    static long mix(long seed, long index) {
        return new SplittableRandom(seed * 0x9E3779B97F4A7C15L + index).nextLong();
    }

    /** From 0 to below 1. */
    static double uniform(long seed, long index) {
        return new SplittableRandom(mix(seed, index)).nextDouble();
    }

    /** Normal, with mean 0 and deviation 1. */
    static double gaussian(long seed, long index) {
        return new SplittableRandom(mix(seed, index)).nextGaussian();
    }
}
