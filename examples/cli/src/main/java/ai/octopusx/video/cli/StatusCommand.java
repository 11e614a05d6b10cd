package ai.octopusx.video.cli;

import ai.octopusx.video.VideoTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Looks once. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Shows the state of a task. Ends with 1 if it failed or was cancelled.")
final class StatusCommand extends GatewayCommand {

    @Parameters(paramLabel = "ID", description = "The task.")
    String id = "";

    @Override
    Job prepare() {
        String task = checkedId(id);
        return course -> run(course, task);
    }

    private static int run(Course course, String id) {
        VideoTask task = course.awaitTask(course.session().client().retrieve(id));
        course.output().told(task);
        return task.isTerminal() && !task.isCompleted() ? ExitCode.VIDEO_FAILED : ExitCode.DONE;
    }
}
