package ai.octopusx.video.reactor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.wire.ErrorAnswer;
import ai.octopusx.video.wire.ErrorReader;
import ai.octopusx.video.wire.Operation;
import ai.octopusx.video.wire.Phase;
import java.net.ConnectException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.client.HttpClient;
import reactor.test.scheduler.VirtualTimeScheduler;
import reactor.test.subscriber.TestSubscriber;
import reactor.util.context.Context;

/** A tracker on a clock that is turned by hand, before a gateway that answers by a script. No socket, no thread. */
final class TrackingLab implements AutoCloseable {

    static final ErrorReader.Context ABOUT =
            new ErrorReader.Context(Operation.RETRIEVE, "https://octopusx.ai", "v1", null, null);

    private static final HttpClient HTTP = HttpClient.create();

    final VirtualTimeScheduler clock = VirtualTimeScheduler.create();
    final Tenant tenant = tenant("sk-a");
    final List<Asked> asked = new ArrayList<>();
    final Map<String, Queue<Answer>> scripts = new HashMap<>();
    final List<TestSubscriber<VideoTask>> seen = new ArrayList<>();
    final TaskTracker tracker;
    double dice;
    DoubleSupplier chance = () -> dice;
    int cancelled;

    /** What is asked when a script is at its end. */
    Function<String, Mono<Result>> otherwise = id -> Mono.just(Result.success(task(id, VideoStatus.QUEUED, 0)));

    /** One answer of the script, made when it is asked for. */
    @FunctionalInterface
    interface Answer {
        Mono<Result> now();
    }

    /** One poll, and when it came. */
    record Asked(
            long atMillis,
            Tenant tenant,
            String id,
            @Nullable VideoTask last) {}

    TrackingLab(UnaryOperator<VideoClientBuilder> settings) {
        this.tracker = new TaskTracker(
                this::look,
                new Settings(settings.apply(VideoClient.builder())),
                clock,
                Runnable::run,
                () -> chance.getAsDouble());
    }

    /** One that watches for hours. */
    static TrackingLab patient(PollingPolicy policy) {
        return new TrackingLab(settings -> settings.polling(policy).trackingDeadline(Duration.ofHours(2)));
    }

    /** The same, with a budget. */
    static TrackingLab patient(PollingPolicy policy, double pollsPerSecond) {
        return new TrackingLab(settings ->
                settings.polling(policy).trackingDeadline(Duration.ofHours(2)).pollsPerSecond(pollsPerSecond));
    }

    static Tenant tenant(String key) {
        return new Tenant(ApiKey.fixed(key), HTTP);
    }

    private Mono<Result> look(Tenant who, String id, @Nullable VideoTask last) {
        asked.add(new Asked(millis(), who, id, last));
        Answer next = scripts.getOrDefault(id, new ArrayDeque<>()).poll();
        return (next == null ? otherwise.apply(id) : next.now()).doOnCancel(() -> cancelled++);
    }

    long millis() {
        return clock.now(TimeUnit.MILLISECONDS);
    }

    // ---- the script

    void script(String id, Answer... answers) {
        scripts.computeIfAbsent(id, key -> new ArrayDeque<>()).addAll(List.of(answers));
    }

    static Answer says(VideoStatus status, int progress) {
        return says(task("v1", status, progress));
    }

    static Answer says(VideoTask task) {
        return () -> Mono.just(Result.success(task));
    }

    Answer saysAfter(Duration delay, VideoStatus status, int progress) {
        return () -> Mono.delay(delay, clock).map(tick -> Result.success(task("v1", status, progress)));
    }

    static Answer neverAnswers() {
        return Mono::never;
    }

    static Answer refuses(int status, String body, String... header) {
        return () -> Mono.just(Result.refused(
                ErrorAnswer.read(
                        status,
                        name -> header.length == 2 && header[0].equalsIgnoreCase(name) ? header[1] : null,
                        body.getBytes(UTF_8),
                        false,
                        Instant.EPOCH),
                ABOUT));
    }

    static Answer knowsNoTask() {
        return refuses(400, """
                {"code":"task_not_exist","message":"task_not_exist","data":null}""");
    }

    static Answer cannotBeReached() {
        return () -> Mono.just(
                Result.unanswered(Phase.NOT_CONNECTED, false, new ConnectException("Connection refused"), ABOUT));
    }

    static VideoTask task(String id, VideoStatus status, int progress) {
        return task(id, status, progress, status == VideoStatus.COMPLETED ? "https://cdn.example/" + id : null);
    }

    static VideoTask task(String id, VideoStatus status, int progress, @Nullable String url) {
        return new VideoTask(
                id, status, progress, null, null, null, null, null, null, url, null, null, status.wireName(), Map.of());
    }

    // ---- those who watch

    TestSubscriber<VideoTask> watch(String id) {
        return watch(id, TrackOptions.defaults());
    }

    TestSubscriber<VideoTask> watch(String id, TrackOptions options) {
        return watch(tenant, id, Start.ofId(false, 0), options, Long.MAX_VALUE, Context.empty());
    }

    TestSubscriber<VideoTask> watch(Start start) {
        return watch(tenant, "v1", start, TrackOptions.defaults(), Long.MAX_VALUE, Context.empty());
    }

    TestSubscriber<VideoTask> watch(
            Tenant who, String id, Start start, TrackOptions options, long demand, Context context) {
        TestSubscriber<VideoTask> subscriber = TestSubscriber.builder()
                .initialRequest(demand)
                .contextPutAll(context)
                .build();
        seen.add(subscriber);
        tracker.track(who, id, start, options).subscribe(subscriber);
        return subscriber;
    }

    // ---- time

    /** Until 1 ms before the given time from now, nothing happens; at that time, something may. */
    void silentUntilAfter(Duration delay) {
        silentFor(delay.minusMillis(1));
        after(Duration.ofMillis(1));
    }

    /** Nobody is polled and nobody is told of anything. */
    void silentFor(Duration span) {
        long before = events();
        clock.advanceTimeBy(span);
        assertThat(events()).as("events within %s", span).isEqualTo(before);
    }

    void after(Duration span) {
        clock.advanceTimeBy(span);
    }

    private long events() {
        long signals = seen.stream()
                .mapToLong(subscriber ->
                        subscriber.getReceivedOnNext().size() + (subscriber.isTerminatedOrCancelled() ? 1 : 0))
                .sum();
        return asked.size() + signals + cancelled;
    }

    int polls() {
        return asked.size();
    }

    int polls(String id) {
        return (int) asked.stream().filter(poll -> poll.id().equals(id)).count();
    }

    List<Long> pollTimes(String id) {
        return asked.stream()
                .filter(poll -> poll.id().equals(id))
                .map(Asked::atMillis)
                .toList();
    }

    static List<String> states(TestSubscriber<VideoTask> subscriber) {
        return subscriber.getReceivedOnNext().stream()
                .map(task -> task.status() + " " + task.progress())
                .toList();
    }

    /** Nothing is left of anybody. */
    void assertEmpty() {
        assertThat(tracker.watched()).as("watched").isZero();
        assertThat(tracker.inFlight()).as("in flight").isZero();
        assertThat(tracker.inLine()).as("in line").isZero();
        int polls = polls();
        clock.advanceTimeBy(Duration.ofHours(1));
        assertThat(polls()).as("polls in the hour after").isEqualTo(polls);
    }

    @Override
    public void close() {
        tracker.close();
    }
}
