package ai.octopusx.video.cli;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.DownloadOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

/** A command that is about one task. */
abstract class GatewayCommand implements Callable<Integer> {

    @ParentCommand
    @Nullable
    Cli cli;

    @Mixin
    CommonOptions common = new CommonOptions();

    @Mixin
    ExchangeOptions exchange = new ExchangeOptions();

    /** Whether this is a demonstration on the simulator. */
    boolean demo() {
        return false;
    }

    /** Reads the options; nothing may be sent yet. */
    abstract Job prepare();

    @Override
    public final Integer call() {
        Cli app = Objects.requireNonNull(cli);
        return app.running(common, output -> run(app, output));
    }

    private int run(Cli app, Output output) {
        Job job = prepare();
        Session session = Session.open(app.terminal(), demo(), exchange.requestTimeout, null);
        Course course = new Course(session, output, app.interruption());
        app.interruption().working();
        try {
            // Closed before the failure is told: a submission under way may still tell its id.
            try (session) {
                return job.run(course);
            }
        } catch (Throwable thrown) {
            throw new Cli.Told(course.told(thrown), thrown);
        }
    }

    /** What is done once nothing is wrong with the options. */
    interface Job {
        int run(Course course) throws Exception;
    }

    /** @throws UsageException if no file could be put there */
    static Path checkedOutput(String file) {
        if (file.isEmpty()) {
            throw new UsageException("--output names no file");
        }
        Path path = RequestOptions.path("--output", file);
        String problem = OutputFiles.problem(path);
        if (problem != null) {
            throw new UsageException("--output " + problem);
        }
        return path;
    }

    /** @throws UsageException if it can be no task's id in an address */
    static String checkedId(String id) {
        if (id.isBlank() || id.equals(".") || id.equals("..")) {
            throw new UsageException("The ID is '" + id + "', allowed is the id of a task");
        }
        return id;
    }

    /** Fetches the video of a completed task and tells where it lies. */
    static void save(Course course, VideoTask task, Path file) throws IOException {
        DownloadOptions options = DownloadOptions.defaults()
                .progress((received, total) -> course.output().progress("video", 100, 100, "saving"));
        course.await(course.session().client().downloadTo(task, file, options).onErrorMap(NotSaved::new));
        course.done();
        course.output().saved(task, file.toString(), Files.size(file), null);
    }
}
