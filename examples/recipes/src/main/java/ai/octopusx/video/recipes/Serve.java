package ai.octopusx.video.recipes;

import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoContent;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** The video as the body of a response. */
final class Serve {

    private final VideoClient client;

    Serve(VideoClient client) {
        this.client = client;
    }

    // tag::serve[]
    /** Streamed at the pace of the browser; a broken connection to the storage is resumed behind its back. */
    Mono<ServerResponse> video(ServerRequest request) {
        return client.retrieve(request.pathVariable("id"))
                .flatMap(client::content)
                .flatMap(Serve::response);
    }

    private static Mono<ServerResponse> response(VideoContent video) {
        ServerResponse.BodyBuilder head =
                ServerResponse.ok().contentType(MediaType.parseMediaType(video.contentType()));
        if (video.contentLength() != null) {
            head.contentLength(video.contentLength());
        }
        return head.body(video.body().map(DefaultDataBufferFactory.sharedInstance::wrap), DataBuffer.class);
    }
    // end::serve[]
}
