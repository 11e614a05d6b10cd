package ai.octopusx.video.simulator;

import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/** One request, and what will go wrong with it. */
record Call(
        HttpServerRequest request,
        HttpServerResponse response,
        Endpoint endpoint,
        String path,
        String taskId,
        String requestId,
        Accounts.@Nullable Key key,
        FaultsNow faults,
        long since) {

    Channel channel() {
        Channel[] channel = new Channel[1];
        response.withConnection(connection -> channel[0] = connection.channel());
        return channel[0];
    }

    Call with(FaultsNow other) {
        return new Call(request, response, endpoint, path, taskId, requestId, key, other, since);
    }
}
