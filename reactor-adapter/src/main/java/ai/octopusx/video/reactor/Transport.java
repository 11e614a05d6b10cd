package ai.octopusx.video.reactor;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.proxy.ProxyHandler;
import io.netty.handler.ssl.SslHandler;
import java.time.Duration;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.NettyPipeline;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

/**
 * The connections of one client: a pool each for submissions, for readings of a status and for files, so that none of them
 * can hold up another. Our own limits sit above the pools', so a pool's queue is never what turns a request away.
 */
final class Transport {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    /** Proxies drop idle connections after 60 s, some after 30 s, and say nothing: peers.md, c3. */
    private static final Duration IDLE = Duration.ofSeconds(25);

    /** A submission on a connection that died unseen would have an unknown outcome, so it takes only fresh ones. */
    private static final Duration SUBMIT_IDLE = Duration.ofSeconds(5);

    private static final Duration LIFETIME = Duration.ofMinutes(10);

    /** On one HTTP/2 connection; servers commonly allow 100. */
    private static final int STREAMS = 50;

    private final Settings settings;
    private final LoopResources loops;
    private final boolean ownLoops;
    private final NameLookup names;
    private final ConnectionProvider submitPool;
    private final ConnectionProvider statusPool;
    private final ConnectionProvider filesPool;

    Transport(Settings settings) {
        this.settings = settings;
        this.ownLoops = settings.loopResources == null;
        this.loops = settings.loopResources != null
                ? settings.loopResources
                : LoopResources.create(
                        "octopusx", Math.min(4, Runtime.getRuntime().availableProcessors()), true);
        this.names = NameLookup.ofTheJvm(settings.connectTimeout);
        this.submitPool = pool("octopusx-submit", settings.maxConcurrentSubmissions, SUBMIT_IDLE);
        int readings = settings.maxConcurrentPolls + settings.maxConcurrentReads;
        this.statusPool = settings.http2
                ? multiplexed("octopusx-status", readings, IDLE)
                : pool("octopusx-status", readings, IDLE);
        this.filesPool = pool("octopusx-files", settings.maxConcurrentDownloads, IDLE);
    }

    private ConnectionProvider pool(String name, int connections, Duration idle) {
        return spec(name, connections, idle).build();
    }

    /** As few as the readings need: else a first burst would open one for each, and then use some of them. */
    private ConnectionProvider multiplexed(String name, int readings, Duration idle) {
        int connections = (readings + STREAMS - 1) / STREAMS;
        return spec(name, connections, idle)
                .allocationStrategy(Http2AllocationStrategy.builder()
                        .minConnections(1)
                        .maxConnections(connections)
                        .maxConcurrentStreams(STREAMS)
                        .build())
                .build();
    }

    /**
     * Without a {@code disposeTimeout}: the pool would then wait for connections to come back, sometimes for ever for one that
     * was refused, and whoever waits for an answer has been waited for already.
     */
    private ConnectionProvider.Builder spec(String name, int connections, Duration idle) {
        return ConnectionProvider.builder(name)
                .maxConnections(connections)
                .pendingAcquireMaxCount(-1) // one that was cancelled while it connected stays for a while, and counts
                .pendingAcquireTimeout(settings.connectTimeout.multipliedBy(2))
                .lifo()
                .maxIdleTime(idle)
                .maxLifeTime(LIFETIME)
                .evictInBackground(Duration.ofSeconds(5));
    }

    /** For {@code POST /v1/videos}: watches the moment when the first byte leaves. */
    HttpClient submit() {
        return gateway(submitPool)
                .protocol(HttpProtocol.HTTP11) // one exchange at a time on a connection: the watch rests on it
                .doOnChannelInit((observer, channel, remote) -> SentWatch.install(channel));
    }

    /** For {@code GET /v1/videos/{task_id}}. */
    HttpClient status() {
        HttpClient client = gateway(statusPool);
        if (!settings.http2) {
            return client;
        }
        return settings.baseUrl.getScheme().equals("https")
                ? client.protocol(HttpProtocol.H2, HttpProtocol.HTTP11)
                : client.protocol(HttpProtocol.H2C);
    }

    /** Those that its requests run on, which may be the host's. */
    static Executor loopsOf(HttpClient client) {
        HttpClientConfig configuration = client.configuration();
        return configuration.loopResources().onClient(configuration.isPreferNative());
    }

    /** For the bytes of a video: without a base URL and without the headers that are meant for the gateway. */
    Routes files() {
        return safe(base(filesPool));
    }

    private HttpClient gateway(ConnectionProvider pool) {
        HttpClient client = base(pool).headers(headers -> {
            headers.set(HttpHeaderNames.ACCEPT, "application/json");
            headers.set(HttpHeaderNames.ACCEPT_LANGUAGE, "en"); // readable error texts: wire-protocol.md, 7.3
            settings.headers.forEach(headers::set);
        });
        DownloadLink gateway = DownloadLink.of(settings.baseUrl);
        return safe(settings.wiretap ? MaskedWiretap.on(client) : client).to(gateway.host(), gateway.port());
    }

    private HttpClient base(ConnectionProvider pool) {
        HttpClient client = HttpClient.create(pool)
                .runOn(loops)
                .protocol(HttpProtocol.HTTP11)
                .resolver(names)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, connectMillis())
                .option(ChannelOption.SO_KEEPALIVE, true)
                .headers(headers -> headers.set(HttpHeaderNames.USER_AGENT, Version.userAgent(settings.application)));
        return settings.systemProxy ? client.proxyWithSystemProperties() : client;
    }

    /** To Netty zero would mean for ever. */
    private int connectMillis() {
        return (int) Math.max(1, Math.min(Integer.MAX_VALUE, settings.connectTimeout.toMillis()));
    }

    /** After the user's own changes: what may be sent twice, and where the key may go, is decided by us alone. */
    private Routes safe(HttpClient client) {
        return Routes.of(settings.httpClient.apply(client), names).with(either -> either.disableRetry(true)
                .followRedirect(false)
                .compress(false)
                .headers(headers -> headers.remove(HttpHeaderNames.ACCEPT_ENCODING)) // nobody here unpacks
                .doOnChannelInit((observer, channel, remote) -> limitHandshakes(channel)));
    }

    /** The clocks of TLS and of a proxy's consent are set anew in each channel, whoever configured them, and begin later. */
    private void limitHandshakes(Channel channel) {
        if (channel.pipeline().get(NettyPipeline.SslHandler) instanceof SslHandler tls) {
            tls.setHandshakeTimeoutMillis(connectMillis());
        }
        if (channel.pipeline().get(NettyPipeline.ProxyHandler) instanceof ProxyHandler proxy) {
            proxy.setConnectTimeoutMillis(connectMillis());
        }
    }

    /**
     * Frees what this made, and leaves the host's event loops alone. A thread that takes its time to end is no failure of
     * the one who closes.
     */
    Mono<Void> dispose() {
        Mono<Void> pools = Mono.when(submitPool.disposeLater(), statusPool.disposeLater(), filesPool.disposeLater());
        Mono<Void> all = ownLoops ? pools.then(loops.disposeLater(Duration.ZERO, Duration.ofSeconds(1))) : pools;
        return all.onErrorResume(trouble -> {
                    LOG.debug("The connections end on their own", trouble);
                    return Mono.<Void>empty();
                })
                .doFinally(end -> Schedulers.boundedElastic().schedule(names::dispose)); // which may wait for a lock
    }
}
