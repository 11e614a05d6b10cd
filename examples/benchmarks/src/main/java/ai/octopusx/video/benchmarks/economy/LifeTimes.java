package ai.octopusx.video.benchmarks.economy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** The true law of the lives, which only the benchmark knows. Seconds throughout. */
interface LifeTimes {

    String name();

    /** The part of the jobs that the gateway shows as over at this age. */
    double over(double age);

    Job draw(SplittableRandom dice);

    /** All lives so many times as long; the gateway stays as it is. */
    LifeTimes times(double factor);

    /** How often the gateway renews what it shows; zero if it shows everything at once. */
    default Duration snapshotEvery() {
        return Duration.ZERO;
    }

    /** An end, and the moment at which the gateway shows it. */
    record Job(double ended, double shown) {}

    /** One hump, right-skewed. */
    record Lognormal(double median, double sigma) implements LifeTimes {

        @Override
        public String name() {
            return "lognormal " + Math.round(median) + " s / " + sigma;
        }

        @Override
        public double over(double age) {
            return age <= 0 ? 0 : Normal.upTo(Math.log(age / median) / sigma);
        }

        @Override
        public Job draw(SplittableRandom dice) {
            double end = median * Math.exp(sigma * Normal.draw(dice));
            return new Job(end, end);
        }

        @Override
        public LifeTimes times(double factor) {
            return new Lognormal(median * factor, sigma);
        }
    }

    /** Any age within bounds is as likely as another: a law with edges, which no smoothing is made for. */
    record Uniform(double shortest, double longest) implements LifeTimes {

        @Override
        public String name() {
            return "uniform " + Math.round(shortest) + " to " + Math.round(longest) + " s";
        }

        @Override
        public double over(double age) {
            return Math.max(0, Math.min(1, (age - shortest) / (longest - shortest)));
        }

        @Override
        public Job draw(SplittableRandom dice) {
            double end = shortest + (longest - shortest) * dice.nextDouble();
            return new Job(end, end);
        }

        @Override
        public LifeTimes times(double factor) {
            return new Uniform(shortest * factor, longest * factor);
        }
    }

    /** Two kinds of job that the client cannot tell apart. */
    record TwoHumps(double firstPart, LifeTimes first, LifeTimes second) implements LifeTimes {

        @Override
        public String name() {
            return "two humps";
        }

        @Override
        public double over(double age) {
            return firstPart * first.over(age) + (1 - firstPart) * second.over(age);
        }

        @Override
        public Job draw(SplittableRandom dice) {
            return dice.nextDouble() < firstPart ? first.draw(dice) : second.draw(dice);
        }

        @Override
        public LifeTimes times(double factor) {
            return new TwoHumps(firstPart, first.times(factor), second.times(factor));
        }
    }

    /**
     * The same lives seen through a gateway that renews what it shows at every multiple of its refresh, counted from a phase
     * that nobody knows: the end shows up to one refresh late, each delay as likely as another.
     */
    record Refreshed(LifeTimes lives, double refresh) implements LifeTimes {

        /** Simpson's rule over one refresh; the laws here are smooth on that scale. */
        private static final int PARTS = 30;

        @Override
        public String name() {
            return lives.name() + ", snapshot " + Math.round(refresh) + " s";
        }

        @Override
        public double over(double age) {
            double sum = 0;
            for (int i = 0; i <= PARTS; i++) {
                double weight = i == 0 || i == PARTS ? 1 : i % 2 == 1 ? 4 : 2;
                sum += weight * lives.over(age - refresh * i / PARTS);
            }
            return sum / (3 * PARTS);
        }

        @Override
        public Job draw(SplittableRandom dice) {
            double end = lives.draw(dice).ended();
            return new Job(end, end + refresh * dice.nextDouble());
        }

        @Override
        public Duration snapshotEvery() {
            return Learning.seconds(refresh);
        }

        @Override
        public LifeTimes times(double factor) {
            return new Refreshed(lives.times(factor), refresh);
        }
    }

    /** The laws of the targets: four, and the same four behind a snapshot of 15 s. */
    static List<LifeTimes> ofTheTargets() {
        List<LifeTimes> bare = List.of(lognormal(60, 0.3), lognormal(60, 0.5), lognormal(60, 0.8), twoHumps());
        List<LifeTimes> all = new ArrayList<>(bare);
        bare.forEach(law -> all.add(new Refreshed(law, 15)));
        return all;
    }

    /** Laws that nothing in the library was made for. */
    static List<LifeTimes> foreign() {
        LifeTimes refused = new TwoHumps(0.1, new Uniform(2, 20), lognormal(90, 0.4));
        LifeTimes three =
                new TwoHumps(0.3, lognormal(25, 0.1), new TwoHumps(0.5, lognormal(70, 0.1), lognormal(200, 0.1)));
        return List.of(
                new Uniform(30, 120),
                named("10 % refused early, lognormal 90 s / 0.4", refused),
                named("three humps", three));
    }

    private static LifeTimes named(String name, LifeTimes lives) {
        return new Named(name, lives);
    }

    /** The same law under another name. */
    record Named(String name, LifeTimes lives) implements LifeTimes {

        @Override
        public double over(double age) {
            return lives.over(age);
        }

        @Override
        public Job draw(SplittableRandom dice) {
            return lives.draw(dice);
        }

        @Override
        public LifeTimes times(double factor) {
            return new Named(name, lives.times(factor));
        }
    }

    static LifeTimes lognormal(double median, double sigma) {
        return new Lognormal(median, sigma);
    }

    /** 60 % around 45 s, 40 % around 150 s, each lognormal with sigma 0.15. */
    static LifeTimes twoHumps() {
        return new TwoHumps(0.6, lognormal(45, 0.15), lognormal(150, 0.15));
    }
}
