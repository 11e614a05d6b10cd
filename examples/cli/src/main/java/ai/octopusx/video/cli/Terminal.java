package ai.octopusx.video.cli;

import java.io.File;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a process has around it.
 *
 * @param out for results; UTF-8 whatever the locale
 * @param err for people; UTF-8 whatever the locale
 * @param live whether a person watches {@code err}, so that a line may be drawn over and over
 * @param columns how wide such a line may be
 * @param command what starts this program, as a shell takes it
 */
record Terminal(
        InputStream in,
        PrintStream out,
        PrintStream err,
        Function<String, @Nullable String> environment,
        boolean live,
        int columns,
        String command) {

    private static final int USUAL_COLUMNS = 80;

    static Terminal ofProcess() {
        // The launcher knows best, for Java cannot ask about one stream alone.
        String told = System.getProperty("octopusx.live");
        boolean live = told == null ? System.console() != null : told.equals("true");
        return new Terminal(
                System.in,
                utf8(FileDescriptor.out),
                utf8(FileDescriptor.err),
                System::getenv,
                live,
                Math.max(40, Integer.getInteger("octopusx.columns", USUAL_COLUMNS)),
                launcher());
    }

    /** The launcher tells where it is, for it need not be on the path of whoever reads it. */
    private static String launcher() {
        String launcher = System.getProperty("octopusx.launcher");
        String jar = System.getProperty("java.class.path");
        if (launcher != null) {
            return Course.quoted(launcher);
        }
        return jar.endsWith(".jar") && !jar.contains(File.pathSeparator)
                ? "java -jar " + Course.quoted(new File(jar).getAbsolutePath())
                : "octopusx";
    }

    private static PrintStream utf8(FileDescriptor descriptor) {
        return new PrintStream(new FileOutputStream(descriptor), true, StandardCharsets.UTF_8);
    }
}
