package ai.octopusx.video.reactor;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.octopusx.video.SubmissionJournal.Entry;
import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Timeout(115)
class FileSubmissionJournalTest {

    private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456789Z");

    /** The journal warns of each torn line, and here they are hundreds. */
    private static final Logger LOG = (Logger) LoggerFactory.getLogger(FileSubmissionJournal.class);

    private static final Level LEVEL = LOG.getLevel();

    @TempDir
    Path directory;

    private Path file;

    @BeforeAll
    static void warnLess() {
        LOG.setLevel(Level.ERROR);
    }

    @AfterAll
    static void warnAsBefore() {
        LOG.setLevel(LEVEL);
    }

    @BeforeEach
    void name() {
        file = directory.resolve("jobs.journal");
    }

    @Test
    void whatWasNotedIsReadBackInTheOrderOfSending() {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            for (String id : List.of("a", "b", "c", "d", "e")) {
                await(journal.sending(entry(id)));
            }
            await(journal.taken(entry("d"), task("video_d")));
            await(journal.taken(entry("a"), task("video_a")));
            await(journal.rejected(entry("b"), SubmissionVerdict.REJECTED, "no money"));
            await(journal.unknown(entry("c"), "reset after the body"));
            await(journal.close("a", "out/a.mp4"));
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records()))
                    .containsExactly(
                            new Record(entry("a"), State.CLOSED, "video_a", "out/a.mp4"),
                            new Record(entry("b"), State.REJECTED, null, "no money"),
                            new Record(entry("c"), State.UNKNOWN, null, "reset after the body"),
                            new Record(entry("d"), State.TAKEN, "video_d", ""),
                            new Record(entry("e"), State.UNKNOWN, null, JournalBook.DIED));
            assertThat(await(journal.open())).extracting(r -> r.entry().id()).containsExactly("c", "d", "e");
        }
    }

    @Test
    void anyTextComesBackAsItWas() {
        String odd = "quote\" back\\ line\n nul\0 \u2028 喵 \ud83d\ude00 lone \ud83d end";
        Entry entry = new Entry(odd, odd, Instant.MIN, odd, odd);
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry));
            await(journal.taken(entry, task(odd)));
            await(journal.close(odd, odd));
            await(journal.sending(new Entry("n", null, Instant.MAX, "o", "m")));
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records()))
                    .containsExactly(
                            new Record(entry, State.CLOSED, odd, odd),
                            new Record(
                                    new Entry("n", null, Instant.MAX, "o", "m"),
                                    State.UNKNOWN,
                                    null,
                                    JournalBook.DIED));
        }
    }

    @Test
    void noLinkAndNothingElseOfTheTaskButItsIdIsStored() throws IOException {
        VideoTask task = new VideoTask(
                "video_1",
                VideoStatus.QUEUED,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                "https://cdn.example.net/1.mp4?sig=SECRET",
                null,
                null,
                "queued",
                Map.of("prompt", "PRIVATE"));
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
            await(journal.taken(entry("a"), task));
            assertThat(Files.readString(file)).contains("video_1").doesNotContain("SECRET", "PRIVATE");
        }
    }

    @Test
    void anEntryBeingSentWhenTheProcessDiesStaysUnknownForGood() throws IOException {
        Path copy = directory.resolve("copy.journal");
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
            assertThat(await(journal.records())).extracting(Record::state).containsExactly(State.SENDING);
            assertThat(await(journal.open())).as("it is under way, not open").isEmpty();
            Files.copy(file, copy); // what a killed process leaves behind
        }
        for (int start = 0; start < 3; start++) {
            try (FileSubmissionJournal journal = FileSubmissionJournal.open(copy)) {
                assertThat(await(journal.open())).extracting(Record::state).containsExactly(State.UNKNOWN);
                assertThat(Files.readString(copy)).contains("UNKNOWN").doesNotContain("SENDING");
                assertThatThrownBy(() -> await(journal.sending(entry("a")))).isInstanceOf(IllegalStateException.class);
            }
        }
    }

    @Test
    void aTailTornAtAnyByteCostsNothingThatAnyoneReliedOn() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
            await(journal.taken(entry("a"), task("video_a")));
            await(journal.sending(entry("b")));
        }
        byte[] whole = Files.readAllBytes(file);
        int lastLine = new String(whole, UTF_8).lastIndexOf('\n', whole.length - 2) + 1;
        assertThat(whole.length - lastLine).as("bytes of the last line").isGreaterThan(100);
        for (int end = lastLine; end <= whole.length; end++) {
            Path torn = directory.resolve("torn-" + end);
            Files.write(torn, Arrays.copyOf(whole, end));
            try (FileSubmissionJournal journal = FileSubmissionJournal.open(torn)) {
                // Only its line end may be missing: then all of it is there, and knowing of it is safer.
                List<String> expected = end >= whole.length - 1 ? List.of("a", "b") : List.of("a");
                assertThat(await(journal.open()))
                        .extracting(r -> r.entry().id())
                        .isEqualTo(expected);
                await(journal.sending(entry("next")));
            }
            try (FileSubmissionJournal journal = FileSubmissionJournal.open(torn)) {
                assertThat(await(journal.records()))
                        .as("lines written after a cut at byte " + end)
                        .extracting(r -> r.entry().id())
                        .endsWith("next");
            }
        }
    }

    @Test
    void aTailOfBlocksThatNeverReachedTheDiskIsCut() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
        }
        Files.write(file, new byte[4096], StandardOpenOption.APPEND);
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.open())).extracting(r -> r.entry().id()).containsExactly("a");
        }
    }

    @Test
    void aDamagedLineInTheMiddleIsAnErrorWithItsNumberAndChangesNothing() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            for (String id : List.of("a", "b", "c")) {
                await(journal.sending(entry(id)));
            }
        }
        List<String> lines = Files.readAllLines(file);
        String good = lines.get(2);
        for (String bad : List.of(
                "",
                "{}",
                "rubbish",
                good.substring(1),
                good + "}",
                good.replace("\"id\"", "\"Id\""),
                good.replace("\"state\":\"", "\"state\":\"X"),
                good.replace("2026", "x"),
                good.replace("\"model\":\"", "\"model\":{\"a\":\""),
                "\0".repeat(good.length()))) {
            lines.set(2, bad);
            Files.write(file, lines);
            byte[] before = Files.readAllBytes(file);

            assertThatThrownBy(() -> FileSubmissionJournal.open(file))
                    .as(bad)
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining(file.toString())
                    .hasMessageContaining("line 3 is damaged");
            assertThat(Files.readAllBytes(file)).isEqualTo(before);
        }
        lines.set(2, good);
        Files.write(file, lines);
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records()))
                    .as("the lock was let go each time")
                    .hasSize(3);
        }
    }

    @Test
    void aDamagedLastLineThatHasItsEndIsNoTornOne() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
        }
        Files.writeString(file, "{\"id\":\"b\"\n", StandardOpenOption.APPEND);

        assertThatThrownBy(() -> FileSubmissionJournal.open(file)).hasMessageContaining("line 3 is damaged");
    }

    @Test
    void membersOfALaterVersionAreLeftAlone() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
        }
        Files.writeString(file, Files.readString(file).replace("\"id\"", "\"later\":1,\"id\""));
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records())).extracting(Record::entry).containsExactly(entry("a"));
        }
    }

    @Test
    void anotherFileIsNeverTakenForAJournal() throws IOException {
        Files.writeString(file, "{\"prompt\":\"a cat\"}\n");

        assertThatThrownBy(() -> FileSubmissionJournal.open(file))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no journal");
        assertThat(file).hasContent("{\"prompt\":\"a cat\"}\n");
    }

    @Test
    void anEmptyFileIsANewJournal() throws IOException {
        Files.createFile(file);
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records())).isEmpty();
        }
    }

    @Test
    void aPlaceWhereNoFileCanBeIsAClearError() {
        assertThatThrownBy(() -> FileSubmissionJournal.open(directory.resolve("no/such.journal")))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("no/such.journal")
                .hasMessageContaining("does not exist");
        assertThatThrownBy(() -> FileSubmissionJournal.open(directory))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("is a directory");
    }

    @Test
    void onlyOneJournalHasAFileOpen() throws IOException {
        Path link = Files.createSymbolicLink(directory.resolve("link.journal"), file);
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
            for (Path way : List.of(file, link)) {
                assertThatThrownBy(() -> FileSubmissionJournal.open(way))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining("in use");
            }
            await(journal.sending(entry("b")));
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(link)) {
            assertThat(await(journal.records())).hasSize(2);
        }
        assertThat(link).isSymbolicLink();
    }

    @Test
    void anotherProcessCannotOpenItEither() throws Exception {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(openInAnotherProcess()).contains("in use");
            await(journal.sending(entry("a")));
        }
        assertThat(openInAnotherProcess()).isEqualTo("opened");
    }

    /** On Linux a process that closes any descriptor of the lock's file loses the lock. */
    @Test
    void aSecondTryOfThisProcessDoesNotLetAnotherProcessIn() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            for (Path way : List.of(file, link.resolve("jobs.journal"))) {
                assertThatThrownBy(() -> FileSubmissionJournal.open(way)).hasMessageContaining("in use");
            }
            assertThat(openInAnotherProcess()).contains("in use");
            await(journal.sending(entry("a")));
        }
        assertThat(openInAnotherProcess()).isEqualTo("opened");
    }

    @Test
    void twoWaysToAFileThatIsNotThereYetMeetAtOneLock() throws Exception {
        Path link = Files.createSymbolicLink(directory.resolve("link"), directory);
        JournalFile first = JournalFile.locked(link.resolve("jobs.journal"));
        assertThatThrownBy(() -> JournalFile.locked(file)).hasMessageContaining("in use");
        assertThat(openInAnotherProcess()).contains("in use");
        first.close();
        JournalFile.locked(file).close();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void nothingIsSentOnceAnotherFileLiesInThePlaceOfTheJournal() throws IOException {
        byte[] another;
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
            Files.copy(file, directory.resolve("another"));
            Files.move(directory.resolve("another"), file, StandardCopyOption.REPLACE_EXISTING);
            another = Files.readAllBytes(file);
            for (String id : List.of("b", "c")) {
                assertThatThrownBy(() -> await(journal.sending(entry(id))))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("another file was put in its place");
            }
        }
        assertThat(file).as("what is not ours is not changed").hasBinaryContent(another);
    }

    /** After a failure the journal would rewrite its file, and that file is another's. */
    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aJournalThatRecoversDoesNotRewriteTheFileOfAnother() throws IOException {
        Faults faults = new Faults();
        byte[] another;
        try (FileSubmissionJournal journal = open(faults)) {
            faults.failing = "append";
            assertThatThrownBy(() -> await(journal.sending(entry("a")))).hasMessageContaining("No space left");
            faults.failing = "";
            Files.copy(file, directory.resolve("another"));
            Files.move(directory.resolve("another"), file, StandardCopyOption.REPLACE_EXISTING);
            another = Files.readAllBytes(file);
            assertThatThrownBy(() -> await(journal.sending(entry("b"))))
                    .hasMessageContaining("another file was put in its place");
        }
        assertThat(file).hasBinaryContent(another);
        assertThat(directory.resolve("jobs.journal.new")).doesNotExist();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void nothingIsSentOnceTheFileOfTheJournalIsGone() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            Files.delete(file);
            assertThatThrownBy(() -> await(journal.sending(entry("a"))))
                    .isInstanceOf(UncheckedIOException.class)
                    .hasMessageContaining("was taken away");
        }
        assertThat(file).doesNotExist();
    }

    private String openInAnotherProcess() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        JournalOpener.class.getName(),
                        file.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
        assertThat(process.waitFor()).isZero();
        return said;
    }

    @Test
    void openingDropsWhatIsOutdatedAndWhatWasForgotten() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            for (String id : List.of("a", "b", "c")) {
                await(journal.sending(entry(id)));
                await(journal.taken(entry(id), task("video_" + id)));
            }
            await(journal.close("a", "out/a.mp4"));
            await(journal.forget("b"));
            await(journal.forget("never there"));
            assertThat(await(journal.records())).extracting(r -> r.entry().id()).containsExactly("a", "c");
            assertThat(Files.readAllLines(file)).hasSize(1 + 6 + 1 + 1);
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(Files.readAllLines(file)).hasSize(1 + 2);
            assertThat(await(journal.records()))
                    .extracting(r -> r.entry().id(), Record::state)
                    .containsExactly(tuple("a", State.CLOSED), tuple("c", State.TAKEN));
        }
    }

    @Test
    void aLongLifeDoesNotGrowTheFileWithoutEnd() throws IOException {
        AtomicInteger replaced = new AtomicInteger();
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file, 20, disk -> new Seam(disk) {
            @Override
            public void replace(Iterable<byte[]> lines) throws IOException {
                replaced.incrementAndGet();
                super.replace(lines);
            }
        })) {
            await(journal.sending(entry("first")));
            for (int i = 0; i < 200; i++) {
                await(journal.sending(entry("job" + i)));
                await(journal.forget("job" + i));
                assertThat(Files.readAllLines(file).size()).isLessThanOrEqualTo(1 + 20 + 2 * 2);
            }
            assertThat(replaced.get()).isGreaterThan(10);
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records())).extracting(r -> r.entry().id()).containsExactly("first");
        }
    }

    @Test
    void ofRejectionsTheFileKeepsTheNewestToo() throws IOException {
        int rejections = JournalBook.REJECTED_KEPT + 200;
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file, 20, UnaryOperator.identity())) {
            await(journal.taken(entry("first"), task("video_first")));
            for (int i = 0; i < rejections; i++) {
                journal.sending(entry("job" + i));
                journal.rejected(entry("job" + i), SubmissionVerdict.REJECTED, "no money");
            }
            await(journal.sending(entry("last")));
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(Files.readAllLines(file)).hasSize(1 + 1 + JournalBook.REJECTED_KEPT + 1);
            assertThat(await(journal.records()))
                    .extracting(r -> r.entry().id())
                    .startsWith("first", "job200")
                    .endsWith("job" + (rejections - 1), "last");
        }
    }

    @Test
    void aCompactionThatFailsOnTheWayIsPutOffAndCostsNothing() {
        FileSubmissionJournal journal = FileSubmissionJournal.open(file, 10, disk -> new Seam(disk) {
            private boolean opened;

            @Override
            public void replace(Iterable<byte[]> lines) throws IOException {
                if (opened) {
                    throw new IOException("No space left on device");
                }
                opened = true;
                super.replace(lines);
            }
        });
        try (journal) {
            for (int i = 0; i < 50; i++) {
                await(journal.sending(entry("job" + i)));
                await(journal.taken(entry("job" + i), task("video_" + i)));
            }
        }
        try (FileSubmissionJournal again = FileSubmissionJournal.open(file)) {
            assertThat(await(again.open())).hasSize(50);
        }
    }

    @Test
    void aLeftoverOfAnInterruptedCompactionIsOverwritten() throws IOException {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(journal.sending(entry("a")));
        }
        Files.writeString(
                directory.resolve("jobs.journal.new"), "half a line that is longer than all others ".repeat(99));
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records())).hasSize(1);
        }
        assertThat(directory.resolve("jobs.journal.new")).doesNotExist();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void compactingKeepsThePermissions() throws IOException {
        FileSubmissionJournal.open(file).close();
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        FileSubmissionJournal.open(file).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aStageCompletesOnlyOnceTheDiskHasTheNote() throws Exception {
        Semaphore mayForce = new Semaphore(0);
        CountDownLatch forcing = new CountDownLatch(1);
        try (FileSubmissionJournal journal = open(disk -> new Seam(disk) {
            @Override
            public void force() throws IOException {
                forcing.countDown();
                mayForce.acquireUninterruptibly();
                super.force();
            }
        })) {
            CompletableFuture<Void> sending = journal.sending(entry("a")).toCompletableFuture();
            assertThat(forcing.await(60, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(file)).as("written before it is forced").contains("SENDING");
            assertThat(sending).isNotDone();
            mayForce.release(10);
            await(sending);
        }
    }

    @Test
    void notesThatComeInWhileTheDiskIsBusyGoThereTogether() throws Exception {
        AtomicInteger forces = new AtomicInteger();
        Semaphore mayForce = new Semaphore(0);
        CountDownLatch forcing = new CountDownLatch(1);
        try (FileSubmissionJournal journal = open(disk -> new Seam(disk) {
            @Override
            public void force() throws IOException {
                forcing.countDown();
                forces.incrementAndGet();
                mayForce.acquireUninterruptibly();
                super.force();
            }
        })) {
            List<CompletionStage<Void>> stages = new ArrayList<>();
            stages.add(journal.sending(entry("first")));
            assertThat(forcing.await(60, TimeUnit.SECONDS)).isTrue();
            for (int i = 0; i < 500; i++) {
                stages.add(journal.sending(entry("job" + i)));
            }
            mayForce.release(1000);
            stages.forEach(FileSubmissionJournalTest::await);
            assertThat(forces).hasValue(2);
            assertThat(await(journal.records())).hasSize(501);
        }
    }

    @Test
    void stagesCompleteOnAFewThreadsOfTheJournalsOwn() throws Exception {
        Semaphore mayForce = new Semaphore(0);
        Queue<Thread> completing = new ConcurrentLinkedQueue<>();
        try (FileSubmissionJournal journal = open(disk -> new Seam(disk) {
            @Override
            public void force() throws IOException {
                mayForce.acquireUninterruptibly();
                super.force();
            }
        })) {
            List<CompletionStage<Void>> heard = new ArrayList<>();
            for (int i = 0; i < 500; i++) {
                heard.add(journal.sending(entry("job" + i)).thenRun(() -> completing.add(Thread.currentThread())));
            }
            heard.add(journal.records().thenAccept(records -> completing.add(Thread.currentThread())));
            mayForce.release(1_000);
            heard.forEach(FileSubmissionJournalTest::await);
        }
        assertThat(completing).hasSize(501).allSatisfy(thread -> assertThat(thread.getName())
                .startsWith("octopusx-journal-stages-"));
        assertThat(Set.copyOf(completing))
                .as("two groups, each served by some, should those of the first have ended meanwhile")
                .hasSizeLessThanOrEqualTo(2 * 16);
    }

    @RepeatedTest(2)
    void manyThreadsLoseNothing() throws Exception {
        int threads = 8;
        int jobs = 250;
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file, 100, UnaryOperator.identity())) {
            CountDownLatch go = new CountDownLatch(1);
            List<Thread> started = new ArrayList<>();
            List<CompletableFuture<Void>> stages = new CopyOnWriteArrayList<>();
            for (int t = 0; t < threads; t++) {
                int number = t;
                Thread thread = new Thread(() -> {
                    awaitLatch(go);
                    for (int i = 0; i < jobs; i++) {
                        Entry entry = entry(number + "-" + i);
                        VideoTask task = task("video_" + number + "-" + i);
                        stages.add(journal.sending(entry)
                                .thenCompose(sent -> journal.taken(entry, task))
                                .thenCompose(taken -> entry.id().endsWith("7")
                                        ? journal.close(entry.id(), "done")
                                        : CompletableFuture.<Void>completedFuture(null))
                                .toCompletableFuture());
                    }
                });
                thread.start();
                started.add(thread);
            }
            go.countDown();
            for (Thread thread : started) {
                thread.join();
            }
            stages.forEach(FileSubmissionJournalTest::await);
            assertThat(stages).hasSize(threads * jobs);
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            List<Record> records = await(journal.records());
            assertThat(records).hasSize(threads * jobs);
            assertThat(records).allSatisfy(r -> {
                assertThat(r.state()).isEqualTo(r.entry().id().endsWith("7") ? State.CLOSED : State.TAKEN);
                assertThat(r.taskId()).isEqualTo("video_" + r.entry().id());
            });
        }
    }

    @Test
    void whoWaitsForTheJournalInsideAStageOfItIsServed() {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            CompletionStage<List<Record>> inside =
                    journal.sending(entry("a")).thenApply(sent -> await(journal.records()));
            assertThat(await(inside)).hasSize(1);
        }
    }

    /** Deeper than there are threads for it. */
    @Test
    void whoWaitsInsideAStageForAStageInsideAStageIsServedToo() {
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            await(nested(journal, 60));
            assertThat(await(journal.records())).hasSize(61);
        }
    }

    private static CompletionStage<Void> nested(FileSubmissionJournal journal, int depth) {
        CompletionStage<Void> sending = journal.sending(entry("depth" + depth));
        return depth == 0
                ? sending
                : sending.thenRun(
                        () -> nested(journal, depth - 1).toCompletableFuture().join());
    }

    @Test
    void whatCouldNotBeNotedAsBeingSentFailsAndIsNotThereAfterwards() {
        Faults faults = new Faults();
        try (FileSubmissionJournal journal = open(faults)) {
            await(journal.sending(entry("a")));
            for (String operation : List.of("append", "force", "replace")) {
                if (operation.equals("replace")) {
                    faults.failing = "append"; // after which only the whole can be written
                    assertThatThrownBy(() -> await(journal.sending(entry("b"))))
                            .isInstanceOf(UncheckedIOException.class);
                }
                faults.failing = operation;
                assertThatThrownBy(() -> await(journal.sending(entry("b"))))
                        .isInstanceOf(UncheckedIOException.class)
                        .hasMessageContaining(file.toString())
                        .hasMessageContaining("No space left on device");
                assertThat(readByAnother())
                        .as("on disk after a failing " + operation)
                        .doesNotContain("b");
                faults.failing = "";
                await(journal.sending(entry("after " + operation)));
            }
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records()))
                    .extracting(r -> r.entry().id())
                    .containsExactly("a", "after append", "after force", "after replace");
        }
    }

    @Test
    void anOutcomeThatCouldNotBeNotedIsNotedWithTheNextOne() {
        Faults faults = new Faults();
        try (FileSubmissionJournal journal = open(faults)) {
            await(journal.sending(entry("a")));
            faults.failing = "force";
            assertThatThrownBy(() -> await(journal.taken(entry("a"), task("video_a"))))
                    .isInstanceOf(UncheckedIOException.class);
            faults.failing = "replace";
            assertThatThrownBy(() -> await(journal.sending(entry("b")))).isInstanceOf(UncheckedIOException.class);
            faults.failing = "";
            await(journal.sending(entry("c")));
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(file)) {
            assertThat(await(journal.records()))
                    .extracting(r -> r.entry().id(), Record::state, Record::taskId)
                    .containsExactly(tuple("a", State.TAKEN, "video_a"), tuple("c", State.UNKNOWN, null));
        }
    }

    @Test
    void aFullDiskDoesNotTearTheFile() {
        try (FileSubmissionJournal journal = open(disk -> new Seam(disk) {
            private int appends;

            @Override
            public void append(byte[] lines) throws IOException {
                if (++appends == 2) {
                    super.append(Arrays.copyOf(lines, lines.length / 2));
                    throw new IOException("No space left on device");
                }
                super.append(lines);
            }
        })) {
            await(journal.sending(entry("a")));
            assertThatThrownBy(() -> await(journal.sending(entry("b")))).isInstanceOf(UncheckedIOException.class);
            assertThat(readByAnother()).containsExactly("a");
            await(journal.sending(entry("c")));
            await(journal.sending(entry("d")));
            assertThat(readByAnother()).containsExactly("a", "c", "d");
        }
    }

    @Test
    void closingWritesWhatWasNotedBeforeAndRefusesWhatComesAfter() {
        FileSubmissionJournal journal = FileSubmissionJournal.open(file);
        List<CompletionStage<Void>> before = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            before.add(journal.sending(entry("job" + i)));
        }
        journal.close();
        journal.close();
        before.forEach(FileSubmissionJournalTest::await);
        assertThatIllegalStateException()
                .isThrownBy(() -> await(journal.sending(entry("late"))))
                .withMessageContaining("is closed");
        try (FileSubmissionJournal again = FileSubmissionJournal.open(file)) {
            assertThat(await(again.records())).hasSize(3000);
        }
    }

    @RepeatedTest(10)
    void everyCallThatRacesWithClosingGetsAnAnswer() throws Exception {
        FileSubmissionJournal journal = FileSubmissionJournal.open(file);
        CountDownLatch under = new CountDownLatch(1);
        List<CompletableFuture<Void>> stages = new ArrayList<>();
        Thread caller = new Thread(() -> {
            for (int i = 0; i < 500; i++) {
                stages.add(journal.sending(entry("job" + i)).toCompletableFuture());
                under.countDown();
            }
        });
        caller.start();
        awaitLatch(under);
        journal.close();
        caller.join();
        int noted = 0;
        for (CompletableFuture<Void> stage : stages) {
            try {
                stage.get(60, TimeUnit.SECONDS);
                noted++;
            } catch (ExecutionException e) {
                assertThat(e.getCause()).isInstanceOf(IllegalStateException.class);
            }
        }
        try (FileSubmissionJournal again = FileSubmissionJournal.open(file)) {
            assertThat(await(again.records())).hasSize(noted);
        }
    }

    private FileSubmissionJournal open(UnaryOperator<JournalDisk> seam) {
        return FileSubmissionJournal.open(file, 10_000, seam);
    }

    /** What a process would find that started now: read from a copy, for the file itself is locked. */
    private List<String> readByAnother() {
        Path copy = directory.resolve("copy-" + System.nanoTime());
        try {
            Files.copy(file, copy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try (FileSubmissionJournal journal = FileSubmissionJournal.open(copy)) {
            return await(journal.records()).stream().map(r -> r.entry().id()).toList();
        }
    }

    private static Entry entry(String id) {
        return new Entry(id, "line " + id, NOON, "https://octopusx.ai", "doubao-seedance-1-5-pro_720p");
    }

    private static VideoTask task(String id) {
        return new VideoTask(
                id, VideoStatus.QUEUED, 0, null, null, null, null, null, null, null, null, null, "queued", Map.of());
    }

    private static <T> T await(CompletionStage<T> stage) {
        try {
            return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Fails the operation of the day. */
    private static final class Faults implements UnaryOperator<JournalDisk> {

        volatile String failing = "";

        @Override
        public JournalDisk apply(JournalDisk disk) {
            return new Seam(disk) {
                @Override
                public void append(byte[] lines) throws IOException {
                    super.append(lines);
                    failOn("append");
                }

                @Override
                public void force() throws IOException {
                    failOn("force");
                    super.force();
                }

                @Override
                public void replace(Iterable<byte[]> lines) throws IOException {
                    failOn("replace");
                    super.replace(lines);
                }
            };
        }

        private void failOn(String operation) throws IOException {
            if (failing.equals(operation)) {
                throw new IOException("No space left on device");
            }
        }
    }

    private static class Seam implements JournalDisk {

        private final JournalDisk disk;

        Seam(JournalDisk disk) {
            this.disk = disk;
        }

        @Override
        public void append(byte[] lines) throws IOException {
            disk.append(lines);
        }

        @Override
        public void force() throws IOException {
            disk.force();
        }

        @Override
        public void replace(Iterable<byte[]> lines) throws IOException {
            disk.replace(lines);
        }

        @Override
        public void cutBack() {
            disk.cutBack();
        }

        @Override
        public boolean isWhole() {
            return disk.isWhole();
        }

        @Override
        public void close() throws IOException {
            disk.close();
        }
    }
}
