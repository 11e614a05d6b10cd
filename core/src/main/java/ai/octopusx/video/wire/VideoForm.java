package ai.octopusx.video.wire;

import ai.octopusx.video.AspectRatio;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The multipart form of a submission, as segments of known length: what lies in memory as bytes, what lies on disk as the
 * name of the file. Nothing is copied that is large, nothing is read. Immutable; may be sent any number of times.
 *
 * <p>It looks like what curl and browsers send: text parts without a type, file parts with a neutral ASCII name, because the
 * gateway hands names on without escaping them (wire-protocol.md, section 2.3).
 */
public final class VideoForm {

    /** What needs no quotes in a {@code Content-Type}, long enough to hold 128 bits of chance. */
    private static final Pattern BOUNDARY = Pattern.compile("[0-9A-Za-z_-]{22,70}");

    private final String boundary;
    private final List<Segment> segments;
    private final long contentLength;

    private VideoForm(String boundary, List<Segment> segments) {
        this.boundary = boundary;
        this.segments = List.copyOf(segments);
        this.contentLength = segments.stream().mapToLong(Segment::length).sum();
    }

    /**
     * Lays out a request.
     *
     * @param first the examined first frame of this very request, null if it has none
     * @param last the same of its last frame
     * @param boundary 22 to 70 letters, digits, {@code -} and {@code _}, with at least 128 bits of chance, so that no image
     *     can hold it; it must not {@linkplain #collides collide} with the texts
     * @throws IllegalArgumentException if the frames are not those of the request, or the boundary will not do
     */
    public static VideoForm of(
            DoubaoVideoRequest request, @Nullable CheckedFrame first, @Nullable CheckedFrame last, String boundary) {
        requireSame("first frame", request.firstFrame(), first);
        requireSame("last frame", request.lastFrame(), last);
        if (!BOUNDARY.matcher(boundary).matches()) {
            throw new IllegalArgumentException("A boundary is 22 to 70 letters, digits, - and _");
        }
        if (collides(request, boundary)) {
            throw new IllegalArgumentException("The boundary occurs in a text of the request: draw another");
        }
        Layout layout = new Layout(boundary);
        texts(request).forEach(text -> layout.text(text.name(), text.value()));
        if (first != null) {
            layout.image("first_frame_image", "first_frame", first);
        }
        if (last != null) {
            layout.image("last_frame_image", "last_frame", last);
        }
        return new VideoForm(boundary, layout.end());
    }

    /** Whether the boundary occurs in a text of the request, by accident or because someone guessed it. */
    public static boolean collides(DoubaoVideoRequest request, String boundary) {
        return texts(request).stream()
                .anyMatch(text -> text.name().contains(boundary) || text.value().contains(boundary));
    }

    /** A form that silently lacks its picture would be a paid video of something else. */
    private static void requireSame(String which, @Nullable FrameImage wanted, @Nullable CheckedFrame checked) {
        if ((checked == null ? null : checked.image()) != wanted) {
            throw new IllegalArgumentException("The checked " + which + " is not the one of the request");
        }
        byte[] bytes = wanted == null ? null : wanted.bytes();
        if (checked != null && bytes != null && bytes.length != checked.length()) {
            throw new IllegalArgumentException("The checked " + which + " has another length than its bytes");
        }
    }

    private static List<Text> texts(DoubaoVideoRequest request) {
        List<Text> texts = new ArrayList<>();
        texts.add(new Text("model", request.model().wireName()));
        texts.add(new Text("prompt", request.prompt()));
        AspectRatio size = request.size();
        if (size != null) {
            texts.add(new Text("size", size.wireName()));
        }
        Integer seconds = request.seconds();
        if (seconds != null) {
            texts.add(new Text("seconds", seconds.toString()));
        }
        request.additionalFields().forEach((name, value) -> texts.add(new Text(name, value)));
        return texts;
    }

    /**
     * As browsers do, and the backslash too: at the end of a name it would swallow the quote for some readers. A request lets
     * no such name pass; here nothing is taken on trust.
     */
    static String escaped(String name) {
        return name.replace("\r", "%0D")
                .replace("\n", "%0A")
                .replace("\"", "%22")
                .replace("\\", "%5C");
    }

    /** The header of the request. */
    public String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    /** The exact number of bytes of all segments. */
    public long contentLength() {
        return contentLength;
    }

    /** What to send, in this order; unmodifiable. */
    public List<Segment> segments() {
        return segments;
    }

    /** Without the texts, which are the user's own. */
    @Override
    public String toString() {
        return "VideoForm[" + segments.size() + " segments, " + contentLength + " bytes]";
    }

    /** A stretch of the body. */
    public sealed interface Segment {

        /** In bytes. */
        long length();

        /**
         * Bytes in memory.
         *
         * @param bytes not a copy: do not change them
         */
        record Bytes(byte[] bytes) implements Segment {

            @Override
            public long length() {
                return bytes.length;
            }

            @Override
            public String toString() {
                return "Bytes[" + bytes.length + "]";
            }
        }

        /**
         * A whole file.
         *
         * @param length when it was examined; if it has another one now, the exchange must be broken off
         */
        record File(Path path, long length) implements Segment {

            /** Without the path, which may be private. */
            @Override
            public String toString() {
                return "File[" + length + "]";
            }
        }
    }

    private record Text(String name, String value) {}

    /** Collects what lies between two images in one piece. */
    private static final class Layout {

        private final String boundary;
        private final List<Segment> segments = new ArrayList<>();
        private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

        Layout(String boundary) {
            this.boundary = boundary;
        }

        void text(String name, String value) {
            add("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + escaped(name) + "\"\r\n\r\n" + value
                    + "\r\n");
        }

        void image(String name, String fileName, CheckedFrame frame) {
            ImageFormat format = frame.format();
            add("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + fileName
                    + "." + format.ending() + "\"\r\nContent-Type: " + format.mediaType() + "\r\n\r\n");
            flush();
            segments.add(content(frame));
            add("\r\n");
        }

        private static Segment content(CheckedFrame frame) {
            byte[] bytes = frame.image().bytes();
            if (bytes != null) {
                return new Segment.Bytes(bytes);
            }
            Path path = frame.image().path();
            if (path == null) {
                throw new IllegalArgumentException("A picture has neither bytes nor a path");
            }
            return new Segment.File(path, frame.length());
        }

        List<Segment> end() {
            add("--" + boundary + "--\r\n");
            flush();
            return segments;
        }

        private void add(String text) {
            pending.writeBytes(text.getBytes(StandardCharsets.UTF_8));
        }

        private void flush() {
            segments.add(new Segment.Bytes(pending.toByteArray()));
            pending.reset();
        }
    }
}
