package ai.octopusx.video.cli;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.TrackOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Submits, watches, saves. */
@Command(
        name = "generate",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = "Submits a video, watches it, and saves it.")
final class GenerateCommand extends GatewayCommand {

    @Mixin
    RequestOptions request = new RequestOptions();

    @Option(
            names = "--output",
            paramLabel = "FILE",
            description = "Where to put the video; an existing file is replaced. Default: ./<task id>.mp4.")
    @Nullable
    String output;

    @Mixin
    WatchOptions watch = new WatchOptions();

    @Mixin
    DemoOption demo = new DemoOption();

    @Override
    boolean demo() {
        return demo.demo;
    }

    @Override
    Job prepare() {
        DoubaoVideoRequest video = request.toRequest();
        TrackOptions options = watch.toTrackOptions();
        Path target = output == null ? null : checkedOutput(output);
        if (target == null) {
            String problem = OutputFiles.directoryProblem(Path.of("").toAbsolutePath());
            if (problem != null) {
                throw new UsageException("The video " + problem + "; --output names another place");
            }
        }
        return course -> run(course, video, options, target);
    }

    private static int run(Course course, DoubaoVideoRequest video, TrackOptions options, @Nullable Path target)
            throws Exception {
        if (target != null) {
            course.towards(target.toString());
        }
        course.output().progress("video", 0, 100, "submitting");
        VideoTask task = course.awaitEnd(course.session().client().submitAndTrack(video, options), false);
        if (!task.isCompleted()) {
            throw new VideoFailedException(task);
        }
        Path file = target == null ? Path.of(FileNames.video(task.id())) : target;
        course.towards(file.toString());
        save(course, task, file);
        return ExitCode.DONE;
    }
}
