package ai.octopusx.video.service;

import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.OrphanedTask;
import java.time.Duration;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Takes in the jobs whose browser went away while they were being submitted. The journal has noted them, unless the database was
 * in trouble just then; and this is the last one to be told, so it tries until it has them.
 */
@Component
final class OrphanedJobs implements Consumer<OrphanedTask> {

    private static final Logger LOG = LoggerFactory.getLogger(OrphanedJobs.class);

    private final JobLog log;

    OrphanedJobs(JobLog log) {
        this.log = log;
    }

    @Override
    public void accept(OrphanedTask orphan) {
        String id = orphan.reference();
        if (id == null) {
            LOG.warn("Nobody waits for {}, and it has no reference", orphan);
            return;
        }
        VideoTask task = orphan.task();
        if (task != null) {
            keep(id, task);
        } else {
            SubmissionOutcomeUnknownException unknown = orphan.unknown();
            keepDoubtful(id, unknown == null ? "" : String.valueOf(unknown.getMessage()));
        }
    }

    /** A job that the gateway took, and that the store did not: as long as it takes. */
    void keep(String id, VideoTask task) {
        keep(id, log.taken(id, task));
    }

    /** A job of which nobody knows whether the gateway took it, and that the store does not show as one: likewise. */
    void keepDoubtful(String id, String why) {
        keep(id, log.doubtful(id, why));
    }

    private static void keep(String id, Mono<Job> note) {
        note.retryWhen(Retry.backoff(Long.MAX_VALUE, Duration.ofMillis(200))
                        .maxBackoff(Duration.ofSeconds(30))
                        .filter(trouble -> !(trouble instanceof NoSuchJobException)))
                .subscribe(
                        job -> LOG.info("Nobody waited for job {}; it goes on: {}", id, job),
                        trouble -> LOG.warn("Job {} could not be stored", id, trouble));
    }
}
