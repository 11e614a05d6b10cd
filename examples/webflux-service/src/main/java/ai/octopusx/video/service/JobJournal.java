package ai.octopusx.video.service;

import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoTask;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/**
 * The client's journal, kept in the table of jobs: it is why a job is stored before its first byte leaves and before its answer
 * reaches anyone, whatever becomes of the browser or of this process meanwhile. The client knows a job by the name that we gave
 * it as its reference.
 */
@Component
final class JobJournal implements SubmissionJournal {

    private final JobStore store;
    private final JobLog log;
    private final Uploads uploads;

    JobJournal(JobStore store, JobLog log, Uploads uploads) {
        this.store = store;
        this.log = log;
        this.uploads = uploads;
    }

    @Override
    public CompletionStage<Void> sending(Entry entry) {
        String id = jobOf(entry);
        return store.sending(id, entry.id())
                .filter(noted -> noted)
                .switchIfEmpty(Mono.error(() -> new NoSuchJobException(id)))
                .then()
                .toFuture();
    }

    @Override
    public CompletionStage<Void> taken(Entry entry, VideoTask task) {
        return settled(entry, log.taken(jobOf(entry), task).then());
    }

    @Override
    public CompletionStage<Void> rejected(Entry entry, SubmissionVerdict verdict, String why) {
        return settled(entry, store.removeUnseen(jobOf(entry)));
    }

    @Override
    public CompletionStage<Void> unknown(Entry entry, String why) {
        return settled(entry, log.doubtful(jobOf(entry), why).then());
    }

    /** The pictures are not needed any more, whatever came of it. */
    private CompletionStage<Void> settled(Entry entry, Mono<Void> note) {
        return note.then(uploads.remove(jobOf(entry))).toFuture();
    }

    @Override
    public CompletionStage<List<Record>> open() {
        return store.openEntries().map(JobJournal::record).collectList().toFuture();
    }

    private static Record record(JobStore.Entry noted) {
        Job job = noted.job();
        Entry entry =
                new Entry(noted.id(), job.id(), job.createdAt(), "", job.order().model());
        return job.task() == null
                ? new Record(entry, State.UNKNOWN, null, job.note() == null ? "" : job.note())
                : new Record(entry, State.TAKEN, job.task().id(), "");
    }

    /** The job itself stays, with its video. */
    @Override
    public CompletionStage<Void> close(String entryId, String note) {
        return store.forgetEntry(entryId).toFuture();
    }

    private static String jobOf(Entry entry) {
        String reference = entry.reference();
        if (reference == null) {
            throw new IllegalStateException("A submission without a reference is none of this service");
        }
        return reference;
    }
}
