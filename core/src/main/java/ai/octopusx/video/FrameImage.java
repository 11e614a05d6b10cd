package ai.octopusx.video;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A picture that the video starts or ends with: png, jpeg or webp, known by its bytes and not by its name.
 *
 * <p>A picture {@linkplain #of(Path) on disk} is not read here. It is examined when the submission is subscribed, and
 * streamed from disk when it is sent; it must stay as it is until then. Bytes are kept by reference, not copied: do not
 * change them afterwards.
 */
public final class FrameImage {

    private final String fileName;
    private final @Nullable Path path;
    private final byte @Nullable [] bytes;

    private FrameImage(String fileName, @Nullable Path path, byte @Nullable [] bytes) {
        this.fileName = fileName;
        this.path = path;
        this.bytes = bytes;
    }

    /**
     * A picture on disk. Nothing is read, and nothing is checked, before the submission is subscribed.
     *
     * @param path any file name will do: what goes out is a neutral one with the ending of the true format
     */
    public static FrameImage of(Path path) {
        Path name = Objects.requireNonNull(path, "path").getFileName();
        return new FrameImage(name == null ? "" : name.toString(), path, null);
    }

    /**
     * A picture in memory.
     *
     * @param bytes the whole file; kept, not copied
     * @param fileName for messages only: what goes out is a neutral name with the ending of the true format
     */
    public static FrameImage of(byte[] bytes, String fileName) {
        return new FrameImage(
                Objects.requireNonNull(fileName, "fileName"), null, Objects.requireNonNull(bytes, "bytes"));
    }

    /** The name that the caller knows this picture by. It is not sent. */
    public String fileName() {
        return fileName;
    }

    /** Where the picture lies, or null if it is held in memory. */
    public @Nullable Path path() {
        return path;
    }

    /** The picture itself (not a copy), or null if it lies on disk. */
    public byte @Nullable [] bytes() {
        return bytes;
    }

    /** Without the file name, which may be private. */
    @Override
    public String toString() {
        return bytes != null ? "FrameImage[" + bytes.length + " bytes]" : "FrameImage[file]";
    }
}
