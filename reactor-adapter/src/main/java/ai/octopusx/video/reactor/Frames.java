package ai.octopusx.video.reactor;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.InvalidVideoRequestException;
import ai.octopusx.video.InvalidVideoRequestException.Problem;
import ai.octopusx.video.wire.CheckedFrame;
import ai.octopusx.video.wire.FrameRules;
import ai.octopusx.video.wire.ImageFormat;
import ai.octopusx.video.wire.VideoForm;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The pictures of one submission, examined, and those on disk held open from the examination to the end of the last attempt:
 * a file that is renamed, replaced or deleted meanwhile is still the one that was examined. Blocking work is done on the
 * file scheduler only.
 */
final class Frames {

    private final Scheduler files;
    private final boolean examining;
    private final Map<Path, FileChannel> open = new HashMap<>();
    private final Map<Path, Stamp> stamps = new HashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    private @Nullable CheckedFrame first;
    private @Nullable CheckedFrame last;
    private boolean closed;

    private Frames(Scheduler files, boolean examining) {
        this.files = files;
        this.examining = examining;
    }

    /**
     * Examines the pictures of a request.
     *
     * <p>Fails with {@link InvalidVideoRequestException} for everything that is wrong with them.
     */
    static Mono<Frames> open(DoubaoVideoRequest request, Scheduler files) {
        Frames frames = new Frames(files, request.firstFrame() != null);
        if (!frames.examining) {
            return Mono.just(frames);
        }
        return Mono.fromCallable(() -> frames.examined(request))
                .subscribeOn(files)
                .doOnCancel(frames::close);
    }

    private Frames examined(DoubaoVideoRequest request) {
        try {
            first = examine("first_frame_image", request.firstFrame(), request.upstreamLimits());
            last = examine("last_frame_image", request.lastFrame(), request.upstreamLimits());
        } catch (RuntimeException e) {
            closeNow();
            throw e;
        }
        if (!problems.isEmpty()) {
            closeNow();
            throw new InvalidVideoRequestException(problems);
        }
        return this;
    }

    private @Nullable CheckedFrame examine(String field, @Nullable FrameImage image, boolean upstreamLimits) {
        if (image == null) {
            return null;
        }
        byte[] bytes = image.bytes();
        try {
            FrameRules.Examined examined = bytes != null
                    ? FrameRules.examine(field, bytes, upstreamLimits)
                    : examineFile(field, image, upstreamLimits);
            problems.addAll(examined.problems());
            ImageFormat format = examined.format();
            return format == null ? null : new CheckedFrame(image, format, examined.length());
        } catch (IOException | UnsupportedOperationException | SecurityException e) {
            problems.add(FrameRules.noFile(field, whatIsWrong(image, e)));
            return null;
        }
    }

    private FrameRules.Examined examineFile(String field, FrameImage image, boolean upstreamLimits) throws IOException {
        Path path = image.path();
        if (path == null) {
            throw new IOException("no path");
        }
        if (Files.isDirectory(path)) {
            return new FrameRules.Examined(List.of(FrameRules.noFile(field, "a directory")), null, 0);
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            // A pipe or a device has no length, and opening it could wait for ever.
            return new FrameRules.Examined(List.of(FrameRules.noFile(field, "no regular file")), null, 0);
        }
        FileChannel channel = channel(path);
        stamps.put(path, Stamp.of(path));
        return FrameRules.examine(field, new Opened(channel), upstreamLimits);
    }

    private FileChannel channel(Path path) throws IOException {
        FileChannel known = open.get(path);
        if (known != null) {
            return known;
        }
        FileChannel channel = FileChannel.open(path, StandardOpenOption.READ);
        synchronized (this) {
            if (!closed) {
                open.put(path, channel);
                return channel;
            }
        }
        channel.close();
        throw new IOException("The submission was given up");
    }

    private static String whatIsWrong(FrameImage image, Exception e) {
        String name = "'" + image.fileName() + "'";
        if (e instanceof NoSuchFileException) {
            return name + ", which does not exist";
        }
        if (e instanceof AccessDeniedException) {
            return name + ", which may not be read";
        }
        return name + ", which cannot be read";
    }

    @Nullable
    CheckedFrame first() {
        return first;
    }

    @Nullable
    CheckedFrame last() {
        return last;
    }

    /** Before an attempt: a file that is no longer the examined one must not even begin to leave. */
    Mono<Void> unchanged(VideoForm form) {
        return open.isEmpty()
                ? Mono.empty()
                : Mono.<Void>fromRunnable(() -> form.segments().forEach(this::requireUnchanged))
                        .subscribeOn(files);
    }

    private void requireUnchanged(VideoForm.Segment segment) {
        if (!(segment instanceof VideoForm.Segment.File file)) {
            return;
        }
        try {
            if (hasChanged(file)) {
                throw new InvalidVideoRequestException(
                        FrameRules.noFile("an image", "a file that changed after it was examined"));
            }
        } catch (IOException e) {
            throw new InvalidVideoRequestException(FrameRules.noFile("an image", "a file that can no longer be read"));
        }
    }

    /** Whether the file that is held open was written to since it was examined. */
    boolean hasChanged(VideoForm.Segment.File file) throws IOException {
        Stamp examined = stamps.get(file.path());
        return channelOf(file).size() != file.length()
                || (examined != null && examined.isContradictedBy(Stamp.of(file.path())));
    }

    FileChannel channelOf(VideoForm.Segment.File file) {
        FileChannel channel = open.get(file.path());
        if (channel == null) {
            throw new IllegalStateException("The file was not examined");
        }
        return channel;
    }

    Scheduler scheduler() {
        return files;
    }

    /** Lets the files go, off this thread. Also while they are still being examined. */
    void close() {
        if (!examining) {
            return;
        }
        try {
            files.schedule(this::closeNow);
        } catch (RejectedExecutionException e) {
            closeNow(); // better a short wait here than a file that stays open
        }
    }

    private synchronized void closeNow() {
        closed = true;
        for (FileChannel channel : open.values()) {
            try {
                channel.close();
            } catch (IOException e) {
                // Opened for reading only: there is nothing that a failed close could lose.
            }
        }
    }

    /**
     * When a file was written to last, and which file it was that had this name.
     *
     * @param file null if it is gone, or if the file system cannot tell
     * @param written null if it is gone
     */
    private record Stamp(@Nullable Object file, @Nullable FileTime written) {

        static Stamp of(Path path) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(path, BasicFileAttributes.class);
                return new Stamp(attributes.fileKey(), attributes.lastModifiedTime());
            } catch (IOException e) {
                return new Stamp(null, null);
            }
        }

        /** Under another key it is another file, which took the name only: the one that is held open is as it was. */
        boolean isContradictedBy(Stamp now) {
            return written != null
                    && now.written != null
                    && Objects.equals(file, now.file)
                    && !written.equals(now.written);
        }
    }

    /** An open file as the rules read it. */
    private record Opened(FileChannel channel) implements FrameRules.Source {

        @Override
        public long length() throws IOException {
            return channel.size();
        }

        @Override
        public int read(long position, byte[] into, int offset, int count) throws IOException {
            return channel.read(ByteBuffer.wrap(into, offset, count), position);
        }
    }
}
