package ai.octopusx.video.wire;

import ai.octopusx.video.InvalidVideoRequestException.Problem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a picture must be, told from its head without decoding it: wire-protocol.md, section 2.4. Reads a few hundred bytes
 * of it, some kilobytes of a jpeg with many segments.
 */
public final class FrameRules {

    private static final String ALLOWED = "a png, jpeg or webp image";

    /** 30 MB in the larger reading: what may be fine is not refused here. */
    private static final long TOO_MANY_BYTES = 30L * 1024 * 1024;

    private static final int TOO_SHORT = 300;
    private static final int TOO_LONG = 6000;

    private FrameRules() {}

    /** Where the bytes of a picture come from. */
    public interface Source {

        /** In bytes. */
        long length() throws IOException;

        /**
         * Reads at a position, without a position of its own.
         *
         * @return how many bytes were read, at least 1 unless {@code count} is 0; -1 at the end
         */
        int read(long position, byte[] into, int offset, int count) throws IOException;
    }

    /**
     * What was found.
     *
     * @param problems empty if the picture is good
     * @param format null if it is none of the three
     * @param length in bytes
     */
    public record Examined(List<Problem> problems, @Nullable ImageFormat format, long length) {

        public Examined {
            problems = List.copyOf(problems);
        }
    }

    /**
     * What is wrong with a picture in memory.
     *
     * @param field the form's name for it, such as {@code first_frame_image}
     * @param upstreamLimits whether bytes, sides and shape are held against what the model's vendor states
     */
    public static List<Problem> check(String field, byte[] bytes, boolean upstreamLimits) {
        return examine(field, bytes, upstreamLimits).problems();
    }

    /** The same, with the format. */
    public static Examined examine(String field, byte[] bytes, boolean upstreamLimits) {
        try {
            return examine(field, new InMemory(bytes), upstreamLimits);
        } catch (IOException e) {
            throw new UncheckedIOException(e); // an array does not fail
        }
    }

    /**
     * The same of a picture that lies elsewhere.
     *
     * @throws IOException only if the source does
     */
    public static Examined examine(String field, Source source, boolean upstreamLimits) throws IOException {
        long length = source.length();
        if (length == 0) {
            return new Examined(List.of(new Problem(field, "empty", ALLOWED)), null, 0);
        }
        ImageHead.Found found = ImageHead.read(source, length);
        ImageFormat format = found.format();
        if (format == null) {
            return new Examined(List.of(new Problem(field, found.kind(), ALLOWED)), null, length);
        }
        ImageHead.Size size = found.size();
        if (size == null) {
            Problem broken = new Problem(field, "a damaged or cut off " + found.kind(), "a whole " + found.kind());
            return new Examined(List.of(broken), format, length);
        }
        return new Examined(upstreamLimits ? beyondLimits(field, length, size) : List.of(), format, length);
    }

    /** What to say of a picture that is not there, is a directory, or cannot be opened. */
    public static Problem noFile(String field, String what) {
        return new Problem(field, what, ALLOWED);
    }

    private static List<Problem> beyondLimits(String field, long length, ImageHead.Size size) {
        List<Problem> problems = new ArrayList<>();
        if (length >= TOO_MANY_BYTES) {
            problems.add(new Problem(field, length + " bytes", "less than 30 MB"));
        }
        if (!side(size.width()) || !side(size.height())) {
            problems.add(new Problem(
                    field,
                    size + " pixels",
                    "sides of more than " + TOO_SHORT + " and less than " + TOO_LONG + " pixels"));
        }
        // In whole numbers: 0.4 < width / height < 2.5, both ends excluded.
        if (5L * size.width() <= 2L * size.height() || 2L * size.width() >= 5L * size.height()) {
            problems.add(new Problem(
                    field, "of the shape " + size, "a width of more than 0.4 and less than 2.5 times the height"));
        }
        return problems;
    }

    private static boolean side(int pixels) {
        return pixels > TOO_SHORT && pixels < TOO_LONG;
    }

    private record InMemory(byte[] bytes) implements Source {

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public int read(long position, byte[] into, int offset, int count) {
            if (position >= bytes.length) {
                return -1;
            }
            int read = (int) Math.min(count, bytes.length - position);
            System.arraycopy(bytes, (int) position, into, offset, read);
            return read;
        }
    }
}
