package ai.octopusx.video.reactor;

import io.netty.channel.ConnectTimeoutException;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The JVM's look-up of names, with its cache and the machine's settings (peers.md, c3), on threads of its own. Netty's way to
 * it asks on the event loop: a name server that is silent for ten seconds would stop every poll for ten seconds.
 *
 * <p>Whoever asks for a name that is being looked up waits for that answer: a thousand connections that begin at once ask
 * once. Thread-safe; answers arrive on the event loop that asked.
 */
final class NameLookup extends AddressResolverGroup<InetSocketAddress> {

    /** So many names may hang while others are found; there are the gateway's, and those of the links. */
    private static final int THREADS = 4;

    private static final int QUEUED = 1_000;
    private static final int THREADS_IDLE_SECONDS = 10;

    /** Where an address is known. Blocks. */
    interface Source {
        InetAddress[] addresses(String name) throws UnknownHostException;
    }

    private final Source source;
    private final Duration patience;
    private final Scheduler threads =
            Schedulers.newBoundedElastic(THREADS, QUEUED, "octopusx-names", THREADS_IDLE_SECONDS, true);
    private final Map<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();

    /** @param patience how long one who asks waits */
    NameLookup(Source source, Duration patience) {
        this.source = source;
        this.patience = patience;
    }

    static NameLookup ofTheJvm(Duration patience) {
        return new NameLookup(InetAddress::getAllByName, patience);
    }

    /** Not kept: the superclass would hang what it keeps on the event loops, which may be the host's and outlive us. */
    @Override
    public AddressResolver<InetSocketAddress> getResolver(EventExecutor executor) {
        return newResolver(executor);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
        return new Resolver(executor).asAddressResolver();
    }

    private final class Resolver extends InetNameResolver {

        Resolver(EventExecutor executor) {
            super(executor);
        }

        @Override
        protected void doResolve(String name, Promise<InetAddress> promise) {
            await(name, promise, addresses -> addresses.get(0));
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
            await(name, promise, addresses -> addresses);
        }

        private <T> void await(String name, Promise<T> promise, Function<List<InetAddress>, T> wanted) {
            Future<?> clock = executor()
                    .schedule(() -> promise.tryFailure(tooLong(name)), patience.toNanos(), TimeUnit.NANOSECONDS);
            promise.addListener(end -> clock.cancel(false));
            lookUp(name).whenComplete((addresses, trouble) -> {
                if (executor().isShuttingDown()) {
                    return; // there is nobody left to tell, and Netty would log an error about it
                }
                if (trouble == null) {
                    promise.trySuccess(wanted.apply(addresses));
                } else {
                    promise.tryFailure(trouble);
                }
            });
        }
    }

    private ConnectTimeoutException tooLong(String name) {
        return new ConnectTimeoutException("looking up " + name + " took longer than " + patience.toMillis() + " ms");
    }

    private CompletableFuture<List<InetAddress>> lookUp(String name) {
        CompletableFuture<List<InetAddress>> mine = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> before = underWay.putIfAbsent(name, mine);
        if (before != null) {
            return before;
        }
        try {
            threads.schedule(() -> ask(name, mine));
        } catch (RejectedExecutionException closed) {
            underWay.remove(name);
            mine.completeExceptionally(closed);
        }
        return mine;
    }

    /** What was found is not kept: how long it holds is the JVM's business. */
    private void ask(String name, CompletableFuture<List<InetAddress>> answer) {
        try {
            List<InetAddress> addresses = List.of(source.addresses(name));
            underWay.remove(name);
            answer.complete(addresses);
        } catch (UnknownHostException | RuntimeException | Error trouble) {
            underWay.remove(name);
            answer.completeExceptionally(trouble);
        }
    }

    /** A name that is being looked up is looked up to the end, and nobody hears of it. */
    void dispose() {
        threads.dispose();
    }
}
