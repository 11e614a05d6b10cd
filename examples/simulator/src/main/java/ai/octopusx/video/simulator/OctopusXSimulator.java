package ai.octopusx.video.simulator;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
import reactor.netty.resources.LoopResources;

/**
 * The OctopusX gateway, as far as a client can tell: two origins on free ports of this machine, the API and the storage
 * that signed links point to. Many may run side by side. Each has its own event loops; all methods may be called from
 * any thread.
 *
 * <pre>{@code
 * try (OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder().speed(20).build())) {
 *     client(simulator.baseUrl(), simulator.apiKey()) ...
 *     assertThat(simulator.ledger().acceptedTwice()).isEmpty();
 * }
 * }</pre>
 */
public final class OctopusXSimulator implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final SimulatorConfig config;
    private final GatewayClock clock;
    private final FaultBox faults;
    private final SimulatorLedger ledger;
    private final LoopResources loops;
    private final DisposableServer api;
    private final DisposableServer files;
    private final Set<Channel> channels = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean closed = new AtomicBoolean();
    private final CountDownLatch ended = new CountDownLatch(1);

    private OctopusXSimulator(SimulatorConfig config) {
        this.config = config;
        this.clock = config.manualClock ? GatewayClock.manual() : GatewayClock.running(config.speed);
        long seed =
                config.seed != null ? config.seed : ThreadLocalRandom.current().nextLong();
        this.faults = new FaultBox(seed, config.faults);
        Clips clips = new Clips(config.minimumClipBytes);
        Snapshots snapshots = new Snapshots(config.snapshotInterval.toNanos());
        Accounts accounts = new Accounts(config);
        Jobs jobs = new Jobs(config, clock, faults, clips, snapshots, seed);
        this.ledger = new SimulatorLedger(clock, jobs, accounts, faults);
        Wire wire = new Wire(clock, config.contentLimit);
        RequestLog log = new RequestLog(config.log);

        this.loops = LoopResources.create("octopusx-simulator", config.threads, true);
        try {
            // The files origin needs links, which need its port: it learns its handler once it is bound.
            LateHandler filesHandler = new LateHandler();
            this.files = bind(config.filesPort, filesHandler);
            String filesOrigin = origin(files);
            SignedLinks links = new SignedLinks(filesOrigin, clock, config);
            filesHandler.delegate = new FilesHandler(
                    clock, accounts, jobs, clips, links, faults, ledger, wire, log, filesOrigin)::handle;
            StatusBodies bodies = new StatusBodies(config, clock, snapshots, links);
            ApiHandler apiHandler = new ApiHandler(
                    config, clock, accounts, jobs, bodies, links, faults, ledger, wire, log, filesOrigin);
            this.api = bind(config.port, apiHandler::handle);
        } catch (RuntimeException e) {
            channels.forEach(Channel::close);
            loops.disposeLater(Duration.ZERO, PATIENCE).subscribe();
            throw e;
        }
    }

    /** With the defaults, on free ports. */
    public static OctopusXSimulator start() {
        return start(SimulatorConfig.builder().build());
    }

    /** @throws RuntimeException if a port is taken */
    public static OctopusXSimulator start(SimulatorConfig config) {
        return new OctopusXSimulator(config);
    }

    /** What a client takes for the gateway, for example {@code http://127.0.0.1:40123}. */
    public URI baseUrl() {
        return URI.create(origin(api));
    }

    /** The origin of the signed links: another one than {@link #baseUrl()}, which must never see a key. */
    public URI filesUrl() {
        return URI.create(origin(files));
    }

    /** The first key of the default account. */
    public String apiKey() {
        return config.firstKey();
    }

    /** What has happened so far; always up to date. */
    public SimulatorLedger ledger() {
        return ledger;
    }

    /** The moment that the gateway would write into an answer now. */
    public Instant now() {
        return clock.wall(clock.now());
    }

    /**
     * Lets the gateway's time pass: jobs start and end, the gateway looks at its upstream, links expire.
     *
     * @throws IllegalStateException if its time runs by itself
     */
    public void advance(Duration by) {
        clock.advance(by);
    }

    /**
     * Makes things go wrong from the next request on. A spec is {@code endpoint:kind[/argument...][*times][@probability]},
     * several are separated by commas:
     *
     * <ul>
     *   <li>{@code status:429*3}: the first three polls are answered 429; also {@code 429/e1/retry-after=2},
     *       {@code 502/html}, {@code 200/e2}, any status in any shape (e1, e2, html, text, empty, nothing)
     *   <li>{@code submit:reset-after-read@0.1}: one in ten is reset unheard; {@code submit:answer-lost} takes the job and
     *       says nothing, {@code submit:504/accepted} takes it and says 504
     *   <li>{@code any:latency/300ms}, {@code content:cut/1000}, {@code files:drip/16/100ms}, {@code files:change-etag},
     *       {@code status:task-not-exist/5s}, {@code outcome:failed/SomeCode@0.2}, {@code outcome:never-ending*1}
     * </ul>
     *
     * Rules are asked in their order; the first that strikes decides, and latency and other mere changes add to it. The
     * README lists all kinds.
     *
     * @throws IllegalArgumentException telling what is not understood and what would be
     */
    public void inject(String spec) {
        FaultRule.parse(spec).forEach(faults::add);
    }

    /** From now on nothing goes wrong. */
    public void clearFaults() {
        faults.clear();
    }

    /** Ends all connections and frees the ports. Does nothing the second time; waits for nobody on an event loop. */
    @Override
    public void close() {
        if (!closed.compareAndSet(false, true)) {
            return;
        }
        api.dispose();
        files.dispose();
        channels.forEach(Channel::close);
        boolean mayWait = !Schedulers.isInNonBlockingThread();
        if (mayWait) {
            api.onDispose().block(PATIENCE);
            files.onDispose().block(PATIENCE);
        }
        if (mayWait) {
            loops.disposeLater(Duration.ZERO, PATIENCE).block(PATIENCE);
        } else {
            loops.disposeLater(Duration.ZERO, PATIENCE).subscribe();
        }
        ended.countDown();
    }

    /** Waits until somebody closes it; for programs that only serve. */
    public void awaitClose() throws InterruptedException {
        ended.await();
    }

    private DisposableServer bind(
            int port, BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> handler) {
        return HttpServer.create()
                .host(config.host)
                .port(port)
                .runOn(loops)
                .option(ChannelOption.SO_BACKLOG, 4096)
                .doOnChannelInit((observer, channel, address) -> opened(channel))
                .handle(handler)
                .bindNow(PATIENCE);
    }

    private void opened(Channel channel) {
        channels.add(channel);
        ledger.connected();
        channel.closeFuture().addListener(done -> {
            channels.remove(channel);
            ledger.disconnected();
        });
        if (closed.get()) {
            channel.close(); // it came while the others were being closed
        }
    }

    private static String origin(DisposableServer server) {
        InetSocketAddress address = (InetSocketAddress) server.address();
        String host = address.getAddress().isAnyLocalAddress() ? "127.0.0.1" : address.getHostString();
        return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
    }

    @Override
    public String toString() {
        return "OctopusXSimulator[" + baseUrl() + ", " + config + "]";
    }

    private static final class LateHandler
            implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

        private volatile BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> delegate =
                (request, response) -> response.status(503).send();

        @Override
        public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
            return delegate.apply(request, response);
        }
    }
}
