package ai.octopusx.video;

/**
 * When to look at a job of a given age that was not over at the last look: optimal inspection (Barlow, Hunter and Proschan,
 * "Optimum checking procedures", 1963) on a {@link LifeLaw}, for the price of a look at which the mean lateness is what was
 * asked for. A value.
 *
 * <p>With the price {@code c} in seconds of lateness per look, the expected cost still to come at age {@code t}, times the
 * part of the jobs that come so far, is
 * <pre>   C(t) = min over s >= t + floor of  c (1 - F(t)) + integral from t to s of (s - v) dF(v) + C(s)</pre>
 * The integral is {@code G(s) - G(t) - F(t) (s - t)} with {@code G} the integral of {@code F}; so for each {@code s} the right
 * side is a straight line in {@code F(t)}, and the best {@code s} is found on the lower envelope of these lines. Dear looks
 * make late ones: the mean lateness grows with the price, and bisection finds the price that gives the wanted one.
 */
final class InspectionPlan {

    /** Ages are told apart this well over the whole course. A look that is off by a step costs next to nothing. */
    private static final int STEPS = 1024;

    /** The course is computed until so few jobs are left, and trusted until a few more are. */
    private static final double LEFT_AT_HORIZON = 1e-4;

    private static final double LEFT_AT_TRUST = 2e-3;

    private static final double CLOSE_ENOUGH = 1e-3;

    /** A guess that has not arrived by then creeps along a plateau. */
    private static final int GUESSES = 20;

    /** So much below the price to start from, a look is as good as free. */
    private static final double NO_PRICE = 1e-9;

    private final double price;
    private final double meanLateness;
    private final double looks;
    private final int rounds;
    private final double step;
    private final double floor;
    private final double cap;
    private final float[] lookAt;
    private final double trusted;
    private final double lastGap;

    private InspectionPlan(Course course, double price, double trusted, double floor, double cap) {
        this.price = price;
        this.meanLateness = course.meanLateness();
        this.looks = course.looks();
        this.rounds = course.rounds;
        this.step = course.step;
        this.floor = floor;
        this.cap = cap;
        this.lookAt = course.lookTimes();
        this.trusted = trusted;
        this.lastGap = interpolated(trusted) - trusted;
    }

    /**
     * The plan whose mean lateness on this law is the wanted one, or as near to it as the floor allows.
     *
     * @param lateness the mean time from the end to the look that finds it, seconds
     * @param floor the shortest time between two looks, seconds
     * @param cap the longest time between two looks past everything known, seconds
     * @param priceNearby where to start looking for the price: that of a similar plan, or the wanted lateness
     */
    static InspectionPlan forMeanLateness(LifeLaw law, double lateness, double floor, double cap, double priceNearby) {
        Course course = new Course(law, floor);
        double price = priceFor(course, lateness, priceNearby);
        course.settle(price);
        return new InspectionPlan(course, price, law.ageWhen(1 - LEFT_AT_TRUST), floor, cap);
    }

    /**
     * Lateness grows about as the root of the price; where it does not, the bounds halve. Where one look more or less makes
     * it jump over what is wanted, the nearer side is taken. Just beside such a jump a guess hardly moves: after some rounds
     * only halving is left, which needs 16 from the widest bounds.
     */
    private static double priceFor(Course course, double lateness, double nearby) {
        double low = nearby * NO_PRICE;
        double high = nearby / NO_PRICE;
        double price = nearby;
        double nearest = price;
        double distance = Double.POSITIVE_INFINITY;
        for (int round = 1; distance > CLOSE_ENOUGH && high / low > 1 + CLOSE_ENOUGH; round++) {
            double ratio = lateness / latenessAt(course, price);
            if (Math.abs(Math.log(ratio)) < distance) {
                distance = Math.abs(Math.log(ratio));
                nearest = price;
            }
            if (ratio > 1) {
                low = price;
            } else {
                high = price;
            }
            double guess = price * ratio * ratio;
            price = round < GUESSES && guess > low && guess < high ? guess : Math.sqrt(low * high);
        }
        return nearest;
    }

    private static double latenessAt(Course course, double price) {
        course.settle(price);
        return course.meanLateness();
    }

    /** Seconds to wait before a job that is not over at this age is looked at again. */
    double delay(double age) {
        // Nothing is known of jobs that live so long: the delay grows with their age.
        double delay = age < trusted ? interpolated(age) - age : Math.min(lastGap * age / trusted, cap);
        return Math.max(delay, floor);
    }

    private double interpolated(double age) {
        double place = Math.max(0, age) / step;
        int before = Math.min((int) place, STEPS - 1);
        return lookAt[before] + (place - before) * (lookAt[before + 1] - lookAt[before]);
    }

    /** What a look was worth: so many seconds of lateness. */
    double price() {
        return price;
    }

    /** Expected on the law that the plan was made for, seconds. */
    double meanLateness() {
        return meanLateness;
    }

    /** Expected number of looks per job on the law that the plan was made for. */
    double looks() {
        return looks;
    }

    /** How many prices were tried. */
    int rounds() {
        return rounds;
    }

    /** The tables of one law, and the best course for one price at a time. */
    private static final class Course {

        private final double step;
        private final int leastSteps;
        /** At each age: the part of the jobs that is over, its integral, the cost to come, and the age of the next look. */
        private final double[] over = new double[STEPS + 1];

        private final double[] area = new double[STEPS + 1];
        private final double[] cost = new double[STEPS + 1];
        private final int[] next = new int[STEPS + 1];
        /** The lower envelope: the ages whose lines are lowest somewhere, the latest first. */
        private final int[] envelope = new int[STEPS + 1];

        private int rounds;

        Course(LifeLaw law, double floor) {
            step = law.ageWhen(1 - LEFT_AT_HORIZON) / STEPS;
            leastSteps = (int) Math.max(1, Math.ceil(floor / step - 1e-9));
            for (int i = 1; i <= STEPS; i++) {
                over[i] = law.over(i * step);
                area[i] = area[i - 1] + (over[i] + over[i - 1]) / 2 * step;
            }
        }

        void settle(double price) {
            rounds++;
            int lines = 0;
            // The few that outlive the course are found by one look more.
            cost[STEPS] = price * (1 - over[STEPS]);
            next[STEPS] = STEPS;
            for (int from = STEPS - 1; from >= 0; from--) {
                int to = from + leastSteps;
                if (to <= STEPS) {
                    lines = added(to, lines);
                }
                int best = lines == 0 ? STEPS : lowest(over[from], lines);
                next[from] = best;
                cost[from] = price * (1 - over[from]) + lateness(from, best) + cost[best];
            }
        }

        /** Expected lateness of the jobs that end between two looks, times their part of all. */
        private double lateness(int from, int to) {
            return area[to] - area[from] - over[from] * (to - from) * step;
        }

        /** The line of a look at age {@code to}: intercept {@code area + cost}, slope {@code -to}. */
        private double height(int to, double over) {
            return area[to] + cost[to] - over * to * step;
        }

        private int added(int to, int lines) {
            int kept = lines;
            while (kept >= 2 && isHidden(envelope[kept - 2], envelope[kept - 1], to)) {
                kept--;
            }
            envelope[kept] = to;
            return kept + 1;
        }

        /** Whether the middle one of three lines, the latest first, is nowhere the lowest. */
        private boolean isHidden(int latest, int middle, int earliest) {
            double atLatest = area[latest] + cost[latest];
            double atMiddle = area[middle] + cost[middle];
            double atEarliest = area[earliest] + cost[earliest];
            return (atEarliest - atMiddle) * (latest - middle) <= (atMiddle - atLatest) * (middle - earliest);
        }

        private int lowest(double over, int lines) {
            int low = 0;
            int high = lines - 1;
            while (low < high) {
                int middle = (low + high) >>> 1;
                if (height(envelope[middle], over) <= height(envelope[middle + 1], over)) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            return envelope[low];
        }

        double meanLateness() {
            double sum = 0;
            for (int from = 0; from < STEPS; from = next[from]) {
                sum += lateness(from, next[from]);
            }
            return sum;
        }

        double looks() {
            double sum = 0;
            for (int from = 0; from < STEPS; from = next[from]) {
                sum += 1 - over[from];
            }
            return sum;
        }

        float[] lookTimes() {
            float[] times = new float[STEPS + 1];
            for (int i = 0; i <= STEPS; i++) {
                times[i] = (float) (next[i] * step);
            }
            return times;
        }
    }
}
