package ai.octopusx.video.reactor;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * The end of the client, for downloads: each of them fails at once, whatever it waits for and whether or not its subscriber
 * asks for bytes, and before the event loops are gone on which it would have to be told. Thread-safe.
 */
final class DownloadClosing {

    private final Set<Listener> listeners = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** Compared by identity, whatever the runnable makes of equality. */
    private static final class Listener {

        private final Runnable told;

        Listener(Runnable told) {
            this.told = told;
        }
    }

    /** From now on nothing is begun or repeated, and what runs has been told when this returns. */
    void close() {
        closed = true;
        listeners.forEach(this::tell);
    }

    boolean isClosed() {
        return closed;
    }

    /** Tells of the end, once, at once if it has come already, and not after what is returned was disposed of. */
    Disposable listen(Runnable told) {
        Listener listener = new Listener(told);
        listeners.add(listener);
        if (closed) {
            tell(listener);
        }
        return () -> listeners.remove(listener);
    }

    /** A subscriber that throws, which it must not, keeps nothing from the others. */
    private void tell(Listener listener) {
        if (!listeners.remove(listener)) {
            return;
        }
        try {
            listener.told.run();
        } catch (Throwable broken) {
            Exceptions.throwIfJvmFatal(broken);
            Operators.onErrorDropped(broken, Context.empty());
        }
    }

    /** The step, or the end of the client, whichever comes first. */
    <T> Mono<T> orStep(Mono<T> step) {
        return Mono.firstWithSignal(failure(), step);
    }

    /** A body that ends with the client. */
    <T> Function<Publisher<T>, Publisher<T>> overBody() {
        return body -> Flux.from(body).takeUntilOther(failure());
    }

    private <T> Mono<T> failure() {
        return Mono.create(sink -> sink.onDispose(listen(() -> sink.error(DownloadTrouble.closed()))));
    }
}
