package ai.octopusx.video.reactor;

import ai.octopusx.video.wire.Phase;
import ai.octopusx.video.wire.VideoForm;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.netty.ByteBufFlux;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * One {@code POST /v1/videos}: the form out, the answer in. Knows at any moment how far it came, and decides once, for good,
 * whether it is given up before a byte left or carried to its end. Subscribed once.
 */
final class SubmitExchange {

    private static final int HELD = 0;
    private static final int LEFT = 1;
    private static final int ABANDONED = 2;

    private final Settings settings;
    private final AtomicInteger leave = new AtomicInteger(HELD);
    private volatile Phase phase = Phase.NOT_CONNECTED;
    private volatile boolean stalled;
    private volatile @Nullable Channel channel;
    private volatile Reply.@Nullable Collected answer;

    SubmitExchange(Settings settings) {
        this.settings = settings;
    }

    /** Sends the form and reads the answer, within the timeout of a submission; then the exchange is over. */
    Mono<Reply> send(HttpClient client, String authorization, VideoForm form, FormBody body, Scheduler timer) {
        return client.headers(headers -> describe(headers, authorization, form))
                .doOnRequest((request, connection) -> connected(connection))
                .doAfterRequest((request, connection) -> reached(Phase.FULLY_SENT))
                .doOnResponse((response, connection) -> reached(Phase.RESPONSE_STARTED))
                .post()
                .uri(settings.baseUrl + "/v1/videos")
                .send((request, out) -> leave.get() == HELD
                        ? out.send(body.stream(Objects.requireNonNull(channel)))
                        : Mono.never()) // the connection was disposed of
                .response(this::read)
                .single()
                .timeout(settings.submitTimeout, timer)
                .doOnTerminate(this::over)
                .doOnCancel(this::over);
    }

    private static void describe(HttpHeaders headers, String authorization, VideoForm form) {
        headers.set(HttpHeaderNames.AUTHORIZATION, authorization);
        headers.set(HttpHeaderNames.CONTENT_TYPE, form.contentType());
        headers.set(HttpHeaderNames.CONTENT_LENGTH, form.contentLength());
        headers.remove(HttpHeaderNames.TRANSFER_ENCODING);
    }

    private Mono<Reply> read(HttpClientResponse response, ByteBufFlux content) {
        Reply.Collected collected = new Reply.Collected(response);
        answer = collected;
        return collected.all(content);
    }

    private void connected(Connection connection) {
        if (leave.get() == LEFT) {
            // Whatever a customiser made the transport do, one exchange leaves once.
            throw new IllegalStateException("The transport wanted to send a submission a second time");
        }
        if (leave.get() == ABANDONED) {
            connection.dispose();
            return;
        }
        channel = connection.channel();
        reached(Phase.CONNECTED);
        SentWatch.assign(connection.channel(), this);
    }

    private void reached(Phase further) {
        if (further.compareTo(phase) > 0) {
            phase = further;
        }
    }

    private void over() {
        Channel used = channel;
        if (used != null) {
            SentWatch.release(used, this);
        }
    }

    /** Asked before bytes leave. No: the exchange was given up, and nothing may leave any more. */
    boolean mayLeave() {
        if (leave.get() == LEFT) {
            return true;
        }
        boolean now = leave.compareAndSet(HELD, LEFT);
        if (now) {
            reached(Phase.PARTLY_SENT);
        }
        return now;
    }

    /** The first write failed, and the socket has not taken a byte of it; there will be no other. */
    void bounced() {
        leave.compareAndSet(LEFT, ABANDONED);
    }

    /** Gives the exchange up, if no byte has left yet; from then on none will. */
    boolean abandon() {
        return leave.compareAndSet(HELD, ABANDONED) || leave.get() == ABANDONED;
    }

    /** How far it came, for good: what has not left by now never will. To be asked once it has failed. */
    Phase settledPhase() {
        if (!abandon()) {
            return phase.bytesOut() ? phase : Phase.PARTLY_SENT;
        }
        return phase == Phase.NOT_CONNECTED ? Phase.NOT_CONNECTED : Phase.CONNECTED;
    }

    /** What came of the answer before it broke off; null if not even a head. To be asked once it has failed. */
    @Nullable
    Reply brokenReply() {
        Reply.Collected begun = answer;
        return begun == null ? null : begun.broken();
    }

    boolean fullySent() {
        return phase.compareTo(Phase.FULLY_SENT) >= 0;
    }

    long writeTimeoutNanos() {
        return settings.writeTimeout.toNanos();
    }

    /** The upload made no progress, and the connection is being closed for it. */
    void stalled() {
        stalled = true;
    }

    boolean hasStalled() {
        return stalled;
    }
}
