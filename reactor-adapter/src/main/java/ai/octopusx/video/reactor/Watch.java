package ai.octopusx.video.reactor;

import ai.octopusx.video.AdaptivePolling;
import ai.octopusx.video.JobKind;
import ai.octopusx.video.PollContext;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoTask;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.DoubleSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One task under watch, for all who watch it. Equal to another of the same tenant and id. All that changes is guarded by its
 * lock, but for its places on the {@link Agenda}, in the {@link PollLine} and among the {@link Watches}, which their locks
 * guard. There may be a hundred thousand of these: each field counts. Times are nanoseconds on the tracker's clock.
 */
final class Watch {

    /** What it is doing. */
    enum State {
        /** Until {@link #dueAt}. */
        WAITING,
        /** For its turn. */
        READY,
        POLLING,
        CLOSED
    }

    /** Whether it still has to find its own time between the others; see {@link #inCrowd}. */
    private enum Phase {
        OF_THE_CROWD,
        ABOUT_TO_SHIFT,
        ITS_OWN
    }

    final TaskTracker tracker;
    final Tenant tenant;
    final String id;

    /** Known from the start, or from the first look. */
    private JobKind kind;

    /** When the job began: its submission where known, else the begin of the watch. */
    private long startedAt;

    private boolean ageKnown;

    /** Whether this client submitted it, so that the gateway may need a moment to know it. */
    final boolean own;

    /** Of the policy that decides and learns; null if none does, or while too little is known of the job. */
    private AdaptivePolling.@Nullable Job announced;

    State state = State.WAITING;
    private Phase phase = Phase.OF_THE_CROWD;

    /** The first is the one that has been here longest. Never empty while the watch is open. */
    private Viewer longest;

    private @Nullable List<Viewer> others;

    @Nullable
    VideoTask last;

    /** Whether {@link #last} was shown to the viewers, and not only brought along by one. */
    boolean looked;

    private int polls;

    /** The moment of the last look that brought an answer, in milliseconds that may wrap: differences hold for weeks. */
    private int lookedMillis;

    /** Null while all is well. */
    @Nullable
    Setback setback;

    @Nullable
    Poll poll;

    long dueAt;

    /** Of the agenda. */
    long wakeAt;

    int agendaIndex = -1;

    /** Of the line. */
    boolean inLine;

    /** Among all of them. */
    @Nullable
    Watch nextOfChain;

    Watch(TaskTracker tracker, Tenant tenant, String id, Start start, Viewer first, long now) {
        this.tracker = tracker;
        this.tenant = tenant;
        this.id = id;
        this.kind = start.kind();
        this.own = start.own();
        this.startedAt = now - start.ageNanos();
        this.ageKnown = own || start.ageNanos() > 0;
        this.last = start.state();
        this.looked = start.isNews();
        this.polls = start.isNews() ? 1 : 0; // the answer to the submission was a look, too
        this.lookedMillis = millis(now);
        this.longest = first;
    }

    // ---- viewers

    void add(Viewer viewer) {
        if (others == null) {
            others = new ArrayList<>(2);
        }
        others.add(viewer);
    }

    /** True if that was the last one. */
    boolean remove(Viewer viewer) {
        if (others == null || others.isEmpty()) {
            return longest == viewer;
        }
        if (longest == viewer) {
            longest = others.remove(0);
        } else {
            others.remove(viewer);
        }
        return false;
    }

    /** True if they were the last ones. */
    boolean remove(List<Viewer> leaving) {
        boolean empty = false;
        for (Viewer viewer : leaving) {
            empty = remove(viewer);
        }
        return empty;
    }

    Viewer longest() {
        return longest;
    }

    List<Viewer> viewers() {
        if (others == null || others.isEmpty()) {
            return List.of(longest);
        }
        List<Viewer> all = new ArrayList<>(others.size() + 1);
        all.add(longest);
        all.addAll(others);
        return all;
    }

    long earliestDeadline() {
        long earliest = longest.deadlineAt();
        if (others != null) {
            for (Viewer viewer : others) {
                earliest = Math.min(earliest, viewer.deadlineAt());
            }
        }
        return earliest;
    }

    // ---- what was seen

    /** A look brought a state. True if it is news to those who have seen the one before. */
    boolean saw(VideoTask task, long now) {
        boolean news = !looked || task.isTerminal() || differs(last, task);
        last = task;
        looked = true;
        polls++;
        lookedMillis = millis(now);
        setback = null;
        if (announced != null && !task.isTerminal()) {
            announced.looked(Duration.ofNanos(age(now)));
        }
        return news;
    }

    /** The four things that people wait for. */
    static boolean differs(@Nullable VideoTask a, VideoTask b) {
        return a != b
                && (a == null
                        || a.status() != b.status()
                        || a.progress() != b.progress()
                        || !Objects.equals(a.videoUrl(), b.videoUrl())
                        || !Objects.equals(a.error(), b.error()));
    }

    /** Whether the next look may tell what kind of job it is, or how old. */
    boolean mayLearn() {
        return kind.model() == null || !ageKnown;
    }

    /**
     * Where the watch began with an id alone, the looks tell what kind of job it is, and how old; not each of them tells both.
     *
     * @param ageNanos negative if this look did not tell
     */
    void learn(JobKind told, long ageNanos, long now) {
        if (kind.equals(JobKind.UNKNOWN) || (kind.model() == null && told.model() != null)) {
            kind = told;
        }
        if (!ageKnown && ageNanos >= 0) {
            ageKnown = true;
            startedAt = Math.min(startedAt, now - ageNanos);
        }
    }

    /**
     * Tells the policies that learn how long the job took: to somewhere between the last look that did not show its end and
     * this one, and nearer where the gateway dates the end. To be asked before {@link #saw}. A job of unknown age teaches
     * nothing.
     */
    void teach(PollingPolicy usual, VideoTask end, long now) {
        if (!ageKnown) {
            return;
        }
        Duration notAfter = Duration.ofNanos(age(now));
        Duration sinceLook = Duration.ofMillis(Math.max(0, millis(now) - lookedMillis));
        Duration notBefore = looked && sinceLook.compareTo(notAfter) < 0 ? notAfter.minus(sinceLook) : Duration.ZERO;
        Duration completed = completed(end);
        Set<PollingPolicy> told = Collections.newSetFromMap(new IdentityHashMap<>(2));
        for (Viewer viewer : viewers()) {
            PollingPolicy policy = policyOf(viewer, usual);
            if (policy instanceof AdaptivePolling learner && told.add(learner)) {
                if (announced != null && announced.learner() == learner) {
                    announced.ended(notBefore, notAfter, completed);
                } else if (completed == null) {
                    learner.observe(kind, notBefore, notAfter);
                } else {
                    learner.observe(kind, notBefore, notAfter, completed);
                }
            }
        }
    }

    /** Jobs that begin together end in the order of their lives: who learns from them must know of those that still run. */
    private void announce(PollingPolicy asked) {
        if (announced == null && !mayLearn() && asked instanceof AdaptivePolling learner) {
            announced = learner.begin(kind);
        }
    }

    /** Nobody looks any more. */
    void leave() {
        if (announced != null) {
            announced.leave();
        }
    }

    /** By the gateway's own clock: null where it leaves a date out, or fills it with something from before the job. */
    private static @Nullable Duration completed(VideoTask end) {
        Instant created = end.createdAt();
        Instant completed = end.completedAt();
        return created == null || completed == null || completed.isBefore(created)
                ? null
                : Duration.between(created, completed);
    }

    /**
     * How long the job took, for one whose end comes before our eyes; -1 for one that had ended when we came. To be asked
     * before {@link #saw}.
     */
    long life(long now) {
        return looked || own ? age(now) : -1;
    }

    /** The model of a job that is over; null if nobody has named it. */
    @Nullable
    String model(VideoTask end) {
        return kind.model() == null ? end.model() : kind.model();
    }

    /** A look brought nothing. */
    void stumbled(Setback trouble) {
        polls++;
        setback = trouble;
    }

    long age(long now) {
        return Math.max(0, now - startedAt);
    }

    // ---- when to look again

    PollContext context(long now, double dice) {
        return contextAt(age(now), dice);
    }

    private PollContext contextAt(long age, double dice) {
        return new PollContext(
                Math.max(1, polls), Duration.ofNanos(age), last, kind, setback == null ? 0 : setback.failures(), dice);
    }

    /** The shortest delay that one of its viewers asks for; two with one policy are asked once. */
    long delayNanos(PollingPolicy usual, PollContext context) {
        PollingPolicy asked = policyOf(longest, usual);
        announce(asked);
        long shortest = nanos(asked.nextDelay(context));
        if (others != null) {
            for (Viewer viewer : others) {
                PollingPolicy policy = policyOf(viewer, usual);
                if (policy != asked) {
                    asked = policy;
                    shortest = Math.min(shortest, nanos(policy.nextDelay(context)));
                }
            }
        }
        return shortest;
    }

    /**
     * Became due together with many others. Jobs that are submitted together, and polled at a fixed interval, would stay
     * together for ever: so the next delay, once in the life of a watch, is cut short by chance. A job without a crowd around
     * it is polled exactly as its policy says.
     */
    void inCrowd() {
        if (phase == Phase.OF_THE_CROWD) {
            phase = Phase.ABOUT_TO_SHIFT;
        }
    }

    /** A policy's delay, or, once, some part of it. */
    long shifted(long delay, DoubleSupplier dice) {
        if (phase != Phase.ABOUT_TO_SHIFT) {
            return delay;
        }
        phase = Phase.ITS_OWN;
        return (long) (delay * (1 - dice.getAsDouble()));
    }

    /**
     * How much a poll is worth now, in a line where not all can be served: the chance of news, times the time since the last
     * look; about twice the lateness that has gathered. One that was never looked at has news for certain.
     */
    double worth(PollingPolicy usual, long now) {
        long since = Math.max(0, millis(now) - lookedMillis) * 1_000_000L;
        if (!looked) {
            return since;
        }
        PollContext then = contextAt(Math.max(0, age(now) - since), 0);
        double chance = policyOf(longest, usual).chanceOfNews(then, Duration.ofNanos(since));
        return chance * since;
    }

    static PollingPolicy policyOf(Viewer viewer, PollingPolicy usual) {
        PollingPolicy own = viewer.options().polling();
        return own == null ? usual : own;
    }

    /** A policy may ask for centuries; the clock has 292 years. */
    static long nanos(Duration delay) {
        if (delay.isNegative()) {
            return 0;
        }
        return delay.compareTo(Duration.ofDays(365)) > 0 ? Duration.ofDays(365).toNanos() : delay.toNanos();
    }

    private static int millis(long nanos) {
        return (int) (nanos / 1_000_000);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Watch watch && watch.id.equals(id) && watch.tenant.equals(tenant);
    }

    @Override
    public int hashCode() {
        return 31 * id.hashCode() + tenant.hashCode();
    }
}
