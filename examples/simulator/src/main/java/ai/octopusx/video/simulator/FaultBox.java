package ai.octopusx.video.simulator;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The rules in force. Asked once per request; costs one array read where there are none. Safe for many threads. */
final class FaultBox {

    private final long seed;
    private final Map<Endpoint, List<Active>> byEndpoint = new EnumMap<>(Endpoint.class);
    private final List<Active> outcomes = new CopyOnWriteArrayList<>();
    private final Map<String, AtomicLong> struck = new ConcurrentHashMap<>();
    private long added;

    FaultBox(long seed, List<FaultRule> rules) {
        this.seed = seed;
        for (Endpoint endpoint : Endpoint.values()) {
            byEndpoint.put(endpoint, new CopyOnWriteArrayList<>());
        }
        rules.forEach(this::add);
    }

    synchronized void add(FaultRule rule) {
        Active active = new Active(rule, Dice.mix(seed, ++added));
        if (rule.endpoint() == null) {
            outcomes.add(active);
        } else {
            at(rule.endpoint()).add(active);
        }
    }

    synchronized void clear() {
        byEndpoint.values().forEach(List::clear);
        outcomes.clear();
    }

    /**
     * What strikes this request: every modifying fault whose turn it is, and the first of the others.
     *
     * @param taskId of the request, or empty
     * @param applies whether a fault can apply to the task as it stands; one that cannot is not used up
     */
    FaultsNow next(Endpoint endpoint, String taskId, Predicate<Fault> applies) {
        List<Active> rules = at(endpoint);
        if (rules.isEmpty()) {
            return FaultsNow.NONE;
        }
        List<Fault> modifiers = new ArrayList<>();
        Fault main = null;
        for (Active active : rules) {
            Fault fault = active.rule.fault();
            if (fault == null || (!fault.kind().modifies() && main != null) || !applies.test(fault)) {
                continue;
            }
            if (active.strikes(taskId)) {
                struck.computeIfAbsent(active.rule.text(), text -> new AtomicLong())
                        .incrementAndGet();
                if (fault.kind().modifies()) {
                    modifiers.add(fault);
                } else {
                    main = fault;
                }
            }
        }
        return main == null && modifiers.isEmpty() ? FaultsNow.NONE : new FaultsNow(modifiers, main);
    }

    /** The outcome that a rule wants for the next job, if one does. */
    @Nullable
    Outcome nextOutcome() {
        for (Active active : outcomes) {
            if (active.strikes("")) {
                struck.computeIfAbsent(active.rule.text(), text -> new AtomicLong())
                        .incrementAndGet();
                return active.rule.outcome();
            }
        }
        return null;
    }

    /** How often each rule struck, by its text. */
    Map<String, Long> struck() {
        Map<String, Long> counts = new java.util.TreeMap<>();
        struck.forEach((text, count) -> counts.put(text, count.get()));
        return counts;
    }

    private List<Active> at(Endpoint endpoint) {
        return byEndpoint.getOrDefault(endpoint, List.of());
    }

    /** A rule and what is left of it. */
    private static final class Active {

        private final FaultRule rule;
        private final long seed;
        private final AtomicLong asked = new AtomicLong();
        private final AtomicLong left;
        private final Map<String, AtomicLong> leftOf = new ConcurrentHashMap<>();

        Active(FaultRule rule, long seed) {
            this.rule = rule;
            this.seed = seed;
            this.left = new AtomicLong(rule.times());
        }

        boolean strikes(String taskId) {
            if (rule.probability() < 1 && Dice.uniform(seed, asked.incrementAndGet()) >= rule.probability()) {
                return false;
            }
            AtomicLong budget =
                    rule.perTask() ? leftOf.computeIfAbsent(taskId, id -> new AtomicLong(rule.times())) : left;
            return budget.getAndUpdate(n -> n == 0 || n == Long.MAX_VALUE ? n : n - 1) > 0;
        }
    }
}
