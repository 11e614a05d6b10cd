package ai.octopusx.video.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process of its own, pinned to a core where {@code taskset} exists, that talks in lines. Its peak of memory is observed
 * from outside.
 */
public final class Peer implements AutoCloseable {

    private final Process process;
    private final BufferedReader out;
    private final Thread observer;
    private volatile long peakMemory;

    /** Any program. */
    public Peer(int core, List<String> command) throws IOException {
        List<String> pinned = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/taskset"))) {
            pinned.addAll(List.of("taskset", "-c", "" + core));
        }
        pinned.addAll(command);
        this.process = new ProcessBuilder(pinned)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.observer = new Thread(this::observe, "memory");
        observer.setDaemon(true);
        observer.start();
    }

    /**
     * A class of ours in a JVM of its own.
     *
     * @param heap as {@code -Xmx} takes it
     */
    public static Peer java(int core, String heap, Class<?> main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + heap,
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return new Peer(core, command);
    }

    /** The next line of its output. */
    public String line() throws IOException {
        String line = out.readLine();
        if (line == null) {
            throw new IOException("The process ended without a word");
        }
        return line;
    }

    /** Waits for this very line. */
    public void expect(String word) throws IOException {
        String line = line();
        if (!line.equals(word)) {
            throw new IOException("Expected " + word + ", not " + line);
        }
    }

    /** Gives it an empty line of input. */
    public void nudge() throws IOException {
        OutputStream in = process.getOutputStream();
        in.write('\n');
        in.flush();
    }

    /** Ends its input. */
    public void endInput() throws IOException {
        process.getOutputStream().close();
    }

    /** In bytes, of the process and its children, each at its own peak, once it has ended; 0 where there is no /proc. */
    public long peakMemory() throws InterruptedException {
        process.waitFor();
        observer.join();
        return peakMemory;
    }

    private void observe() {
        while (process.isAlive()) {
            long now = process.children()
                    .mapToLong(child -> highWater(child.pid()))
                    .max()
                    .orElse(0);
            peakMemory = Math.max(peakMemory, Math.max(now, highWater(process.pid())));
            try {
                Thread.sleep(5);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private static long highWater(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", "" + pid, "status"))) {
                if (line.startsWith("VmHWM:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
                }
            }
        } catch (IOException e) {
            // it has just ended, or this is no Linux
        }
        return 0;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
