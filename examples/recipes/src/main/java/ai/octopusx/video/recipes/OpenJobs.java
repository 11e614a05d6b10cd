package ai.octopusx.video.recipes;

import java.util.Collection;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Where your service keeps the tasks that were not finished when it last wrote them down. */
interface OpenJobs {

    /** Each as {@code VideoTask.toJson()} wrote it. */
    Flux<String> read();

    Mono<Void> write(Collection<String> ids);
}
