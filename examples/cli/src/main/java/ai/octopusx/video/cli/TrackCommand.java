package ai.octopusx.video.cli;

import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.TrackOptions;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** Watches until the end. */
@Command(
        name = "track",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Watches a task until it ends.")
final class TrackCommand extends GatewayCommand {

    @Parameters(paramLabel = "ID", description = "The task.")
    String id = "";

    @Mixin
    WatchOptions watch = new WatchOptions();

    @Override
    Job prepare() {
        String task = checkedId(id);
        TrackOptions options = watch.toTrackOptions();
        return course -> run(course, task, options);
    }

    private static int run(Course course, String id, TrackOptions options) {
        VideoTask task = course.awaitEnd(course.session().client().track(id, options), true);
        course.done();
        if (!task.isCompleted()) {
            throw new VideoFailedException(task);
        }
        course.output().ended(task);
        return ExitCode.DONE;
    }
}
