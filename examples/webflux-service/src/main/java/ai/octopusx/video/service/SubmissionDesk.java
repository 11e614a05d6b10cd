package ai.octopusx.video.service;

import ai.octopusx.video.FrameImage;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.service.SubmissionForm.Draft;
import java.time.Instant;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.codec.multipart.Part;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * From a form to a job that the gateway took. The job is in the store before its first byte leaves, and its task before anybody
 * hears of it; the client's journal sees to both, also when the browser leaves in the middle. If the store fails meanwhile, what is
 * told is still what became of the job at the gateway.
 */
@Component
final class SubmissionDesk {

    private static final Logger LOG = LoggerFactory.getLogger(SubmissionDesk.class);

    private final VideoClient client;
    private final JobStore store;
    private final JobLog log;
    private final Uploads uploads;
    private final OrphanedJobs orphans;
    private final ServiceSettings settings;

    SubmissionDesk(
            VideoClient client,
            JobStore store,
            JobLog log,
            Uploads uploads,
            OrphanedJobs orphans,
            ServiceSettings settings) {
        this.client = client;
        this.store = store;
        this.log = log;
        this.uploads = uploads;
        this.orphans = orphans;
        this.settings = settings;
    }

    Mono<Job> submit(MultiValueMap<String, Part> form) {
        return Mono.fromCallable(() -> SubmissionForm.read(form, settings.maxPromptLength()))
                .flatMap(draft -> submit(JobIds.next(), draft));
    }

    private Mono<Job> submit(String id, Draft draft) {
        return prepared(id, draft)
                .then(saved(id, draft))
                .flatMap(frames -> client.submit(draft.request(id, frames)))
                .onErrorResume(trouble -> withdrawn(id, trouble).then(Mono.error(trouble)))
                .flatMap(task -> stored(id, task))
                .doOnCancel(() -> browserLeft(id));
    }

    private Mono<Void> prepared(String id, Draft draft) {
        Instant now = Instant.now();
        return store.insert(new Job(id, 0, JobState.PREPARED, draft.order(), null, null, now, now));
    }

    private Mono<Map<String, FrameImage>> saved(String id, Draft draft) {
        return Flux.fromIterable(draft.pictures().entrySet())
                .concatMap(picture -> uploads.save(id, picture.getKey(), picture.getValue())
                        .map(file -> Map.entry(picture.getKey(), FrameImage.of(file))))
                .collectMap(Map.Entry::getKey, Map.Entry::getValue);
    }

    /**
     * A doubtful job stays where people see it; any other is gone, and they may try again. What goes wrong here must not hide
     * the trouble itself, which says whether there may be a job.
     */
    private Mono<Void> withdrawn(String id, Throwable trouble) {
        boolean doubtful =
                trouble instanceof OctopusXException known && known.submission() == SubmissionVerdict.UNKNOWN;
        Mono<Void> noted = doubtful ? doubted(id, String.valueOf(trouble.getMessage())) : store.removeUnseen(id);
        return noted.then(uploads.remove(id)).onErrorResume(another -> {
            LOG.warn("Job {} could not be withdrawn", id, another);
            return Mono.empty();
        });
    }

    private Mono<Void> doubted(String id, String why) {
        return log.doubtful(id, why)
                .doOnError(trouble -> orphans.keepDoubtful(id, why))
                .then();
    }

    /**
     * The journal has done that already, unless the database was in trouble; and if it still is, somebody goes on trying. Whoever
     * waits is told that there is a job.
     */
    private Mono<Job> stored(String id, VideoTask task) {
        return log.taken(id, task)
                .doOnError(trouble -> orphans.keep(id, task))
                .onErrorMap(trouble -> new NotStoredException(id, task, trouble));
    }

    /** Before anything was sent there is nothing to keep. Afterwards the journal is told how it ends. */
    private void browserLeft(String id) {
        store.removePrepared(id)
                .filter(removed -> removed)
                .flatMap(removed -> uploads.remove(id))
                .onErrorComplete() // the next start removes it
                .subscribe();
    }
}
