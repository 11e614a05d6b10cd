package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.handler.codec.http.HttpHeaderNames;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.NettyPipeline;
import reactor.netty.http.server.HttpServerResponse;

/** Brings answers to the wire, whole or as broken as a fault wants them. Times are real ones. */
final class Wire {

    private static final int PIECE = 16 << 10;

    private final GatewayClock clock;
    private final Duration contentLimit;

    Wire(GatewayClock clock, Duration contentLimit) {
        this.clock = clock;
        this.contentLimit = contentLimit;
    }

    /** The answer in order, or as the fault has it, after the latency that is due. */
    Mono<Void> send(Call call, Answer answer) {
        Duration latency = call.faults().latency();
        Mono<Void> sending = Mono.defer(() -> sendNow(call, answer));
        return latency.isZero() ? sending : pause(call.channel(), latency).then(sending);
    }

    private Mono<Void> sendNow(Call call, Answer answer) {
        Fault fault = call.faults().main();
        boolean bare = call.faults().has(Fault.Kind.NO_LENGTH);
        long length = answer.body().length();
        if (fault == null) {
            return whole(call, answer, bare);
        }
        return switch (fault.kind()) {
            case HANG -> Mono.never();
            case CLOSE -> end(call.channel(), fault.reset());
            case TRUNCATED -> cut(call, answer, Math.max(1, length / 2), fault.reset());
            case CUT -> cut(call, answer, Math.min(fault.bytes(), length), fault.reset());
            case CUT_HEAD -> cutHead(call, answer, fault.reset());
            case SHORT -> shortened(call, answer, Math.min(fault.bytes(), length));
            case DRIP -> drip(call, answer, fault, bare);
            default -> whole(call, answer, bare);
        };
    }

    private Mono<Void> whole(Call call, Answer answer, boolean withoutLength) {
        HttpServerResponse response = head(call, answer);
        Payload body = answer.body();
        if (withoutLength) {
            return limited(
                    call, response.send(pieces(body, body.length(), PIECE)).then(), true);
        }
        response.header(HttpHeaderNames.CONTENT_LENGTH, Long.toString(body.length()));
        if (body.length() == 0 || isHead(call)) {
            return response.send();
        }
        if (body.length() <= PIECE && body instanceof Payload.Bytes) {
            return response.sendObject(body.piece(0, PIECE)).then();
        }
        return limited(call, response.send(pieces(body, body.length(), PIECE)).then(), false);
    }

    private static boolean isHead(Call call) {
        return call.request().method().name().equals("HEAD");
    }

    /** The gateway stops its copy after a minute: in the middle, or, where no length was said, as if it were the end. */
    private Mono<Void> limited(Call call, Mono<Void> sending, boolean endsInOrder) {
        if (call.endpoint() != Endpoint.CONTENT) {
            return sending;
        }
        Channel channel = call.channel();
        // Set before the first byte leaves: whoever has seen that byte may count on the limit.
        Mono<Void> limit = Mono.create(sink -> {
            Disposable timer = clock.after(contentLimit, channel.eventLoop(), sink::success);
            sink.onDispose(timer);
        });
        return endsInOrder
                ? Mono.firstWithSignal(limit, sending)
                : Mono.firstWithSignal(limit.then(end(channel, false)), sending);
    }

    private static Mono<Void> cut(Call call, Answer answer, long bytes, boolean reset) {
        HttpServerResponse response = head(call, answer)
                .header(
                        HttpHeaderNames.CONTENT_LENGTH,
                        Long.toString(answer.body().length()));
        return response.send(pieces(answer.body(), bytes, PIECE))
                .then()
                .then(Mono.defer(() -> end(call.channel(), reset)));
    }

    private static Mono<Void> shortened(Call call, Answer answer, long bytes) {
        return head(call, answer).send(pieces(answer.body(), bytes, PIECE)).then();
    }

    private static Mono<Void> drip(Call call, Answer answer, Fault fault, boolean withoutLength) {
        HttpServerResponse response = head(call, answer);
        if (!withoutLength) {
            response.header(
                    HttpHeaderNames.CONTENT_LENGTH, Long.toString(answer.body().length()));
        }
        Channel channel = call.channel();
        int drop = (int) Math.max(1, fault.bytes());
        Flux<ByteBuf> drops = pieces(answer.body(), answer.body().length(), drop)
                .concatMap(piece -> pause(channel, fault.time()).thenReturn(piece), 1);
        return response.send(drops, piece -> true).then();
    }

    /** Past the codec, which cannot be brought to say half a word. */
    private static Mono<Void> cutHead(Call call, Answer answer, boolean reset) {
        Channel channel = call.channel();
        ByteBuf half =
                Unpooled.copiedBuffer("HTTP/1.1 " + answer.status() + " OK\r\nContent-Ty", StandardCharsets.US_ASCII);
        return Mono.defer(() -> {
            ChannelHandlerContext codec = channel.pipeline().context(NettyPipeline.HttpCodec);
            if (codec != null) {
                codec.writeAndFlush(half);
            }
            return end(channel, reset);
        });
    }

    /** Ends the connection, and never the exchange in order. */
    static Mono<Void> end(Channel channel, boolean reset) {
        return Mono.defer(() -> {
            if (reset && channel.isActive()) {
                // A connection that lingers for no time is reset, whatever still lies in its buffers.
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
            channel.close();
            return Mono.never();
        });
    }

    private static HttpServerResponse head(Call call, Answer answer) {
        HttpServerResponse response = call.response().status(answer.status());
        String contentType = answer.contentType();
        if (contentType != null) {
            response.header(HttpHeaderNames.CONTENT_TYPE, contentType);
        }
        for (Answer.Header header : answer.headers()) {
            response.header(header.name(), header.value());
        }
        return response;
    }

    private static Flux<ByteBuf> pieces(Payload body, long length, int size) {
        return Flux.generate(() -> 0L, (at, sink) -> {
            if (at >= length) {
                sink.complete();
                return at;
            }
            ByteBuf piece = body.piece(at, (int) Math.min(size, length - at));
            long next = at + piece.readableBytes();
            sink.next(piece);
            return next;
        });
    }

    static Mono<Void> pause(Channel channel, Duration time) {
        return Mono.create(sink -> {
            Future<?> timer = channel.eventLoop().schedule(() -> sink.success(), time.toNanos(), TimeUnit.NANOSECONDS);
            sink.onDispose(() -> timer.cancel(false));
        });
    }

    /** Text for the log: how an answer went out. */
    static String described(Answer answer, @Nullable Fault fault) {
        if (fault == null) {
            return Integer.toString(answer.status());
        }
        return switch (fault.kind()) {
            case HANG, CLOSE, CUT_HEAD, RESET_BEFORE_READ, RESET_MID_READ -> "---";
            default -> Integer.toString(answer.status());
        };
    }
}
