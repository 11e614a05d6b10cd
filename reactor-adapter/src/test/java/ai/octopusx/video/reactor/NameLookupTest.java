package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.channel.ConnectTimeoutException;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Names are looked up beside the event loops, whatever the name server does. */
class NameLookupTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final EventLoop loop = new DefaultEventLoop();
    private final CountDownLatch silence = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private NameLookup names = new NameLookup(this::answer, PATIENCE);

    @AfterEach
    void close() {
        silence.countDown();
        names.dispose();
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    private InetAddress[] answer(String name) throws UnknownHostException {
        asked.incrementAndGet();
        if (name.startsWith("silent")) {
            try {
                silence.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
        return new InetAddress[] {address(1), address(2)};
    }

    @Test
    void whoAsksOnAnEventLoopIsAnsweredThereByAnotherThread() throws UnknownHostException {
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        names = new NameLookup(
                name -> {
                    threads.add(Thread.currentThread().getName());
                    return answer(name);
                },
                PATIENCE);

        CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
        Future<List<InetSocketAddress>> found = all("gateway.example");
        found.addListener(end -> onLoop.complete(loop.inEventLoop()));

        assertThat(outcome(found)).isEqualTo(List.of(socket("gateway.example", 1), socket("gateway.example", 2)));
        assertThat(onLoop.join()).isTrue();
        assertThat(threads).singleElement().asString().startsWith("octopusx-names");
    }

    @Test
    void oneAddressIsTheFirst() throws UnknownHostException {
        assertThat(outcome(names.getResolver(loop).resolve(unresolved("gateway.example"))))
                .isEqualTo(socket("gateway.example", 1));
    }

    @Test
    void aSilentNameServerStopsNeitherTheLoopNorOtherNames() {
        Future<List<InetSocketAddress>> hanging = all("silent.example");

        assertThat(outcome(loop.submit(() -> "still alive"))).isEqualTo("still alive");
        assertThat(outcome(all("gateway.example"))).isInstanceOf(List.class);
        assertThat(hanging.isDone()).isFalse();
        silence.countDown();
        assertThat(outcome(hanging)).isInstanceOf(List.class);
    }

    @Test
    void aThousandWhoAskForOneNameAskOnce() {
        List<Future<List<InetSocketAddress>>> all = new ArrayList<>();
        for (int i = 0; i < 1_000; i++) {
            all.add(all("silent.example"));
        }
        outcome(loop.submit(() -> {})); // by now all of them have asked
        silence.countDown();

        assertThat(all).allSatisfy(each -> assertThat(outcome(each)).isInstanceOf(List.class));
        assertThat(asked).hasValue(1);
    }

    @Test
    void whoAskedIsTurnedAwayWhenItTakesTooLong() {
        names = new NameLookup(this::answer, Duration.ofMillis(20));

        assertThat(outcome(all("silent.example")))
                .isInstanceOf(ConnectTimeoutException.class)
                .asString()
                .contains("looking up silent.example took longer than 20 ms");
    }

    @Test
    void whatWasNotFoundIsAskedForAgain() {
        AtomicInteger times = new AtomicInteger();
        names = new NameLookup(
                name -> {
                    if (times.incrementAndGet() == 1) {
                        throw new UnknownHostException(name);
                    }
                    return answer(name);
                },
                PATIENCE);

        assertThat(outcome(all("gateway.example"))).isInstanceOf(UnknownHostException.class);
        assertThat(outcome(all("gateway.example"))).isInstanceOf(List.class);
    }

    @Test
    void nobodyWaitsForEverForALookUpThatBroke() {
        names = new NameLookup(
                name -> {
                    throw new NoClassDefFoundError(name);
                },
                PATIENCE);

        assertThat(outcome(all("gateway.example"))).isInstanceOf(NoClassDefFoundError.class);
    }

    @Test
    void afterTheEndNothingIsLookedUp() {
        names.dispose();

        assertThat(outcome(all("gateway.example"))).isInstanceOf(Exception.class);
        assertThat(asked).hasValue(0);
    }

    /** Netty would log an error about it. */
    @Test
    void anEventLoopThatHasEndedIsNotTold() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.netty.util.concurrent.DefaultPromise.rejectedExecution");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            Future<List<InetSocketAddress>> waiting = all("silent.example");
            outcome(loop.submit(() -> {})); // by now it has asked
            EventLoop ending = new DefaultEventLoop();
            outcome(ending.submit(() -> {
                names.getResolver(ending).resolveAll(unresolved("silent.example"));
            }));
            outcome(ending.shutdownGracefully(0, 0, TimeUnit.SECONDS));
            silence.countDown();

            assertThat(outcome(waiting)).isInstanceOf(List.class);
            assertThat(log.list).isEmpty();
        } finally {
            logger.detachAppender(log);
        }
    }

    /** BlockHound watches: see NonBlocking. */
    @Test
    void aClientLooksUpItsGatewayAndALinkBesideTheEventLoops() throws IOException {
        byte[] video = Mp4s.video(5_000);
        AtomicInteger port = new AtomicInteger();
        try (RawGateway gateway = new RawGateway(exchange -> {
            String head = exchange.readHead();
            exchange.take();
            if (head.startsWith("GET /v.mp4")) {
                exchange.write("HTTP/1.1 200 OK\r\nContent-Length: " + video.length + "\r\n\r\n", video);
            } else {
                exchange.answer(
                        200,
                        "{\"id\":\"video_1\",\"status\":\"completed\",\"video_url\":\"http://localhost:" + port
                                + "/v.mp4\"}");
            }
        })) {
            port.set(gateway.port());
            try (VideoClient client = VideoClient.builder()
                    .apiKey("sk-secret")
                    .baseUrl("http://localhost:" + gateway.port())
                    .build()) {
                VideoTask task =
                        client.submit(DoubaoVideoRequest.textToVideo("p")).block(PATIENCE);
                VideoTask ended = client.track(task.id()).blockLast(PATIENCE);
                assertThat(client.download(ended).collectList().block(PATIENCE)).isNotEmpty();
            }
            assertThat(gateway.troubles()).isEmpty();
        }
    }

    // ---- helpers

    /** Asked for on the event loop, as a connection does it. */
    private Future<List<InetSocketAddress>> all(String name) {
        Promise<List<InetSocketAddress>> promise = loop.newPromise();
        loop.execute(() -> names.getResolver(loop).resolveAll(unresolved(name), promise));
        return promise;
    }

    /** What came, or why it did not. */
    private static @Nullable Object outcome(Future<?> future) {
        assertThat(future.awaitUninterruptibly(PATIENCE.toMillis())).isTrue();
        return future.isSuccess() ? future.getNow() : future.cause();
    }

    private static InetSocketAddress unresolved(String name) {
        return InetSocketAddress.createUnresolved(name, 443);
    }

    private static InetSocketAddress socket(String name, int last) throws UnknownHostException {
        return new InetSocketAddress(
                InetAddress.getByAddress(name, address(last).getAddress()), 443);
    }

    private static InetAddress address(int last) throws UnknownHostException {
        return InetAddress.getByAddress(new byte[] {93, (byte) 184, 1, (byte) last});
    }
}
