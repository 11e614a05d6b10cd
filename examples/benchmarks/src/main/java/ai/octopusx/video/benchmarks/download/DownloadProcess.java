package ai.octopusx.video.benchmarks.download;

import ai.octopusx.video.benchmarks.Self;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * One downloader in a process of its own. Prints one line of figures, {@code name=value} each.
 *
 * <p>Arguments: downloader, origin of the source, bytes of a file, files to measure, directory.
 */
final class DownloadProcess {

    private static final long WARM_UP_BYTES = 64L << 20;
    private static final int WARM_UP_FILES = 8;

    private DownloadProcess() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        String origin = args[1];
        long size = Long.parseLong(args[2]);
        int files = Integer.parseInt(args[3]);
        Path file = Path.of(args[4])
                .resolve("octopusx-benchmark-" + ProcessHandle.current().pid() + ".mp4");
        try (Downloader downloader = Downloader.named(args[0])) {
            for (int i = 0; i < WARM_UP_FILES; i++) {
                fetch(downloader, origin, WARM_UP_BYTES, file);
            }
            System.gc();
            TimeUnit.MILLISECONDS.sleep(300); // the compiler's queue
            long allocated = Self.allocated();
            long cpu = Self.cpuNanos();
            long start = System.nanoTime();
            for (int i = 0; i < files; i++) {
                fetch(downloader, origin, size, file);
            }
            String figures = "wallNanos=" + (System.nanoTime() - start) / files + " cpuNanos="
                    + (Self.cpuNanos() - cpu) / files + " allocated=" + (Self.allocated() - allocated) / files;
            System.out.println(
                    figures + " liveHeap=" + Self.liveHeapWhile(() -> fetch(downloader, origin, size, file)));
        } finally {
            Files.deleteIfExists(file);
        }
        System.exit(0); // the minimal ones leave threads behind
    }

    private static void fetch(Downloader downloader, String origin, long size, Path file) {
        downloader.download(origin + "/" + size, file);
        try {
            if (Files.size(file) != size) {
                throw new IllegalStateException("It has " + Files.size(file) + " bytes instead of " + size);
            }
            Files.delete(file);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
