package ai.octopusx.video.reactor;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Set;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * The video gateway, for as many tasks at once as you like.
 *
 * <p>Make one per application: it is immutable, thread-safe and owns its connections. Nothing is sent before someone
 * subscribes. Signals arrive on event-loop and timer threads, which must not be blocked; {@code publishOn} moves what blocks
 * elsewhere. Cancelling stops this client's work at once; it never stops a task at the gateway, which nobody can.
 *
 * <p>Every failure is an {@link ai.octopusx.video.OctopusXException}. One that ended a submission tells by
 * {@link ai.octopusx.video.OctopusXException#submission()} whether there may be a job.
 */
public interface VideoClient extends AutoCloseable {

    /** A client of {@code https://octopusx.ai} with this key and every default. */
    static VideoClient create(String apiKey) {
        return builder().apiKey(apiKey).build();
    }

    /** A client to be configured; only the key has no default. */
    static VideoClientBuilder builder() {
        return new VideoClientBuilder();
    }

    /**
     * Submits one video ({@code POST /v1/videos}) and emits the task as the gateway took it.
     *
     * <p><b>One call is one job</b>, however often the Mono is subscribed. Nothing happens before the first subscription. A
     * later one ({@code retry}, {@code repeat}, {@code zip}) joins the exchange in flight, or gets the same task or the same
     * verdict, and sends again only what certainly does not exist: so {@code submit(r).retry(3)} cannot pay twice. Beware of
     * {@code Mono.defer(() -> client.submit(r)).retry()}: each round is a new call, and so a new job.
     *
     * <p>The client itself repeats only what the gateway certainly did not take (never connected, 429, no channel for the
     * model), a few times, with backoff. Otherwise the error is
     * {@link ai.octopusx.video.SubmissionOutcomeUnknownException}.
     *
     * <p>Cancelling before a byte left sends nothing. Later, the exchange ends in the background, within its timeout, and its
     * result goes to {@link VideoClientBuilder#onOrphanedTask}.
     *
     * <p>A task that an operator of yours took and threw away counts as delivered: {@code zip} does so when its other arm
     * fails. {@code doOnDiscard(VideoTask.class, ...)} behind it, a {@link VideoClientBuilder#journal journal}, or one more
     * subscription of this Mono tells you of it.
     *
     * <p>The task is emitted on an event loop, or, with a journal, on the thread that completed its note.
     */
    Mono<VideoTask> submit(DoubaoVideoRequest request);

    /**
     * Reads the state of a task once ({@code GET /v1/videos/{task_id}}). Makes up to three attempts within 15 s when the
     * trouble may pass. The gateway refreshes its own state about every 15 s.
     */
    Mono<VideoTask> retrieve(String taskId);

    /** {@link #track(String, TrackOptions)} with the client's own policy and deadline. */
    default Flux<VideoTask> track(String taskId) {
        return track(taskId, TrackOptions.defaults());
    }

    /**
     * Watches a task: its first state, each change (status, progress, link, error) up to and including the terminal one, then
     * completion. A failed task is an element, not an error.
     *
     * <p>Passing trouble (connection, timeout, 408, 429, 5xx, unreadable bodies) does not end it. What no waiting will mend
     * does: 401, 403, a task of which the gateway says three times in a row that it does not exist. The deadline ends this Flux with
     * {@link ai.octopusx.video.TrackingTimeoutException}, and never the task.
     *
     * <p>Subscribers to one id (of one key) share one poll loop. A slow one gets the latest state, and always the terminal
     * one. The last to cancel stops the loop, its timer and its request in flight.
     */
    Flux<VideoTask> track(String taskId, TrackOptions options);

    /** {@link #track(VideoTask, TrackOptions)} with the client's own policy and deadline. */
    default Flux<VideoTask> track(VideoTask task) {
        return track(task, TrackOptions.defaults());
    }

    /**
     * As {@link #track(String, TrackOptions)}, for a task whose model, length and age are known from an earlier look, which
     * makes for a better cadence. The given state itself is not emitted; a terminal one is, without a poll.
     */
    Flux<VideoTask> track(VideoTask task, TrackOptions options);

    /** {@link #submitAndTrack(DoubaoVideoRequest, TrackOptions)} with the client's own policy and deadline. */
    default Flux<VideoTask> submitAndTrack(DoubaoVideoRequest request) {
        return submitAndTrack(request, TrackOptions.defaults());
    }

    /**
     * Submits one video and watches it: the task as it was submitted, then as {@link #track(String, TrackOptions)}. One call
     * is one job, as with {@link #submit}: subscribing again goes on watching the job that exists.
     */
    Flux<VideoTask> submitAndTrack(DoubaoVideoRequest request, TrackOptions options);

    /** {@link #generate(DoubaoVideoRequest, TrackOptions)} with the client's own policy and deadline. */
    default Mono<VideoTask> generate(DoubaoVideoRequest request) {
        return generate(request, TrackOptions.defaults());
    }

    /**
     * Submits one video, waits for it and emits the completed task, or fails with
     * {@link ai.octopusx.video.VideoFailedException}. One call is one job, as with {@link #submit}.
     */
    Mono<VideoTask> generate(DoubaoVideoRequest request, TrackOptions options);

    /**
     * The finished video, streamed as it is asked for, without ever holding it whole. The buffers are on the heap and belong
     * to the subscriber. Broken connections are resumed where the rest provably fits what was emitted; else it ends with
     * {@link ai.octopusx.video.DownloadException}. The key goes to the gateway only, never to the link of the result.
     */
    Flux<ByteBuffer> download(VideoTask task);

    /** {@link #content(VideoTask, DownloadOptions)} with the defaults. */
    default Mono<VideoContent> content(VideoTask task) {
        return content(task, DownloadOptions.defaults());
    }

    /**
     * The finished video with its length, type and range beside the body: what an HTTP response needs. The body must be
     * subscribed, once, or the Mono's subscriber keeps a connection until the idle timeout.
     */
    Mono<VideoContent> content(VideoTask task, DownloadOptions options);

    /** {@link #downloadTo(VideoTask, Path, DownloadOptions)} with the defaults. */
    default Mono<Path> downloadTo(VideoTask task, Path file) {
        return downloadTo(task, file, DownloadOptions.defaults());
    }

    /**
     * Saves the finished video and emits the path. It is written off the event loop to a temporary sibling, verified to be
     * whole, and moved into place atomically: an existing file is untouched until then, and nothing is left behind on failure
     * or cancellation (unless {@link DownloadOptions#keepPartial} asks for it).
     */
    Mono<Path> downloadTo(VideoTask task, Path file, DownloadOptions options);

    /** The ids of the tasks that are being watched right now with this client's key: what a shutdown may want to store. */
    Set<String> watchedTasks();

    /**
     * Another tenant on the same connections, limits and scheduler. Poll loops are shared per key and id, so tenants never
     * see each other's tasks. Closing what this returns closes nothing; closing the client that was built closes all.
     */
    VideoClient withApiKey(String apiKey);

    /**
     * Stops taking work, ends all watching and all downloads with an error that names the task, lets submissions whose bytes
     * have begun to leave end (bounded by the close timeout), then frees every connection and thread that this client made.
     * May be subscribed more than once.
     */
    Mono<Void> closeLater();

    /** {@link #closeLater}, waited for; on a thread that must not block it is only started. */
    @Override
    void close();
}
