package ai.octopusx.video.service;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.DownloadOptions;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.reactor.VideoContent;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ETag;
import org.springframework.http.HttpRange;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * A video as a player asks for it: whole, or one range of it, also where the gateway or its storage ignores ranges. Bytes are
 * passed on at the pace of the browser; none is kept.
 */
@Component
final class VideoStream {

    private static final int MOST_KNOWN = 10_000;

    private final VideoClient client;

    /** What was learned of each video, so that a player's many questions cost one look. Forgotten when something goes wrong. */
    private final Map<String, Facts> known = Collections.synchronizedMap(new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Facts> eldest) {
            return size() > MOST_KNOWN;
        }
    });

    VideoStream(VideoClient client) {
        this.client = client;
    }

    /**
     * What a browser asks for.
     *
     * @param range the header, null if there is none; so are the others
     * @param ifMatch all lines of it
     * @param ifNoneMatch all lines of it
     */
    record Wish(
            @Nullable String range,
            @Nullable String ifRange,
            @Nullable String ifMatch,
            @Nullable String ifNoneMatch) {

        boolean isConditional() {
            return ifMatch != null || ifNoneMatch != null;
        }

        /** What a video of this tag is answered with instead of itself (RFC 9110, 13.2.2), or null. */
        @Nullable
        Reply instead(@Nullable String etag) {
            if (ifMatch != null && !names(ifMatch, etag, true)) {
                return new Reply.PreconditionFailed();
            }
            return ifNoneMatch != null && names(ifNoneMatch, etag, false) ? new Reply.NotModified(etag) : null;
        }

        private static boolean names(String header, @Nullable String etag, boolean strongly) {
            return ETag.parse(header).stream()
                    .anyMatch(tag -> tag.isWildcard() || (etag != null && tag.compare(ETag.create(etag), strongly)));
        }
    }

    /** What it gets. */
    sealed interface Reply {

        /** 200. {@code length} is null if nobody said how long it is; then there are no ranges of it either. */
        record Whole(
                String contentType,
                @Nullable Long length,
                @Nullable String etag,
                Flux<ByteBuffer> body) implements Reply {}

        /** 206. */
        record Part(
                String contentType,
                VideoContent.Range range,
                @Nullable String etag,
                Flux<ByteBuffer> body) implements Reply {

            long length() {
                return range.lastByte() - range.firstByte() + 1;
            }
        }

        /** 304. */
        record NotModified(@Nullable String etag) implements Reply {}

        /** 412. */
        record PreconditionFailed() implements Reply {}

        /** 416. */
        record Unsatisfiable(long total) implements Reply {}
    }

    /**
     * The body of the reply must be subscribed. Conditions are judged here, and by what is known if that is enough: Spring would
     * judge them once the body is on its way, and leave it there.
     */
    Mono<Reply> open(VideoTask task, Wish wish) {
        HttpRange range = range(wish.range());
        Mono<Reply> reply = range == null && !wish.isConditional()
                ? whole(task, wish)
                : facts(task).flatMap(facts -> knowing(task, facts, range, wish));
        return reply.doOnError(trouble -> known.remove(task.id()));
    }

    /** What a reply to a question without a range would say, without its body. */
    Mono<Reply> head(VideoTask task, Wish wish) {
        return facts(task)
                .map(facts -> Objects.requireNonNullElseGet(
                        wish.instead(facts.etag),
                        () -> new Reply.Whole(facts.contentType, facts.length, facts.etag, Flux.empty())));
    }

    /** One range, or none: whatever else the header holds may be ignored (RFC 9110, 14.2). */
    private static @Nullable HttpRange range(@Nullable String header) {
        try {
            List<HttpRange> ranges = HttpRange.parseRanges(header);
            return ranges.size() == 1 ? ranges.get(0) : null;
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    private Mono<Reply> knowing(VideoTask task, Facts facts, @Nullable HttpRange range, Wish wish) {
        Reply instead = wish.instead(facts.etag);
        if (instead != null) {
            return Mono.just(instead);
        }
        return range == null ? whole(task, wish) : within(task, facts, range, wish);
    }

    private Mono<Reply> within(VideoTask task, Facts facts, HttpRange range, Wish wish) {
        Long total = facts.length;
        if (total == null || !facts.isStill(wish.ifRange())) {
            return whole(task, wish);
        }
        long first = range.getRangeStart(total);
        long last = range.getRangeEnd(total);
        if (first >= total || first > last) {
            return Mono.just(new Reply.Unsatisfiable(total));
        }
        return client.content(task, DownloadOptions.defaults().range(first, last))
                .flatMap(content -> part(task, facts, content, new VideoContent.Range(first, last, total), wish));
    }

    /** What came is what counts, if the file is another one by now. */
    private Mono<Reply> part(VideoTask task, Facts facts, VideoContent content, VideoContent.Range asked, Wish wish) {
        VideoContent.Range got = content.range();
        if (!Objects.equals(content.etag(), facts.etag)) {
            known.remove(task.id());
            return discarded(content).then(whole(task, wish));
        }
        if (got != null) {
            return Mono.just(new Reply.Part(Facts.type(content), got, content.etag(), content.body()));
        }
        if (!Objects.equals(content.contentLength(), asked.total())) {
            return Mono.just(asWhole(task, content));
        }
        Flux<ByteBuffer> cut = cut(content.body(), asked.firstByte(), asked.lastByte() - asked.firstByte() + 1);
        return Mono.just(new Reply.Part(Facts.type(content), asked, content.etag(), cut));
    }

    /** The server sent all of it, so the rest is left out here: skipped in front, cancelled behind. */
    private static Flux<ByteBuffer> cut(Flux<ByteBuffer> whole, long skip, long count) {
        return Flux.defer(() -> {
            long[] left = {skip, count};
            return whole.<ByteBuffer>handle((piece, out) -> {
                        int passed = (int) Math.min(left[0], piece.remaining());
                        left[0] -= passed;
                        int size = (int) Math.min(left[1], piece.remaining() - passed);
                        left[1] -= size;
                        if (size > 0) {
                            out.next(piece.slice(piece.position() + passed, size));
                        }
                    })
                    .takeUntil(piece -> left[1] == 0);
        });
    }

    private Mono<Reply> whole(VideoTask task, Wish wish) {
        return client.content(task).flatMap(content -> {
            Reply whole = asWhole(task, content);
            Reply instead = wish.instead(content.etag()); // it may be another file than the one that was known
            return instead == null ? Mono.just(whole) : discarded(content).thenReturn(instead);
        });
    }

    private Reply asWhole(VideoTask task, VideoContent content) {
        Facts facts = Facts.of(content);
        known.put(task.id(), facts);
        return new Reply.Whole(facts.contentType, facts.length, facts.etag, content.body());
    }

    /** By its first byte: a server that knows ranges tells the whole length with it, any other sends the whole. */
    private Mono<Facts> facts(VideoTask task) {
        Facts learned = known.get(task.id());
        return learned != null
                ? Mono.just(learned)
                : client.content(task, DownloadOptions.defaults().range(0, 0L))
                        .flatMap(content -> discarded(content).thenReturn(Facts.of(content)))
                        .doOnNext(facts -> known.put(task.id(), facts));
    }

    /** Its connection is let go of: for that the body must be subscribed, which {@code take(0)} would not do. */
    private static Mono<Void> discarded(VideoContent content) {
        return content.body().next().then();
    }

    /** @param length null if nobody said */
    private record Facts(
            String contentType,
            @Nullable Long length,
            @Nullable String etag) {

        static Facts of(VideoContent content) {
            VideoContent.Range range = content.range();
            Long length = range == null ? content.contentLength() : range.total();
            return new Facts(type(content), length, content.etag());
        }

        /** What a storage calls its files is not repeated to a browser unless it is a video: it might be a page. */
        static String type(VideoContent content) {
            return content.contentType().matches("video/[\\w.+-]{1,60}") ? content.contentType() : "video/mp4";
        }

        /** A date does not hold, for none is ever given out; nor does a weak tag. */
        boolean isStill(@Nullable String ifRange) {
            return ifRange == null || ifRange.strip().equals(etag);
        }
    }
}
