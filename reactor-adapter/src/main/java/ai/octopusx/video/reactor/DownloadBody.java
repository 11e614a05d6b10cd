package ai.octopusx.video.reactor;

import ai.octopusx.video.reactor.DownloadHead.ContentRange;
import ai.octopusx.video.reactor.DownloadRules.Verdict;
import ai.octopusx.video.wire.Quote;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SynchronousSink;

/**
 * The bytes of one download as they arrive over any number of answers: where they stand, which ones are handed on, and
 * whether they are all there. Its calls come one after the other.
 *
 * <p>Positions count in the file. The wanted part goes from {@code first} to {@code end}, which is null while nobody has
 * told the length.
 */
final class DownloadBody {

    private static final int EXCERPT_BYTES = 1024;

    private final DownloadOptions options;
    private final DownloadTransfer.@Nullable Sink sink;

    private long first;
    private @Nullable Long end;
    private long position;
    private boolean begun;
    private @Nullable Long total;
    private DownloadValidator validator = DownloadValidator.NONE;
    private Mp4Walk walk = new Mp4Walk();
    private long furthest;

    private @Nullable DownloadHead head;
    private long skip;
    private boolean surplus;
    private byte @Nullable [] text;
    private int textLength;

    DownloadBody(DownloadOptions options, DownloadTransfer.@Nullable Sink sink) {
        this.options = options;
        this.sink = sink;
        this.first = options.firstByte() == null ? 0 : options.firstByte();
        this.end = options.lastByte() == null ? null : Long.valueOf(options.lastByte() + 1);
        this.position = first;
        this.furthest = first;
    }

    /** Goes on behind what an earlier download left. */
    void resume(DownloadTransfer.Kept kept, Mp4Walk walked) {
        position = kept.length();
        furthest = position;
        total = kept.total();
        end = total;
        validator = kept.validator();
        walk = walked;
        begun = true;
    }

    DownloadRules.Known known(boolean sameSource) {
        return new DownloadRules.Known(position, begun, total, validator, sameSource, sink != null);
    }

    /** The bytes to ask for, counted from the next one that is missing; null to ask for the whole. */
    long @Nullable [] wanted() {
        if (position == 0 && options.firstByte() == null) {
            return null;
        }
        Long behind = end;
        return options.lastByte() == null || behind == null ? new long[] {position} : new long[] {position, behind - 1};
    }

    /** By what to make sure that a part belongs to what has arrived; null if nothing has, or if there is nothing to go by. */
    @Nullable
    String ifRange() {
        return begun ? validator.ifRange() : null;
    }

    /**
     * An answer is taken: its bytes follow.
     *
     * @return whether it means going over bytes again that had arrived
     */
    boolean take(DownloadHead taken, Verdict.Take take) {
        boolean again = begun && (take.position() < position || take.skip() > 0);
        boolean fresh = !begun || take.position() < position;
        ContentRange range = taken.status() == 206 ? taken.range() : null;
        if (fresh) {
            forget(take.position());
        }
        Long said = range == null ? taken.length() : range.total();
        total = total == null ? said : total;
        if (fresh || end == null) {
            end = range == null ? total : endOf(range);
        }
        Long bodyEnd = range == null ? taken.length() : Long.valueOf(range.last() + 1);
        surplus = end != null && (bodyEnd == null || bodyEnd > end);
        validator = validator.or(taken.validator());
        position = take.position();
        skip = take.skip();
        head = taken;
        text = null;
        return again;
    }

    /** Where what is wanted ends. The part may end before that: then the rest is asked for next. */
    private @Nullable Long endOf(ContentRange range) {
        Long last = options.lastByte();
        if (total == null) {
            return last == null && first == 0 ? null : Long.valueOf(range.last() + 1);
        }
        return last == null ? total : Long.valueOf(Math.min(last + 1, total));
    }

    private void forget(long from) {
        if (!begun) {
            furthest = from;
        }
        first = Math.min(first, from);
        total = null;
        validator = DownloadValidator.NONE;
        walk = new Mp4Walk();
        begun = false;
    }

    /** After an answer is taken: what is wrong with it all the same, or null; and the sink is told where its bytes belong. */
    @Nullable
    DownloadTrouble prepare() {
        if (total != null && total == 0) {
            return DownloadTrouble.passing("an empty body came instead of a video");
        }
        if (end != null && end - first > options.maxBytes()) {
            return tooLarge("it has " + (end - first) + " bytes");
        }
        tellSink();
        return null;
    }

    private void tellSink() {
        if (sink != null) {
            sink.begins(position, new DownloadTransfer.Kept(position, total, validator));
        }
    }

    /** One piece: skipped, handed on, cut at the end, or found to be no video. */
    void handOn(ByteBuf piece, SynchronousSink<ByteBuf> out) {
        if (text != null || (position == 0 && isText(piece))) {
            collectText(piece, out);
            return;
        }
        int skipped = (int) Math.min(skip, piece.readableBytes());
        piece.skipBytes(skipped);
        skip -= skipped;
        if (end != null && piece.readableBytes() > end - position) {
            piece.writerIndex(piece.readerIndex() + (int) (end - position));
        }
        DownloadTrouble trouble = piece.isReadable() ? arrived(piece) : null;
        if (trouble != null) {
            out.error(trouble);
            return;
        }
        if (piece.isReadable()) {
            out.next(piece);
        }
        if (surplus && end != null && position == end) {
            out.complete();
        }
    }

    private @Nullable DownloadTrouble arrived(ByteBuf piece) {
        int size = piece.readableBytes();
        if (end == null) {
            walk.feed(piece);
            if (walk.isBroken()) {
                return DownloadTrouble.lasting(
                        "nobody announced its length, and it is no MP4 whose end could be recognised", null);
            }
        }
        if (position + size - first > options.maxBytes()) {
            return tooLarge("more came");
        }
        position += size;
        begun = true;
        if (position > furthest) {
            furthest = position;
            if (options.progress() != null) {
                options.progress().arrived(position - first, total);
            }
        }
        return null;
    }

    private DownloadTrouble tooLarge(String how) {
        return DownloadTrouble.lasting(
                "it is larger than the " + options.maxBytes() + " bytes that are allowed: " + how, null);
    }

    private boolean isText(ByteBuf piece) {
        return head != null
                && piece.isReadable()
                && DownloadRules.looksLikeText(piece.getByte(piece.readerIndex()), head);
    }

    private void collectText(ByteBuf piece, SynchronousSink<ByteBuf> out) {
        byte[] collected = text == null ? new byte[EXCERPT_BYTES] : text;
        if (text == null) {
            text = collected;
            textLength = 0;
        }
        int size = Math.min(piece.readableBytes(), collected.length - textLength);
        piece.readBytes(collected, textLength, size);
        textLength += size;
        if (textLength == collected.length) {
            out.error(notAVideo(collected));
        }
    }

    private DownloadTrouble notAVideo(byte[] collected) {
        String type = head == null || head.contentType() == null ? "of no type" : Quote.sentence(head.contentType());
        return DownloadTrouble.lasting(
                "a text came instead of a video (" + type + "): "
                        + Quote.sentence(new String(collected, 0, textLength, StandardCharsets.UTF_8)),
                null);
    }

    /** The body has ended cleanly, which proves nothing by itself. Empty if nothing is missing. */
    <T> Mono<T> proveWhole() {
        if (text != null) {
            return Mono.error(notAVideo(text));
        }
        if (end == null && walk.isWhole()) {
            total = position;
            end = position;
        }
        if (end != null && position == end) {
            return Mono.empty();
        }
        return Mono.error(DownloadTrouble.passing(
                end == null ? "the body ended in the middle of the MP4" : "the body ended too early"));
    }

    /** The server says that the file has as many bytes as have arrived. */
    void endsHere() {
        total = position;
        end = position;
        tellSink();
    }

    boolean hasBegun() {
        return begun;
    }

    /** The furthest byte ever reached, on whichever attempt. */
    long furthest() {
        return furthest;
    }

    /** Bytes of the wanted part that have arrived. */
    long received() {
        return position - first;
    }

    /** Bytes of the wanted part; null if nobody has said. */
    @Nullable
    Long length() {
        return end == null ? null : Long.valueOf(end - first);
    }

    String contentType() {
        String type = head == null ? null : head.contentType();
        return type == null ? "video/mp4" : type;
    }

    /** Null if it is the whole. */
    VideoContent.@Nullable Range range() {
        if (head == null || head.status() != 206 || end == null || (first == 0 && end.equals(total))) {
            return null;
        }
        return new VideoContent.Range(first, end - 1, total);
    }

    @Nullable
    String etag() {
        return validator.etag();
    }
}
