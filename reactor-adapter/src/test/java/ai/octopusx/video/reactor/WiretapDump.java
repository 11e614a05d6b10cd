package ai.octopusx.video.reactor;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/** What the wiretap logs between its opening and its closing. */
final class WiretapDump implements AutoCloseable {

    private static final Pattern ROW = Pattern.compile("\\|[0-9a-f]{8}\\|(?: [0-9a-f ]{2}){16} \\|(.{16})\\|");

    private final Logger logger = (Logger) LoggerFactory.getLogger("ai.octopusx.video.reactor.wiretap");
    private final Level before = logger.getLevel();
    private final Lines lines = new Lines();

    WiretapDump() {
        lines.start();
        logger.setLevel(Level.DEBUG);
        logger.setAdditive(false);
        logger.addAppender(lines);
    }

    List<String> lines() {
        synchronized (lines.all) {
            return List.copyOf(lines.all);
        }
    }

    /** The bytes of all hex dumps as one text: a key that is broken over two rows would not be found else. */
    static String bytes(Collection<String> lines) {
        StringBuilder joined = new StringBuilder();
        lines.forEach(line -> ROW.matcher(line)
                .results()
                .forEach(row -> joined.append(row.group(1).strip())));
        return joined.toString();
    }

    @Override
    public void close() {
        logger.detachAppender(lines);
        logger.setAdditive(true);
        logger.setLevel(before);
    }

    private static final class Lines extends AppenderBase<ILoggingEvent> {

        private final List<String> all = new ArrayList<>();

        @Override
        protected void append(ILoggingEvent event) {
            synchronized (all) {
                all.add(event.getFormattedMessage());
            }
        }
    }
}
