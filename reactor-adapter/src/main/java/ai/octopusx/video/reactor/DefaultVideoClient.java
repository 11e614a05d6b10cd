package ai.octopusx.video.reactor;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.JobKind;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoTask;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** The order of the steps; each step stands elsewhere. One per tenant, on a shared {@link Engine}. */
final class DefaultVideoClient implements VideoClient {

    private final ApiKey key;
    private final Engine engine;
    private final Tenant tenant;
    private final boolean owner;

    DefaultVideoClient(ApiKey key, Engine engine) {
        this(key, engine, true);
    }

    private DefaultVideoClient(ApiKey key, Engine engine, boolean owner) {
        this.key = key;
        this.engine = engine;
        this.tenant = engine.tenant(key);
        this.owner = owner;
    }

    @Override
    public Mono<VideoTask> submit(DoubaoVideoRequest request) {
        return new Submission(engine, key, request);
    }

    @Override
    public Mono<VideoTask> retrieve(String taskId) {
        PathSegment.of(taskId);
        return engine.statusReader().retrieve(tenant, taskId);
    }

    @Override
    public Flux<VideoTask> track(String taskId, TrackOptions options) {
        PathSegment.of(taskId);
        Objects.requireNonNull(options, "options");
        return Flux.defer(() -> {
            Long own = engine.ageOfOwn(key, taskId);
            return engine.tracker().track(tenant, taskId, Start.ofId(own != null, own == null ? 0 : own), options);
        });
    }

    @Override
    public Flux<VideoTask> track(VideoTask task, TrackOptions options) {
        PathSegment.of(task.id());
        Objects.requireNonNull(options, "options");
        return Flux.defer(() -> {
            Long own = engine.ageOfOwn(key, task.id());
            long age = own == null ? age(task.createdAt()) : own;
            return engine.tracker().track(tenant, task.id(), Start.ofTask(task, own != null, age), options);
        });
    }

    /** By two clocks that may disagree: never negative. */
    private long age(@Nullable Instant createdAt) {
        if (createdAt == null) {
            return 0;
        }
        Duration age = Duration.between(createdAt, Instant.ofEpochMilli(engine.millis()));
        return Watch.nanos(age);
    }

    @Override
    public Flux<VideoTask> submitAndTrack(DoubaoVideoRequest request, TrackOptions options) {
        return submitAndTrack(request, options, true);
    }

    /** @param firstTells whether the subscriber learns of the task by the first element, or only by the end */
    private Flux<VideoTask> submitAndTrack(DoubaoVideoRequest request, TrackOptions options, boolean firstTells) {
        Objects.requireNonNull(options, "options");
        JobKind kind = request.kind(); // all that is needed of it later: the images may go
        Submission submission = new Submission(engine, key, request);
        return submission.flatMapMany(task -> {
            Long own = engine.ageOfOwn(key, task.id());
            long age = own == null ? age(task.createdAt()) : own;
            Flux<VideoTask> states =
                    engine.tracker().track(tenant, task.id(), Start.submitted(task, kind, age), options);
            return new ToldOf(states, submission, firstTells);
        });
    }

    @Override
    public Mono<VideoTask> generate(DoubaoVideoRequest request, TrackOptions options) {
        return submitAndTrack(request, options, false).last().flatMap(DefaultVideoClient::completed);
    }

    private static Mono<VideoTask> completed(VideoTask task) {
        return task.isCompleted() ? Mono.just(task) : Mono.error(new VideoFailedException(task));
    }

    @Override
    public Flux<ByteBuffer> download(VideoTask task) {
        PathSegment.of(task.id());
        return engine.downloads().download(key, task);
    }

    @Override
    public Mono<VideoContent> content(VideoTask task, DownloadOptions options) {
        PathSegment.of(task.id());
        return engine.downloads().content(key, task, options);
    }

    @Override
    public Mono<Path> downloadTo(VideoTask task, Path file, DownloadOptions options) {
        PathSegment.of(task.id());
        options.requireWhole();
        return engine.downloads().downloadTo(key, task, file, options);
    }

    @Override
    public Set<String> watchedTasks() {
        return engine.tracker().watchedBy(tenant);
    }

    @Override
    public VideoClient withApiKey(String apiKey) {
        return new DefaultVideoClient(ApiKey.fixed(apiKey), engine, false);
    }

    @Override
    public Mono<Void> closeLater() {
        return owner ? engine.closing() : Mono.empty();
    }

    @Override
    public void close() {
        if (Schedulers.isInNonBlockingThread()) {
            closeLater().subscribe();
        } else {
            closeLater().block(engine.settings().closeTimeout.plusSeconds(5));
        }
    }

    /** Without the key. */
    @Override
    public String toString() {
        return "VideoClient[" + engine.settings().baseUrl + "]";
    }
}
