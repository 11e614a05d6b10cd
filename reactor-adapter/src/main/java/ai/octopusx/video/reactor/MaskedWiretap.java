package ai.octopusx.video.reactor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.logging.LogLevel;
import io.netty.handler.logging.LoggingHandler;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import reactor.netty.NettyPipeline;
import reactor.netty.http.client.HttpClient;

/**
 * Logs the bytes of an exchange with the key blotted out. Reactor Netty's own wiretap would print it: it sees the header as
 * bytes like any others.
 */
final class MaskedWiretap extends LoggingHandler {

    private static final String NAME = "octopusx.wiretap";

    /** Latin-1 keeps one character a byte, so that places in the text are places in the buffer. */
    private static final Pattern SECRET =
            Pattern.compile("(?i)(?:authorization:\\s*|bearer\\s+|sk-)([^\\r\\n\"',;<>]+)");

    private MaskedWiretap() {
        super("ai.octopusx.video.reactor.wiretap", LogLevel.DEBUG);
    }

    static HttpClient on(HttpClient client) {
        return client.doOnChannelInit((observer, channel, remote) -> {
            ChannelPipeline pipeline = channel.pipeline();
            if (pipeline.get(NettyPipeline.HttpCodec) != null && pipeline.get(NAME) == null) {
                pipeline.addBefore(NettyPipeline.HttpCodec, NAME, new MaskedWiretap());
            }
        });
    }

    @Override
    protected String format(ChannelHandlerContext context, String event, Object message) {
        ByteBuf bytes = message instanceof ByteBufHolder holder
                ? holder.content()
                : message instanceof ByteBuf buffer ? buffer : null;
        if (bytes == null) {
            return super.format(context, event, message);
        }
        ByteBuf masked = bytes.copy();
        try {
            mask(masked);
            return super.format(context, event, masked);
        } finally {
            masked.release();
        }
    }

    private static void mask(ByteBuf bytes) {
        Matcher secrets = SECRET.matcher(bytes.toString(StandardCharsets.ISO_8859_1));
        while (secrets.find()) {
            for (int i = secrets.start(1); i < secrets.end(1); i++) {
                bytes.setByte(bytes.readerIndex() + i, '*');
            }
        }
    }
}
