package ai.octopusx.video.reactor;

import ai.octopusx.video.reactor.DownloadTransfer.Kept;
import java.io.IOException;
import java.nio.file.Path;

/** A process that begins to write a partial file and says how that went. */
final class PartOpener {

    private PartOpener() {}

    public static void main(String[] args) throws IOException {
        DownloadFile file = DownloadFile.at(Path.of(args[0]), true, "video_1");
        try {
            file.begin(0, new Kept(0, null, DownloadValidator.NONE));
            System.out.println("begun");
        } catch (IOException e) {
            System.out.println(e.getMessage());
        }
        file.abandon();
    }
}
