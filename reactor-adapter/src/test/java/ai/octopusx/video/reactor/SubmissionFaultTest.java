package ai.octopusx.video.reactor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.VideoTask;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * A gateway that ends exchanges at every moment, on fresh connections and on warm ones, with a proper end, a reset or a
 * silence; callers that stay, leave, or run out of patience. Afterwards the gateway's book is held against what everybody was
 * told.
 */
class SubmissionFaultTest {

    private static final int RUNS = 200;
    private static final int AT_ONCE = 8;
    private static final Duration SUBMIT_TIMEOUT = Duration.ofMillis(150);
    private static final byte[] PICTURE = Pictures.png(64, 64);

    /** Far more than the buffers of a connection take: the client is still sending when the gateway has had enough. */
    private static final int LARGE = 3_000_000;

    private static final int FEW_RUNS = 50;

    @RegisterExtension
    static final Leaks LEAKS = new Leaks();

    /** When the exchange ends. */
    private enum Moment {
        BEFORE_ACCEPT,
        AFTER_ACCEPT,
        AFTER_THE_HEADERS,
        IN_THE_MIDDLE_OF_THE_IMAGE,
        AFTER_THE_BODY,
        AFTER_THE_STATUS_LINE,
        IN_THE_MIDDLE_OF_THE_ANSWER,
        ANSWER_WITHOUT_ID
    }

    /** How it ends, and whether the caller waits for that. */
    private enum Manner {
        CUT,
        CUT_OR_SILENT_WHILE_THE_CALLER_STAYS_LEAVES_OR_TIMES_OUT
    }

    private final Queue<Told> told = new ConcurrentLinkedQueue<>();
    private final Set<String> left = ConcurrentHashMap.newKeySet();

    static Stream<Arguments> storms() {
        return Stream.of(Manner.values()).flatMap(manner -> Stream.of(Moment.values())
                .flatMap(moment -> Stream.of(false, true).map(warm -> Arguments.of(moment, manner, warm))));
    }

    @ParameterizedTest(name = "{0}, {1}, warm {2}")
    @MethodSource("storms")
    @Timeout(115)
    void everyJobThatTheGatewayTookIsToldOfOnceAndNoneIsSentTwice(
            Moment moment, Manner manner, boolean warm, @TempDir Path directory) throws Exception {
        storm(moment, manner, warm, RUNS, PICTURE, directory, ServerSocketFactory.getDefault());
    }

    static Stream<Arguments> stormsWhileSending() {
        return Stream.of(Moment.AFTER_THE_HEADERS, Moment.IN_THE_MIDDLE_OF_THE_IMAGE)
                .flatMap(moment -> Stream.of(Manner.values()).map(manner -> Arguments.of(moment, manner)));
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("stormsWhileSending")
    @Timeout(115)
    void soIsOneWhoseLargePictureIsStillOnItsWay(Moment moment, Manner manner, @TempDir Path directory)
            throws Exception {
        byte[] large = Arrays.copyOf(PICTURE, LARGE); // only the head of a picture is examined
        storm(moment, manner, true, FEW_RUNS, large, directory, ServerSocketFactory.getDefault());
    }

    static Stream<Arguments> stormsBehindTls() {
        return Stream.of(
                        Moment.AFTER_ACCEPT,
                        Moment.AFTER_THE_HEADERS,
                        Moment.IN_THE_MIDDLE_OF_THE_IMAGE,
                        Moment.IN_THE_MIDDLE_OF_THE_ANSWER)
                .flatMap(moment -> Stream.of(false, true).map(warm -> Arguments.of(moment, warm)));
    }

    @ParameterizedTest(name = "{0}, warm {1}")
    @MethodSource("stormsBehindTls")
    @Timeout(115)
    void soIsOneThatIsSentOverTls(Moment moment, boolean warm, @TempDir Path directory) throws Exception {
        byte[] picture = moment == Moment.IN_THE_MIDDLE_OF_THE_IMAGE ? Arrays.copyOf(PICTURE, LARGE) : PICTURE;
        storm(moment, Manner.CUT, warm, picture == PICTURE ? FEW_RUNS : 20, picture, directory, Tls.sockets());
    }

    private void storm(
            Moment moment,
            Manner manner,
            boolean warm,
            int runs,
            byte[] picture,
            Path directory,
            ServerSocketFactory sockets)
            throws Exception {
        Path file = Files.write(directory.resolve("first.png"), picture);
        boolean secure = sockets != ServerSocketFactory.getDefault();
        InMemorySubmissionJournal journal = new InMemorySubmissionJournal();
        boolean silent = manner != Manner.CUT;
        Scheduler callers = Schedulers.newParallel("callers", 4);
        try (RawGateway gateway = new RawGateway(exchange -> serve(exchange, moment, silent, warm), sockets, 200)) {
            String url = secure ? "https://127.0.0.1:" + gateway.port() : gateway.url();
            VideoClient client = client(url, journal, silent);
            Disposable flapping =
                    moment == Moment.BEFORE_ACCEPT ? flap(gateway, Schedulers.boundedElastic()) : () -> {};

            Flux.range(0, runs)
                    .flatMap(
                            run -> call(client, "job-" + run, manner, file, picture)
                                    .subscribeOn(callers),
                            silent ? 4 * AT_ONCE : AT_ONCE)
                    .blockLast(Duration.ofSeconds(90));
            flapping.dispose();
            client.closeLater().block(Duration.ofSeconds(20));

            assertThat(gateway.troubles()).isEmpty();
            hold(runs, gateway.taken(), journal);
        } finally {
            callers.dispose();
        }
    }

    // ---- what the gateway does

    private static void serve(RawGateway.Exchange exchange, Moment moment, boolean silent, boolean warm)
            throws IOException {
        Random dice = new Random(exchange.connection() * 31L + exchange.number());
        boolean spared = warm && exchange.number() == 1;
        if (!spared && moment == Moment.BEFORE_ACCEPT) {
            end(exchange, dice, false);
        }
        if (!spared && moment == Moment.AFTER_ACCEPT) {
            nap(dice, 1_000);
            end(exchange, dice, silent);
        }
        exchange.readHead();
        String answer = "{\"id\":\"video_" + exchange.key() + "\",\"object\":\"video\",\"status\":\"queued\"}";
        if (!spared) {
            serveBadly(exchange, moment, silent, dice, answer);
        }
        exchange.take();
        nap(dice, 500);
        exchange.answer(200, answer);
    }

    private static void serveBadly(
            RawGateway.Exchange exchange, Moment moment, boolean silent, Random dice, String answer)
            throws IOException {
        switch (moment) {
            case AFTER_THE_HEADERS -> end(exchange, dice, silent);
            case IN_THE_MIDDLE_OF_THE_IMAGE -> {
                exchange.readBody(dice.nextLong(exchange.length()));
                end(exchange, dice, silent);
            }
            case AFTER_THE_BODY -> {
                exchange.take();
                end(exchange, dice, silent);
            }
            case AFTER_THE_STATUS_LINE -> {
                exchange.take();
                exchange.write("HTTP/1.1 200 OK\r\n");
                end(exchange, dice, silent);
            }
            case IN_THE_MIDDLE_OF_THE_ANSWER -> {
                exchange.take();
                exchange.write(RawGateway.Exchange.head(200, "", answer.length())
                        + answer.substring(0, dice.nextInt(answer.length())));
                end(exchange, dice, silent);
            }
            case ANSWER_WITHOUT_ID -> {
                exchange.take();
                exchange.answer(200, "{\"object\":\"video\",\"status\":\"queued\"}");
                end(exchange, dice, silent);
            }
            default -> throw new AssertionError(moment);
        }
    }

    private static void end(RawGateway.Exchange exchange, Random dice, boolean silent) throws IOException {
        if (silent && dice.nextInt(4) == 0) {
            exchange.stall(4 * SUBMIT_TIMEOUT.toMillis());
        } else if (dice.nextBoolean()) {
            exchange.fin();
        } else {
            exchange.rst();
        }
    }

    private static void nap(Random dice, int micros) {
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(dice.nextInt(micros)));
    }

    /** Now it listens, now it does not. */
    private static Disposable flap(RawGateway gateway, Scheduler on) {
        Random dice = new Random(1);
        Disposable flapping = on.schedulePeriodically(
                () -> {
                    try {
                        if (dice.nextBoolean()) {
                            gateway.listen();
                        } else {
                            gateway.refuse();
                        }
                    } catch (BindException e) {
                        // A caller has this very port for the moment: once more at the next tick.
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                },
                0,
                2,
                TimeUnit.MILLISECONDS);
        return flapping;
    }

    // ---- what the callers do

    private VideoClient client(String url, SubmissionJournal journal, boolean silent) {
        return VideoClient.builder()
                .apiKey(() -> Mono.deferContextual(context -> Mono.just(context.get("job"))))
                .baseUrl(url)
                .journal(journal)
                .submitAttempts(3, Duration.ofSeconds(30))
                .submitBackoff(Duration.ofMillis(5))
                .submitTimeout(silent ? SUBMIT_TIMEOUT : Duration.ofSeconds(20))
                .maxConcurrentSubmissions(silent ? 4 * AT_ONCE : AT_ONCE)
                .onOrphanedTask(orphan -> told.add(
                        orphan.task() != null
                                ? new Told(
                                        orphan.reference(),
                                        Verdict.ORPHANED_TASK,
                                        orphan.task().id())
                                : new Told(
                                        orphan.reference(),
                                        Verdict.ORPHANED_DOUBT,
                                        orphan.unknown().taskId())))
                .httpClient(http -> probed(url.startsWith("https:") ? Tls.trusting(http) : http))
                .build();
    }

    /** Ends when the caller knows what came of it, or has left. */
    private Mono<Void> call(VideoClient client, String job, Manner manner, Path file, byte[] picture) {
        Random dice = new Random(job.hashCode());
        DoubaoVideoRequest request = DoubaoVideoRequest.builder()
                .prompt("a picture of " + job)
                .firstFrame(dice.nextBoolean() ? FrameImage.of(file) : FrameImage.of(picture, "p.png"))
                .upstreamLimits(false)
                .reference(job)
                .build();
        Mono<VideoTask> submission = client.submit(request).contextWrite(context -> context.put("job", job));
        Duration patience = Duration.ofNanos(dice.nextInt(6_000_000));
        return switch (manner == Manner.CUT ? 0 : dice.nextInt(3)) {
            case 0 -> hearing(submission, job);
            case 1 -> hearing(submission.timeout(patience), job);
            default -> leaving(submission, job, patience);
        };
    }

    private Mono<Void> hearing(Mono<VideoTask> submission, String job) {
        return submission
                .doOnNext(task -> heard(job, task))
                .doOnError(OctopusXException.class, failure -> heard(job, failure))
                .onErrorResume(e -> e instanceof OctopusXException || e instanceof TimeoutException, e -> Mono.empty())
                .then();
    }

    private void heard(String job, VideoTask task) {
        told.add(new Told(job, Verdict.TASK, task.id()));
    }

    private void heard(String job, OctopusXException failure) {
        told.add(new Told(job, Verdict.of(failure), failure.taskId()));
    }

    /** Subscribed by one who leaves when his patience is over, if nothing has reached him by then. */
    private Mono<Void> leaving(Mono<VideoTask> submission, String job, Duration patience) {
        return Mono.create(sink -> {
            Impatient caller = new Impatient(job, sink::success);
            submission.subscribe(caller);
            Schedulers.parallel().schedule(caller::leave, patience.toNanos(), TimeUnit.NANOSECONDS);
        });
    }

    /** Either hears the result or leaves, never both, as a subscription that is disposed of would. */
    private final class Impatient implements CoreSubscriber<VideoTask> {

        private final String job;
        private final Runnable gone;
        private final AtomicBoolean done = new AtomicBoolean();
        private Subscription subscription;

        Impatient(String job, Runnable gone) {
            this.job = job;
            this.gone = gone;
        }

        void leave() {
            if (done.compareAndSet(false, true)) {
                subscription.cancel();
                gone.run();
            }
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            this.subscription = subscription;
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(VideoTask task) {
            if (done.compareAndSet(false, true)) {
                heard(job, task);
                gone.run();
            }
        }

        @Override
        public void onError(Throwable failure) {
            if (done.compareAndSet(false, true)) {
                heard(job, (OctopusXException) failure);
                gone.run();
            }
        }

        @Override
        public void onComplete() {}
    }

    // ---- what is held against what

    private void hold(int runs, List<String> taken, InMemorySubmissionJournal journal) {
        Map<String, Long> takenBy =
                taken.stream().collect(Collectors.groupingBy(job -> job, TreeMap::new, Collectors.counting()));
        Map<String, List<Told>> toldOf = told.stream().collect(Collectors.groupingBy(Told::job));
        Map<String, List<SubmissionJournal.Record>> noted = journal.records().toCompletableFuture().join().stream()
                .collect(Collectors.groupingBy(record -> record.entry().reference()));

        assertThat(takenBy.values()).as("jobs taken twice: %s", takenBy).allMatch(times -> times == 1);
        for (String job : IntStream.range(0, runs).mapToObj(run -> "job-" + run).toList()) {
            List<Told> heard = toldOf.getOrDefault(job, List.of());
            Collection<State> states = noted.getOrDefault(job, List.of()).stream()
                    .map(r -> r.state())
                    .toList();
            String story = job + ": taken " + takenBy.getOrDefault(job, 0L) + ", bytes left " + left.contains(job)
                    + ", told " + heard + ", noted " + states;
            assertThat(heard).as(story).hasSizeLessThanOrEqualTo(1);
            Verdict verdict = heard.isEmpty() ? Verdict.NOTHING : heard.get(0).verdict();
            if (takenBy.containsKey(job)) {
                assertThat(verdict.mayBeTaken()).as(story).isTrue();
                assertThat(states).as(story).containsAnyOf(State.TAKEN, State.UNKNOWN);
            } else {
                assertThat(verdict.hasTask()).as(story).isFalse();
            }
            if (verdict.hasTask()) {
                assertThat(heard.get(0).taskId()).as(story).isEqualTo("video_" + job);
                assertThat(states).as(story).containsOnlyOnce(State.TAKEN);
            } else if (verdict.mayBeTaken()) {
                assertThat(left).as(story).contains(job);
                assertThat(states).as(story).containsOnlyOnce(State.UNKNOWN);
            } else {
                assertThat(left).as(story).doesNotContain(job);
                assertThat(states).as(story).allMatch(state -> state == State.REJECTED);
            }
        }
    }

    private record Told(String job, Verdict verdict, String taskId) {}

    private enum Verdict {
        TASK,
        DOUBT,
        ORPHANED_TASK,
        ORPHANED_DOUBT,
        NOT_SENT,
        REJECTED,
        NOTHING;

        static Verdict of(OctopusXException failure) {
            return switch (failure.submission()) {
                case NOT_SENT -> NOT_SENT;
                case REJECTED -> REJECTED;
                case UNKNOWN -> DOUBT;
            };
        }

        boolean hasTask() {
            return this == TASK || this == ORPHANED_TASK;
        }

        boolean mayBeTaken() {
            return hasTask() || this == DOUBT || this == ORPHANED_DOUBT;
        }
    }

    /** A witness of our own, next to the socket, or where it still can read: whose head was written. */
    private HttpClient probed(HttpClient client) {
        return client.doOnConnected(connection -> {
            ChannelPipeline pipeline = connection.channel().pipeline();
            if (pipeline.get("probe") != null) {
                return;
            }
            if (pipeline.get(NettyPipeline.SslHandler) == null) {
                pipeline.addFirst("probe", new Probe());
            } else {
                pipeline.addAfter(NettyPipeline.SslHandler, "probe", new Probe());
            }
        });
    }

    private final class Probe extends ChannelDuplexHandler {

        private static final Pattern KEY = Pattern.compile("(?i)\r\nauthorization: bearer ([^\r]*)\r\n");

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
            if (message instanceof ByteBuf bytes) {
                Matcher key = KEY.matcher(bytes.toString(ISO_8859_1));
                if (key.find()) {
                    String job = key.group(1);
                    promise.addListener(written -> {
                        if (written.isSuccess()) {
                            left.add(job);
                        }
                    });
                }
            }
            context.write(message, promise);
        }
    }
}
