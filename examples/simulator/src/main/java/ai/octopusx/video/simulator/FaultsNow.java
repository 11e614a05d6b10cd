package ai.octopusx.video.simulator;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What strikes one request: changes to its true answer, and at most one fault that replaces or breaks it. */
record FaultsNow(List<Fault> modifiers, @Nullable Fault main) {

    static final FaultsNow NONE = new FaultsNow(List.of(), null);

    boolean has(Fault.Kind kind) {
        return modifiers.stream().anyMatch(fault -> fault.kind() == kind);
    }

    boolean isMain(Fault.Kind kind) {
        return main != null && main.kind() == kind;
    }

    Duration latency() {
        return modifiers.stream()
                .filter(fault -> fault.kind() == Fault.Kind.LATENCY)
                .map(Fault::time)
                .reduce(Duration.ZERO, Duration::plus);
    }

    /** For the request log. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        modifiers.forEach(fault -> text.append(' ').append(fault.kind()));
        if (main != null) {
            text.append(' ').append(main.kind());
        }
        return text.toString()
                .toLowerCase(java.util.Locale.ROOT)
                .replace('_', '-')
                .strip();
    }
}
