package ai.octopusx.video.benchmarks.download;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * One downloader in a process of its own. Prints one line of figures, {@code name=value} each.
 *
 * <p>Arguments: downloader, origin of the source, bytes of a file, files to measure, directory.
 */
final class DownloadProcess {

    private static final long WARM_UP_BYTES = 64L << 20;
    private static final int WARM_UP_FILES = 8;

    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

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
            long allocated = allocated();
            long cpu = MACHINE.getProcessCpuTime();
            long start = System.nanoTime();
            for (int i = 0; i < files; i++) {
                fetch(downloader, origin, size, file);
            }
            String figures = "wallNanos=" + (System.nanoTime() - start) / files + " cpuNanos="
                    + (MACHINE.getProcessCpuTime() - cpu) / files + " allocated=" + (allocated() - allocated) / files;
            System.out.println(figures + " liveHeap=" + liveHeapWhile(() -> fetch(downloader, origin, size, file)));
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

    /** The most that survives a collection at any moment of the download: in a pass of its own, for it costs time. */
    private static long liveHeapWhile(Runnable download) throws InterruptedException {
        Thread thread = new Thread(download, "download");
        thread.start();
        long most = 0;
        while (thread.isAlive()) {
            System.gc();
            most = Math.max(most, MEMORY.getHeapMemoryUsage().getUsed());
            thread.join(20);
        }
        return most;
    }

    private static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }
}
