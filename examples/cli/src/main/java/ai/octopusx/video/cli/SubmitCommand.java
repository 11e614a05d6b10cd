package ai.octopusx.video.cli;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Submits, and leaves the rest to others. */
@Command(
        name = "submit",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Submits a video and prints its task.")
final class SubmitCommand extends GatewayCommand {

    @Mixin
    RequestOptions request = new RequestOptions();

    @Mixin
    DemoOption demo = new DemoOption();

    @Override
    boolean demo() {
        return demo.demo;
    }

    @Override
    Job prepare() {
        DoubaoVideoRequest video = request.toRequest();
        return course -> run(course, video);
    }

    private static int run(Course course, DoubaoVideoRequest video) {
        VideoTask task = course.awaitTask(course.session().client().submit(video));
        course.output().told(task);
        return ExitCode.DONE;
    }
}
