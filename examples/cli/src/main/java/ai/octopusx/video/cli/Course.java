package ai.octopusx.video.cli;

import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.VideoTask;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The way of one task through a command, so that a failure can say what is still true of it and how to go on. */
final class Course {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._:/-]+");

    private final Session session;
    private final Output output;
    private final Interruption interruption;
    private String file = "FILE";
    private volatile @Nullable VideoTask last;
    private volatile boolean done;

    Course(Session session, Output output, Interruption interruption) {
        this.session = session;
        this.output = output;
        this.interruption = interruption;
    }

    Session session() {
        return session;
    }

    Output output() {
        return output;
    }

    /** Where the video shall lie, for the advice. */
    void towards(String file) {
        this.file = file;
    }

    /** Tells each state, but keeps that of a finished video for whoever saves it. */
    VideoTask awaitEnd(Flux<VideoTask> states, boolean completedIsTold) {
        Flux<VideoTask> told = states.doOnNext(task -> {
            last = task;
            if (completedIsTold || !task.isCompleted()) {
                output.state(task);
            }
        });
        return Objects.requireNonNull(interruption.await(told.last()));
    }

    VideoTask awaitTask(Mono<VideoTask> task) {
        return Objects.requireNonNull(await(task.doOnNext(seen -> last = seen)));
    }

    <T> @Nullable T await(Mono<T> work) {
        return interruption.await(work);
    }

    /** There is nothing left to go on with. */
    void done() {
        done = true;
    }

    /** After the session was closed. */
    Failure told(Throwable thrown) {
        Failure failure = Failure.of(thrown);
        VideoTask task = last;
        if (task != null && task.isCompleted() && !done) {
            output.state(task);
        }
        if (failure.exitCode() == ExitCode.INTERRUPTED) {
            return interrupted(failure, task);
        }
        String id = failure.taskId() != null ? failure.taskId() : task == null ? null : task.id();
        Failure named = new Failure(
                failure.exitCode(),
                failure.type(),
                failure.message(),
                failure.status(),
                failure.code(),
                failure.requestId(),
                id);
        boolean gone = Failure.unwrapped(thrown) instanceof TaskNotFoundException && task == null;
        if (id == null || done || gone || (task != null && task.isTerminal() && !task.isCompleted())) {
            return named;
        }
        return named.withAdvice(resume(id, task != null && task.isCompleted()));
    }

    private Failure interrupted(Failure failure, @Nullable VideoTask task) {
        List<String> parts = new ArrayList<>();
        String id = task == null ? null : task.id();
        if (task != null && !done && (!task.isTerminal() || task.isCompleted())) {
            parts.add(
                    (task.isCompleted() ? "Task " + id + " is finished. " : "Task " + id + " goes on at the gateway. ")
                            + resume(task.id(), task.isCompleted()));
        }
        // Told by the journal, for the submission ended, or was given up, when nobody was waiting for it any more.
        for (Record record : task == null ? session.submissions() : List.<Record>of()) {
            String taken = record.taskId();
            if (taken != null) {
                id = taken;
                parts.add("Task " + id + " was taken meanwhile and goes on at the gateway. " + resume(id, false));
            } else if (record.state() != State.REJECTED) {
                parts.add("The submission that was under way may have been taken and charged; it was not repeated");
            }
        }
        String what = parts.isEmpty() ? "Interrupted. No task is open" : "Interrupted. " + String.join(". ", parts);
        return new Failure(failure.exitCode(), failure.type(), what, null, null, null, id);
    }

    private String resume(String id, boolean completed) {
        String fetch = "octopusx download " + quoted(id) + " --output " + quoted(file);
        return completed
                ? "Fetch it with: " + fetch
                : "Resume with: octopusx track " + quoted(id) + " and then: " + fetch;
    }

    /** As a shell takes it literally. */
    static String quoted(String text) {
        return PLAIN.matcher(text).matches() && !text.startsWith("-") ? text : "'" + text.replace("'", "'\\''") + "'";
    }
}
