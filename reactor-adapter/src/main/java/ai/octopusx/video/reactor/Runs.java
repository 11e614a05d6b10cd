package ai.octopusx.video.reactor;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/** The submissions that are under way, so that closing can wait for those that it must not stop. */
final class Runs {

    private final Set<SubmissionRun> underWay = ConcurrentHashMap.newKeySet();
    private final Sinks.Empty<Void> ended = Sinks.empty();
    private final Sinks.Empty<Void> brokenOff = Sinks.empty();
    private volatile boolean closing;

    /** False once the client is being closed: then nothing may begin. */
    boolean begin(SubmissionRun run) {
        underWay.add(run);
        if (closing) {
            end(run);
            return false;
        }
        return true;
    }

    void end(SubmissionRun run) {
        underWay.remove(run);
        if (closing && underWay.isEmpty()) {
            ended.tryEmitEmpty();
        }
    }

    boolean isClosing() {
        return closing;
    }

    /** Fails when closing does not wait any longer. */
    <T> Mono<T> brokenOff() {
        return brokenOff.asMono().then(Mono.error(() -> new TimeoutException("the client was closed before it came")));
    }

    /** Stops what has not begun to leave, waits for the rest, at most so long, and breaks off what is left then. */
    Mono<Void> close(Duration atMost, Scheduler timer) {
        return Mono.defer(() -> {
            closing = true;
            List.copyOf(underWay).forEach(SubmissionRun::shutDown);
            if (underWay.isEmpty()) {
                ended.tryEmitEmpty();
            }
            return ended.asMono().timeout(atMost, Mono.empty(), timer).doOnTerminate(brokenOff::tryEmitEmpty);
        });
    }
}
