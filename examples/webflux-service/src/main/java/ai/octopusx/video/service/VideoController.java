package ai.octopusx.video.service;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.service.VideoStream.Reply;
import ai.octopusx.video.service.VideoStream.Wish;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.ContentDisposition;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The service as the network sees it. */
@RestController
@RequestMapping("/videos")
final class VideoController {

    private static final Duration RECONNECT = Duration.ofSeconds(2);
    private static final int LONGEST_NAME = 80;

    private final SubmissionDesk desk;
    private final JobStore store;
    private final JobLog log;
    private final JobWatcher watcher;
    private final VideoStream videos;
    private final ServiceSettings settings;

    VideoController(
            SubmissionDesk desk,
            JobStore store,
            JobLog log,
            JobWatcher watcher,
            VideoStream videos,
            ServiceSettings settings) {
        this.desk = desk;
        this.store = store;
        this.log = log;
        this.watcher = watcher;
        this.videos = videos;
        this.settings = settings;
    }

    /** The job is stored when this answers; its task may be a while from being one. */
    @PostMapping(consumes = MediaType.MULTIPART_FORM_DATA_VALUE)
    Mono<ResponseEntity<JobView>> submit(ServerWebExchange exchange) {
        return exchange.getMultipartData().flatMap(desk::submit).map(job -> ResponseEntity.created(
                        URI.create("/videos/" + job.id()))
                .body(JobView.of(job)));
    }

    /**
     * What a page shows when it opens.
     *
     * @param change where to go on with the events of all jobs
     */
    record Listing(List<JobView> videos, long change) {}

    /** The newest jobs. Who opens the page takes up again what was let go of. */
    @GetMapping
    Mono<Listing> list() {
        return store.latestChange().flatMap(change -> store.newest(settings.listLimit())
                .doOnNext(watcher::watch)
                .map(JobView::of)
                .collectList()
                .map(jobs -> new Listing(jobs, change)));
    }

    @GetMapping("/{id}")
    Mono<JobView> one(@PathVariable String id) {
        return visible(id).map(JobView::of);
    }

    /**
     * One job, live, up to its end. {@code 204} tells a browser that has seen the end not to come again.
     *
     * @param lastEventId of an earlier stream; what was seen then is not sent again
     */
    @GetMapping(path = "/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<ResponseEntity<Flux<ServerSentEvent<JobView>>>> events(
            @PathVariable String id,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
        return log.seenHere(number(lastEventId)).flatMap(seen -> visible(id)
                .doOnNext(watcher::watch)
                .map(job -> job.isOver() && job.change() <= seen
                        ? ResponseEntity.noContent().build()
                        : streamed(log.follow(id, seen))));
    }

    /**
     * All jobs, live, without end: one connection for a whole page, since browsers open only six to one host.
     *
     * @param after the number of the last change that was seen, for the first connection; later ones say it in their header
     */
    @GetMapping(path = "/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Mono<ResponseEntity<Flux<ServerSentEvent<JobView>>>> allEvents(
            @RequestParam(required = false) @Nullable String after,
            @RequestHeader(name = "Last-Event-ID", required = false) @Nullable String lastEventId) {
        return log.seenHere(number(lastEventId == null ? after : lastEventId))
                .map(seen -> streamed(log.followAll(seen)));
    }

    /** The number of a change, or 0 for whatever is none. */
    private static long number(@Nullable String text) {
        return text != null && text.matches("\\d{1,18}") ? Long.parseLong(text) : 0;
    }

    private ResponseEntity<Flux<ServerSentEvent<JobView>>> streamed(Flux<Job> jobs) {
        return ResponseEntity.ok()
                .cacheControl(CacheControl.noStore())
                .header("X-Accel-Buffering", "no") // what nginx needs to be told
                .body(withHeartbeat(jobs.map(VideoController::event)));
    }

    private static ServerSentEvent<JobView> event(Job job) {
        return ServerSentEvent.builder(JobView.of(job))
                .id(Long.toString(job.change()))
                .event("job")
                .build();
    }

    /** The first beat comes at once, before any event, and tells the browser how soon to come back. */
    private Flux<ServerSentEvent<JobView>> withHeartbeat(Flux<ServerSentEvent<JobView>> events) {
        return Flux.defer(() -> {
            Sinks.Empty<Void> ended = Sinks.empty();
            Flux<ServerSentEvent<JobView>> beats = Flux.interval(settings.heartbeat())
                    .onBackpressureDrop()
                    .map(number -> beat().build())
                    .takeUntilOther(ended.asMono())
                    .startWith(beat().retry(RECONNECT).build());
            return Flux.merge(beats, events.doOnTerminate(ended::tryEmitEmpty));
        });
    }

    private static ServerSentEvent.Builder<JobView> beat() {
        return ServerSentEvent.<JobView>builder().comment("still here");
    }

    /**
     * The video. Knows {@code Range} and {@code If-Range}, as players need them to begin early and to jump, and the conditions
     * by which a browser asks whether what it has is still right.
     *
     * @param download a name to be saved under; without it the video is to be played
     */
    @RequestMapping(
            path = "/{id}/content",
            method = {RequestMethod.GET, RequestMethod.HEAD})
    Mono<ResponseEntity<Flux<DataBuffer>>> content(
            @PathVariable String id,
            @RequestParam(required = false) @Nullable String download,
            ServerWebExchange exchange) {
        HttpHeaders asked = exchange.getRequest().getHeaders();
        Wish wish = new Wish(
                asked.getFirst(HttpHeaders.RANGE),
                asked.getFirst(HttpHeaders.IF_RANGE),
                allOf(asked, HttpHeaders.IF_MATCH),
                allOf(asked, HttpHeaders.IF_NONE_MATCH));
        boolean headOnly = exchange.getRequest().getMethod() == HttpMethod.HEAD;
        return visible(id)
                .map(VideoController::finished)
                .flatMap(task -> headOnly ? videos.head(task, wish) : videos.open(task, wish))
                .map(reply -> answer(reply, download));
    }

    /** Lines of one header are one list (RFC 9110, 5.3). Null if there are none. */
    private static @Nullable String allOf(HttpHeaders headers, String name) {
        List<String> lines = headers.getOrEmpty(name);
        return lines.isEmpty() ? null : String.join(", ", lines);
    }

    private static VideoTask finished(Job job) {
        VideoTask task = job.task();
        if (job.state() != JobState.COMPLETED || task == null) {
            throw new NoVideoException(job);
        }
        return task;
    }

    private static ResponseEntity<Flux<DataBuffer>> answer(Reply reply, @Nullable String download) {
        if (reply instanceof Reply.Part part) {
            return head(HttpStatus.PARTIAL_CONTENT, part.contentType(), part.etag(), download)
                    .header(HttpHeaders.ACCEPT_RANGES, "bytes")
                    .header(HttpHeaders.CONTENT_RANGE, part.range().headerValue())
                    .contentLength(part.length())
                    .body(buffers(part.body()));
        }
        if (reply instanceof Reply.Whole whole) {
            ResponseEntity.BodyBuilder head = head(HttpStatus.OK, whole.contentType(), whole.etag(), download);
            if (whole.length() != null) {
                head.header(HttpHeaders.ACCEPT_RANGES, "bytes").contentLength(whole.length());
            }
            return head.body(buffers(whole.body()));
        }
        if (reply instanceof Reply.NotModified known) {
            return tagged(ResponseEntity.status(HttpStatus.NOT_MODIFIED), known.etag())
                    .build();
        }
        if (reply instanceof Reply.PreconditionFailed) {
            return ResponseEntity.status(HttpStatus.PRECONDITION_FAILED).build();
        }
        return ResponseEntity.status(HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
                .header(HttpHeaders.ACCEPT_RANGES, "bytes")
                .header(HttpHeaders.CONTENT_RANGE, "bytes */" + ((Reply.Unsatisfiable) reply).total())
                .build();
    }

    private static ResponseEntity.BodyBuilder head(
            HttpStatus status, String contentType, @Nullable String etag, @Nullable String download) {
        ResponseEntity.BodyBuilder head =
                tagged(ResponseEntity.status(status), etag).contentType(MediaType.parseMediaType(contentType));
        if (download != null) {
            head.header(HttpHeaders.CONTENT_DISPOSITION, attachment(download).toString());
        }
        return head;
    }

    /** What a browser needs to know to keep it, and to ask for it again. */
    private static ResponseEntity.BodyBuilder tagged(ResponseEntity.BodyBuilder head, @Nullable String etag) {
        head.cacheControl(CacheControl.maxAge(Duration.ofHours(1)).cachePrivate());
        return etag == null ? head : head.eTag(etag);
    }

    /** Letters, digits and a few signs of any script; never a path, never another ending. */
    private static ContentDisposition attachment(String name) {
        String plain = name.replaceAll("\\.mp4$", "")
                .replaceAll("[^\\p{L}\\p{M}\\p{N} _-]+", " ")
                .strip()
                .replaceAll("\\s+", " ");
        int length = plain.codePointCount(0, plain.length());
        String cut = length <= LONGEST_NAME ? plain : plain.substring(0, plain.offsetByCodePoints(0, LONGEST_NAME));
        return ContentDisposition.attachment()
                .filename((cut.isBlank() ? "video" : cut.strip()) + ".mp4", StandardCharsets.UTF_8)
                .build();
    }

    private static Flux<DataBuffer> buffers(Flux<ByteBuffer> body) {
        return body.map(DefaultDataBufferFactory.sharedInstance::wrap);
    }

    private Mono<Job> visible(String id) {
        return (JobIds.isOne(id) ? store.find(id) : Mono.<Job>empty())
                .filter(job -> job.state().isVisible())
                .switchIfEmpty(Mono.error(() -> new NoSuchJobException(id)));
    }
}
