package ai.octopusx.video.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Looks at places for videos before anything is paid for. */
final class OutputFiles {

    private OutputFiles() {}

    /** Why no file can be put there, or null if one can. An existing file will be replaced. */
    static @Nullable String problem(Path file) {
        if (Files.isDirectory(file)) {
            return "'" + file + "' is a directory, allowed is a file";
        }
        if (Files.exists(file) && !Files.isRegularFile(file)) {
            return "'" + file + "' is no regular file";
        }
        Path parent = file.toAbsolutePath().normalize().getParent();
        return parent == null ? "'" + file + "' is no file" : directoryProblem(parent);
    }

    static @Nullable String directoryProblem(Path directory) {
        if (!Files.isDirectory(directory)) {
            return "needs the directory '" + directory + "', which does not exist";
        }
        return Files.isWritable(directory) ? null : "needs the directory '" + directory + "', which may not be written";
    }
}
