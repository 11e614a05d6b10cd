package ai.octopusx.video.reactor;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.reactor.DownloadTransfer.Kept;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * A file that comes into being as a temporary sibling and takes its place in one step, once it is whole and on the disk.
 * Every method blocks; one thread at a time.
 *
 * <p>A partial file that is kept is {@code <name>.part}, with {@code <name>.part.info} beside it, which tells by what the
 * server can recognise it. Both exist from the first byte on, so that even a killed process leaves something to go on from.
 */
final class DownloadFile {

    private static final String INFO = "octopusx-part 1";

    private static final int LONGEST_NAME_BYTES = 200;

    /** The partial files of which downloads of this process have a descriptor now. */
    private static final Set<Path> WRITING = ConcurrentHashMap.newKeySet();

    private final Path target;
    private final Path part;
    private final @Nullable Path info;
    private final String taskId;
    private @Nullable FileChannel channel;

    private DownloadFile(Path target, Path part, @Nullable Path info, String taskId) {
        this.target = target;
        this.part = part;
        this.info = info;
        this.taskId = taskId;
    }

    /**
     * Looks whether a file can come into being there, and changes nothing.
     *
     * @throws IOException if not; its message says why
     */
    static DownloadFile at(Path file, boolean keepPartial, String taskId) throws IOException {
        Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
        Path name = target.getFileName();
        Path directory = target.getParent();
        if (name == null || directory == null || Files.isDirectory(target)) {
            throw new IOException("it is a directory");
        }
        if (!Files.isDirectory(directory)) {
            throw new IOException("there is no directory " + directory);
        }
        if (!Files.isWritable(directory)) {
            throw new IOException("the directory " + directory + " does not allow it");
        }
        if (Files.exists(target, LinkOption.NOFOLLOW_LINKS) && !Files.isRegularFile(target)) {
            throw new IOException("it is no ordinary file");
        }
        Path real = directory.toRealPath(); // two ways to one partial file must meet
        return keepPartial
                ? new DownloadFile(target, real.resolve(name + ".part"), real.resolve(name + ".part.info"), taskId)
                : new DownloadFile(target, directory.resolve(temporaryName(name.toString())), null, taskId);
    }

    private static String temporaryName(String name) {
        boolean fits = name.getBytes(StandardCharsets.UTF_8).length <= LONGEST_NAME_BYTES;
        String dice = Long.toHexString(ThreadLocalRandom.current().nextLong());
        return "." + (fits ? name : "video") + "." + dice + ".part";
    }

    /** What the caller gets when the file, and not the network, is the trouble. */
    static DownloadException failed(Path file, String taskId, String why, Throwable cause, long received) {
        return new DownloadException(
                "The video of task " + taskId + " cannot be saved as " + file + ": " + why
                        + "; the task itself is not touched by that",
                cause,
                taskId,
                received,
                null,
                false);
    }

    /** What an earlier download of the same task left here; null if nothing that can be used. */
    @Nullable
    Kept kept() throws IOException {
        if (info == null || !Files.isRegularFile(part)) {
            return null;
        }
        long size = Files.size(part);
        Kept kept = readInfo(info, size);
        return size == 0 || kept == null || (kept.total() != null && size > kept.total()) ? null : kept;
    }

    private @Nullable Kept readInfo(Path from, long size) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(from);
        } catch (NoSuchFileException | java.nio.charset.CharacterCodingException e) {
            return null;
        }
        if (lines.size() != 5 || !lines.get(0).equals(INFO) || !lines.get(1).equals(oneLine(taskId))) {
            return null;
        }
        Long total = lines.get(2).matches("[0-9]{1,18}") ? Long.valueOf(lines.get(2)) : null;
        return new Kept(size, total, DownloadValidator.of(lines.get(3), lines.get(4)));
    }

    /** Goes along the boxes of what is kept, as if it had just arrived. */
    Mp4Walk walked(Kept kept) throws IOException {
        if (!WRITING.add(part)) {
            throw busy(); // closing what is opened here would drop the lock of the one who writes
        }
        try {
            return walk(kept);
        } finally {
            WRITING.remove(part);
        }
    }

    private Mp4Walk walk(Kept kept) throws IOException {
        Mp4Walk walk = new Mp4Walk();
        ByteBuffer one = ByteBuffer.allocate(1);
        try (FileChannel read = FileChannel.open(part, StandardOpenOption.READ)) {
            for (long at = 0; at < kept.length(); ) {
                long skipped = Math.min(walk.skippable(), kept.length() - at);
                if (skipped > 0) {
                    walk.skip(skipped);
                    at += skipped;
                } else if (read.read(one.clear(), at) == 1) {
                    walk.feedHeader(one.get(0));
                    at++;
                } else {
                    throw new IOException("the partial file became shorter");
                }
            }
        }
        return walk;
    }

    /** Makes ready for bytes from this position on; what lies behind it is forgotten. */
    void begin(long position, Kept kept) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            open = info == null
                    ? FileChannel.open(part, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)
                    : openLocked();
            channel = open;
        }
        if (open.size() < position) {
            throw new IOException("the partial file became shorter");
        }
        open.truncate(position);
        open.position(position);
        if (info != null) {
            Files.writeString(info, infoOf(kept));
        }
    }

    /**
     * Two downloads that write to one partial file would leave a mixture. Where locks are POSIX's, closing any descriptor of a
     * file drops all locks that the process has on it, so one of this process is refused before it opens any.
     */
    private FileChannel openLocked() throws IOException {
        if (!WRITING.add(part)) {
            throw busy();
        }
        try {
            return locked(reached());
        } catch (IOException | RuntimeException e) {
            WRITING.remove(part);
            throw e;
        }
    }

    /** The partial file, opened but not locked: it may still be another process's, and take its place in this moment. */
    Reached reached() throws IOException {
        try {
            Files.createFile(part);
        } catch (FileAlreadyExistsException e) {
            // an earlier download left it, or another one writes it
        }
        try {
            Object identity = identityOf(part);
            return new Reached(FileChannel.open(part, StandardOpenOption.WRITE), identity);
        } catch (NoSuchFileException e) {
            throw busy();
        }
    }

    /** @throws IOException if it is another's, or was until just now: whoever wrote to it would write to the target */
    FileChannel locked(Reached reached) throws IOException {
        FileChannel open = reached.channel();
        try {
            if (open.tryLock() != null && Objects.equals(reached.identity(), identityOf(part))) {
                return open;
            }
        } catch (OverlappingFileLockException | NoSuchFileException e) {
            // this process has it under another name, or it was moved away; treated alike
        } catch (IOException | RuntimeException e) {
            open.close();
            throw e;
        }
        open.close();
        throw busy();
    }

    /** By what the system knows a file; null where there is no such thing. */
    private static @Nullable Object identityOf(Path file) throws IOException {
        return Files.readAttributes(file, BasicFileAttributes.class).fileKey();
    }

    private static IOException busy() {
        return new IOException("another download is writing its partial file");
    }

    private String infoOf(Kept kept) {
        DownloadValidator validator = kept.validator();
        return String.join(
                "\n",
                INFO,
                oneLine(taskId),
                kept.total() == null ? "-" : kept.total().toString(),
                validator.etag() == null ? "-" : validator.etag(),
                validator.lastModified() == null ? "-" : validator.lastModified());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }

    void write(ByteBuffer[] bytes, int count) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            throw new IOException("it was not begun");
        }
        long left = 0;
        for (int i = 0; i < count; i++) {
            left += bytes[i].remaining();
        }
        while (left > 0) {
            left -= open.write(bytes, 0, count);
        }
    }

    /** Puts the file into its place. What was there is gone only now. */
    void commit() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            throw new IOException("it was not begun");
        }
        open.force(true);
        if (isPosix()) {
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE); // before the lock goes: another might truncate it
            open.close();
        } else {
            open.close(); // Windows moves no file that is open
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        }
        channel = null;
        try {
            if (info != null) {
                Files.deleteIfExists(info);
            }
        } finally {
            release();
        }
    }

    private boolean isPosix() {
        return part.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private void release() {
        if (info != null) {
            WRITING.remove(part);
        }
    }

    /** Leaves nothing behind, or only what a later download can use. */
    void abandon() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            return;
        }
        channel = null;
        try (open) {
            if (!isPosix()) {
                open.close(); // Windows takes away no file that is open
            }
            if (info == null || !Files.exists(part) || Files.size(part) == 0) {
                Files.deleteIfExists(part); // before the lock goes: then it may be another's
                if (info != null) {
                    Files.deleteIfExists(info);
                }
            }
        } finally {
            release();
        }
    }

    /** @param identity of the file that lay there before it was opened */
    record Reached(FileChannel channel, @Nullable Object identity) {}
}
