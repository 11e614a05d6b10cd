package ai.octopusx.video;

import ai.octopusx.video.KindCourse.Plan;
import ai.octopusx.video.LifeEvidence.Lives;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Learns from finished jobs how long jobs of a kind take, and asks at the moments at which the fewest polls give the wanted
 * mean lateness: seldom while no job ends, often where most do, seldom again for the few that are left.
 *
 * <p>The lateness is counted from the moment at which the gateway shows the end. What the gateway adds before, on average
 * half of its own refresh, no polling can mend, and it is not part of {@code targetDelay}.
 *
 * <p>It starts from the published times of the model, and follows what it is told by {@link #observe}: each kind (model,
 * seconds, mode) on its own as soon as it has a few lives, until then what the other kinds of the same model, and then all
 * others, have in common. Old lives fade; when the newest ones differ from the older ones by more than chance explains, the
 * older ones are forgotten at once.
 *
 * <p>Safe for threads and without locks on the way of {@link #nextDelay}, which costs two look-ups in tables; after new
 * evidence one caller makes a new plan of that kind, in about a millisecond. Memory is bounded: {@value #MAX_KINDS} kinds of
 * at most 256 lives each, of which at most 64 belong to jobs that still run. Deterministic: no clock, no dice of its own.
 */
public final class AdaptivePolling implements PollingPolicy {

    static final int MAX_KINDS = 128;

    /** Delays scatter by this part, so that jobs submitted together are not polled together. Costs about 0.1 %. */
    private static final double SCATTER = 0.1;

    /** Lives of other kinds, as part of the base of a kind: of the same model, and of any. */
    private static final double LIVES_OF_SIBLING = 16;

    private static final double LIVES_OF_STRANGER = 4;
    private static final double LIVES_OF_PUBLISHED = 4;
    private static final double WIDTH_OF_SIBLING = 0.2;
    private static final double WIDTH_OF_STRANGER = 0.4;

    /** A kind with so many lives does not ask what others teach. */
    private static final int GROWN = 32;

    private static final int LIVES_BETWEEN_REMINDERS = 64;

    /** A job that has outlived the typical life so many times may be stuck. */
    private static final double TIMES_STUCK = 4;

    /** Lives and settings are at most so long; the gateway itself gives a task up after a day. */
    private static final Duration LONGEST = Duration.ofDays(7);

    /** The gateway's times are whole seconds. */
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private static final double[] PUBLISHED = PublishedTimes.scatter();

    private final Duration targetDelay;
    private final double target;
    private final double floor;
    private final double cap;
    private final double refresh;
    private final KindCourse.Maker maker = this::made;
    private final ConcurrentHashMap<JobKind, KindCourse> courses = new ConcurrentHashMap<>();
    private final AtomicLong observed = new AtomicLong();
    private final Job unfollowed = new Job(null, LifeEvidence.NOWHERE);

    private AdaptivePolling(Builder builder) {
        require(isPositive(builder.targetDelay), "targetDelay", builder.targetDelay, "more than zero");
        require(isPositive(builder.floor), "floor", builder.floor, "more than zero");
        require(builder.cap.compareTo(builder.floor) >= 0, "cap", builder.cap, "at least floor, " + builder.floor);
        require(!builder.refresh.isNegative(), "refresh", builder.refresh, "zero or more");
        for (Duration duration : List.of(builder.targetDelay, builder.floor, builder.cap, builder.refresh)) {
            require(duration.compareTo(LONGEST) <= 0, "a duration", duration, "at most " + LONGEST);
        }
        this.targetDelay = builder.targetDelay;
        this.target = seconds(builder.targetDelay);
        this.floor = seconds(builder.floor);
        this.cap = seconds(builder.cap);
        this.refresh = seconds(builder.refresh);
        plant(JobKind.UNKNOWN);
    }

    private static boolean isPositive(Duration duration) {
        return !duration.isNegative() && !duration.isZero();
    }

    private static void require(boolean fine, String name, Object value, String allowed) {
        if (!fine) {
            throw new IllegalArgumentException(name + " is " + value + ", allowed is " + allowed);
        }
    }

    private static void requireSpan(Duration notBefore, Duration notAfter) {
        require(!notBefore.isNegative(), "notBefore", notBefore, "zero or more");
        require(notAfter.compareTo(notBefore) >= 0, "notAfter", notAfter, "at least notBefore, " + notBefore);
    }

    /** Settings other than the wanted lateness. */
    public static Builder builder() {
        return new Builder();
    }

    /** The mean lateness that was asked for. */
    public Duration targetDelay() {
        return targetDelay;
    }

    /**
     * The next look of the optimal plan for this kind, on condition that the job is not over at the age of the context; a
     * little earlier or later by the dice. Never shorter than the floor.
     */
    @Override
    public Duration nextDelay(PollContext context) {
        double delay = plan(context.kind()).looks().delay(seconds(context.sinceStart()));
        double scattered = delay * (1 + SCATTER * (context.dice() - 0.5));
        return Duration.ofNanos((long) (Math.max(floor, scattered) * 1e9));
    }

    /**
     * The chance that a job which was not over at the age of the context will show its end within the delay.
     *
     * <p>When polls are short, the job to poll next is the one with the highest {@code chance x time since its last look}:
     * about twice the lateness that is expected to have gathered in it. So ask with the context of the last look and the
     * time since then.
     */
    @Override
    public double chanceOfNews(PollContext context, Duration delay) {
        return plan(context.kind()).law().chance(seconds(context.sinceStart()), seconds(delay));
    }

    /** A job of this kind showed its end at exactly this age. */
    public void observe(JobKind kind, Duration life) {
        observe(kind, life, life);
    }

    /**
     * A job of this kind was not over at one look and over at the next, at these ages. With no look before, zero and the age
     * of the first. Jobs that failed count like those that succeeded: their end must be found too.
     *
     * @param notBefore zero or more
     * @param notAfter at least {@code notBefore}
     * @throws IllegalArgumentException naming the argument that breaks its bound
     */
    public void observe(JobKind kind, Duration notBefore, Duration notAfter) {
        Objects.requireNonNull(kind, "kind");
        requireSpan(notBefore, notAfter);
        KindCourse course = courseToFeed(kind);
        course.observe(millis(notBefore), millis(notAfter), observed.incrementAndGet());
        remindOthers(course);
    }

    /**
     * The same, where the gateway also tells when the job ended ({@code completed_at} less {@code created_at}, whole
     * seconds). That may be the end itself or the moment at which the gateway saw it, so it is only taken to say that the
     * end showed between then and one refresh later; what contradicts the looks is ignored.
     */
    public void observe(JobKind kind, Duration notBefore, Duration notAfter, Duration completed) {
        requireSpan(notBefore, notAfter);
        Snapshot.Span span = narrowed(notBefore, notAfter, completed);
        observe(kind, span.notBefore(), span.notAfter());
    }

    private Snapshot.Span narrowed(Duration notBefore, Duration notAfter, Duration completed) {
        Duration earliest = longer(notBefore, completed.minus(ONE_SECOND));
        Duration latest = shorter(notAfter, completed.plus(ONE_SECOND).plusNanos((long) (refresh * 1e9)));
        return earliest.compareTo(latest) <= 0
                ? new Snapshot.Span(earliest, latest)
                : new Snapshot.Span(notBefore, notAfter);
    }

    /**
     * A job of this kind begins, and will be looked at until it is over. Worth telling where jobs are submitted together:
     * of those the short ones end first and the long ones last, which without this looks like a law that drifts. So either
     * all jobs of a kind are announced like this, and {@link #observe} is told of none of them, or none is. The client's own
     * tracking announces its jobs.
     *
     * <p>At most 64 jobs of a kind are followed at a time, chosen as they begin; the rest teach nothing. Whoever stops to
     * look must say so by {@link Job#leave}.
     */
    public Job begin(JobKind kind) {
        KindCourse course = courseToFeed(Objects.requireNonNull(kind, "kind"));
        long place = course.evidence.begin((int) Math.min(LONGEST.toMillis(), TIMES_STUCK * course.scale * 1e3));
        return place == LifeEvidence.NOWHERE ? unfollowed : new Job(course, place);
    }

    /** Everything that was learned. The plans are not part of it: they follow from the lives. */
    public Snapshot snapshot() {
        List<KindCourse> fed = new ArrayList<>(courses.values());
        fed.removeIf(course -> course.evidence.size() == 0);
        fed.sort(Comparator.comparingLong((KindCourse course) -> course.lastFed));
        List<Snapshot.KindLives> kinds = new ArrayList<>();
        for (KindCourse course : fed) {
            kinds.add(Snapshot.KindLives.of(course.kind, course.evidence.ended()));
        }
        return new Snapshot(kinds);
    }

    /** Forgets everything and goes on from there. To be called before the first job, or between jobs; not a merge. */
    public void restore(Snapshot snapshot) {
        courses.clear();
        plant(JobKind.UNKNOWN);
        for (Snapshot.KindLives kind : snapshot.kinds()) {
            for (Snapshot.Span life : kind.lives()) {
                observe(kind.kind(), life.notBefore(), life.notAfter());
            }
        }
    }

    private Plan plan(JobKind kind) {
        KindCourse course = courses.get(kind);
        return (course != null ? course : courseToWatch(kind)).plan(maker);
    }

    /** A kind that was never seen gets a course of its own while there is room. */
    private KindCourse courseToWatch(JobKind kind) {
        if (courses.size() < MAX_KINDS) {
            return plant(kind);
        }
        KindCourse pooled = courses.get(JobKind.UNKNOWN);
        return pooled != null ? pooled : plant(JobKind.UNKNOWN);
    }

    /** A kind that has lives to show gets a course in any case, if need be that of the kind which was not fed for longest. */
    private KindCourse courseToFeed(JobKind kind) {
        KindCourse course = courses.get(kind);
        if (course != null) {
            return course;
        }
        while (courses.size() >= MAX_KINDS) {
            courses.values().stream()
                    .filter(other -> !other.kind.equals(JobKind.UNKNOWN))
                    .min(Comparator.comparingLong(other -> other.lastFed))
                    .ifPresent(oldest -> courses.remove(oldest.kind));
        }
        return plant(kind);
    }

    private KindCourse plant(JobKind kind) {
        return courses.computeIfAbsent(
                kind, unseen -> new KindCourse(unseen, PublishedTimes.typicalLife(unseen, refresh)));
    }

    /** Kinds with few lives of their own listen to the others, now and then. */
    private void remindOthers(KindCourse fed) {
        int lives = fed.evidence.size();
        boolean isWorthIt = lives <= GROWN ? Integer.bitCount(lives) == 1 : fed.lastFed % LIVES_BETWEEN_REMINDERS == 0;
        if (isWorthIt) {
            for (KindCourse other : courses.values()) {
                if (other != fed && other.evidence.size() < GROWN) {
                    other.refresh();
                }
            }
        }
    }

    private Plan made(KindCourse course, @Nullable Plan before) {
        double[] base = base(course);
        Lives lives = course.evidence.lives();
        LifeEstimate.Estimate estimate = LifeEstimate.of(lives, course.scale, base);
        if (estimate.lives() < lives.size()) {
            course.evidence.keepNewest(estimate.lives(), lives);
        }
        LifeLaw law = new LifeLaw(course.scale, estimate.masses());
        double price = before == null ? target : before.looks().price();
        return new Plan(
                estimate.lives(),
                estimate.masses(),
                law,
                InspectionPlan.forMeanLateness(law, target, floor, cap, price));
    }

    /** What is known of a kind without its own lives: the published times, corrected by what other kinds turned out to be. */
    private double[] base(KindCourse course) {
        double[] base = PUBLISHED;
        double weight = LIVES_OF_PUBLISHED;
        for (KindCourse other : courses.values()) {
            Plan plan = other.latest();
            if (other == course || plan == null || plan.lives() == 0) {
                continue;
            }
            boolean isSibling = Objects.equals(other.kind.model(), course.kind.model());
            double lent = Math.min(plan.lives(), isSibling ? LIVES_OF_SIBLING : LIVES_OF_STRANGER);
            double width = isSibling ? WIDTH_OF_SIBLING : WIDTH_OF_STRANGER;
            double[] blurred = LifeLaw.normalised(LifeEstimate.smoothed(plan.masses(), width));
            base = LifeEstimate.mixed(base, weight, blurred, lent);
            weight += lent;
        }
        return base;
    }

    private static double seconds(Duration duration) {
        return duration.getSeconds() + duration.getNano() / 1e9;
    }

    private static int millis(Duration duration) {
        return (int) shorter(duration, LONGEST).toMillis();
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) >= 0 ? one : other;
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) <= 0 ? one : other;
    }

    /** One job from its begin to its end, as {@link #begin} returns it. Safe for threads. */
    public final class Job {

        /** Null for the jobs that are not followed. */
        private final @Nullable KindCourse course;

        private final long place;

        private Job(@Nullable KindCourse course, long place) {
            this.course = course;
            this.place = place;
        }

        /** Who follows it, or has chosen not to. */
        public AdaptivePolling learner() {
            return AdaptivePolling.this;
        }

        /** It was not over at this age. */
        public void looked(Duration age) {
            if (course != null && !age.isNegative()) {
                course.evidence.looked(place, millis(age));
            }
        }

        /**
         * It is over: as {@link AdaptivePolling#observe(JobKind, Duration, Duration, Duration)}. Nothing that is told of it
         * afterwards counts.
         *
         * @param completed null if the gateway does not tell
         */
        public void ended(Duration notBefore, Duration notAfter, @Nullable Duration completed) {
            requireSpan(notBefore, notAfter);
            if (course == null) {
                return;
            }
            Snapshot.Span span = completed == null
                    ? new Snapshot.Span(notBefore, notAfter)
                    : narrowed(notBefore, notAfter, completed);
            if (courses.get(course.kind) != course) {
                // Made room for another kind, or for what was restored, and nobody asks it any more.
                observe(course.kind, span.notBefore(), span.notAfter());
            } else if (course.evidence.end(place, millis(span.notBefore()), millis(span.notAfter()))) {
                course.fed(observed.incrementAndGet());
                remindOthers(course);
            }
        }

        /** Nobody will look at it any more, and it may go on for long. */
        public void leave() {
            if (course != null) {
                course.evidence.leave(place);
            }
        }
    }

    /** Collects the settings; {@link #build} judges them. */
    public static final class Builder {

        private Duration targetDelay = Duration.ofSeconds(5);
        private Duration floor = Duration.ofSeconds(1);
        private Duration cap = Duration.ofSeconds(60);
        private Duration refresh = Duration.ofSeconds(15);

        private Builder() {}

        /** The mean time between the gateway showing the end and the poll that sees it; by default 5 s. */
        public Builder targetDelay(Duration targetDelay) {
            this.targetDelay = targetDelay;
            return this;
        }

        /** The shortest time between two polls of a job, by default 1 s. It wins over {@link #targetDelay}. */
        public Builder floor(Duration floor) {
            this.floor = floor;
            return this;
        }

        /** The longest delay for a job that has outlived all that is known, by default 60 s. */
        public Builder cap(Duration cap) {
            this.cap = cap;
            return this;
        }

        /**
         * How often the gateway renews what it shows, by default 15 s; zero if it shows everything at once. Published
         * times are shifted by half of it, and {@code completed_at} is trusted up to one of it.
         */
        public Builder refresh(Duration refresh) {
            this.refresh = refresh;
            return this;
        }

        /** @throws IllegalArgumentException naming the setting that breaks its bound */
        public AdaptivePolling build() {
            return new AdaptivePolling(this);
        }
    }

    /**
     * What an {@link AdaptivePolling} has learned, for a file or another instance; the kind that was fed last comes last, and
     * of each kind the newest life. {@link #toText} and {@link #parse} are inverse, to the millisecond.
     *
     * @param kinds each kind once; empty if nothing was learned
     */
    public record Snapshot(List<KindLives> kinds) {

        private static final String HEAD = "adaptive-polling 1";

        /** Takes a copy, which cannot be changed; neither the list nor a kind in it may be null. */
        public Snapshot {
            kinds = List.copyOf(kinds);
        }

        /**
         * The lives of one kind.
         *
         * @param kind what the jobs had in common
         * @param lives how old they became, the oldest observation first
         */
        public record KindLives(JobKind kind, List<Span> lives) {

            /** Takes a copy, which cannot be changed; neither the kind, nor the list, nor a life in it may be null. */
            public KindLives {
                Objects.requireNonNull(kind, "kind");
                lives = List.copyOf(lives);
            }

            private static KindLives of(JobKind kind, Lives lives) {
                List<Span> spans = new ArrayList<>(lives.size());
                for (int i = 0; i < lives.size(); i++) {
                    spans.add(
                            new Span(Duration.ofMillis(lives.notBefore()[i]), Duration.ofMillis(lives.notAfter()[i])));
                }
                return new KindLives(kind, spans);
            }
        }

        /**
         * A life that ended between two ages, counted from the submission: at the first the job was still seen alive, at the
         * second it was seen to be over.
         *
         * @param notBefore zero if the first look at the job was the one that found it over
         * @param notAfter at least {@code notBefore}; the same where the end is known to the millisecond
         */
        public record Span(Duration notBefore, Duration notAfter) {

            /** @throws IllegalArgumentException if {@code notBefore} is negative or after {@code notAfter} */
            public Span {
                requireSpan(notBefore, notAfter);
            }
        }

        /** Lines of plain text: a head, then a line for each kind with mode, seconds, model and the lives in milliseconds. */
        public String toText() {
            StringBuilder text = new StringBuilder(HEAD).append('\n');
            for (KindLives kind : kinds) {
                text.append(kind.kind().mode()).append('\t');
                text.append(kind.kind().seconds() == null ? "-" : kind.kind().seconds())
                        .append('\t');
                text.append(
                        kind.kind().model() == null
                                ? "-"
                                : "=" + escaped(kind.kind().model()));
                for (Span life : kind.lives()) {
                    text.append('\t').append(life.notBefore().toMillis());
                    text.append(':').append(life.notAfter().toMillis());
                }
                text.append('\n');
            }
            return text.toString();
        }

        /** @throws IllegalArgumentException telling the line that cannot be read */
        public static Snapshot parse(String text) {
            List<String> lines = text.lines().toList();
            require(
                    !lines.isEmpty() && lines.get(0).equals(HEAD),
                    "line 1",
                    lines.isEmpty() ? "missing" : lines.get(0),
                    HEAD);
            List<KindLives> kinds = new ArrayList<>();
            for (int i = 1; i < lines.size(); i++) {
                kinds.add(line(i + 1, lines.get(i)));
            }
            return new Snapshot(kinds);
        }

        private static KindLives line(int number, String line) {
            String[] fields = line.split("\t", -1);
            try {
                JobKind.Mode mode = JobKind.Mode.valueOf(fields[0]);
                Integer seconds = fields[1].equals("-") ? null : Integer.valueOf(fields[1]);
                String model = fields[2].equals("-") ? null : unescaped(fields[2]);
                List<Span> lives = new ArrayList<>(fields.length - 3);
                for (int i = 3; i < fields.length; i++) {
                    String[] life = fields[i].split(":", 2);
                    lives.add(new Span(
                            Duration.ofMillis(Long.parseLong(life[0])), Duration.ofMillis(Long.parseLong(life[1]))));
                }
                return new KindLives(new JobKind(model, seconds, mode), lives);
            } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
                throw new IllegalArgumentException(
                        "line " + number + " is no kind with its lives: " + e.getMessage(), e);
            }
        }

        /** A name may hold anything; a line and a field may not. */
        private static String escaped(String name) {
            StringBuilder escaped = new StringBuilder();
            for (char c : name.toCharArray()) {
                if (c == '%' || c < ' ' || c >= 0x7f) {
                    escaped.append(String.format("%%%04x", (int) c));
                } else {
                    escaped.append(c);
                }
            }
            return escaped.toString();
        }

        private static String unescaped(String field) {
            require(field.startsWith("="), "model", field, "- or = and a name");
            StringBuilder name = new StringBuilder();
            for (int i = 1; i < field.length(); i++) {
                if (field.charAt(i) == '%') {
                    name.append((char) Integer.parseInt(field.substring(i + 1, i + 5), 16));
                    i += 4;
                } else {
                    name.append(field.charAt(i));
                }
            }
            return name.toString();
        }
    }
}
