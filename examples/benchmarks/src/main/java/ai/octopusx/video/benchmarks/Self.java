package ai.octopusx.video.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryType;
import java.util.Arrays;
import javax.management.JMException;
import javax.management.ObjectName;

/** What this JVM can say of itself. */
public final class Self {

    private static final OperatingSystemMXBean MACHINE =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final MemoryMXBean MEMORY = ManagementFactory.getMemoryMXBean();

    private Self() {}

    /** CPU time of the process so far, in nanoseconds. */
    public static long cpuNanos() {
        return MACHINE.getProcessCpuTime();
    }

    /** Bytes that the threads which live now have allocated so far. */
    public static long allocated() {
        return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
                .filter(bytes -> bytes > 0)
                .sum();
    }

    public static int threads() {
        return THREADS.getThreadCount();
    }

    /** Bytes on the heap, dead ones included. */
    public static long heap() {
        return MEMORY.getHeapMemoryUsage().getUsed();
    }

    /**
     * Bytes of all objects that can be reached, counted one by one. What the collector calls used is counted in regions of a
     * megabyte and more, which is a hundred bytes for each of ten thousand jobs.
     */
    public static long reachable() {
        try {
            String histogram = (String) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("com.sun.management:type=DiagnosticCommand"),
                            "gcClassHistogram",
                            new Object[] {new String[0]},
                            new String[] {String[].class.getName()});
            String[] total = histogram.strip().split("\\s+");
            return Long.parseLong(total[total.length - 1]);
        } catch (JMException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The sum of the peaks of all parts of the heap, in bytes, dead objects included. */
    public static long peakHeap() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .mapToLong(pool -> pool.getPeakUsage().getUsed())
                .sum();
    }

    /** The most bytes that survive a collection at any moment of the work: for a pass of its own, as it costs time. */
    public static long liveHeapWhile(Runnable work) throws InterruptedException {
        Thread thread = new Thread(work, "work");
        thread.start();
        long most = 0;
        while (thread.isAlive()) {
            System.gc();
            most = Math.max(most, heap());
            thread.join(20);
        }
        return most;
    }
}
