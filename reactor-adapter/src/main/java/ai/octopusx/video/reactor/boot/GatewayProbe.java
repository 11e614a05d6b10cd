package ai.octopusx.video.reactor.boot;

import ai.octopusx.video.BadRequestException;
import ai.octopusx.video.RateLimitedException;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.reactor.VideoClient;
import reactor.core.publisher.Mono;

/**
 * Whether the gateway answers and takes the key, for free: it is asked for a task that cannot exist, and that it does not know
 * it is the good answer.
 */
final class GatewayProbe {

    /** No id of the gateway looks like this one. */
    private static final String NOBODYS_TASK = "octopusx-health-check";

    private GatewayProbe() {}

    /** Completes, or fails with what is wrong: no connection, a key that is not taken, an ill gateway. */
    static Mono<Void> ask(VideoClient client) {
        return client.retrieve(NOBODYS_TASK)
                .onErrorComplete(TaskNotFoundException.class)
                .onErrorComplete(BadRequestException.class)
                .onErrorComplete(RateLimitedException.class) // busy is not ill
                .then();
    }
}
