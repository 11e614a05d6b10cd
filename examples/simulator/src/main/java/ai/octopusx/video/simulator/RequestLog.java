package ai.octopusx.video.simulator;

import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One readable line per request. Keys appear by their label, queries not at all: a signed link is a secret too. */
final class RequestLog {

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm:ss.SSS");

    private final @Nullable Consumer<String> out;

    RequestLog(@Nullable Consumer<String> out) {
        this.out = out;
    }

    /** When a request began, for {@link Call#since()}; costs nothing where nobody reads the log. */
    long start() {
        return out == null ? 0 : System.nanoTime();
    }

    /** @param answer null if none will be given */
    void write(Call call, @Nullable Answer answer) {
        Consumer<String> to = out;
        if (to == null) {
            return;
        }
        Fault main = call.faults().main();
        String faults = call.faults().toString();
        Accounts.Key key = call.key();
        to.accept(TIME.format(LocalTime.now()) + " " + call.request().method().name() + " " + call.path() + " "
                + (answer == null ? "---" : Wire.described(answer, main)) + " "
                + (System.nanoTime() - call.since()) / 1_000_000 + "ms"
                + (call.endpoint() == Endpoint.FILES ? " files" : key == null ? " no key" : " " + key.label)
                + (faults.isEmpty() ? "" : " fault: " + faults));
    }

    void accepted(Call call, Job job) {
        Consumer<String> to = out;
        if (to == null) {
            return;
        }
        to.accept(TIME.format(LocalTime.now()) + " accepted " + job.id + " " + job.submission.model() + " "
                + job.size + " " + job.seconds + "s, " + job.submission.files().size() + " image(s), $"
                + job.price.toPlainString() + ", life "
                + (job.ended == Job.NEVER ? "without end" : (job.ended - job.started) / 1_000_000_000 + "s")
                + (job.started > job.created ? ", queued " + (job.started - job.created) / 1_000_000_000 + "s" : ""));
    }
}
