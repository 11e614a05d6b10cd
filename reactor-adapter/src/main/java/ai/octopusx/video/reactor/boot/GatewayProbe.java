package ai.octopusx.video.reactor.boot;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.BadRequestException;
import ai.octopusx.video.RateLimitedException;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.reactor.VideoClient;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * Whether the gateway answers and takes the key, for free: it is asked for a task that cannot exist, and that it does not know
 * it is the good answer. It must say so in its own words: any web server knows how to say 404.
 */
final class GatewayProbe {

    /** No id of the gateway looks like this one. */
    private static final String NOBODYS_TASK = "octopusx-health-check";

    /** Of the answer to an unknown id, which is a 400: wire-protocol.md, section 7.2. */
    private static final String UNKNOWN_TASK = "task_not_exist";

    private GatewayProbe() {}

    /** Completes, or fails with what is wrong: no connection, a key that is not taken, an ill gateway, or none at all. */
    static Mono<Void> ask(VideoClient client) {
        return client.retrieve(NOBODYS_TASK)
                .flatMap(
                        task -> Mono.<Void>error(() -> noGateway("it says that it has a task that cannot exist", null)))
                .onErrorResume(ApiException.class, GatewayProbe::judged);
    }

    private static Mono<Void> judged(ApiException answer) {
        if (answer instanceof RateLimitedException || UNKNOWN_TASK.equals(answer.code())) {
            return Mono.empty(); // busy is not ill
        }
        boolean anybodys = answer instanceof TaskNotFoundException || answer instanceof BadRequestException;
        return Mono.error(
                anybodys
                        ? noGateway(
                                answer.origin() + " answers HTTP " + answer.statusCode() + " without the code "
                                        + UNKNOWN_TASK,
                                answer)
                        : answer);
    }

    private static IllegalStateException noGateway(String what, @Nullable Throwable cause) {
        return new IllegalStateException(
                "What answers does not speak as the gateway does: " + what + ". Check octopusx.video.base-url", cause);
    }
}
