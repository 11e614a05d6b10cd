package ai.octopusx.video.reactor;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How to fetch one video. Immutable: each method returns a copy. */
public final class DownloadOptions {

    private static final DownloadOptions DEFAULTS =
            new DownloadOptions(Long.MAX_VALUE, null, false, null, null, Duration.ofHours(1));

    private final long maxBytes;
    private final @Nullable Progress progress;
    private final boolean keepPartial;
    private final @Nullable Long firstByte;
    private final @Nullable Long lastByte;
    private final Duration timeout;

    private DownloadOptions(
            long maxBytes,
            @Nullable Progress progress,
            boolean keepPartial,
            @Nullable Long firstByte,
            @Nullable Long lastByte,
            Duration timeout) {
        this.maxBytes = maxBytes;
        this.progress = progress;
        this.keepPartial = keepPartial;
        this.firstByte = firstByte;
        this.lastByte = lastByte;
        this.timeout = timeout;
    }

    /** The whole video, of any size, within an hour. */
    public static DownloadOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Refuses a larger video, by its announced length or as soon as more arrives.
     *
     * @param maxBytes at least 1
     */
    public DownloadOptions maxBytes(long maxBytes) {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("maxBytes is " + maxBytes + ", allowed is 1 or more");
        }
        return new DownloadOptions(maxBytes, progress, keepPartial, firstByte, lastByte, timeout);
    }

    /** Is told of every piece that arrived, on the thread that brought it, which must not be blocked. */
    public DownloadOptions progress(Progress progress) {
        return new DownloadOptions(
                maxBytes, Objects.requireNonNull(progress, "progress"), keepPartial, firstByte, lastByte, timeout);
    }

    /**
     * Keeps what arrived beside the target, as {@code <name>.part}, when a download to a file fails or is cancelled, and goes
     * on from there the next time. Off by default.
     */
    public DownloadOptions keepPartial(boolean keepPartial) {
        return new DownloadOptions(maxBytes, progress, keepPartial, firstByte, lastByte, timeout);
    }

    /**
     * Only a part of the video, for {@code content}: what a browser's player asks for. A server that ignores it answers with
     * the whole; {@link VideoContent#range()} tells. {@code downloadTo} refuses it: what it saves is whole.
     *
     * @param firstByte the first one wanted, from 0
     * @param lastByte the last one wanted, at least the first; null for the rest
     */
    public DownloadOptions range(long firstByte, @Nullable Long lastByte) {
        if (firstByte < 0 || (lastByte != null && lastByte < firstByte)) {
            throw new IllegalArgumentException("range is " + firstByte + " to " + lastByte
                    + ", allowed is a first byte from 0 and a last byte not before it");
        }
        return new DownloadOptions(maxBytes, progress, keepPartial, firstByte, lastByte, timeout);
    }

    /**
     * How long the whole download may take, with all its attempts; by default an hour. The gateway cuts each exchange after
     * 60 s, and the client resumes it.
     *
     * @param timeout more than zero
     */
    public DownloadOptions timeout(Duration timeout) {
        if (timeout.isNegative() || timeout.isZero()) {
            throw new IllegalArgumentException("timeout is " + timeout + ", allowed is more than zero");
        }
        return new DownloadOptions(maxBytes, progress, keepPartial, firstByte, lastByte, timeout);
    }

    long maxBytes() {
        return maxBytes;
    }

    @Nullable
    Progress progress() {
        return progress;
    }

    boolean keepPartial() {
        return keepPartial;
    }

    @Nullable
    Long firstByte() {
        return firstByte;
    }

    @Nullable
    Long lastByte() {
        return lastByte;
    }

    Duration timeout() {
        return timeout;
    }

    /** @throws IllegalArgumentException if only a part is wanted, which would pass for a finished video on a disk */
    void requireWhole() {
        if (firstByte != null) {
            throw new IllegalArgumentException(
                    "range is " + firstByte + " to " + (lastByte == null ? "the end" : lastByte)
                            + ", allowed is no range: a file is saved whole; content(task, options) gives a part");
        }
    }

    /** Hears how a download gets on. */
    @FunctionalInterface
    public interface Progress {

        /**
         * @param received bytes of the video that have arrived so far, repeated ones counted once
         * @param total bytes of the whole video, null while nobody has said
         */
        void arrived(long received, @Nullable Long total);
    }
}
