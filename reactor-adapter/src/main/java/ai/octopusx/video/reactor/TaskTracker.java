package ai.octopusx.video.reactor;

import ai.octopusx.video.JobKind;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.TrackingTimeoutException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.ErrorReader;
import ai.octopusx.video.wire.Operation;
import ai.octopusx.video.wire.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeoutException;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * Watches tasks: one poll loop for each tenant and id, whoever watches, one {@link Agenda} for all of them, and one
 * {@link PollLine} before the gateway. Read it downwards as the life of a watch: joined, polled, answered, ended.
 *
 * <p>Locks are taken in the order watch, then agenda, line, table, pace or viewer, of which none is held while another is taken.
 * Policies are asked under the watch's lock. Subscribers are told of things, and polls are begun, without any.
 */
final class TaskTracker {

    /** A task that we have just submitted may be unknown for as long: wire-protocol.md, section 10, line 15. */
    private static final long GRACE = Duration.ofSeconds(60).toNanos();

    /** The gateway's own kinds are some dozens. */
    private static final int MOST_KINDS = 256;

    private final Look look;
    private final Settings settings;
    private final DoubleSupplier dice;
    private final Agenda agenda;
    private final PollLine line;
    private final FleetPaces paces = new FleetPaces();
    private final Watches watches = new Watches();
    private final Map<JobKind, JobKind> kinds = new ConcurrentHashMap<>();
    private volatile boolean closed;

    /** One poll: trouble is a result, not an error. */
    @FunctionalInterface
    interface Look {
        Mono<Result> look(Tenant tenant, String taskId, @Nullable VideoTask last);
    }

    /**
     * @param loops the event loops that looks run on
     * @param dice for jitter: at least 0 and less than 1
     */
    TaskTracker(Look look, Settings settings, Scheduler timer, Executor loops, DoubleSupplier dice) {
        this.look = look;
        this.settings = settings;
        this.dice = dice;
        this.agenda = new Agenda(timer, this::woke, this::serve);
        this.line = new PollLine(
                agenda,
                settings.maxConcurrentPolls,
                loops,
                settings.pollsPerSecond < Double.POSITIVE_INFINITY ? new PollBudget(settings.pollsPerSecond) : null,
                this::worth,
                this::poll,
                settings.meter);
    }

    /** Each subscription is a viewer of its own. */
    Flux<VideoTask> track(Tenant tenant, String taskId, Start start, TrackOptions options) {
        return new Tracking(this, tenant, taskId, start, options);
    }

    // ---- what there is to see

    /** The ids that are under watch with this key. */
    Set<String> watchedBy(Tenant tenant) {
        return watches.all().stream()
                .filter(watch -> watch.tenant.equals(tenant))
                .map(watch -> watch.id)
                .collect(Collectors.toUnmodifiableSet());
    }

    int watched() {
        return watches.size();
    }

    int inFlight() {
        return line.inFlight();
    }

    /** How many polls are due, and wait for a place or for the budget. */
    int inLine() {
        return line.waiting();
    }

    /** How long the one of them that is due for longest has been. */
    Duration longestWait() {
        return line.longestWait();
    }

    /** How many of them have this in their way. */
    int inLine(PollLimit limit) {
        return line.waiting(limit);
    }

    /** Polls that began late because of this. */
    long latePolls(PollLimit limit) {
        return line.latePolls(limit);
    }

    /** Keys that are slower than their policies since a 429. */
    int slowedKeys() {
        paces.sweep(agenda.now());
        return paces.size();
    }

    // ---- someone comes, someone goes

    private void subscribe(
            Tenant tenant, String taskId, Start start, TrackOptions options, CoreSubscriber<? super VideoTask> actual) {
        long now = agenda.now();
        Viewer viewer = new Viewer(actual, options, now + Watch.nanos(deadlineOf(options)));
        actual.onSubscribe(viewer);
        VideoTask known = start.state();
        if (known != null && known.isTerminal()) {
            viewer.offerLast(known);
            viewer.drain();
            return;
        }
        if (known != null && start.isNews()) {
            viewer.offer(known);
            viewer.drain();
        }
        paces.sweep(now);
        while (!viewer.isDone() && !join(tenant, taskId, start, viewer, now)) {
            Thread.onSpinWait(); // the watch of that id has just ended, and has left the map
        }
    }

    /** False if the watch that was there had ended before the viewer came. */
    private boolean join(Tenant tenant, String taskId, Start start, Viewer viewer, long now) {
        Watch fresh = new Watch(this, tenant, taskId, start, viewer, now);
        Watch present;
        OctopusXException failure = null;
        synchronized (fresh) { // who finds it in the map waits until it is on its way
            present = watches.putIfAbsent(fresh);
            if (present == null) {
                failure = closed ? closed(taskId) : begin(fresh, start, now);
                if (failure != null) {
                    close(fresh);
                }
            }
        }
        if (present != null) {
            return joinPresent(present, start, viewer, now);
        }
        viewer.watches(fresh);
        if (failure != null) {
            viewer.fail(failure);
        } else {
            line.serve();
            leaveIfDone(fresh, viewer);
        }
        return true;
    }

    /** Under the watch's lock. */
    private @Nullable OctopusXException begin(Watch watch, Start start, long now) {
        if (start.isNews()) {
            return waitForPolicy(watch, now);
        }
        watch.dueAt = now;
        return readyOrPaused(watch, now);
    }

    private boolean joinPresent(Watch watch, Start start, Viewer viewer, long now) {
        OctopusXException failure = null;
        List<Viewer> greeted = List.of();
        synchronized (watch) {
            if (watch.state == Watch.State.CLOSED) {
                return false;
            }
            try {
                hurry(watch, viewer, now);
                greeted = greet(watch, start, viewer);
                watch.add(viewer);
                agenda.wakeAt(watch, wakeAt(watch));
            } catch (Throwable e) {
                failure = policyFailed(watch.id, e);
            }
        }
        if (failure != null) {
            viewer.fail(failure);
            return true;
        }
        viewer.watches(watch);
        greeted.forEach(Viewer::drain);
        leaveIfDone(watch, viewer);
        return true;
    }

    /** Under the watch's lock. Who asks for a shorter delay than the others brings the next poll forward, but not in trouble. */
    private void hurry(Watch watch, Viewer viewer, long now) {
        long asked =
                Watch.nanos(Watch.policyOf(viewer, settings.polling).nextDelay(watch.context(now, dice.getAsDouble())));
        if (watch.state == Watch.State.WAITING && watch.setback == null) {
            long dueAt = now + paces.stretched(watch.tenant, asked, now);
            watch.dueAt = Math.min(watch.dueAt, Math.max(paces.freeAt(watch.tenant, now), dueAt));
        }
    }

    /** Under the watch's lock. One side may know a state that the other has not seen. Returns who has news to be handed out. */
    private static List<Viewer> greet(Watch watch, Start start, Viewer viewer) {
        VideoTask known = start.state();
        if (watch.looked) {
            VideoTask last = Objects.requireNonNull(watch.last);
            if (!start.isNews() || Watch.differs(known, last)) {
                viewer.offer(last);
            }
            return List.of(viewer);
        }
        if (!start.isNews() || known == null) {
            return List.of();
        }
        watch.last = known;
        watch.looked = true;
        watch.viewers().forEach(present -> present.offer(known));
        return watch.viewers();
    }

    /** A cancellation that came before the viewer knew its watch could not tell it. */
    private void leaveIfDone(Watch watch, Viewer viewer) {
        if (viewer.isDone()) {
            leave(watch, viewer);
        }
    }

    /** The last one to leave stops everything at once. */
    void leave(Watch watch, Viewer viewer) {
        Poll stopped;
        synchronized (watch) {
            if (watch.state == Watch.State.CLOSED || !watch.remove(viewer)) {
                return;
            }
            stopped = close(watch);
        }
        callOff(stopped);
    }

    // ---- a poll

    /** Its time has come: to poll, to give up on a poll, or to send someone home whose deadline is here. */
    private void woke(Watch watch) {
        long now = agenda.now();
        List<Viewer> expired;
        OctopusXException failure = null;
        VideoTask last;
        Throwable trouble;
        Poll stopped = null;
        Poll late = null;
        synchronized (watch) {
            if (watch.state == Watch.State.CLOSED) {
                return;
            }
            last = watch.last;
            trouble = watch.setback == null ? null : watch.setback.trouble();
            expired = expired(watch, now);
            if (watch.remove(expired)) {
                stopped = close(watch);
            } else if (watch.state == Watch.State.WAITING && watch.dueAt <= now) {
                failure = readyOrPaused(watch, now);
            } else if (watch.state == Watch.State.POLLING && timeoutAt(watch) <= now) {
                late = watch.poll;
            } else {
                agenda.wakeAt(watch, wakeAt(watch));
            }
        }
        callOff(stopped);
        for (Viewer viewer : expired) {
            viewer.fail(new TrackingTimeoutException(watch.id, deadlineOf(viewer.options()), last, trouble));
        }
        if (late != null && late.callOff()) {
            broke(watch, late, new TimeoutException("No answer within " + settings.statusTimeout));
        }
        if (failure != null) {
            end(watch, failure);
        }
        line.serve();
    }

    private void serve() {
        line.serve();
    }

    /** Under the watch's lock. In line, or on the agenda for the end of its tenant's pause. */
    private @Nullable OctopusXException readyOrPaused(Watch watch, long now) {
        if (paces.freeAt(watch.tenant, now) > now) {
            try {
                waitUntil(watch, now, watch.delayNanos(settings.polling, watch.context(now, dice.getAsDouble())), now);
                return null;
            } catch (Throwable e) {
                return policyFailed(watch.id, e);
            }
        }
        ready(watch, now);
        return null;
    }

    /** Under the watch's lock. Its turn comes when the line is served next. */
    private void ready(Watch watch, long now) {
        watch.state = Watch.State.READY;
        if (line.add(watch, now)) {
            watch.inCrowd();
        }
        agenda.wakeAt(watch, wakeAt(watch));
    }

    private double worth(Watch watch) {
        return watch.worth(settings.polling, agenda.now());
    }

    /** There is room for it. */
    private void poll(Watch watch) {
        Poll poll = null;
        VideoTask last = null;
        OctopusXException failure = null;
        synchronized (watch) {
            long now = agenda.now();
            if (watch.state == Watch.State.READY && paces.freeAt(watch.tenant, now) > now) {
                failure = readyOrPaused(watch, now); // the pause began while it was in line
            } else if (watch.state == Watch.State.READY) {
                watch.state = Watch.State.POLLING;
                poll = new Poll(this, watch, watch.longest().actual(), now);
                watch.poll = poll;
                last = watch.last;
                agenda.wakeAt(watch, wakeAt(watch));
            }
        }
        if (failure != null) {
            end(watch, failure);
        }
        if (poll == null) {
            line.nothingSent();
            return;
        }
        try {
            look.look(watch.tenant, watch.id, last).subscribe(poll);
        } catch (Throwable e) {
            poll.onError(e); // whatever it was: the watch has to go on, or to end
        }
    }

    private void callOff(@Nullable Poll poll) {
        if (poll != null && poll.callOff()) {
            line.pollEnded();
        }
    }

    // ---- its answer

    /** A poll could not even bring a result. */
    void broke(Watch watch, Poll poll, Throwable trouble) {
        ErrorReader.Context about = new ErrorReader.Context(Operation.RETRIEVE, settings.origin, watch.id, null, null);
        answered(watch, poll, Result.unanswered(Phase.FULLY_SENT, Trouble.isTimeout(trouble), trouble, about));
    }

    void answered(Watch watch, Poll poll, Result result) {
        try {
            VideoTask task = result.task();
            if (task != null) {
                saw(watch, poll, task);
            } else {
                stumbled(watch, poll, result);
            }
        } finally {
            line.pollEnded();
        }
    }

    private void saw(Watch watch, Poll poll, VideoTask task) {
        List<Viewer> viewers;
        OctopusXException failure = null;
        long life = -1;
        String model = null;
        synchronized (watch) {
            if (watch.poll != poll) {
                return; // called off, or over
            }
            watch.poll = null;
            long now = agenda.now();
            // A job that had ended when we came has no life that anyone saw.
            if (watch.mayLearn() && (watch.looked || !task.isTerminal())) {
                watch.learn(kindOf(task), ageOf(task), now);
            }
            if (task.isTerminal()) {
                watch.teach(settings.polling, task, now);
                life = watch.life(now);
                model = watch.model(task);
            }
            boolean news = watch.saw(task, now);
            viewers = watch.viewers();
            for (Viewer viewer : viewers) {
                if (task.isTerminal()) {
                    viewer.offerLast(task);
                } else if (news || viewer.options().emitEveryPoll()) {
                    viewer.offer(task);
                }
            }
            if (task.isTerminal()) {
                close(watch);
            } else {
                failure = waitForPolicy(watch, now);
            }
        }
        if (life >= 0) {
            settings.meter.ended(model, task.status(), life);
        }
        for (Viewer viewer : viewers) {
            viewer.drain();
        }
        if (failure != null) {
            end(watch, failure);
        }
    }

    /** One object for all jobs of a kind. */
    private JobKind kindOf(VideoTask task) {
        if (task.model() == null && task.seconds() == null) {
            return JobKind.UNKNOWN;
        }
        JobKind kind = new JobKind(task.model(), task.seconds(), JobKind.Mode.UNKNOWN);
        JobKind known = kinds.size() < MOST_KINDS ? kinds.putIfAbsent(kind, kind) : kinds.get(kind);
        return known == null ? kind : known;
    }

    /** By two clocks that may disagree, so at least 0; -1 if the gateway does not tell. */
    private long ageOf(VideoTask task) {
        return task.createdAt() == null
                ? -1
                : Watch.nanos(Duration.between(task.createdAt(), Instant.ofEpochMilli(agenda.wallMillis())));
    }

    private void stumbled(Watch watch, Poll poll, Result result) {
        OctopusXException trouble = result.failure(null);
        List<Viewer> hopeless;
        OctopusXException failure = null;
        synchronized (watch) {
            if (watch.poll != poll) {
                return; // called off, or over
            }
            watch.poll = null;
            long now = agenda.now();
            Setback setback = Setback.after(watch.setback, trouble);
            watch.stumbled(setback);
            hopeless =
                    setback.mayPass(watch.own && watch.age(now) < GRACE) ? impatient(watch, setback) : watch.viewers();
            if (watch.remove(hopeless)) {
                close(watch);
            } else {
                failure = waitForBackoff(watch, setback, Setback.retryAfter(result), now);
                watch.setback = setback.light();
            }
        }
        for (Viewer viewer : hopeless) {
            viewer.fail(trouble);
        }
        if (failure != null) {
            end(watch, failure);
        }
    }

    // ---- when to ask again

    /** Under the watch's lock. */
    private @Nullable OctopusXException waitForPolicy(Watch watch, long now) {
        try {
            long interval = watch.delayNanos(settings.polling, watch.context(now, dice.getAsDouble()));
            long delay = paces.stretched(watch.tenant, watch.shifted(interval, dice), now);
            waitUntil(watch, now + delay, interval, now);
            return null;
        } catch (Throwable e) {
            return policyFailed(watch.id, e);
        }
    }

    /** Under the watch's lock. A 429 is said to one, and meant for all. */
    private @Nullable OctopusXException waitForBackoff(Watch watch, Setback setback, long retryAfter, long now) {
        try {
            long interval = watch.delayNanos(settings.polling, watch.context(now, dice.getAsDouble()));
            long delay = Math.max(retryAfter, setback.backoff(interval, dice.getAsDouble()));
            if (setback.isLimit()) {
                long first = Setback.firstBackoff(interval);
                paces.limited(watch.tenant, now, (long) (first * (1 - Setback.JITTER)), retryAfter);
                delay += retryAfter > 0 ? (long) (first * dice.getAsDouble()) : 0; // others were told the same moment
            }
            waitUntil(watch, now + delay, interval, now);
            return null;
        } catch (Throwable e) {
            return policyFailed(watch.id, e);
        }
    }

    /** Under the watch's lock. If its tenant pauses longer, it comes some time after the pause. */
    private void waitUntil(Watch watch, long at, long interval, long now) {
        long freeAt = paces.freeAt(watch.tenant, now);
        if (at <= now && freeAt <= now) {
            watch.dueAt = at;
            ready(watch, now); // at once, on the thread that brought the answer: whoever calls this serves the line
            return;
        }
        watch.state = Watch.State.WAITING;
        watch.dueAt =
                at >= freeAt ? at : freeAt + (long) (dice.getAsDouble() * paces.spread(watch.tenant, interval, now));
        agenda.wakeAt(watch, wakeAt(watch));
    }

    /** When something has to be done about it, if nothing comes in between. */
    private long wakeAt(Watch watch) {
        long deadline = watch.earliestDeadline();
        return switch (watch.state) {
            case WAITING -> Math.min(deadline, watch.dueAt);
            case POLLING -> Math.min(deadline, timeoutAt(watch));
            case READY, CLOSED -> deadline;
        };
    }

    private long timeoutAt(Watch watch) {
        Poll poll = watch.poll;
        return poll == null ? Agenda.NEVER : poll.startedAt + settings.statusTimeout.toNanos();
    }

    // ---- its end

    private static List<Viewer> expired(Watch watch, long now) {
        if (watch.earliestDeadline() > now) {
            return List.of();
        }
        List<Viewer> expired = new ArrayList<>();
        for (Viewer viewer : watch.viewers()) {
            if (viewer.deadlineAt() <= now) {
                expired.add(viewer);
            }
        }
        return expired;
    }

    private static List<Viewer> impatient(Watch watch, Setback setback) {
        List<Viewer> impatient = new ArrayList<>(0);
        for (Viewer viewer : watch.viewers()) {
            int most = viewer.options().maxFailuresInARow();
            if (most > 0 && setback.failures() >= most) {
                impatient.add(viewer);
            }
        }
        return impatient;
    }

    private void end(Watch watch, OctopusXException failure) {
        List<Viewer> viewers;
        Poll stopped;
        synchronized (watch) {
            if (watch.state == Watch.State.CLOSED) {
                return;
            }
            viewers = watch.viewers();
            stopped = close(watch);
        }
        callOff(stopped);
        viewers.forEach(viewer -> viewer.fail(failure));
    }

    /**
     * Under the watch's lock, and once. Returns the poll that is still in flight, to be called off without the lock; its
     * answer, should it come all the same, finds that the watch knows of no poll.
     */
    private @Nullable Poll close(Watch watch) {
        Poll running = watch.poll;
        watch.poll = null;
        watch.state = Watch.State.CLOSED;
        watch.leave();
        agenda.remove(watch);
        line.remove(watch);
        watches.remove(watch);
        return running;
    }

    private Duration deadlineOf(TrackOptions options) {
        Duration own = options.deadline();
        return own == null ? settings.trackingDeadline : own;
    }

    /** Whatever it was, it ends here: a watch that nobody wakes any more would hang. */
    private static OctopusXException policyFailed(String taskId, Throwable failure) {
        return new OctopusXException(
                "The polling policy failed, so nobody knows when to look again; task " + taskId
                        + " goes on at the gateway, track it again by its id",
                failure,
                null,
                taskId,
                null);
    }

    private static OctopusXException closed(String taskId) {
        return new OctopusXException(
                "The client was closed; task " + taskId + " goes on at the gateway, track it again by its id",
                null,
                null,
                taskId,
                null);
    }

    /** Ends every watch with an error that names the task, and polls no more. */
    void close() {
        closed = true;
        watches.all().forEach(watch -> end(watch, closed(watch.id)));
        agenda.close();
        line.close();
    }

    /** What {@link #track} returns. */
    private static final class Tracking extends Flux<VideoTask> {

        private final TaskTracker tracker;
        private final Tenant tenant;
        private final String taskId;
        private final Start start;
        private final TrackOptions options;

        Tracking(TaskTracker tracker, Tenant tenant, String taskId, Start start, TrackOptions options) {
            this.tracker = tracker;
            this.tenant = tenant;
            this.taskId = taskId;
            this.start = start;
            this.options = options;
        }

        @Override
        public void subscribe(CoreSubscriber<? super VideoTask> actual) {
            tracker.subscribe(tenant, taskId, start, options, actual);
        }
    }
}
