package ai.octopusx.video.reactor;

import ai.octopusx.video.wire.VideoForm;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import java.io.IOException;
import java.nio.channels.FileChannel;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.core.publisher.SynchronousSink;
import reactor.util.context.Context;

/**
 * The bytes of a form on their way out, in pieces, never more than a few of them in memory. Files are read on the file
 * scheduler. May be streamed any number of times, once at a time.
 */
final class FormBody {

    private static final int PIECE = 64 * 1024;

    /** Read while the piece before is being written. */
    private static final int PIECES_AHEAD = 2;

    private final VideoForm form;
    private final Frames frames;

    FormBody(VideoForm form, Frames frames) {
        this.form = form;
        this.frames = frames;
    }

    Publisher<ByteBuf> stream(Channel channel) {
        ByteBufAllocator allocator = channel.alloc();
        Flux<ByteBuf> pieces = Flux.fromIterable(form.segments()).concatMap(segment -> piecesOf(segment, allocator), 1);
        return new Paced(pieces, channel).doOnDiscard(ByteBuf.class, ByteBuf::release);
    }

    private Flux<ByteBuf> piecesOf(VideoForm.Segment segment, ByteBufAllocator allocator) {
        if (segment instanceof VideoForm.Segment.File file) {
            FileChannel channel = frames.channelOf(file);
            return Flux.<ByteBuf, Long>generate(
                            () -> 0L, (position, sink) -> nextOfFile(channel, file, position, allocator, sink))
                    .subscribeOn(frames.scheduler());
        }
        byte[] bytes = ((VideoForm.Segment.Bytes) segment).bytes();
        return Flux.generate(() -> 0, (position, sink) -> nextOfBytes(bytes, position, allocator, sink));
    }

    private static int nextOfBytes(
            byte[] bytes, int position, ByteBufAllocator allocator, SynchronousSink<ByteBuf> sink) {
        if (position == bytes.length) {
            sink.complete();
            return position;
        }
        int size = Math.min(PIECE, bytes.length - position);
        sink.next(allocator.directBuffer(size).writeBytes(bytes, position, size));
        return position + size;
    }

    private long nextOfFile(
            FileChannel channel,
            VideoForm.Segment.File file,
            long position,
            ByteBufAllocator allocator,
            SynchronousSink<ByteBuf> sink) {
        try {
            if (position == file.length()) {
                if (frames.hasChanged(file)) {
                    throw new IOException("An image file changed while it was sent");
                }
                sink.complete();
                return position;
            }
            int size = (int) Math.min(PIECE, file.length() - position);
            sink.next(read(channel, position, size, allocator));
            return position + size;
        } catch (IOException e) {
            sink.error(e);
            return position;
        }
    }

    private static ByteBuf read(FileChannel channel, long position, int size, ByteBufAllocator allocator)
            throws IOException {
        ByteBuf piece = allocator.directBuffer(size);
        try {
            while (piece.readableBytes() < size) {
                int read = piece.writeBytes(channel, position + piece.readableBytes(), size - piece.readableBytes());
                if (read < 0) {
                    throw new IOException("An image file shrank while it was sent");
                }
            }
            return piece;
        } catch (IOException | RuntimeException e) {
            piece.release();
            throw e;
        }
    }

    /**
     * Asks for a piece only while the channel takes more, so that a slow socket holds back the reading of the file and not
     * the pieces. Reactor Netty by itself would ask for 128 of them.
     */
    private static final class Paced extends FluxOperator<ByteBuf, ByteBuf> {

        private final Channel channel;

        Paced(Flux<ByteBuf> source, Channel channel) {
            super(source);
            this.channel = channel;
        }

        @Override
        public void subscribe(CoreSubscriber<? super ByteBuf> actual) {
            Pace pace = new Pace(actual, channel);
            SentWatch.onWritable(channel, pace::askForMore);
            source.subscribe(pace);
        }
    }

    /** All that it counts is counted on the event loop. */
    private static final class Pace implements CoreSubscriber<ByteBuf>, Subscription {

        private final CoreSubscriber<? super ByteBuf> actual;
        private final Channel channel;
        private Subscription upstream = Operators.emptySubscription();
        private long wanted;
        private int onTheWay;

        Pace(CoreSubscriber<? super ByteBuf> actual, Channel channel) {
            this.actual = actual;
            this.channel = channel;
        }

        @Override
        public Context currentContext() {
            return actual.currentContext();
        }

        @Override
        public void onSubscribe(Subscription subscription) {
            upstream = subscription;
            actual.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            channel.eventLoop().execute(() -> {
                wanted = Operators.addCap(wanted, n);
                askForMore();
            });
        }

        void askForMore() {
            while (onTheWay < PIECES_AHEAD && wanted > 0 && channel.isWritable()) {
                wanted--;
                onTheWay++;
                upstream.request(1);
            }
        }

        @Override
        public void onNext(ByteBuf piece) {
            actual.onNext(piece);
            // After the write of this piece, which stands in the same line before it.
            channel.eventLoop().execute(() -> {
                onTheWay--;
                askForMore();
            });
        }

        @Override
        public void onError(Throwable error) {
            actual.onError(error);
        }

        @Override
        public void onComplete() {
            actual.onComplete();
        }

        @Override
        public void cancel() {
            upstream.cancel();
        }
    }
}
