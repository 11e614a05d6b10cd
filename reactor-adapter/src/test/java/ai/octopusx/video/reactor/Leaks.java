package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.slf4j.LoggerFactory;

/** Fails a test after which a buffer is found that nobody released. The JVM runs with the detector at PARANOID. */
final class Leaks implements BeforeAllCallback, AfterEachCallback, AfterAllCallback {

    private final ListAppender<ILoggingEvent> reports = new ListAppender<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        assertThat(ResourceLeakDetector.getLevel()).isEqualTo(ResourceLeakDetector.Level.PARANOID);
        reports.start();
        detector().addAppender(reports);
        detector().setAdditive(false);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        assertThat(found(1)).as("buffers that nobody released").isEmpty();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        assertThat(found(3)).as("buffers that nobody released").isEmpty();
        detector().setAdditive(true);
        detector().detachAppender(reports);
    }

    /** What has been found since the last call. The detector reports when the next buffer is made after a collection. */
    List<String> found(int rounds) {
        for (int round = 0; round < rounds; round++) {
            System.gc();
            for (int i = 0; i < 4; i++) {
                ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(16);
                buffer.release();
            }
        }
        List<String> found = new ArrayList<>();
        synchronized (reports) {
            reports.list.forEach(report -> found.add(report.getFormattedMessage()));
            reports.list.clear();
        }
        return found;
    }

    private static Logger detector() {
        return (Logger) LoggerFactory.getLogger(ResourceLeakDetector.class);
    }
}
