package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The account of everything that reached the simulator: for tests that assert money and manners. Each method answers
 * for the moment of its call and may be called from any thread while traffic runs. Moments are as the caller's clock
 * shows them; under a manual clock, as it was driven. No key is ever shown, only its label.
 */
public final class SimulatorLedger {

    private static final int MOST_VIOLATIONS = 10_000;

    private final GatewayClock clock;
    private final Jobs jobs;
    private final Accounts accounts;
    private final FaultBox faults;

    private final LongAdder[] requests = new LongAdder[Endpoint.values().length];
    private final LongAdder requestsWithoutKey = new LongAdder();
    private final LongAdder interruptedSubmissions = new LongAdder();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger mostConnections = new AtomicInteger();
    private final LongAdder allConnections = new LongAdder();
    private final AtomicInteger violationCount = new AtomicInteger();
    private final Collection<Violation> violations = new ConcurrentLinkedQueue<>();

    SimulatorLedger(GatewayClock clock, Jobs jobs, Accounts accounts, FaultBox faults) {
        this.clock = clock;
        this.jobs = jobs;
        this.accounts = accounts;
        this.faults = faults;
        for (int i = 0; i < requests.length; i++) {
            requests[i] = new LongAdder();
        }
    }

    /** Every job that was taken, in order: what the caller will find on the bill. */
    public List<AcceptedJob> accepted() {
        return jobs.all().stream().map(this::describe).toList();
    }

    public int acceptedCount() {
        return jobs.size();
    }

    public Optional<AcceptedJob> job(String taskId) {
        return Optional.ofNullable(jobs.find(taskId)).map(this::describe);
    }

    /**
     * Submissions of the same key with equal fields and equal files that were accepted more than once, each group in
     * order. Boundary, order of parts and file names do not count. Empty if nothing was paid twice.
     */
    public List<List<AcceptedJob>> acceptedTwice() {
        Map<Object, List<AcceptedJob>> groups = new LinkedHashMap<>();
        for (AcceptedJob job : accepted()) {
            List<String> files = job.files().stream()
                    .map(file -> file.field() + " " + file.sha256())
                    .sorted()
                    .toList();
            groups.computeIfAbsent(List.of(job.key(), job.fields(), files), key -> new ArrayList<>())
                    .add(job);
        }
        return groups.values().stream().filter(group -> group.size() > 1).toList();
    }

    /** One charge per accepted job. */
    public List<Charge> charges() {
        return jobs.all().stream().map(job -> charge(job, job.created)).toList();
    }

    /** What was given back for jobs without a video. */
    public List<Charge> refunds() {
        return jobs.refunds().stream().map(job -> charge(job, job.refunded)).toList();
    }

    /** Dollars charged and not given back. */
    public BigDecimal spent() {
        return sum(charges()).subtract(sum(refunds()));
    }

    /** Status requests for a task, answered truly or not. */
    public long polls(String taskId) {
        Job job = jobs.find(taskId);
        return job == null ? 0 : job.polls();
    }

    public long requests(Endpoint endpoint) {
        return requests[endpoint.ordinal()].sum();
    }

    /** Requests to both origins. */
    public long requests() {
        long sum = 0;
        for (LongAdder each : requests) {
            sum += each.sum();
        }
        return sum;
    }

    /** Requests to the API that came with a key. */
    public long requestsOf(String apiKey) {
        for (Accounts.Key key : accounts.all()) {
            if (key.is(apiKey)) {
                return key.requests.sum();
            }
        }
        return 0;
    }

    /** Requests to the API by the label of their key; those without a known one under {@code none}. */
    public Map<String, Long> requestsByKey() {
        Map<String, Long> counts = new TreeMap<>();
        accounts.all().forEach(key -> counts.put(key.label, key.requests.sum()));
        counts.put("none", requestsWithoutKey.sum());
        return counts;
    }

    /** Submissions whose connection broke before the whole body had arrived: nothing was taken. */
    public long interruptedSubmissions() {
        return interruptedSubmissions.sum();
    }

    /** Connections open at this moment, to both origins. */
    public int connections() {
        return connections.get();
    }

    /** The most connections that were open at once. */
    public int mostConnections() {
        return mostConnections.get();
    }

    /** Connections opened since the start. */
    public long allConnections() {
        return allConnections.sum();
    }

    /** Everything that was sent where it must not be; the first {@value #MOST_VIOLATIONS} of it. */
    public List<Violation> violations() {
        return List.copyOf(violations);
    }

    /** How often each fault struck, by its text. */
    public Map<String, Long> faults() {
        return Collections.unmodifiableMap(faults.struck());
    }

    /** The whole ledger, as {@code GET /__simulator/ledger} brings it. */
    public String toJson() {
        Json json = new Json().open();
        json.open("requests");
        for (Endpoint endpoint : Endpoint.values()) {
            json.number(endpoint.text(), requests(endpoint));
        }
        json.close().open("requests_by_key");
        requestsByKey().forEach(json::number);
        json.close()
                .number("interrupted_submissions", interruptedSubmissions())
                .open("connections")
                .number("open", connections())
                .number("most", mostConnections())
                .number("all", allConnections())
                .close()
                .open("faults");
        faults().forEach(json::number);
        json.close().number("spent", spent());
        chargesTo(json, "charges", charges());
        chargesTo(json, "refunds", refunds());
        json.openArray("violations");
        violations().forEach(each -> json.open()
                .text("what", each.what())
                .text("detail", each.detail())
                .text("at", each.at().toString())
                .close());
        json.closeArray().openArray("accepted_twice");
        for (List<AcceptedJob> group : acceptedTwice()) {
            json.openArray();
            group.forEach(job -> json.element(job.id()));
            json.closeArray();
        }
        json.closeArray().openArray("accepted");
        accepted().forEach(job -> jobTo(json, job));
        return json.closeArray().close().toString();
    }

    private static void chargesTo(Json json, String name, List<Charge> charges) {
        json.openArray(name);
        charges.forEach(each -> json.open()
                .text("task_id", each.taskId())
                .text("account", each.account())
                .number("amount", each.amount())
                .text("at", each.at().toString())
                .close());
        json.closeArray();
    }

    private static void jobTo(Json json, AcceptedJob job) {
        json.open()
                .text("id", job.id())
                .text("account", job.account())
                .text("key", job.key())
                .text("accepted_at", job.acceptedAt().toString())
                .open("fields");
        job.fields().forEach(json::text);
        json.close().openArray("files");
        job.files().forEach(file -> json.open()
                .text("field", file.field())
                .text("file_name", file.fileName())
                .text("content_type", file.contentType())
                .number("size", file.size())
                .text("sha256", file.sha256())
                .close());
        json.closeArray()
                .text("outcome", job.outcome())
                .number("price", job.price())
                .bool("refunded", job.refunded())
                .number("polls", job.polls())
                .text("ended_at", text(job.endedAt()))
                .text("end_visible_at", text(job.endVisibleAt()))
                .text("end_seen_at", text(job.endSeenAt()))
                .text("end_seen_after", text(job.endSeenAfter()))
                .close();
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }

    private AcceptedJob describe(Job job) {
        long now = clock.now();
        boolean seen = job.firstSeen() != Job.NEVER;
        return new AcceptedJob(
                job.id,
                job.submission.key().account.name,
                job.submission.key().label,
                clock.wall(job.created),
                Collections.unmodifiableMap(job.submission.fields()),
                job.submission.files(),
                job.outcome.toString(),
                job.price,
                job.refunded <= now,
                job.polls(),
                pastOrNull(job.ended, now),
                pastOrNull(job.visible, now),
                seen ? clock.wall(job.firstSeen()) : null,
                seen ? Duration.ofNanos(job.firstSeen() - job.visible) : null);
    }

    private @Nullable Instant pastOrNull(long moment, long now) {
        return moment <= now ? clock.wall(moment) : null;
    }

    private Charge charge(Job job, long moment) {
        return new Charge(job.id, job.submission.key().account.name, job.price, clock.wall(moment));
    }

    private static BigDecimal sum(List<Charge> charges) {
        return charges.stream().map(Charge::amount).reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    void requested(Endpoint endpoint, Accounts.@Nullable Key key) {
        requests[endpoint.ordinal()].increment();
        if (key != null) {
            key.requests.increment();
        } else if (endpoint != Endpoint.FILES) {
            requestsWithoutKey.increment();
        }
    }

    void submissionInterrupted() {
        interruptedSubmissions.increment();
    }

    void connected() {
        allConnections.increment();
        int open = connections.incrementAndGet();
        mostConnections.accumulateAndGet(open, Math::max);
    }

    void disconnected() {
        connections.decrementAndGet();
    }

    void violated(String what, String detail) {
        if (violationCount.incrementAndGet() <= MOST_VIOLATIONS) {
            violations.add(new Violation(what, detail, clock.wall(clock.now())));
        }
    }

    @Override
    public String toString() {
        return "SimulatorLedger[accepted=" + acceptedCount() + ", requests=" + requests() + ", violations="
                + violations.stream().map(Violation::what).distinct().collect(Collectors.joining(", ")) + "]";
    }
}
