package ai.octopusx.video.cli;

import java.io.PrintStream;
import java.time.Duration;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** The last line of a terminal, drawn over and over, with the time that has passed. Safe for many threads. */
final class LiveLine implements AutoCloseable {

    private final PrintStream stream;
    private final int columns;
    private final ProgressBar bar;

    /** @param elapsed what has passed before, and counts */
    LiveLine(PrintStream stream, int columns, String name, long max, Duration elapsed) {
        this.stream = stream;
        this.columns = columns;
        this.bar = new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(max)
                .startsFrom(0, elapsed)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(250)
                .hideEta()
                .setMaxRenderedLength(columns - 1)
                .setConsumer(new ConsoleProgressBarConsumer(stream, columns - 1))
                .build();
    }

    void show(long at, String what) {
        bar.stepTo(at);
        bar.setExtraMessage(" " + what);
    }

    /** Prints something that stays, above the line. */
    void above(Runnable printing) {
        stream.print("\r" + " ".repeat(columns - 1) + "\r");
        printing.run();
        bar.refresh();
    }

    @Override
    public void close() {
        bar.close();
    }
}
