package ai.octopusx.video.reactor;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.reactor.DownloadTransfer.Kept;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * Writes pieces to a file straight from the transport's memory, several per write, on a worker. No more pieces are in flight
 * than {@link #CREDIT}: a slow disk stops the socket, and never an event loop. Emits the path once the file is in its place.
 *
 * <p>Everything that touches the file happens in {@link #drain}, which never runs twice at a time and holds a thread only
 * while there is something to do.
 */
final class DownloadWriter implements CoreSubscriber<ByteBuf>, Subscription, DownloadTransfer.Sink {

    /** Pieces that may be on their way to the disk, each of up to 64 KB. */
    static final int CREDIT = 32;

    /** As many as the JDK hands to the system in one call. The worker is woken for fewer if they are large. */
    private static final int BATCH = 16;

    private static final int BATCH_BYTES = 256 * 1024;

    private final DownloadFile file;
    private final Path path;
    private final String taskId;
    private final Scheduler worker;

    /** From the transport's thread to the worker: pieces, and notes of where the next ones begin. */
    private final Queue<Object> queue = Queues.get(4 * CREDIT).get();

    private final AtomicInteger work = new AtomicInteger();
    private final ByteBuf[] pieces = new ByteBuf[BATCH];
    private final ByteBuffer[] views = new ByteBuffer[BATCH];

    private int waitingPieces;
    private int waitingBytes;
    private long written;
    private boolean over;
    private boolean asked;
    private volatile boolean cancelled;
    private volatile boolean done;
    private @Nullable Throwable failure;

    @SuppressWarnings("NullAway.Init") // set when it is attached
    private CoreSubscriber<? super Path> actual;

    @SuppressWarnings("NullAway.Init") // the first signal sets it
    private Subscription upstream;

    DownloadWriter(DownloadFile file, Path path, String taskId, Scheduler worker) {
        this.file = file;
        this.path = path;
        this.taskId = taskId;
        this.worker = worker;
    }

    private record Mark(long position, Kept kept) {}

    /** The end of a chain of pieces. To be subscribed once. */
    Function<Publisher<ByteBuf>, Publisher<Path>> attached() {
        return bytes -> Operators.<ByteBuf, Path>lift((source, subscriber) -> {
                    actual = subscriber;
                    return this;
                })
                .apply(bytes);
    }

    // ---- on the transport's thread ---------------------------------------------------------------------------------

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        actual.onSubscribe(this);
    }

    @Override
    public void begins(long position, Kept kept) {
        queue.offer(new Mark(position, kept));
        wake();
    }

    @Override
    public void onNext(ByteBuf piece) {
        queue.offer(piece.retain());
        waitingPieces++;
        waitingBytes += piece.readableBytes();
        if (waitingPieces >= BATCH || waitingBytes >= BATCH_BYTES || cancelled) {
            waitingPieces = 0;
            waitingBytes = 0;
            wake();
        }
    }

    @Override
    public void onError(Throwable trouble) {
        failure = trouble;
        done = true;
        wake();
    }

    @Override
    public void onComplete() {
        done = true;
        wake();
    }

    // ---- on the caller's thread ------------------------------------------------------------------------------------

    @Override
    public void request(long paths) {
        if (Operators.validate(paths) && !asked) {
            asked = true;
            upstream.request(CREDIT);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        upstream.cancel();
        wake();
    }

    // ---- on the worker ---------------------------------------------------------------------------------------------

    private void wake() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        try {
            worker.schedule(this::drain);
        } catch (RejectedExecutionException e) {
            over = true; // the application ends; nobody is left who may touch a disk
            releaseQueue();
            upstream.cancel();
            actual.onError(failed("there is no thread left to write it", e));
        }
    }

    private void drain() {
        int missed = work.get();
        do {
            if (!over) {
                work();
            }
            if (over) {
                releaseQueue();
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void work() {
        boolean last = done || cancelled; // before the queue is emptied: nothing follows these signals
        try {
            empty();
            if (last) {
                over = true;
                end();
            }
        } catch (IOException | RuntimeException e) {
            over = true;
            upstream.cancel();
            abandon();
            if (!cancelled) {
                actual.onError(failed(reason(e), e));
            }
        }
    }

    private void empty() throws IOException {
        int count = 0;
        while (true) {
            Object next = queue.poll();
            if (next instanceof ByteBuf piece) {
                pieces[count++] = piece;
            }
            if (count > 0 && (count == BATCH || !(next instanceof ByteBuf))) {
                write(count);
                count = 0;
            }
            if (next instanceof Mark mark) {
                file.begin(mark.position(), mark.kept());
                written = mark.position();
            }
            if (next == null) {
                return;
            }
        }
    }

    private void write(int count) throws IOException {
        try {
            for (int i = 0; i < count; i++) {
                views[i] = pieces[i].nioBuffer();
                written += views[i].remaining();
            }
            file.write(views, count);
        } finally {
            for (int i = 0; i < count; i++) {
                pieces[i].release();
            }
            java.util.Arrays.fill(pieces, null);
            java.util.Arrays.fill(views, null);
        }
        if (!done && !cancelled) {
            upstream.request(count);
        }
    }

    private void end() throws IOException {
        if (cancelled) {
            abandon();
        } else if (failure != null) {
            abandon();
            actual.onError(failure);
        } else {
            file.commit();
            actual.onNext(path);
            actual.onComplete();
        }
    }

    private void abandon() {
        try {
            file.abandon();
        } catch (IOException e) {
            if (failure != null) {
                failure.addSuppressed(e);
            }
        }
    }

    private DownloadException failed(String why, Throwable cause) {
        return DownloadFile.failed(path, taskId, why, cause, written);
    }

    private static String reason(Throwable trouble) {
        return trouble.getMessage() == null ? trouble.getClass().getSimpleName() : trouble.getMessage();
    }

    private void releaseQueue() {
        for (Object left = queue.poll(); left != null; left = queue.poll()) {
            if (left instanceof ByteBuf piece) {
                piece.release();
            }
        }
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }
}
