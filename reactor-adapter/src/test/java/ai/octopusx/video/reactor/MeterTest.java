package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.config.MeterFilterReply;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;

/** What the figures of a client say, on a clock that is turned by hand where time matters. */
class MeterTest {

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        log.start();
        logger().addAppender(log);
    }

    @AfterEach
    void listenNoMore() {
        logger().detachAppender(log);
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(VideoClient.class);
    }

    private TrackingLab lab(UnaryOperator<VideoClientBuilder> settings) {
        TrackingLab lab = new TrackingLab(builder -> settings.apply(builder.meterRegistry(meters)));
        MicrometerMeter.of(meters).watch(new Figures(lab.tracker, new Permits(1), new Permits(1)));
        return lab;
    }

    // ---- the life of a job

    @Test
    void aJobIsTimedFromItsSubmissionToItsEnd() {
        try (TrackingLab lab = lab(every(10))) {
            VideoTask queued = task("v1", VideoStatus.QUEUED, "doubao-seedance-1-0-pro_480p");
            lab.script("v1", TrackingLab.says(queued));
            lab.script("v1", TrackingLab.says(task("v1", VideoStatus.FAILED, null)));
            lab.watch(Start.ofTask(queued, true, Duration.ofSeconds(30).toNanos()));
            lab.after(Duration.ofSeconds(10));
        }

        Timer timer = meters.get("octopusx.video.job")
                .tags("model", "doubao-seedance-1-0-pro_480p", "outcome", "failed")
                .timer();
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(40);
    }

    @Test
    void aJobOfUnknownOriginIsTimedFromItsFirstSight() {
        try (TrackingLab lab = lab(every(10))) {
            lab.script("v1", TrackingLab.says(VideoStatus.QUEUED, 0), TrackingLab.says(VideoStatus.COMPLETED, 100));
            lab.watch("v1");
            lab.after(Duration.ofSeconds(10));
        }

        Timer timer = meters.get("octopusx.video.job")
                .tags("model", "unknown", "outcome", "completed")
                .timer();
        assertThat(timer.count()).isEqualTo(1);
        assertThat(timer.totalTime(TimeUnit.SECONDS)).isEqualTo(10);
    }

    @Test
    void aJobThatHadEndedBeforeAnybodyLookedTellsNothingOfItsLength() {
        try (TrackingLab lab = lab(every(10))) {
            lab.script("v1", TrackingLab.says(VideoStatus.COMPLETED, 100));
            lab.watch("v1");
            lab.assertEmpty();
        }

        assertThat(meters.find("octopusx.video.job").timers()).isEmpty();
    }

    @Test
    void aRegistryThatRefusesCostsNoJob() {
        meters.config().meterFilter(new MeterFilter() {
            @Override
            public MeterFilterReply accept(Meter.Id id) {
                if (id.getName().equals("octopusx.video.job")) {
                    throw new IllegalArgumentException("a meter of that name has other keys");
                }
                return MeterFilterReply.NEUTRAL;
            }
        });
        try (TrackingLab lab = lab(every(10))) {
            lab.script("v1", TrackingLab.says(VideoStatus.QUEUED, 0), TrackingLab.says(VideoStatus.COMPLETED, 100));
            var subscriber = lab.watch("v1");
            lab.after(Duration.ofSeconds(10));

            assertThat(TrackingLab.states(subscriber)).containsExactly("QUEUED 0", "COMPLETED 100");
            assertThat(subscriber.isTerminatedComplete()).isTrue();
            lab.assertEmpty();
        }
        assertThat(warnings()).hasSize(1).first().asString().contains("meter registry failed");
    }

    // ---- what is under way

    @Test
    void theFleetCanBeCounted() {
        try (TrackingLab lab = lab(settings -> every(10).apply(settings).maxConcurrentPolls(2))) {
            lab.otherwise = id -> Mono.never();
            lab.watch("v1");
            lab.watch("v2");
            lab.watch("v3");
            lab.watch("v4");
            lab.watch("v4");
            lab.after(Duration.ofSeconds(3));

            assertThat(gauge("octopusx.video.jobs.watched")).isEqualTo(4);
            assertThat(gauge("octopusx.video.polls.in.flight")).isEqualTo(2);
            assertThat(waiting(PollLimit.MAX_CONCURRENT_POLLS)).isEqualTo(2);
            assertThat(waiting(PollLimit.POLLS_PER_SECOND)).isZero();
            assertThat(meters.get("octopusx.video.polls.longest.wait")
                            .timeGauge()
                            .value(TimeUnit.SECONDS))
                    .isEqualTo(3);
        }
        assertThat(gauge("octopusx.video.jobs.watched")).isZero();
    }

    @Test
    void submissionsAndDownloadsCanBeCounted() {
        Permits submissions = new Permits(1);
        Permits downloads = new Permits(2);
        try (TrackingLab lab = lab(every(10))) {
            MicrometerMeter.of(meters).watch(new Figures(lab.tracker, submissions, downloads));
            for (int i = 0; i < 3; i++) {
                submissions.permit(() -> {}).request();
                downloads.permit(() -> {}).request();
            }

            assertThat(gauge("octopusx.video.submissions.in.flight")).isEqualTo(1);
            assertThat(gauge("octopusx.video.submissions.waiting")).isEqualTo(2);
            assertThat(gauge("octopusx.video.downloads.in.flight")).isEqualTo(2);
            assertThat(gauge("octopusx.video.downloads.waiting")).isEqualTo(1);
        }
    }

    @Test
    void clientsOnOneRegistryAreAddedUpAndAClosedOneIsForgotten() throws IOException {
        try (RawGateway gateway = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.stall(60_000);
        })) {
            VideoClient one = client(gateway);
            VideoClient other = client(gateway);
            Disposable.Composite watching = Disposables.composite();
            watching.add(one.track("v1").subscribe(task -> {}, error -> {}));
            watching.add(other.track("v2").subscribe(task -> {}, error -> {}));
            watching.add(other.submit(DoubaoVideoRequest.textToVideo("p")).subscribe(task -> {}, error -> {}));

            assertThat(gauge("octopusx.video.jobs.watched")).isEqualTo(2);
            assertThat(gauge("octopusx.video.submissions.in.flight")).isEqualTo(1);
            one.close();
            assertThat(gauge("octopusx.video.jobs.watched")).isEqualTo(1);
            watching.dispose();
            other.close();
            assertThat(gauge("octopusx.video.jobs.watched")).isZero();
        }
    }

    private VideoClient client(RawGateway gateway) {
        return VideoClient.builder()
                .apiKey("k")
                .baseUrl(gateway.url())
                .closeTimeout(Duration.ofSeconds(1))
                .onOrphanedTask(orphan -> {})
                .meterRegistry(meters)
                .build();
    }

    // ---- what is in the way

    @Test
    void tooFewPlacesAreNamedOnceForEachEpisode() {
        try (TrackingLab lab = lab(settings -> every(5).apply(settings).maxConcurrentPolls(1))) {
            lab.otherwise = id -> Mono.delay(Duration.ofSeconds(1), lab.clock)
                    .map(tick -> Result.success(TrackingLab.task(id, VideoStatus.QUEUED, 0)));
            for (int i = 0; i < 10; i++) {
                lab.watch("v" + i);
            }
            lab.after(Duration.ofMinutes(10)); // ten seconds' work every five, all the time

            assertThat(late(PollLimit.MAX_CONCURRENT_POLLS)).isGreaterThan(500);
            assertThat(late(PollLimit.POLLS_PER_SECOND)).isZero();
            assertThat(waiting(PollLimit.MAX_CONCURRENT_POLLS)).isPositive();
            assertThat(warnings()).hasSize(1).first().asString().contains("maxConcurrentPolls");

            lab.seen.forEach(subscriber -> subscriber.cancel());
            lab.after(Duration.ofMinutes(2));
            assertThat(waiting(PollLimit.MAX_CONCURRENT_POLLS)).isZero();
            assertThat(warnings()).hasSize(1);

            for (int i = 0; i < 10; i++) {
                lab.watch("w" + i);
            }
            lab.after(Duration.ofMinutes(1));
            assertThat(warnings()).as("another episode, another warning").hasSize(2);
        }
    }

    @Test
    void aBudgetThatIsTooSmallIsNamed() {
        try (TrackingLab lab = lab(settings -> every(5).apply(settings).pollsPerSecond(1))) {
            for (int i = 0; i < 20; i++) {
                lab.watch("v" + i);
            }
            lab.after(Duration.ofMinutes(5));

            assertThat(late(PollLimit.POLLS_PER_SECOND)).isGreaterThan(100);
            assertThat(late(PollLimit.MAX_CONCURRENT_POLLS)).isZero();
            assertThat(waiting(PollLimit.POLLS_PER_SECOND)).isPositive();
            assertThat(warnings()).hasSize(1).first().asString().contains("pollsPerSecond", "budget of 1.0 a second");
        }
    }

    @Test
    void aBudgetThatSuffices() {
        try (TrackingLab lab = lab(settings -> every(10).apply(settings).pollsPerSecond(10))) {
            for (int i = 0; i < 20; i++) {
                lab.watch("v" + i);
            }
            lab.after(Duration.ofMinutes(5));

            assertThat(late(PollLimit.POLLS_PER_SECOND)).isZero();
            assertThat(waiting(PollLimit.POLLS_PER_SECOND)).isZero();
            assertThat(warnings()).isEmpty();
        }
    }

    private static UnaryOperator<VideoClientBuilder> every(int seconds) {
        return settings -> settings.polling(PollingPolicy.fixed(Duration.ofSeconds(seconds)));
    }

    private static VideoTask task(String id, VideoStatus status, String model) {
        VideoTask plain = TrackingLab.task(id, status, 0);
        return new VideoTask(
                id,
                status,
                0,
                model,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                plain.rawStatus(),
                plain.additionalProperties());
    }

    private double gauge(String name) {
        return meters.get(name).gauge().value();
    }

    private double waiting(PollLimit limit) {
        return meters.get("octopusx.video.polls.waiting")
                .tag("limit", limit.setting())
                .gauge()
                .value();
    }

    private double late(PollLimit limit) {
        return meters.get("octopusx.video.polls.late")
                .tag("limit", limit.setting())
                .counter()
                .count();
    }

    private List<String> warnings() {
        return log.list.stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }
}
