package ai.octopusx.video.reactor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.logging.LogLevel;
import io.netty.handler.logging.LoggingHandler;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * Logs the bytes of an exchange with the key blotted out. Reactor Netty's own wiretap would print it: it sees the header as
 * bytes like any others. One per channel, used on its event loop only.
 */
final class MaskedWiretap extends LoggingHandler {

    private static final String NAME = "octopusx.wiretap";

    /** What looks like a key. Latin-1 keeps one character a byte, so that places in the text are places in the buffer. */
    private static final Pattern SECRET =
            Pattern.compile("(?i)(?:authorization:\\s*|bearer\\s+|sk-)([^\\r\\n\"',;<>]+)");

    /** From this length on HTTP/2 sends the text of a header in a code of its own (Netty's HpackEncoder), where no key is found. */
    private static final int CODED = 512;

    /** Those that left on this channel: a gateway that repeats one says it without any of the words around it. */
    private final Set<String> keys = new LinkedHashSet<>();

    private final Direction read = new Direction();
    private final Direction written = new Direction();
    private boolean silent;

    MaskedWiretap() {
        super("ai.octopusx.video.reactor.wiretap", LogLevel.DEBUG);
    }

    static HttpClient on(HttpClient client) {
        return client.doOnChannelInit((observer, channel, remote) -> {
                    ChannelPipeline pipeline = channel.pipeline();
                    if (pipeline.get(NettyPipeline.SslHandler) != null) { // the codec may be agreed upon later
                        pipeline.addAfter(NettyPipeline.SslHandler, NAME, new MaskedWiretap());
                    } else if (pipeline.get(NettyPipeline.HttpCodec) != null) {
                        pipeline.addBefore(NettyPipeline.HttpCodec, NAME, new MaskedWiretap());
                    }
                })
                .doOnRequest((request, connection) ->
                        remember(connection.channel(), request.requestHeaders().get(HttpHeaderNames.AUTHORIZATION)));
    }

    /** Before a byte of the request leaves. An HTTP/2 stream is a channel of its own; the bytes pass through its parent. */
    private static void remember(Channel channel, @Nullable String authorization) {
        Channel carrier = channel.parent() != null ? channel.parent() : channel;
        if (authorization != null && carrier.pipeline().get(NAME) instanceof MaskedWiretap wiretap) {
            wiretap.remember(authorization);
            wiretap.silent |= carrier != channel && authorization.length() >= CODED;
        }
    }

    void remember(String authorization) {
        keys.add(authorization.substring(authorization.indexOf(' ') + 1));
    }

    @Override
    protected String format(ChannelHandlerContext context, String event, Object message) {
        ByteBuf bytes = message instanceof ByteBufHolder holder
                ? holder.content()
                : message instanceof ByteBuf buffer ? buffer : null;
        if (bytes == null) {
            return super.format(context, event, message);
        }
        if (silent) {
            return super.format(context, event, "not shown: a key this long cannot be found in it");
        }
        ByteBuf masked = bytes.copy();
        try {
            String text = masked.toString(StandardCharsets.ISO_8859_1);
            maskLookalikes(masked, text);
            (event.equals("READ") ? read : written).maskKeys(masked, text);
            return super.format(context, event, masked);
        } finally {
            masked.release();
        }
    }

    private static void maskLookalikes(ByteBuf bytes, String text) {
        Matcher secrets = SECRET.matcher(text);
        while (secrets.find()) {
            mask(bytes, secrets.start(1), secrets.end(1));
        }
    }

    private static void mask(ByteBuf bytes, int from, int to) {
        for (int i = Math.max(0, from); i < to; i++) {
            bytes.setByte(bytes.readerIndex() + i, '*');
        }
    }

    /** What flows one way. A key may begin in one buffer and end in another. */
    private final class Direction {

        /** The end of what flowed before: as much as a key that is not yet over can have of it. */
        private String before = "";

        void maskKeys(ByteBuf bytes, String text) {
            String flow = before + text;
            int longest = 0;
            for (String key : keys) {
                for (int at = flow.indexOf(key); at >= 0; at = flow.indexOf(key, at + 1)) {
                    mask(bytes, at - before.length(), at + key.length() - before.length());
                }
                mask(bytes, flow.length() - begun(key, flow) - before.length(), text.length());
                longest = Math.max(longest, key.length());
            }
            before = flow.substring(Math.max(0, flow.length() - longest));
        }

        /** How much of the key stands at the very end: the rest may follow, and what was logged cannot be taken back. */
        private static int begun(String key, String flow) {
            int length = Math.min(key.length(), flow.length());
            while (!flow.endsWith(key.substring(0, length))) {
                length--;
            }
            return length;
        }
    }
}
