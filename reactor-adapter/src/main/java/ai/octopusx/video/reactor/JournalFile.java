package ai.octopusx.video.reactor;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A journal's file. The lock is on a sibling, {@code <name>.lock}, because the file itself is replaced when it is compacted;
 * the sibling stays behind when it is closed, for to delete it would let two processes in.
 *
 * <p>Where locks are POSIX's they are the process's, and closing any descriptor of a file drops all that the process holds on
 * it. So a second journal of this process is refused before it opens the sibling; and should the lock be lost all the same,
 * no line is written once another file has taken the place of this one.
 */
final class JournalFile implements JournalDisk {

    private static final Logger LOG = LoggerFactory.getLogger(FileSubmissionJournal.class);

    /** The locks that journals of this process hold. */
    private static final Set<Path> HELD = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final Path sibling;
    private final Path lock;
    private final FileChannel lockChannel;

    private @Nullable FileChannel channel;

    /** By what the system knows the file that the channel writes; null before there is one, and where there is no such thing. */
    private @Nullable Object identity;

    private long forced;
    private boolean whole;

    private JournalFile(Path file, Path lock, FileChannel lockChannel) {
        this.file = file;
        this.sibling = file.resolveSibling(file.getFileName() + ".new");
        this.lock = lock;
        this.lockChannel = lockChannel;
    }

    /** Takes the lock, and reads nothing yet. */
    static JournalFile locked(Path file) throws IOException {
        // A link is followed, so that two ways to one file meet at one lock, and compacting does not replace the link.
        Path real = Files.exists(file) ? file.toRealPath() : file.toAbsolutePath();
        if (Files.isDirectory(real)) {
            throw new IOException(file + " is a directory");
        }
        Path parent = real.getParent();
        if (parent == null || !Files.isDirectory(parent)) {
            throw new NoSuchFileException(String.valueOf(parent), null, "the directory of the journal does not exist");
        }
        Path lock = parent.toRealPath().resolve(real.getFileName() + ".lock");
        if (!HELD.add(lock)) {
            throw inUse();
        }
        try {
            return locked(real, lock);
        } catch (IOException | RuntimeException e) {
            HELD.remove(lock);
            throw e;
        }
    }

    private static JournalFile locked(Path real, Path lock) throws IOException {
        FileChannel lockChannel = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (tryLock(lockChannel) == null) {
                throw inUse();
            }
            return new JournalFile(real, lock, lockChannel);
        } catch (IOException | RuntimeException e) {
            lockChannel.close();
            throw e;
        }
    }

    private static IOException inUse() {
        return new IOException("it is in use by another journal, here or in another process");
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /**
     * Reads every line into the book. A last line without its end was being written when the process died; if it cannot be
     * read, nobody was told that it is there, and it is left out.
     *
     * @throws IOException naming the first line that is damaged, or if this is no journal
     */
    void readInto(JournalBook book) throws IOException {
        if (!Files.exists(file) || Files.size(file) == 0) {
            return;
        }
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            if (!Arrays.equals(in.readNBytes(JournalLines.HEADING.length), JournalLines.HEADING)) {
                throw new IOException("it is no journal of submissions, or one of a later version");
            }
            ByteArrayOutputStream line = new ByteArrayOutputStream(256);
            long number = 2;
            for (int b = in.read(); b >= 0; b = in.read()) {
                if (b != '\n') {
                    line.write(b);
                    continue;
                }
                if (!JournalLines.read(line.toByteArray(), book)) {
                    throw new IOException("line " + number + " is damaged; nothing was changed");
                }
                line.reset();
                number++;
            }
            if (line.size() > 0 && !JournalLines.read(line.toByteArray(), book)) {
                LOG.warn(
                        "Line {} of {} was cut off by a crash before anyone relied on it; it is left out",
                        number,
                        file);
            }
        }
    }

    @Override
    public void append(byte[] lines) throws IOException {
        FileChannel open = channel;
        if (open == null) {
            throw new IOException("the journal is not open for writing");
        }
        requireOurs();
        whole = false;
        ByteBuffer rest = ByteBuffer.wrap(lines);
        while (rest.hasRemaining()) {
            open.write(rest);
        }
    }

    @Override
    public void force() throws IOException {
        FileChannel open = channel;
        if (open == null) {
            throw new IOException("the journal is not open for writing");
        }
        whole = false;
        open.force(true);
        forced = open.size();
        whole = true;
    }

    @Override
    public void replace(Iterable<byte[]> lines) throws IOException {
        requireOurs();
        writeSibling(lines);
        Object written = identityOf(sibling);
        requireOurs();
        // Closed before the move, for one system does not replace a file that is open.
        whole = false;
        closeChannel();
        Files.move(sibling, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        identity = written;
        forceDirectory();
        FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
        channel = open;
        forced = open.size();
        requireOurs();
        whole = true;
    }

    /** What is written to a file that lies there no more is lost, and one that another has put there is not ours to change. */
    private void requireOurs() throws IOException {
        if (identity == null) {
            return;
        }
        Object found;
        try {
            found = identityOf(file);
        } catch (NoSuchFileException e) {
            throw new IOException("the file was taken away while this journal had it open; open the journal again", e);
        }
        if (!identity.equals(found)) {
            throw new IOException("another file was put in its place while this journal had it open, perhaps by another"
                    + " process that writes it now; open the journal again");
        }
    }

    private static @Nullable Object identityOf(Path path) throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    private void writeSibling(Iterable<byte[]> lines) throws IOException {
        try (FileChannel target = FileChannel.open(
                sibling, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            keepPermissions();
            // Not closed here: that would close the channel before it is forced.
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(target), 1 << 16);
            out.write(JournalLines.HEADING);
            for (byte[] line : lines) {
                out.write(line);
            }
            out.flush();
            target.force(true);
        } catch (IOException | RuntimeException e) {
            Files.deleteIfExists(sibling);
            throw e;
        }
    }

    private void keepPermissions() throws IOException {
        PosixFileAttributeView view = Files.getFileAttributeView(sibling, PosixFileAttributeView.class);
        if (view != null && Files.exists(file)) {
            view.setPermissions(Files.getPosixFilePermissions(file));
        }
    }

    /** A new name is durable only once its directory is; where directories cannot be opened, the system sees to it. */
    private void forceDirectory() throws IOException {
        Path directory = file.getParent();
        if (directory == null || System.getProperty("os.name", "").startsWith("Windows")) {
            return;
        }
        try (FileChannel open = FileChannel.open(directory, StandardOpenOption.READ)) {
            open.force(true);
        }
    }

    @Override
    public void cutBack() {
        FileChannel open = channel;
        if (open == null) {
            return;
        }
        try {
            open.truncate(forced);
        } catch (IOException e) {
            LOG.debug("The end of {} could not be cut back; it will be rewritten", file, e);
        }
    }

    @Override
    public boolean isWhole() {
        return whole;
    }

    private void closeChannel() throws IOException {
        FileChannel open = channel;
        channel = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() throws IOException {
        if (!lockChannel.isOpen()) {
            return; // the lock may be another's by now
        }
        try {
            closeChannel();
        } finally {
            try {
                lockChannel.close();
            } finally {
                HELD.remove(lock);
            }
        }
    }
}
