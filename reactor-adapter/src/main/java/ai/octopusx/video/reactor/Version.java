package ai.octopusx.video.reactor;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/** What we call ourselves. */
final class Version {

    private static final String VERSION = read();

    private Version() {}

    /** Filled in by the build, so that it stands in one place. Read once, when the first client is made. */
    private static String read() {
        Properties properties = new Properties();
        try (InputStream in = Version.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(in, "version.properties"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return properties.getProperty("version");
    }

    static String userAgent(@Nullable String application) {
        String own = "octopusx-java/" + VERSION;
        return application == null ? own : application + " " + own;
    }
}
