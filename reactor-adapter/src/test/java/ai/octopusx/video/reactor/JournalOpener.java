package ai.octopusx.video.reactor;

import java.io.UncheckedIOException;
import java.nio.file.Path;

/** A process that opens a journal and says how that went. */
final class JournalOpener {

    private JournalOpener() {}

    public static void main(String[] args) {
        try {
            FileSubmissionJournal.open(Path.of(args[0])).close();
            System.out.println("opened");
        } catch (UncheckedIOException e) {
            System.out.println(e.getMessage());
        }
    }
}
