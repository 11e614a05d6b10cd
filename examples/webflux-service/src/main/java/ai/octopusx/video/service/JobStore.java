package ai.octopusx.video.service;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.service.Job.Order;
import io.r2dbc.spi.Readable;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.stereotype.Repository;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The table of jobs, in SQL that H2 and PostgreSQL both understand. What the changes mean is decided in {@link JobLog}.
 *
 * <p>An embedded H2 works on the thread that asks it, disk and all, whatever its driver's interface promises. So each statement
 * is subscribed on a thread that may block; with PostgreSQL that is a hop that costs little.
 */
@Repository
class JobStore {

    private static final Scheduler DISK = Schedulers.boundedElastic();

    private static final String VISIBLE = names(JobState.values(), true);

    private final DatabaseClient database;

    JobStore(DatabaseClient database) {
        this.database = database;
    }

    private static String names(JobState[] states, boolean visible) {
        List<String> names = Arrays.stream(states)
                .filter(state -> state.isVisible() == visible)
                .map(state -> "'" + state.name() + "'")
                .toList();
        return String.join(", ", names);
    }

    Mono<Void> insert(Job job) {
        Order order = job.order();
        return bind(
                        bind(
                                database.sql("""
                                        INSERT INTO video_job (id, change_no, state, model, prompt, size_asked,
                                            seconds_asked, frames, created_at, updated_at)
                                        VALUES (:id, 0, :state, :model, :prompt, :size, :seconds, :frames, :at, :at)
                                        """)
                                        .bind("id", job.id())
                                        .bind("state", job.state().name())
                                        .bind("model", order.model())
                                        .bind("prompt", order.prompt())
                                        .bind("frames", order.frames())
                                        .bind("at", utc(job.createdAt())),
                                "size",
                                order.size(),
                                String.class),
                        "seconds",
                        order.seconds(),
                        Integer.class)
                .then()
                .subscribeOn(DISK);
    }

    /** Notes under which name the client's journal knows the job. False if there is no such job waiting to be sent. */
    Mono<Boolean> sending(String id, String entryId) {
        return database.sql("UPDATE video_job SET state = 'SENDING', entry_id = :entry WHERE id = :id"
                        + " AND state IN ('PREPARED', 'SENDING')")
                .bind("entry", entryId)
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1)
                .subscribeOn(DISK);
    }

    /** Removes a job that certainly does not exist at the gateway; nobody has seen it. */
    Mono<Void> removeUnseen(String id) {
        return database.sql("DELETE FROM video_job WHERE id = :id AND state IN ('PREPARED', 'SENDING')")
                .bind("id", id)
                .then()
                .subscribeOn(DISK);
    }

    /** Removes a job from which nothing was sent yet. False if there is none. */
    Mono<Boolean> removePrepared(String id) {
        return database.sql("DELETE FROM video_job WHERE id = :id AND state = 'PREPARED'")
                .bind("id", id)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1)
                .subscribeOn(DISK);
    }

    /** Removes what was prepared by a process that ended before anything was sent. */
    Mono<Long> removePrepared() {
        return database.sql("DELETE FROM video_job WHERE state = 'PREPARED'")
                .fetch()
                .rowsUpdated()
                .subscribeOn(DISK);
    }

    /** False if there is no such job. */
    Mono<Boolean> update(String id, long change, JobState state, @Nullable VideoTask task, @Nullable String note) {
        DatabaseClient.GenericExecuteSpec update = database.sql("""
                        UPDATE video_job SET change_no = :change, state = :state, task_id = COALESCE(:taskId, task_id),
                            task = COALESCE(:task, task), note = :note, updated_at = :at WHERE id = :id
                        """)
                .bind("change", change)
                .bind("state", state.name())
                .bind("at", utc(Instant.now()))
                .bind("id", id);
        update = bind(update, "taskId", task == null ? null : task.id(), String.class);
        update = bind(update, "task", task == null ? null : task.toJson(), String.class);
        return bind(update, "note", note, String.class)
                .fetch()
                .rowsUpdated()
                .map(rows -> rows == 1)
                .subscribeOn(DISK);
    }

    Mono<Job> find(String id) {
        return database.sql("SELECT * FROM video_job WHERE id = :id")
                .bind("id", id)
                .map(JobStore::job)
                .one()
                .subscribeOn(DISK);
    }

    Flux<Job> inState(JobState state) {
        return database.sql("SELECT * FROM video_job WHERE state = :state ORDER BY created_at, id")
                .bind("state", state.name())
                .map(JobStore::job)
                .all()
                .subscribeOn(DISK);
    }

    /** What browsers see, the newest first. */
    Flux<Job> newest(int limit) {
        return database.sql("SELECT * FROM video_job WHERE state IN (" + VISIBLE
                        + ") ORDER BY created_at DESC, id DESC LIMIT :limit")
                .bind("limit", limit)
                .map(JobStore::job)
                .all()
                .subscribeOn(DISK);
    }

    /** What browsers see and has changed since, in the order of the changes. */
    Flux<Job> changedSince(long change) {
        return database.sql("SELECT * FROM video_job WHERE change_no > :change AND state IN (" + VISIBLE
                        + ") ORDER BY change_no")
                .bind("change", change)
                .map(JobStore::job)
                .all()
                .subscribeOn(DISK);
    }

    Mono<Long> latestChange() {
        return database.sql("SELECT COALESCE(MAX(change_no), 0) AS latest FROM video_job")
                .map(row -> required(row, "latest", Long.class))
                .one()
                .subscribeOn(DISK);
    }

    Mono<Void> forgetEntry(String entryId) {
        return database.sql("UPDATE video_job SET entry_id = NULL WHERE entry_id = :entry")
                .bind("entry", entryId)
                .then()
                .subscribeOn(DISK);
    }

    /** The jobs that the journal still knows and whose end is open, with the names of their entries. */
    Flux<Entry> openEntries() {
        return database.sql("SELECT * FROM video_job WHERE entry_id IS NOT NULL AND state IN ('OPEN', 'DOUBTFUL')"
                        + " ORDER BY created_at, id")
                .map(row -> new Entry(required(row, "entry_id", String.class), job(row)))
                .all()
                .subscribeOn(DISK);
    }

    record Entry(String id, Job job) {}

    private static Job job(Readable row) {
        String task = row.get("task", String.class);
        return new Job(
                required(row, "id", String.class),
                required(row, "change_no", Long.class),
                JobState.valueOf(required(row, "state", String.class)),
                new Order(
                        required(row, "model", String.class),
                        required(row, "prompt", String.class),
                        row.get("size_asked", String.class),
                        row.get("seconds_asked", Integer.class),
                        required(row, "frames", Integer.class)),
                task == null ? null : VideoTask.parse(task),
                row.get("note", String.class),
                required(row, "created_at", OffsetDateTime.class).toInstant(),
                required(row, "updated_at", OffsetDateTime.class).toInstant());
    }

    private static <T> T required(Readable row, String column, Class<T> type) {
        return Objects.requireNonNull(row.get(column, type), column);
    }

    private static <T> DatabaseClient.GenericExecuteSpec bind(
            DatabaseClient.GenericExecuteSpec statement, String name, @Nullable T value, Class<T> type) {
        return value == null ? statement.bindNull(name, type) : statement.bind(name, value);
    }

    private static OffsetDateTime utc(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
