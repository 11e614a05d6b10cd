package ai.octopusx.video.benchmarks.economy;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.benchmarks.economy.Learning.Stage;
import ai.octopusx.video.benchmarks.economy.Learning.Told;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Prints the tables of the polling economy: {@code PollingEconomy laws [target delay in seconds]}, {@code PollingEconomy batches},
 * {@code PollingEconomy budget}, or all without a word. The same numbers each time: the seeds are fixed.
 */
public final class PollingEconomy {

    static final int SEEDS = 20;
    private static final Duration USUAL_TARGET = Duration.ofSeconds(5);

    private PollingEconomy() {}

    public static void main(String... arguments) {
        List<String> words = List.of(arguments);
        Duration target = words.size() > 1 ? Learning.seconds(Double.parseDouble(words.get(1))) : USUAL_TARGET;
        if (words.isEmpty() || words.get(0).equals("laws")) {
            printLaws(target, System.out);
        }
        if (words.isEmpty() || words.get(0).equals("batches")) {
            printBatches(target, System.out);
        }
        if (words.isEmpty() || words.get(0).equals("budget")) {
            printBudget(System.out);
        }
        if (!words.isEmpty() && !List.of("laws", "batches", "budget").contains(words.get(0))) {
            System.err.println(
                    "Usage: PollingEconomy [laws [target delay in seconds] | batches [target delay in seconds] | budget]");
            System.exit(2);
        }
    }

    /** One policy that does not learn, under the name of the table. */
    private record Plain(String name, PollingPolicy policy) {}

    private static List<Plain> plain() {
        return List.of(
                new Plain("fixed 5 s", PollingPolicy.fixed(Duration.ofSeconds(5))),
                new Plain("fixed 10 s", PollingPolicy.fixed(Duration.ofSeconds(10))),
                exponential(1, 10, 1.5, 0),
                exponential(2, 15, 1.5, 0),
                exponential(1, 30, 2, 0),
                new Plain("default: exponential 5 s -> 15 s, x 1.5, jitter 0.2", Learning.exponentialDefault()));
    }

    private static Plain exponential(int first, int max, double factor, double jitter) {
        return new Plain(
                "exponential " + first + " s -> " + max + " s, x " + factor,
                PollingPolicy.exponential(Duration.ofSeconds(first), Duration.ofSeconds(max), factor, jitter));
    }

    private static void printLaws(Duration target, PrintStream out) {
        out.printf(
                "%nPolls per job against the optimum, target delay %s, %d fresh jobs, %d seeds%n",
                target, Learning.FRESH_JOBS, SEEDS);
        List<LifeTimes> laws = new ArrayList<>(LifeTimes.ofTheTargets());
        laws.addAll(LifeTimes.foreign());
        for (LifeTimes law : laws) {
            out.printf("%n%s%n", law.name());
            out.println(
                    "| policy | polls per job | lateness, mean | p95 | behind the gateway | optimum | ratio | worst seed | price |");
            out.println("|---|---|---|---|---|---|---|---|---|");
            Optimum optimum = new Optimum(law);
            for (Plain plain : plain()) {
                Results results = new Results(target);
                for (long seed = 1; seed <= SEEDS; seed++) {
                    results.add(
                            Score.of(
                                    plain.policy(),
                                    Learning.KIND,
                                    law,
                                    Learning.FRESH_JOBS,
                                    new SplittableRandom(seed)),
                            optimum);
                }
                results.print(plain.name(), out);
            }
            printAdaptive(law, optimum, target, out);
        }
    }

    private static void printAdaptive(LifeTimes law, Optimum optimum, Duration target, PrintStream out) {
        Optimum optimumAfterDrift = new Optimum(Learning.at(Stage.AFTER_DRIFT, law));
        for (Told told : Told.values()) {
            Map<Stage, Results> results = new EnumMap<>(Stage.class);
            for (long seed = 1; seed <= SEEDS; seed++) {
                Learning.examined(law, target, told, seed)
                        .forEach((stage, score) -> results.computeIfAbsent(stage, first -> new Results(target))
                                .add(score, stage == Stage.AFTER_DRIFT ? optimumAfterDrift : optimum));
            }
            results.forEach((stage, result) -> {
                if (stage != Stage.COLD || told == Told.SPAN) {
                    result.print("adaptive, " + named(stage) + (told == Told.MOMENT ? ", moments known" : ""), out);
                }
            });
        }
    }

    private static String named(Stage stage) {
        return switch (stage) {
            case COLD -> "no life known";
            case AFTER_30 -> "30 lives";
            case AFTER_200 -> "200 lives";
            case AFTER_DRIFT -> "200 more, twice as long";
        };
    }

    /** The scores of all seeds in one row. */
    private static final class Results {

        private final List<Score> scores = new ArrayList<>();
        private final List<Double> ratios = new ArrayList<>();
        private final double target;

        Results(Duration target) {
            this.target = target.toNanos() / 1e9;
        }

        void add(Score score, Optimum optimum) {
            scores.add(score);
            ratios.add(score.polls() / optimum.polls(score.behindGateway()));
        }

        void print(String name, PrintStream out) {
            double polls = mean(scores.stream().mapToDouble(Score::polls).toArray());
            double ratio = median(ratios);
            out.printf(
                    Locale.ROOT,
                    "| %s | %.2f | %.2f s | %.2f s | %.2f s | %.2f | %.2f | %.2f | %.1f |%n",
                    name,
                    polls,
                    mean(scores.stream().mapToDouble(Score::lateness).toArray()),
                    mean(scores.stream().mapToDouble(Score::lateness95).toArray()),
                    mean(scores.stream().mapToDouble(Score::behindGateway).toArray()),
                    polls / ratio,
                    ratio,
                    ratios.stream().mapToDouble(each -> each).max().orElseThrow(),
                    mean(scores.stream()
                            .mapToDouble(score -> score.price(target))
                            .toArray()));
        }

        private static double mean(double[] values) {
            return Arrays.stream(values).average().orElseThrow();
        }
    }

    static double median(List<Double> values) {
        double[] sorted = values.stream().mapToDouble(each -> each).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static void printBatches(Duration target, PrintStream out) {
        out.printf(
                "%nBatches of %d, one after the other, target delay %s, %d seeds%n",
                Batches.JOBS, target, Batches.SEEDS);
        out.println(
                "| law | told of | lives known | first batch, lateness, mean | ratio | batches 2 to 6, lateness, mean | worst batch | ratio |");
        out.println("|---|---|---|---|---|---|---|---|");
        for (LifeTimes law : LifeTimes.ofTheTargets()) {
            Optimum optimum = new Optimum(law);
            for (Batches.Told told : Batches.Told.values()) {
                for (int known : new int[] {0, 200}) {
                    Batches.Summary first = Batches.Summary.of(law, target, told, known, 0, 1);
                    Batches.Summary later = Batches.Summary.of(law, target, told, known, 1, 6);
                    out.printf(
                            Locale.ROOT,
                            "| %s | %s | %d | %.2f s | %.2f | %.2f s | %.2f s | %.2f |%n",
                            law.name(),
                            told == Batches.Told.BEGINS ? "begins, looks, ends" : "ends only",
                            known,
                            first.behindGateway(),
                            first.polls() / optimum.polls(first.behindGateway()),
                            later.behindGateway(),
                            later.worst(),
                            later.polls() / optimum.polls(later.behindGateway()));
                }
            }
        }
    }

    private static void printBudget(PrintStream out) {
        out.printf(
                Locale.ROOT,
                "%n%d jobs in 10 min, %.0f polls/s, no gap above %.0f s%n",
                Budget.JOBS,
                Budget.POLLS_PER_SECOND,
                Budget.LONGEST_GAP);
        out.println(
                "| order | target delay | lives known | lateness, mean | p95 | polls per job | longest gap | of equal shares |");
        out.println("|---|---|---|---|---|---|---|---|");
        Budget.Outcome equal = Budget.run(Budget.Order.EQUAL_SHARES, Duration.ofSeconds(1), 0, 1);
        printBudgetRow("equal shares, round robin | - | -", equal, equal, out);
        for (Budget.Order order : Budget.Order.values()) {
            if (order != Budget.Order.EQUAL_SHARES) {
                for (int target = 1; target <= 3; target++) {
                    printBudgetRow(order, target, 0, equal, out);
                }
            }
        }
        printBudgetRow(Budget.Order.CHANCE_TIMES_WAIT, 1, 200, equal, out);
        printBudgetRow(Budget.Order.CHANCE_TIMES_WAIT, 2, 200, equal, out);
    }

    private static void printBudgetRow(
            Budget.Order order, int target, int taught, Budget.Outcome equal, PrintStream out) {
        printBudgetRow(
                order.name().toLowerCase(Locale.ROOT).replace('_', ' ') + " | " + target + " s | " + taught,
                Budget.run(order, Duration.ofSeconds(target), taught, 1),
                equal,
                out);
    }

    private static void printBudgetRow(String name, Budget.Outcome outcome, Budget.Outcome equal, PrintStream out) {
        out.printf(
                Locale.ROOT,
                "| %s | %.2f s | %.2f s | %.1f | %.1f s | %.2f |%n",
                name,
                outcome.lateness(),
                outcome.lateness95(),
                outcome.polls(),
                outcome.longestGap(),
                outcome.lateness() / equal.lateness());
    }
}
