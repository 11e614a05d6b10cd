package ai.octopusx.video.benchmarks;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What a process said of itself in one line: {@code name=value} each. */
public record Figures(Map<String, Double> values) {

    /** Reads such a line; true is 1 and false 0. */
    public static Figures of(String line) {
        Map<String, Double> values = new HashMap<>();
        for (String pair : line.split(" ")) {
            String value = pair.substring(pair.indexOf('=') + 1);
            values.put(
                    pair.substring(0, pair.indexOf('=')),
                    value.equals("true") ? 1 : value.equals("false") ? 0 : Double.parseDouble(value));
        }
        return new Figures(values);
    }

    /** The same, and one more. */
    public Figures with(String name, double value) {
        Map<String, Double> more = new HashMap<>(values);
        more.put(name, value);
        return new Figures(more);
    }

    /** Not a number where it was not said. */
    public double get(String name) {
        return values.getOrDefault(name, Double.NaN);
    }

    /** Of several rounds; not a number where none said it. */
    public static double median(List<Figures> rounds, String name) {
        double[] values =
                rounds.stream().mapToDouble(round -> round.get(name)).sorted().toArray();
        return values.length == 0 ? Double.NaN : values[values.length / 2];
    }

    /** For a table: a dash where there is none. */
    public static String shown(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(format, value);
    }
}
