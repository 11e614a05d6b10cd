package ai.octopusx.video.benchmarks.upload;

import ai.octopusx.video.benchmarks.Self;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One uploader in a process of its own. Prints one line of figures, {@code name=value} each.
 *
 * <p>Arguments: uploader, origin of the gateway, picture, jobs.
 */
final class UploadProcess {

    private UploadProcess() {}

    public static void main(String[] args) throws InterruptedException {
        Path picture = Path.of(args[2]);
        int jobs = Integer.parseInt(args[3]);
        try (Uploader uploader = Uploader.named(args[0], args[1])) {
            uploader.upload(picture, 1); // what is loaded once does not count
            long before = Self.heap();
            System.gc();
            before = Math.min(before, Self.heap());
            AtomicBoolean over = new AtomicBoolean();
            long[] direct = {0};
            Thread watcher = new Thread(() -> direct[0] = mostDirect(over), "direct memory");
            watcher.start();
            long cpu = Self.cpuNanos();
            long start = System.nanoTime();
            long most = Self.liveHeapWhile(() -> uploader.upload(picture, jobs));
            String figures = "wallNanos=" + (System.nanoTime() - start) + " cpuNanos=" + (Self.cpuNanos() - cpu);
            over.set(true);
            watcher.join();
            System.out.println(figures + " liveHeap=" + (most - before) + " direct=" + direct[0]);
        }
        System.exit(0); // some uploaders leave threads behind
    }

    /** Netty's own and the JDK's, of which those that Netty takes from the JDK are a part. */
    private static long mostDirect(AtomicBoolean over) {
        long most = 0;
        while (!over.get()) {
            long jdk = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                    .filter(pool -> pool.getName().equals("direct"))
                    .mapToLong(BufferPoolMXBean::getMemoryUsed)
                    .sum();
            most = Math.max(most, Math.max(jdk, PlatformDependent.usedDirectMemory()));
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                return most;
            }
        }
        return most;
    }
}
