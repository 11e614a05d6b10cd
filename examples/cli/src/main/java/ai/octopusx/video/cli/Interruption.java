package ai.octopusx.video.cli;

import java.io.Serial;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * What happens when the program is asked to stop (Ctrl-C): the work under way is cancelled, the thread that waits for it says
 * what is still open, and the process ends once it has, or after a while. Safe for many threads.
 */
final class Interruption {

    /** Longer than the client may take to close. */
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile boolean working;
    private volatile @Nullable CompletableFuture<?> awaited;

    /** Cancels the work under way. */
    void interrupt() {
        interrupted.countDown();
        CompletableFuture<?> current = awaited;
        if (current != null) {
            current.cancel(true);
        }
    }

    /** As a shutdown hook: does nothing when the program has ended by itself. */
    void interruptAndWait() {
        interrupt();
        try {
            // Where nothing is under way, a thread may hang in reading its input, and there is nothing to be said.
            if (working && !over.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("octopusx: the work under way did not stop in time");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** From now on an interruption waits until it has been dealt with. */
    void working() {
        working = true;
    }

    void over() {
        working = false;
        over.countDown();
    }

    /**
     * Subscribes and waits. Null if the work ends without a value.
     *
     * @throws Interrupted if the program is asked to stop; the work is cancelled
     */
    <T> @Nullable T await(Mono<T> work) {
        CompletableFuture<T> future = work.toFuture();
        awaited = future;
        if (interrupted.getCount() == 0) {
            future.cancel(true);
        }
        try {
            return future.get();
        } catch (CancellationException e) {
            throw new Interrupted();
        } catch (InterruptedException e) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw new Interrupted();
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new CompletionException(e.getCause());
        } finally {
            awaited = null;
        }
    }

    /** For work that has no end of its own. */
    void awaitInterruption() throws InterruptedException {
        interrupted.await();
    }

    /** The work was stopped from outside. */
    static final class Interrupted extends RuntimeException {

        @Serial
        private static final long serialVersionUID = 1L;

        Interrupted() {
            super("Interrupted", null, false, false);
        }
    }
}
