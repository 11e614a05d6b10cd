package ai.octopusx.video.cli;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.VideoTaskError;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the story of a run is told: JSON lines and nothing else on stdout, or lines for people; trouble always on stderr too.
 * Safe for many threads; each line goes out whole.
 */
final class Output implements AutoCloseable {

    private final Terminal terminal;
    private final boolean json;
    private final long startNanos;
    private final Map<String, List<@Nullable Object>> shown = new HashMap<>();
    private @Nullable LiveLine live;

    Output(Terminal terminal, boolean json) {
        this(terminal, json, System.nanoTime());
    }

    /** @param startNanos when the run began, by {@link System#nanoTime()} */
    Output(Terminal terminal, boolean json, long startNanos) {
        this.terminal = terminal;
        this.json = json;
        this.startNanos = startNanos;
    }

    boolean json() {
        return json;
    }

    /** An observed state of the only task of this run; the same one is not told twice. */
    synchronized void state(VideoTask task) {
        boolean first = !shown.containsKey(task.id());
        if (!isNews(task)) {
            return;
        }
        if (json) {
            line(JsonLine.of(task, Map.of()));
        } else if (terminal.live()) {
            if (first) {
                aside("Task " + printable(task.id()));
            }
            liveLine("video", 100).show(task.progress(), task.status().wireName());
        } else {
            line(described(task));
        }
    }

    /** An observed state of one task of many. On a terminal only the count of those done is shown. */
    synchronized void state(VideoTask task, int lineNumber) {
        if (!isNews(task)) {
            return;
        }
        if (json) {
            line(JsonLine.of(task, Map.of("line", lineNumber)));
        } else if (!terminal.live()) {
            line("line " + lineNumber + ": " + described(task));
        }
    }

    /** The task that was asked for, as the result of the command. */
    synchronized void told(VideoTask task) {
        line(json ? JsonLine.of(task, Map.of()) : described(task));
    }

    /** A task that was watched to its good end; programs have seen it. */
    synchronized void ended(VideoTask task) {
        if (!json && terminal.live()) {
            close();
            line(described(task));
        }
    }

    /** The finished task, and where its video lies now. */
    synchronized void saved(VideoTask task, String output, long bytes, @Nullable Integer lineNumber) {
        if (json) {
            Map<String, Object> more = new LinkedHashMap<>();
            more.put("output", output);
            if (lineNumber != null) {
                more.put("line", lineNumber);
            }
            line(JsonLine.of(task, more));
        } else {
            if (lineNumber == null) {
                progress("video", 100, 100, "saved");
                close();
            }
            line((lineNumber == null ? "" : "line " + lineNumber + ": ") + "Saved " + output + " (" + size(bytes)
                    + ", task " + printable(task.id()) + ")");
        }
    }

    /** For people only. */
    synchronized void note(String text) {
        if (!json) {
            line(text);
        }
    }

    /** For programs only. */
    synchronized void jsonLine(String text) {
        if (json) {
            line(text);
        }
    }

    /** For people, also while programs read along. */
    synchronized void aside(String text) {
        above(() -> terminal.err().println(text));
    }

    synchronized void failure(Failure failure, @Nullable Integer lineNumber) {
        if (json) {
            line(JsonLine.of(failure, lineNumber));
        }
        above(() -> terminal.err()
                .println((lineNumber == null ? "octopusx: " : "octopusx: line " + lineNumber + ": ")
                        + printable(failure.message())));
    }

    synchronized void trace(Throwable thrown) {
        above(() -> thrown.printStackTrace(terminal.err()));
    }

    /** How a submission, a download or a batch gets on, from its beginning on; on a terminal only. */
    synchronized void progress(String name, long at, long max, String what) {
        if (!json && terminal.live()) {
            liveLine(name, max).show(at, what);
        }
    }

    private LiveLine liveLine(String name, long max) {
        LiveLine line = live;
        if (line == null) {
            line = new LiveLine(terminal.err(), terminal.columns(), name, max, elapsed());
            live = line;
        }
        return line;
    }

    private boolean isNews(VideoTask task) {
        List<@Nullable Object> now = Arrays.asList(task.status(), task.progress(), task.videoUrl(), task.error());
        return !now.equals(shown.put(task.id(), now));
    }

    private String described(VideoTask task) {
        VideoTaskError error = task.error();
        return printable(task.id()) + "  " + task.status().wireName() + "  " + task.progress() + "%  "
                + Durations.clock(elapsed())
                + (error == null ? "" : "  " + printable(error.code() + " " + error.message()));
    }

    private Duration elapsed() {
        return Duration.ofNanos(System.nanoTime() - startNanos);
    }

    private void line(String text) {
        above(() -> terminal.out().println(text));
    }

    private void above(Runnable printing) {
        LiveLine line = live;
        if (line == null) {
            printing.run();
        } else {
            line.above(printing);
        }
    }

    /** What came from outside must not move the cursor, change colours or turn the text around. */
    static String printable(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            int type = Character.getType(c);
            boolean hidden = type == Character.CONTROL
                    || type == Character.FORMAT
                    || type == Character.LINE_SEPARATOR
                    || type == Character.PARAGRAPH_SEPARATOR
                    || type == Character.SURROGATE;
            plain.appendCodePoint(hidden ? '\ufffd' : c);
        });
        return plain.toString();
    }

    private static String size(long bytes) {
        return bytes < 1_000_000
                ? String.format(Locale.ROOT, "%.1f kB", bytes / 1e3)
                : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }

    @Override
    public synchronized void close() {
        LiveLine line = live;
        live = null;
        if (line != null) {
            line.close();
        }
    }
}
