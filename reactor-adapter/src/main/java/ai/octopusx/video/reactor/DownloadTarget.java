package ai.octopusx.video.reactor;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpRequest;
import reactor.netty.http.client.HttpClient;

/**
 * Puts the query into a request just before it is encoded. Reactor Netty logs the address of each request at DEBUG, and the
 * query of a signed link is the signature, so the client does not get to know it.
 */
final class DownloadTarget extends ChannelOutboundHandlerAdapter {

    private static final String NAME = "octopusx.target";

    private final String target;

    private DownloadTarget(String target) {
        this.target = target;
    }

    /** A GET for this link. */
    static HttpClient.ResponseReceiver<?> get(HttpClient client, DownloadLink link) {
        return client.doOnRequest(
                        (request, connection) -> connection.addHandlerLast(NAME, new DownloadTarget(link.target())))
                .get()
                .uri(link.address());
    }

    @Override
    public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) throws Exception {
        if (message instanceof HttpRequest request) {
            request.setUri(target);
            context.pipeline().remove(this);
        }
        super.write(context, message, promise);
    }
}
