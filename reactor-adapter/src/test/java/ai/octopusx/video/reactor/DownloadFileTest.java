package ai.octopusx.video.reactor;

import static ai.octopusx.video.reactor.Downloading.await;
import static ai.octopusx.video.reactor.Downloading.failure;
import static ai.octopusx.video.reactor.Downloading.names;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.reactor.DownloadTransfer.Kept;
import ai.octopusx.video.reactor.FileServer.Reply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** How a file comes into being, and what is left when it does not. */
class DownloadFileTest {

    private static final byte[] VIDEO = Mp4s.video(300_000);
    private static final byte[] BEFORE = {1, 2, 3};
    private static final String TAG = "\"v1\"";
    private static final DownloadOptions PLAIN = DownloadOptions.defaults();
    private static final DownloadOptions KEPT = PLAIN.keepPartial(true);
    private static final Kept NOTHING_KEPT = new Kept(0, null, DownloadValidator.NONE);
    private static final String WRITING = "another download is writing its partial file";

    @RegisterExtension
    static final Leaks LEAKS = new Leaks();

    @RegisterExtension
    final Downloading at = new Downloading();

    @TempDir
    Path directory;

    @Test
    void anExistingFileIsUntouchedUntilTheNewOneIsWhole() throws Exception {
        Path file = Files.write(directory.resolve("v.mp4"), BEFORE);
        CountDownLatch rest = new CountDownLatch(1);
        at.storage.then(Reply.video(VIDEO).pauseAfter(290_000, rest));

        var saved = at.downloads.downloadTo(at.key, at.linked(), file, PLAIN).toFuture();

        await("a temporary sibling with most of it", () -> size(temporary()) >= 250_000);
        assertThat(file).hasBinaryContent(BEFORE);
        assertThat(saved).isNotDone();
        rest.countDown();
        assertThat(saved.get()).isEqualTo(file).hasBinaryContent(VIDEO);
        assertThat(names(directory)).containsExactly("v.mp4");
    }

    @Test
    void aFailureLeavesTheOldFileAndNothingElse() throws IOException {
        Path file = Files.write(directory.resolve("v.mp4"), BEFORE);
        at.storage.always(request -> Reply.video(VIDEO).cutAfter(100_000));

        failure(DownloadException.class, at.downloads.downloadTo(at.key, at.linked(), file, PLAIN));

        assertThat(file).hasBinaryContent(BEFORE);
        assertThat(names(directory)).containsExactly("v.mp4");
    }

    @Test
    void aCancellationLeavesTheOldFileAndNothingElse() throws Exception {
        Path file = Files.write(directory.resolve("v.mp4"), BEFORE);
        CountDownLatch rest = new CountDownLatch(1);
        at.storage.then(Reply.video(VIDEO).pauseAfter(290_000, rest));

        Disposable saving =
                at.downloads.downloadTo(at.key, at.linked(), file, PLAIN).subscribe();
        await("a temporary sibling with some of it", () -> size(temporary()) > 0);
        saving.dispose();

        await("the temporary sibling is gone", () -> names(directory).size() == 1);
        assertThat(file).hasBinaryContent(BEFORE);
        rest.countDown();
    }

    @Test
    void aCancellationAtAnyMomentLeavesNothing() throws Exception {
        at.storage.always(FileServer.storage(VIDEO, TAG));
        for (int i = 0; i < 60; i++) {
            Flux.from(at.downloads.downloadTo(at.key, at.linked(), directory.resolve("v" + i), PLAIN))
                    .take(java.time.Duration.ofNanos(i * 100_000L))
                    .blockLast(Downloading.PATIENCE);
        }
        await("no temporary sibling is left", () -> names(directory).stream().noneMatch(name -> name.startsWith(".")));
        for (String name : names(directory)) {
            assertThat(directory.resolve(name)).hasBinaryContent(VIDEO);
        }
    }

    @Test
    void whatIsKeptAfterAFailureIsWhereTheNextDownloadGoesOn() {
        Path file = directory.resolve("v.mp4");
        at.storage.always(request ->
                FileServer.storage(VIDEO, TAG).apply(request).cutAfter(request.header("Range") == null ? 100_000 : 0));

        DownloadException failed =
                failure(DownloadException.class, at.downloads.downloadTo(at.key, at.linked(), file, KEPT));

        assertThat(failed).returns(true, DownloadException::resumable).returns(100_000L, DownloadException::received);
        assertThat(names(directory)).containsExactly("v.mp4.part", "v.mp4.part.info");
        assertThat(size(directory.resolve("v.mp4.part"))).isEqualTo(100_000);

        int before = at.storage.requests().size();
        at.storage.always(FileServer.storage(VIDEO, TAG));
        List<Long> progress = new ArrayList<>();
        assertThat(at.save(at.linked(), file, KEPT.progress((received, total) -> progress.add(received))))
                .hasBinaryContent(VIDEO);

        FileServer.Request request = at.storage.requests().get(before);
        assertThat(request.header("Range")).isEqualTo("bytes=100000-");
        assertThat(request.header("If-Range")).isEqualTo(TAG);
        assertThat(at.storage.requests()).hasSize(before + 1);
        assertThat(progress).first().satisfies(received -> assertThat(received).isGreaterThan(100_000));
        assertThat(progress).last().isEqualTo(300_000L);
        assertThat(names(directory)).containsExactly("v.mp4");
    }

    @Test
    void whatIsKeptAfterACancellationIsWhereTheNextDownloadGoesOn() throws Exception {
        Path file = directory.resolve("v.mp4");
        Path part = directory.resolve("v.mp4.part");
        CountDownLatch rest = new CountDownLatch(1);
        at.storage.then(FileServer.storage(VIDEO, TAG).apply(plain()).pauseAfter(290_000, rest));

        Disposable saving =
                at.downloads.downloadTo(at.key, at.linked(), file, KEPT).subscribe();
        await("some of it", () -> size(part) > 0);
        saving.dispose();
        await("it is let go", () -> isFree(file));
        long kept = size(part);
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.save(at.linked(), file, KEPT)).hasBinaryContent(VIDEO);
        assertThat(at.storage.headers("Range")).containsExactly("-", "bytes=" + kept + "-");
        rest.countDown();
    }

    @Test
    void whatIsKeptOfAFileThatHasChangedIsThrownAway() {
        Path file = directory.resolve("v.mp4");
        keep(file, 100_000);
        byte[] other = Mp4s.video(300_007);
        at.storage.always(FileServer.storage(other, "\"v2\""));

        assertThat(at.save(at.linked(), file, KEPT)).hasBinaryContent(other);
    }

    @Test
    void whatIsKeptOfAnotherTaskIsThrownAway() throws IOException {
        Path file = directory.resolve("v.mp4");
        keep(file, 100_000);
        Path info = directory.resolve("v.mp4.part.info");
        Files.writeString(info, Files.readString(info).replace("video_1", "video_2"));
        int before = at.storage.requests().size();
        at.storage.always(FileServer.storage(VIDEO, TAG));

        assertThat(at.save(at.linked(), file, KEPT)).hasBinaryContent(VIDEO);
        assertThat(at.storage.requests().get(before).header("Range")).isNull();
    }

    @Test
    void whatIsKeptWithoutAWordAboutItIsThrownAway() throws IOException {
        Path file = directory.resolve("v.mp4");
        Files.write(directory.resolve("v.mp4.part"), Mp4s.random(1_000, 1));
        Files.write(directory.resolve("v.mp4.part.info"), new byte[] {(byte) 0xff, 0, 7});
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.save(at.linked(), file, KEPT)).hasBinaryContent(VIDEO);
        assertThat(at.storage.headers("Range")).containsExactly("-");
    }

    @Test
    void whatIsKeptAndAlreadyWholeIsOnlyConfirmed() {
        Path file = directory.resolve("v.mp4");
        at.storage.always(request -> FileServer.storage(VIDEO, TAG).apply(request));
        at.save(at.linked(), file, KEPT);
        keepWhole(file);

        assertThat(at.save(at.linked(), file, KEPT)).hasBinaryContent(VIDEO);
        assertThat(at.storage.headers("Range")).last().isEqualTo("bytes=300000-");
        assertThat(names(directory)).containsExactly("v.mp4");
    }

    @Test
    void ofAFileWithoutALengthTheKeptPartIsWalkedAgain() {
        Path file = directory.resolve("v.mp4");
        at.storage.always(
                request -> Reply.video(VIDEO).header("ETag", TAG).chunked().cutAfter(100_000));
        failure(DownloadException.class, at.downloads.downloadTo(at.key, at.linked(), file, KEPT));
        long kept = size(directory.resolve("v.mp4.part"));
        at.storage.always(request -> FileServer.part(VIDEO, request.header("Range"))
                .header("Content-Range", "bytes " + kept + "-299999/*")
                .header("ETag", TAG)
                .chunked());

        assertThat(at.save(at.linked(), file, KEPT)).hasBinaryContent(VIDEO);
    }

    @Test
    void twoDownloadsNeverWriteToOnePartialFile() throws Exception {
        at.with(settings -> settings.maxConcurrentDownloads(2));
        Path file = directory.resolve("v.mp4");
        CountDownLatch rest = new CountDownLatch(1);
        at.storage.then(FileServer.storage(VIDEO, TAG).apply(plain()).pauseAfter(290_000, rest));
        at.storage.always(FileServer.storage(VIDEO, TAG));

        var first = at.downloads.downloadTo(at.key, at.linked(), file, KEPT).toFuture();
        await("the first one writes", () -> size(directory.resolve("v.mp4.part")) > 0);
        DownloadException failed =
                failure(DownloadException.class, at.downloads.downloadTo(at.key, at.linked(), file, KEPT));

        assertThat(failed).hasMessageContaining("another download is writing its partial file");
        Path alias = Files.createSymbolicLink(directory.resolve("alias"), directory);
        failure(DownloadException.class, at.downloads.downloadTo(at.key, at.linked(), alias.resolve("v.mp4"), KEPT));
        assertThat(beginInAnotherProcess(file))
                .as("the one that was refused has not dropped the lock of the one that writes")
                .isEqualTo(WRITING);
        rest.countDown();
        assertThat(first.get()).hasBinaryContent(VIDEO);
    }

    /** On Linux a process that closes any descriptor of a file loses its locks on it. */
    @Test
    void aSecondTryOfThisProcessDoesNotLetAnotherProcessIn() throws Exception {
        Path file = directory.resolve("v.mp4");
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        DownloadFile first = DownloadFile.at(file, true, "video_1");
        first.begin(0, NOTHING_KEPT);
        first.write(new ByteBuffer[] {ByteBuffer.wrap(BEFORE)}, 1);

        for (Path way : List.of(file, link.resolve("v.mp4"))) {
            DownloadFile second = DownloadFile.at(way, true, "video_1");
            assertThatIOException()
                    .isThrownBy(() -> second.begin(0, NOTHING_KEPT))
                    .withMessage(WRITING);
            assertThatIOException()
                    .isThrownBy(() -> second.walked(second.kept()))
                    .withMessage(WRITING);
            second.abandon();
        }

        assertThat(beginInAnotherProcess(file)).isEqualTo(WRITING);
        first.commit();
        assertThat(file).hasBinaryContent(BEFORE);
        assertThat(beginInAnotherProcess(file)).isEqualTo("begun");
    }

    /** And so does one that closes it before it has moved it away: then another could empty what becomes the target. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPartialFileIsHeldUntilItHasLeftItsPlace() throws Exception {
        Path file = directory.resolve("v.mp4");
        DownloadFile part = DownloadFile.at(file, true, "video_1");
        part.begin(0, NOTHING_KEPT);
        part.write(new ByteBuffer[] {ByteBuffer.wrap(BEFORE)}, 1);
        Files.createDirectory(file); // nothing moves there

        assertThatIOException().isThrownBy(part::commit);

        Files.delete(file);
        assertThat(beginInAnotherProcess(file)).isEqualTo(WRITING);
        part.abandon();
        assertThat(directory.resolve("v.mp4.part")).hasBinaryContent(BEFORE);
        assertThat(beginInAnotherProcess(file)).isEqualTo("begun");
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aPartialFileThatBecameTheTargetWhileItWasOpenedIsNotWrittenTo() throws IOException {
        Path file = directory.resolve("v.mp4");
        Path part = Files.write(directory.resolve("v.mp4.part"), BEFORE);
        DownloadFile second = DownloadFile.at(file, true, "video_1");

        DownloadFile.Reached moved = second.reached();
        Files.move(part, file); // as the process does that held it until now
        assertThatIOException().isThrownBy(() -> second.locked(moved)).withMessage(WRITING);

        Files.copy(file, part);
        DownloadFile.Reached replaced = second.reached();
        Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
        Files.write(part, BEFORE); // and a third one has begun
        assertThatIOException().isThrownBy(() -> second.locked(replaced)).withMessage(WRITING);

        assertThat(moved.channel().isOpen() || replaced.channel().isOpen()).isFalse();
        second.locked(second.reached()).close();
        assertThat(file).hasBinaryContent(BEFORE);
    }

    private static String beginInAnotherProcess(Path file) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        PartOpener.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor()).isZero();
        return said;
    }

    @Test
    void whereNoFileCanBeNothingIsFetched() throws IOException {
        Path full = Files.createDirectory(directory.resolve("full"));
        Path missing = directory.resolve("missing").resolve("v.mp4");
        Path dangling = Files.createSymbolicLink(directory.resolve("dangling"), directory.resolve("nowhere"));

        assertThat(refused(full)).hasMessageContaining("it is a directory");
        assertThat(refused(missing)).hasMessageContaining("there is no directory " + directory.resolve("missing"));
        assertThat(refused(Path.of("/"))).hasMessageContaining("it is a directory");
        assertThat(refused(Path.of("/dev/null"))).hasMessageContaining("it is no ordinary file");
        assertThat(refused(dangling)).hasMessageContaining("cannot be saved as " + dangling);
        assertThat(refused(Path.of("/proc/v.mp4"))).hasMessageContaining("/proc");
        assertThat(at.storage.requests().size())
                .as("only /proc may be tried, for root may write anywhere else")
                .isLessThanOrEqualTo(1);
    }

    private DownloadException refused(Path file) {
        at.storage.always(FileServer.storage(VIDEO, TAG));
        DownloadException failed =
                failure(DownloadException.class, at.downloads.downloadTo(at.key, at.linked(), file, PLAIN));
        assertThat(failed).returns(false, DownloadException::resumable).hasMessageContaining("video_1");
        return failed;
    }

    @Test
    void aLinkToAFileKeepsBeingALink() throws IOException {
        Path real = Files.write(directory.resolve("real.mp4"), BEFORE);
        Path link = Files.createSymbolicLink(directory.resolve("link.mp4"), real);
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.save(at.linked(), link, PLAIN)).isEqualTo(link).isSymbolicLink();
        assertThat(real).hasBinaryContent(VIDEO);
    }

    @Test
    void aNameThatIsTooLongForATemporarySiblingStillWorks() {
        Path file = directory.resolve("长".repeat(80));
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.save(at.linked(), file, PLAIN)).hasBinaryContent(VIDEO);
    }

    @Test
    void aDiskThatFailsEndsTheDownloadAndLeavesNothing() throws Exception {
        Path sub = Files.createDirectory(directory.resolve("sub"));
        CountDownLatch rest = new CountDownLatch(1);
        at.storage.then(Reply.video(VIDEO).pauseAfter(290_000, rest));
        var saving = at.downloads
                .downloadTo(at.key, at.linked(), sub.resolve("v.mp4"), PLAIN)
                .toFuture();
        await(
                "some of it",
                () -> names(sub).size() == 1 && size(sub.resolve(names(sub).get(0))) > 0);

        Files.delete(sub.resolve(names(sub).get(0)));
        Files.delete(sub);
        rest.countDown();

        assertThat(saving)
                .failsWithin(Downloading.PATIENCE)
                .withThrowableOfType(Exception.class)
                .havingCause()
                .isInstanceOf(DownloadException.class)
                .withMessageContaining("cannot be saved as " + sub.resolve("v.mp4"));
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void aDiskThatStandsStillStopsTheSocketAndNoEventLoop() throws Exception {
        byte[] large = Mp4s.video(20_000_000);
        StandingDisk disk = new StandingDisk();
        at.with(settings -> settings.maxConcurrentDownloads(2)).writingOn(disk);
        at.storage.always(FileServer.storage(large, TAG));
        long[] arrived = new long[1];

        var saving = at.downloads
                .downloadTo(
                        at.key,
                        at.linked(),
                        directory.resolve("v.mp4"),
                        PLAIN.progress((received, total) -> arrived[0] = received))
                .toFuture();
        disk.runOne(); // the look at the directory
        await("all pieces that may be on their way", () -> arrived[0] > 0 && disk.waiting() > 0);
        // Another download on the same event loops is not held up, and gives the first one time to take too much.
        at.gateway.always(FileServer.storage(VIDEO, TAG));
        for (int i = 0; i < 5; i++) {
            assertThat(at.download(Downloading.task(null))).hasSize(VIDEO.length);
        }
        assertThat(arrived[0]).isLessThanOrEqualTo(DownloadWriter.CREDIT * 64L * 1024);
        assertThat(names(directory))
                .as("whoever touches the disk does so on its own threads")
                .isEmpty();

        disk.go();
        assertThat(saving.get()).hasBinaryContent(large);
    }

    @Test
    void aDiskWhoseThreadsAreGoneFailsTheDownload() {
        StandingDisk disk = new StandingDisk();
        at.writingOn(disk);
        at.storage.then(FileServer.storage(VIDEO, TAG));
        var saving = at.downloads
                .downloadTo(at.key, at.linked(), directory.resolve("v.mp4"), PLAIN)
                .toFuture();
        disk.refuseFromNowOn();
        disk.runOne();

        assertThat(saving)
                .failsWithin(Downloading.PATIENCE)
                .withThrowableOfType(Exception.class)
                .havingCause()
                .isInstanceOf(DownloadException.class)
                .withMessageContaining("there is no thread left to write it");
    }

    @Test
    void progressGrowsCountsNothingTwiceAndKnowsTheTotal() {
        at.storage.then(Reply.video(VIDEO).cutAfter(200_000), Reply.video(VIDEO));
        List<Long> received = new ArrayList<>();
        List<Long> totals = new ArrayList<>();

        at.save(at.linked(), directory.resolve("v.mp4"), PLAIN.progress((arrived, total) -> {
            received.add(arrived);
            totals.add(total);
        }));

        assertThat(received).isSorted().doesNotHaveDuplicates().last().isEqualTo(300_000L);
        assertThat(totals).containsOnly(300_000L);
    }

    @Test
    void whatAProgressCallbackThrowsEndsTheDownload() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        IllegalStateException failed = failure(
                IllegalStateException.class,
                at.downloads.downloadTo(at.key, at.linked(), directory.resolve("v.mp4"), PLAIN.progress((a, b) -> {
                    throw new IllegalStateException("from the callback");
                })));
        assertThat(failed).hasMessage("from the callback");
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void aVideoThatIsTooLargeIsRefusedByItsAnnouncedLength() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        DownloadException failed = failure(
                DownloadException.class,
                at.downloads.downloadTo(at.key, at.linked(), directory.resolve("v.mp4"), PLAIN.maxBytes(299_999)));
        assertThat(failed)
                .hasMessageContaining("larger than the 299999 bytes")
                .returns(0L, DownloadException::received);
        assertThat(names(directory)).isEmpty();
    }

    @Test
    void aVideoThatTurnsOutToBeTooLargeIsRefusedThen() {
        at.storage.then(Reply.video(VIDEO).chunked(), Reply.video(VIDEO).chunked());

        failure(
                DownloadException.class,
                at.downloads.downloadTo(at.key, at.linked(), directory.resolve("v.mp4"), PLAIN.maxBytes(299_999)));
        assertThat(at.save(at.linked(), directory.resolve("v.mp4"), PLAIN.maxBytes(300_000)))
                .hasBinaryContent(VIDEO);
        assertThat(names(directory)).containsExactly("v.mp4");
    }

    /** Leaves a partial file of so many bytes. */
    private void keep(Path file, int bytes) {
        at.storage.always(request ->
                FileServer.storage(VIDEO, TAG).apply(request).cutAfter(request.header("Range") == null ? bytes : 0));
        failure(DownloadException.class, at.downloads.downloadTo(at.key, at.linked(), file, KEPT));
        assertThat(size(directory.resolve("v.mp4.part"))).isEqualTo(bytes);
    }

    private void keepWhole(Path file) {
        try {
            Files.move(file, directory.resolve("v.mp4.part"));
            Files.writeString(directory.resolve("v.mp4.part.info"), "octopusx-part 1\nvideo_1\n300000\n" + TAG + "\n-");
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        at.storage.always(request -> FileServer.storage(VIDEO, TAG).apply(request));
    }

    private static FileServer.Request plain() {
        return new FileServer.Request("GET", "/", java.util.Map.of());
    }

    private Path temporary() {
        return names(directory).stream()
                .filter(name -> name.startsWith(".v.mp4."))
                .findFirst()
                .map(directory::resolve)
                .orElse(directory.resolve("none"));
    }

    private static long size(Path file) {
        try {
            return Files.exists(file) ? Files.size(file) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    /** Whether a download would go on there: nothing else may open a partial file that is being written. */
    private static boolean isFree(Path file) {
        try {
            DownloadFile place = DownloadFile.at(file, true, "video_1");
            place.walked(place.kept());
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Runs nothing until it is told to. */
    private static final class StandingDisk implements Scheduler {

        private final List<Runnable> tasks = new ArrayList<>();
        private boolean going;
        private boolean refusing;

        @Override
        public synchronized Disposable schedule(Runnable task) {
            if (refusing) {
                throw new java.util.concurrent.RejectedExecutionException("closed");
            }
            tasks.add(task);
            if (going) {
                run();
            }
            notifyAll();
            return () -> {};
        }

        synchronized int waiting() {
            return tasks.size();
        }

        synchronized void refuseFromNowOn() {
            refusing = true;
        }

        void runOne() {
            await("a task", () -> waiting() > 0);
            Runnable task;
            synchronized (this) {
                task = tasks.remove(0);
            }
            reactor.core.scheduler.Schedulers.boundedElastic().schedule(task);
        }

        synchronized void go() {
            going = true;
            run();
        }

        private void run() {
            tasks.forEach(reactor.core.scheduler.Schedulers.boundedElastic()::schedule);
            tasks.clear();
        }

        @Override
        public Worker createWorker() {
            return new Worker() {

                @Override
                public Disposable schedule(Runnable task) {
                    return StandingDisk.this.schedule(task);
                }

                @Override
                public void dispose() {}
            };
        }
    }
}
