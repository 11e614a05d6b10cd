package ai.octopusx.video.cli;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoTask;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Fetches what is finished. */
@Command(
        name = "download",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Saves the video of a finished task.")
final class DownloadCommand extends GatewayCommand {

    @Parameters(paramLabel = "ID", description = "The task.")
    String id = "";

    @Option(
            names = "--output",
            paramLabel = "FILE",
            required = true,
            description = "Where to put the video; an existing file is replaced, and only by a whole one.")
    String output = "";

    @Override
    Job prepare() {
        String task = checkedId(id);
        Path target = checkedOutput(output);
        return course -> run(course, task, target);
    }

    private static int run(Course course, String id, Path target) throws Exception {
        course.towards(target.toString());
        VideoTask task = course.awaitTask(course.session().client().retrieve(id));
        if (!task.isTerminal()) {
            throw new DownloadException(
                    "Task " + id + " is not finished yet (" + task.status().wireName() + " " + task.progress() + "%)",
                    null,
                    id,
                    0,
                    null,
                    true);
        }
        if (!task.isCompleted()) {
            throw new VideoFailedException(task);
        }
        save(course, task, target);
        return ExitCode.DONE;
    }
}
