package ai.octopusx.video.reactor;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.DownloadTransfer.Surroundings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.Context;
import reactor.util.context.ContextView;

/**
 * Fetches finished videos: the order of the steps, and who may run at once. Each download takes its turn before it sends
 * anything and holds it until its bytes have ended; its time begins with its turn. Thread-safe.
 */
final class Downloads {

    private static final Logger LOG = LoggerFactory.getLogger(VideoClient.class);

    /** Where Reactor looks for somebody to tell: reactor.core.publisher.Hooks. */
    private static final String DROPPED_ERRORS = "reactor.onErrorDropped.local";

    private final DownloadExchange exchange;
    private final Settings settings;
    private final Retrieve retrieve;
    private final Permits turns;
    private final Supplier<Scheduler> timer;
    private final Supplier<Scheduler> disk;
    private final DownloadClosing closing = new DownloadClosing();

    Downloads(Routes http, Settings settings, Retrieve retrieve) {
        this(http, settings, retrieve, Schedulers::parallel, Schedulers::boundedElastic);
    }

    /**
     * @param timer for pauses and time limits; asked for late, so that virtual time works
     * @param disk where files are written; its threads may block
     */
    Downloads(Routes http, Settings settings, Retrieve retrieve, Supplier<Scheduler> timer, Supplier<Scheduler> disk) {
        this.exchange = new DownloadExchange(http, settings);
        this.settings = settings;
        this.retrieve = retrieve;
        this.turns = new Permits(settings.maxConcurrentDownloads);
        this.timer = timer;
        this.disk = disk;
    }

    /** Who runs, and who waits. */
    Permits turns() {
        return turns;
    }

    /** Reads the status of a task, for a fresh link. */
    interface Retrieve {
        Mono<VideoTask> retrieve(ApiKey key, String taskId);
    }

    Flux<ByteBuffer> download(ApiKey key, VideoTask task) {
        return turn(task)
                .flatMapMany(turn -> Flux.deferContextual(subscriber -> {
                            Observed observed = observed(task, subscriber);
                            return observed.over(transfer(key, task, DownloadOptions.defaults(), null, observed)
                                    .bytes()
                                    .map(Downloads::copy));
                        })
                        .doFinally(end -> turn.release()))
                .contextWrite(Downloads::quietly);
    }

    Mono<VideoContent> content(ApiKey key, VideoTask task, DownloadOptions options) {
        return turn(task)
                .flatMap(turn -> Mono.deferContextual(subscriber -> {
                            Observed observed = observed(task, subscriber);
                            DownloadTransfer transfer = transfer(key, task, options, null, observed);
                            Delivery delivery = new Delivery(transfer, turn, observed);
                            return transfer.open()
                                    .map(body -> delivery.content(body, timer.get(), closing, settings))
                                    .doOnError(delivery::failed)
                                    .doOnCancel(delivery::endUnlessHandedOver)
                                    .contextWrite(observed::inside);
                        })
                        .doOnError(e -> turn.release()))
                .contextWrite(Downloads::quietly);
    }

    Mono<Path> downloadTo(ApiKey key, VideoTask task, Path file, DownloadOptions options) {
        return onDisk(file, task, () -> DownloadFile.at(file, options.keepPartial(), task.id()))
                .flatMap(place -> turn(task).flatMap(turn -> Mono.deferContextual(subscriber -> {
                            Observed observed = observed(task, subscriber);
                            return observed.over(save(key, task, file, place, options, observed));
                        })
                        .doFinally(end -> turn.release())))
                .contextWrite(Downloads::quietly);
    }

    private Observed observed(VideoTask task, ContextView subscriber) {
        return settings.observer.begin(ObservedOperation.DOWNLOAD, task.model(), task.id(), subscriber);
    }

    /** What still fails after a cancellation concerns nobody, and is not worth an ERROR in the log. */
    private static Context quietly(Context context) {
        return context.put(DROPPED_ERRORS, (Consumer<Throwable>) late -> LOG.debug(
                "After the end of a download: {}",
                DownloadTrouble.ofTransport(late).what()));
    }

    /** What runs and what waits ends now, with an error that says so. */
    void close() {
        closing.close();
    }

    private Mono<Path> save(
            ApiKey key, VideoTask task, Path file, DownloadFile place, DownloadOptions options, Observed observed) {
        DownloadWriter writer = new DownloadWriter(place, file, task.id(), disk.get());
        DownloadTransfer transfer = transfer(key, task, options, writer, observed);
        Mono<DownloadTransfer> ready =
                options.keepPartial() ? onDisk(file, task, () -> resumed(transfer, place)) : Mono.just(transfer);
        // It emits one path or fails. single() would make an error of a path that came in the moment of a cancellation.
        return Mono.fromDirect(ready.flatMapMany(DownloadTransfer::bytes).transform(writer.attached()));
    }

    private static DownloadTransfer resumed(DownloadTransfer transfer, DownloadFile place) throws IOException {
        DownloadTransfer.Kept kept = place.kept();
        if (kept != null) {
            transfer.resume(kept, place.walked(kept));
        }
        return transfer;
    }

    private <T> Mono<T> onDisk(Path file, VideoTask task, Callable<T> step) {
        return Mono.fromCallable(step)
                .subscribeOn(disk.get())
                .onErrorMap(
                        IOException.class,
                        e -> DownloadFile.failed(file, task.id(), String.valueOf(e.getMessage()), e, 0));
    }

    private DownloadTransfer transfer(
            ApiKey key,
            VideoTask task,
            DownloadOptions options,
            DownloadTransfer.@Nullable Sink sink,
            Observed observed) {
        Surroundings around =
                new Surroundings(exchange, retrieve, settings.downloadIdleTimeout, timer.get(), closing, observed);
        return new DownloadTransfer(around, key, task, options, sink);
    }

    /** Waits for a turn, unless there is nothing to wait for. */
    private Mono<Permits.Permit> turn(VideoTask task) {
        return task.status() == VideoStatus.FAILED || task.status() == VideoStatus.CANCELLED
                ? Mono.error(() -> new VideoFailedException(task))
                : closing.orStep(turns.place()).onErrorMap(DownloadTrouble.class, closed -> neverBegun(task, closed));
    }

    private static DownloadException neverBegun(VideoTask task, DownloadTrouble why) {
        return new DownloadException(
                "The video of task " + task.id() + " was not asked for: " + why.what()
                        + "; the task itself is not touched by that",
                null,
                task.id(),
                0,
                null,
                true);
    }

    /** The one copy: from the transport's memory, which it wants back, to the heap. */
    private static ByteBuffer copy(ByteBuf piece) {
        return ByteBuffer.wrap(ByteBufUtil.getBytes(piece));
    }

    /** An answer whose head has been handed out and whose body may be asked for once, soon, or never. */
    private static final class Delivery {

        private final DownloadTransfer transfer;
        private final Permits.Permit turn;
        private final Observed observed;
        private final AtomicBoolean taken = new AtomicBoolean();
        private final Disposable.Composite waits = Disposables.composite();
        private volatile boolean handedOver;
        private volatile boolean abandoned;

        Delivery(DownloadTransfer transfer, Permits.Permit turn, Observed observed) {
            this.transfer = transfer;
            this.turn = turn;
            this.observed = observed;
        }

        VideoContent content(DownloadBody body, Scheduler timer, DownloadClosing closing, Settings settings) {
            handedOver = true;
            waits.add(closing.listen(this::abandon));
            try {
                waits.add(timer.schedule(this::abandon, settings.downloadIdleTimeout.toNanos(), TimeUnit.NANOSECONDS));
            } catch (RejectedExecutionException e) {
                // The timers are gone: the application ends, and its connections with it.
            }
            return new VideoContent(
                    body.contentType(), body.length(), body.range(), body.etag(), Flux.defer(this::body));
        }

        private Flux<ByteBuffer> body() {
            if (!taken.compareAndSet(false, true)) {
                return Flux.error(() -> abandoned
                        ? transfer.abandoned()
                        : new IllegalStateException(
                                "The body of this answer has been subscribed already; ask for the content once more"));
            }
            waits.dispose();
            return observed.over(transfer.bytes().map(Downloads::copy))
                    .doFinally(end -> turn.release())
                    .contextWrite(Downloads::quietly);
        }

        private void abandon() {
            if (taken.compareAndSet(false, true)) {
                abandoned = true;
                waits.dispose();
                end();
            }
        }

        void endUnlessHandedOver() {
            if (!handedOver) {
                end();
            }
        }

        void failed(Throwable trouble) {
            observed.ended(Observed.Outcome.FAILED, trouble);
            end();
        }

        private void end() {
            transfer.close();
            turn.release();
            observed.ended(Observed.Outcome.CANCELLED, null);
        }
    }
}
