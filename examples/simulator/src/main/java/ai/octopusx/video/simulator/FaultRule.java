package ai.octopusx.video.simulator;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which requests suffer which fault, read from text: {@code endpoint:kind[/argument…][*times][@probability]}.
 *
 * @param endpoint null for a rule about the outcomes of jobs
 * @param times how often it strikes at most, per task if {@code perTask}
 */
record FaultRule(
        @Nullable Endpoint endpoint,
        @Nullable Fault fault,
        @Nullable Outcome outcome,
        long times,
        double probability,
        boolean perTask,
        String text) {

    static final String GRAMMAR = "endpoint:kind[/argument...][*times][@probability], several separated by commas;"
            + " endpoint is submit, status, content, files, any or outcome";

    private static final Pattern RULE =
            Pattern.compile("([a-z]+):([^*@]+)(?:\\*(\\d+))?(?:@(\\d*\\.?\\d+))?", Pattern.CASE_INSENSITIVE);

    /** @throws IllegalArgumentException telling the part that is not understood and what would be */
    static List<FaultRule> parse(String spec) {
        List<FaultRule> rules = new ArrayList<>();
        for (String part : spec.split(",", -1)) {
            if (!part.isBlank()) {
                parseOne(part.strip(), rules);
            }
        }
        return rules;
    }

    private static void parseOne(String text, List<FaultRule> into) {
        Matcher matcher = RULE.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Fault '" + text + "' is not understood: write " + GRAMMAR);
        }
        String where = requireNonNull(matcher.group(1)).toLowerCase(Locale.ROOT);
        String what = requireNonNull(matcher.group(2));
        String count = matcher.group(3);
        String chance = matcher.group(4);
        long times = count == null ? Long.MAX_VALUE : Long.parseLong(count);
        double probability = chance == null ? 1 : Double.parseDouble(chance);
        if (probability > 1) {
            throw new IllegalArgumentException(
                    "Fault '" + text + "' has a probability of " + chance + ": allowed is 0 to 1");
        }
        if (where.equals("outcome")) {
            into.add(new FaultRule(null, null, Outcome.parse(what), times, probability, false, text));
            return;
        }
        FaultText parsed = new FaultText(what.strip(), text);
        Fault fault = parsed.fault();
        for (Endpoint endpoint : endpoints(where, text)) {
            if (!fault.kind().endpoints.contains(endpoint)) {
                if (where.equals("any")) {
                    continue;
                }
                throw new IllegalArgumentException("Fault '" + text + "': '" + what + "' makes no sense at " + where);
            }
            if (endpoint != Endpoint.SUBMIT && (fault.accepted() || fault.early())) {
                throw new IllegalArgumentException("Fault '" + text + "': accepted and early are for submit only");
            }
            into.add(new FaultRule(endpoint, fault, null, times, probability, parsed.isPerTask(), text));
        }
    }

    private static List<Endpoint> endpoints(String where, String text) {
        return switch (where) {
            case "submit" -> List.of(Endpoint.SUBMIT);
            case "status" -> List.of(Endpoint.STATUS);
            case "content" -> List.of(Endpoint.CONTENT);
            case "files" -> List.of(Endpoint.FILES);
            case "any" -> List.of(Endpoint.SUBMIT, Endpoint.STATUS, Endpoint.CONTENT, Endpoint.FILES);
            default -> throw new IllegalArgumentException("Fault '" + text + "' is not understood: write " + GRAMMAR);
        };
    }

    @Override
    public String toString() {
        return text;
    }
}
