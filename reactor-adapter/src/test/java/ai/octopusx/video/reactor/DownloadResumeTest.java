package ai.octopusx.video.reactor;

import static ai.octopusx.video.reactor.Downloading.failure;
import static java.time.Duration.ofMillis;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.reactor.FileServer.Reply;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** Broken off, and what becomes of it: over real sockets, by a clock that the test moves. */
class DownloadResumeTest {

    private static final byte[] VIDEO = Mp4s.video(300_000);
    private static final byte[] OTHER = Mp4s.video(300_001);
    private static final int TENTH = VIDEO.length / 10;
    private static final String TAG = "\"v1\"";
    private static final DownloadOptions PLAIN = DownloadOptions.defaults();

    @RegisterExtension
    static final Leaks leaks = new Leaks();

    @RegisterExtension
    final Downloading at = new Downloading();

    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource({"true, false", "true, true", "false, false", "false, true"})
    void aStreamThatIsCutAtEveryTenthGoesOnFromThere(boolean tagged, boolean reset) {
        at.storage.always(cutAtEveryTenth(tagged ? TAG : null, reset));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);

        assertThat(at.storage.headers("Range")).isEqualTo(rangesOfTenths());
        List<String> conditions = new ArrayList<>(Collections.nCopies(10, tagged ? TAG : "-"));
        conditions.set(0, "-");
        assertThat(at.storage.headers("If-Range")).isEqualTo(conditions);
        assertThat(at.timer.pauses()).hasSize(9).containsOnly(ofMillis(500));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aFileThatIsCutAtEveryTenthGoesOnFromThere(boolean tagged) {
        at.storage.always(cutAtEveryTenth(tagged ? TAG : null, false));

        Path file = at.save(at.linked(), directory.resolve("v.mp4"), PLAIN);

        assertThat(file).hasBinaryContent(VIDEO);
        assertThat(at.storage.headers("Range")).isEqualTo(rangesOfTenths());
        assertThat(Downloading.names(directory)).containsExactly("v.mp4");
    }

    @Test
    void whereThereIsNoStrongTagTheDateIsTheCondition() {
        String date = "Sat, 01 Aug 2026 10:00:00 GMT";
        at.storage
                .then(Reply.video(VIDEO)
                        .header("ETag", "W/\"weak\"")
                        .header("Last-Modified", date)
                        .cutAfter(TENTH))
                .then(request -> FileServer.part(VIDEO, request.header("Range")).header("Last-Modified", date));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.storage.headers("If-Range")).containsExactly("-", date);
    }

    @Test
    void aStreamGoesOnWithoutRangesWhereTagAndLengthProveTheSkippedBytes() {
        at.storage.then(
                tagged(VIDEO, TAG).cutAfter(TENTH * 4), tagged(VIDEO, TAG).cutAfter(TENTH * 3), tagged(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.storage.headers("Range")).containsExactly("-", "bytes=120000-", "bytes=120000-");
    }

    @Test
    void aStreamEndsWhereNothingProvesTheSkippedBytes() {
        at.storage.then(Reply.video(VIDEO).cutAfter(TENTH), Reply.video(VIDEO));

        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, at.linked()));

        assertThat(failed)
                .hasMessageContaining("nothing proves that the bytes are still the same")
                .hasMessageContaining("30000 of 300000 bytes came")
                .hasMessageContaining("video_1")
                .returns(30_000L, DownloadException::received)
                .returns(300_000L, DownloadException::expected)
                .returns(false, DownloadException::resumable)
                .returns("video_1", DownloadException::taskId);
    }

    @Test
    void aStreamEndsWhenTheFileHasChangedMeanwhile() {
        at.storage.then(tagged(VIDEO, TAG).cutAfter(TENTH)).then(FileServer.storage(OTHER, "\"v2\""));

        failure(DownloadException.class, at.downloads.download(at.key, at.linked()));
        assertThat(at.storage.headers("If-Range")).containsExactly("-", TAG);
    }

    @Test
    void aFileThatHasChangedMeanwhileIsFetchedAnewAndNeverMixed() {
        at.storage
                .then(tagged(VIDEO, TAG).cutAfter(TENTH * 7))
                .then(request ->
                        FileServer.storage(OTHER, "\"v2\"").apply(request).cutAfter(TENTH * 2))
                .then(FileServer.storage(OTHER, "\"v2\""));

        assertThat(at.save(at.linked(), directory.resolve("v.mp4"), PLAIN)).hasBinaryContent(OTHER);
        assertThat(at.storage.headers("If-Range")).containsExactly("-", TAG, "\"v2\"");
        assertThat(at.storage.headers("Range")).containsExactly("-", "bytes=210000-", "bytes=60000-");
    }

    @Test
    void aFileIsStartedAgainWhereTheServerKnowsNoRanges() {
        at.storage.then(
                Reply.video(VIDEO).cutAfter(TENTH * 5), Reply.video(VIDEO).cutAfter(TENTH * 6), Reply.video(VIDEO));

        assertThat(at.save(at.linked(), directory.resolve("v.mp4"), PLAIN)).hasBinaryContent(VIDEO);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"bytes 0-299999/300000", "bytes 29999-299998/300000", "bytes 30000-299999/300001", "garbage"})
    void aPartThatDoesNotFitIsNotTakenAndTheWholeIsAskedFor(String range) {
        Reply wrong = Reply.of(206)
                .header("Content-Range", range)
                .header("ETag", TAG)
                .body(Arrays.copyOfRange(VIDEO, TENTH, VIDEO.length));
        at.storage.then(tagged(VIDEO, TAG).cutAfter(TENTH), wrong, tagged(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.storage.headers("Range")).containsExactly("-", "bytes=30000-", "-");
    }

    @Test
    void aPartUnderAnotherTagIsNotTaken() {
        Reply other = FileServer.part(VIDEO, "bytes=30000-").header("ETag", "\"v2\"");
        at.storage.then(tagged(VIDEO, TAG).cutAfter(TENTH), other, tagged(OTHER, "\"v2\""));

        assertThat(at.save(at.linked(), directory.resolve("v.mp4"), PLAIN)).hasBinaryContent(OTHER);
    }

    @Test
    void aPartThatIsShorterThanAskedForIsFollowedByTheRest() {
        at.storage
                .then(tagged(VIDEO, TAG).cutAfter(TENTH))
                .then(request -> FileServer.part(VIDEO, "bytes=30000-99999").header("ETag", TAG))
                .then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.storage.headers("Range")).containsExactly("-", "bytes=30000-", "bytes=100000-");
    }

    @Test
    void aServerThatSendsMoreThanItAnnouncedForTheRestIsCutOff() {
        at.storage.then(
                tagged(VIDEO, TAG).cutAfter(TENTH),
                tagged(Mp4s.concat(VIDEO, new byte[50]), TAG).chunked());

        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, at.linked()));
        assertThat(failed.received()).isEqualTo(30_000);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyWithoutALengthThatEndsCleanlyButShortIsResumed(boolean chunked) {
        Reply cleanlyShort =
                withoutLength(Reply.video(VIDEO), chunked).header("ETag", TAG).shortenedTo(TENTH * 3);
        at.gateway.then(cleanlyShort).then(FileServer.storage(VIDEO, TAG));

        assertThat(at.save(Downloading.task(null), directory.resolve("v.mp4"), PLAIN))
                .hasBinaryContent(VIDEO);
        assertThat(at.gateway.headers("Range")).containsExactly("-", "bytes=90000-");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aBodyWithoutALengthIsWholeWhenItsBoxesAddUp(boolean chunked) {
        at.gateway.then(withoutLength(Reply.video(VIDEO), chunked), withoutLength(Reply.video(VIDEO), chunked));

        assertThat(at.download(Downloading.task(null))).isEqualTo(VIDEO);
        assertThat(at.save(Downloading.task(null), directory.resolve("v.mp4"), PLAIN))
                .hasBinaryContent(VIDEO);
    }

    @Test
    void aBodyWithoutALengthThatIsAlwaysShortNeverBecomesAFile() {
        at.gateway.always(request -> Reply.video(VIDEO).chunked().shortenedTo(TENTH * 3));

        DownloadException failed = failure(
                DownloadException.class,
                at.downloads.downloadTo(at.key, Downloading.task(null), directory.resolve("v.mp4"), PLAIN));

        assertThat(failed)
                .hasMessageContaining("the body ended in the middle of the MP4")
                .hasMessageContaining("the last 5 attempts brought nothing new")
                .returns(null, DownloadException::expected)
                .returns(true, DownloadException::resumable);
        assertThat(at.timer.pauses())
                .containsExactly(ofMillis(500), ofMillis(500), ofMillis(1_000), ofMillis(2_000), ofMillis(4_000));
        assertThat(at.gateway.requests()).hasSize(6);
        assertThat(Downloading.names(directory)).isEmpty();
    }

    @Test
    void whatHasNoLengthAndIsNoMp4CannotBeProvedAndIsRefused() {
        at.gateway.then(Reply.video(Mp4s.random(5_000, 1)).chunked());

        DownloadException failed =
                failure(DownloadException.class, at.downloads.download(at.key, Downloading.task(null)));
        assertThat(failed).hasMessageContaining("no MP4").returns(false, DownloadException::resumable);
    }

    @Test
    void whatIsNoMp4IsFineWhereItsLengthIsKnown() {
        byte[] webm = Mp4s.concat(new byte[] {0x1a, 0x45, (byte) 0xdf, (byte) 0xa3}, Mp4s.random(5_000, 1));
        at.gateway.then(Reply.video(webm).header("Content-Type", "video/webm"));

        assertThat(at.download(Downloading.task(null))).isEqualTo(webm);
    }

    @Test
    void aServerThatKnowsTheEndSettlesWhatTheBoxesCannot() {
        byte[] trailing = Mp4s.concat(VIDEO, new byte[] {0, 0, 0});
        at.gateway.then(Reply.video(trailing).chunked().header("ETag", TAG)).then(FileServer.storage(trailing, TAG));

        assertThat(at.save(Downloading.task(null), directory.resolve("v.mp4"), PLAIN))
                .hasBinaryContent(trailing);
        assertThat(at.gateway.headers("Range")).containsExactly("-", "bytes=300003-");
    }

    @Test
    void anEmptyBodyIsNoVideo() {
        at.gateway.always(request -> Reply.video(new byte[0]).chunked());

        failure(DownloadException.class, at.downloads.download(at.key, Downloading.task(null)));
        assertThat(at.gateway.requests()).hasSize(5);
    }

    @Test
    void aBodyThatIsAnnouncedAsEmptyIsNoVideoEitherAndReplacesNone() throws Exception {
        Path file = Files.write(directory.resolve("v.mp4"), VIDEO);
        at.gateway.always(request -> Reply.video(new byte[0]));

        DownloadException failed =
                failure(DownloadException.class, at.downloads.downloadTo(at.key, Downloading.task(null), file, PLAIN));

        assertThat(failed).hasMessageContaining("an empty body came instead of a video");
        failure(DownloadException.class, at.downloads.content(at.key, Downloading.task(null), PLAIN));
        assertThat(at.gateway.requests()).hasSize(10);
        assertThat(file).hasBinaryContent(VIDEO);
    }

    @Test
    void anAttemptIsForgivenOnlyIfItReachedAByteThatNoneHadReached() {
        int[] reached = {3, 5, 4, 4, 5, 6, 2, 2, 2, 2, 10};
        for (int tenths : reached) {
            at.storage.then(Reply.video(VIDEO).cutAfter(TENTH * tenths));
        }

        assertThat(at.save(at.linked(), directory.resolve("v.mp4"), PLAIN)).hasBinaryContent(VIDEO);
        assertThat(at.timer.pauses())
                .containsExactly(
                        ofMillis(500),
                        ofMillis(500), // 3 and 5 were new
                        ofMillis(500),
                        ofMillis(1_000),
                        ofMillis(2_000), // 4, 4 and 5 were not
                        ofMillis(500), // 6 was
                        ofMillis(500),
                        ofMillis(1_000),
                        ofMillis(2_000),
                        ofMillis(4_000));
    }

    @Test
    void afterTwentyBeginningsItIsOverHoweverFarEachOneCame() {
        for (int i = 1; i <= 22; i++) {
            at.storage.then(Reply.video(VIDEO).cutAfter(TENTH + i));
        }

        DownloadException failed = failure(
                DownloadException.class,
                at.downloads.downloadTo(at.key, at.linked(), directory.resolve("v.mp4"), PLAIN));

        assertThat(failed).hasMessageContaining("after 20 restarts").returns(true, DownloadException::resumable);
        assertThat(at.storage.requests()).hasSize(22); // the first one, 20 that began again, and one too many
    }

    @Test
    void aServerThatIsNotThereIsAskedFiveTimes() throws Exception {
        at.gateway.close();

        TransportException failed =
                failure(TransportException.class, at.downloads.download(at.key, Downloading.task(null)));

        assertThat(failed)
                .hasMessageContaining("No answer from http://127.0.0.1:")
                .hasMessageContaining("refused");
        assertThat(failed.taskId()).isEqualTo("video_1");
        assertThat(at.timer.pauses()).containsExactly(ofMillis(500), ofMillis(1_000), ofMillis(2_000), ofMillis(4_000));
        at.beforeEach(null);
    }

    @Test
    void whatBeginsAndBreaksBeforeTheFirstByteCountsAsFruitless() {
        at.storage.always(request -> Reply.video(VIDEO).cutAfter(0));

        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, at.linked()));

        assertThat(failed).returns(0L, DownloadException::received).returns(300_000L, DownloadException::expected);
        assertThat(at.storage.requests()).hasSize(5);
    }

    @Test
    void aServerThatAsksForPatienceGetsIt() {
        at.storage
                .then(Reply.of(503).header("Retry-After", "7"), Reply.of(429).header("Retry-After", "0"))
                .then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.timer.pauses()).containsExactly(Duration.ofSeconds(7), ofMillis(1_000));
    }

    @Test
    void aBodyThatFallsSilentIsResumedWhenTheIdleTimeIsOver() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        at.storage.then(tagged(VIDEO, TAG).pauseAfter(TENTH, end)).then(FileServer.storage(VIDEO, TAG));
        Arrived arrived = new Arrived();

        var whole = at.downloads
                .content(at.key, at.linked(), PLAIN.progress(arrived))
                .flatMap(content -> content.body().collectList().map(Downloading::joined))
                .toFuture();

        arrived.await(TENTH);
        at.timer.advance(Downloading.IDLE.minusMillis(1));
        assertThat(at.storage.requests()).hasSize(1);
        at.timer.advance(ofMillis(1));
        assertThat(whole.get()).isEqualTo(VIDEO);
        assertThat(at.storage.headers("Range")).containsExactly("-", "bytes=30000-");
        end.countDown();
    }

    @Test
    void bytesThatTrickleInKeepItAlive() throws Exception {
        CountDownLatch more = new CountDownLatch(1);
        at.storage.then(tagged(VIDEO, TAG).pauseAfter(TENTH, more));
        Arrived arrived = new Arrived();
        var whole = at.downloads
                .content(at.key, at.linked(), PLAIN.progress(arrived))
                .flatMap(content -> content.body().collectList().map(Downloading::joined))
                .toFuture();

        arrived.await(TENTH);
        at.timer.advance(Downloading.IDLE.minusMillis(1));
        more.countDown();

        assertThat(whole.get()).isEqualTo(VIDEO);
        assertThat(at.storage.requests()).hasSize(1);
    }

    @Test
    void aSlowSubscriberTakesAllTheTimeHeLikes() throws Exception {
        at.storage.then(tagged(VIDEO, TAG));
        List<ByteBuffer> pieces = new ArrayList<>();

        VideoContent content = at.content(at.linked(), PLAIN.timeout(Duration.ofDays(1)));
        StepVerifier.create(content.body().doOnNext(pieces::add), 0)
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> advance(Duration.ofHours(12)))
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> advance(Duration.ofHours(11)))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(piece -> true)
                .verifyComplete();

        assertThat(Downloading.joined(pieces)).isEqualTo(VIDEO);
        assertThat(at.storage.requests()).hasSize(1);
    }

    @Test
    void anAnswerThatDoesNotComeIsGivenUpAfterTheIdleTime() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        at.storage.then(request -> {
            hold(end);
            return Reply.of(599);
        });
        at.storage.then(FileServer.storage(VIDEO, TAG));

        var whole = at.downloads
                .download(at.key, at.linked())
                .collectList()
                .map(Downloading::joined)
                .toFuture();

        at.storage.awaitRequests(1);
        at.timer.advance(Downloading.IDLE.minusMillis(1));
        assertThat(at.storage.requests()).hasSize(1);
        at.timer.advance(ofMillis(1));
        assertThat(whole.get()).isEqualTo(VIDEO);
        end.countDown();
    }

    @Test
    void theTimeForAllAttemptsEndsABodyThatIsStillComing() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        at.storage.then(tagged(VIDEO, TAG).pauseAfter(TENTH, end));
        Arrived arrived = new Arrived();
        var failing = at.downloads
                .downloadTo(
                        at.key,
                        at.linked(),
                        directory.resolve("v.mp4"),
                        PLAIN.timeout(Duration.ofSeconds(25)).progress(arrived))
                .toFuture();

        arrived.await(TENTH);
        at.timer.advance(Duration.ofSeconds(25).minusMillis(1));
        assertThat(failing).isNotDone();
        at.timer.advance(ofMillis(1));

        assertThat(failing)
                .failsWithin(Downloading.PATIENCE)
                .withThrowableOfType(Exception.class)
                .havingCause()
                .isInstanceOf(DownloadException.class)
                .withMessageContaining("the time for the whole download was over")
                .withMessageContaining("30000 of 300000");
        assertThat(Downloading.names(directory)).isEmpty();
        end.countDown();
    }

    @Test
    void noAttemptBeginsForWhichThereIsNoTimeLeft() {
        at.storage.then(Reply.of(503).header("Retry-After", "60"));

        DownloadException failed = failure(
                DownloadException.class,
                at.downloads.downloadTo(
                        at.key, at.linked(), directory.resolve("v.mp4"), PLAIN.timeout(Duration.ofSeconds(25))));

        assertThat(failed).hasMessageContaining("no time was left for another attempt");
    }

    @Test
    void aTimeoutLongerThanAnyClockIsNone() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        VideoContent content = at.content(at.linked(), PLAIN.timeout(Duration.ofSeconds(Long.MAX_VALUE)));

        assertThat(at.read(content.body())).isEqualTo(VIDEO);
    }

    @Test
    void everySubscriptionIsADownloadOfItsOwn() {
        at.storage.always(FileServer.storage(VIDEO, TAG));
        var download = at.downloads.download(at.key, at.linked());

        assertThat(at.storage.requests()).isEmpty();
        assertThat(at.read(download)).isEqualTo(VIDEO);
        assertThat(at.read(download)).isEqualTo(VIDEO);
        assertThat(at.storage.headers("Range")).containsExactly("-", "-");
    }

    private java.util.function.Function<FileServer.Request, Reply> cutAtEveryTenth(String tag, boolean reset) {
        return request -> {
            Reply reply = FileServer.storage(VIDEO, tag).apply(request).cutAfter(TENTH);
            return reset ? reply.reset() : reply;
        };
    }

    private static List<String> rangesOfTenths() {
        List<String> ranges = new ArrayList<>(List.of("-"));
        IntStream.range(1, 10).forEach(tenth -> ranges.add("bytes=" + tenth * TENTH + "-"));
        return ranges;
    }

    private static Reply tagged(byte[] file, String tag) {
        return Reply.video(file).header("ETag", tag);
    }

    private static Reply withoutLength(Reply reply, boolean chunked) {
        return chunked ? reply.chunked() : reply.untilClosed();
    }

    private static void hold(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void advance(Duration time) {
        try {
            at.timer.advance(time);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Lets a test wait for bytes that have arrived. */
    private static final class Arrived implements DownloadOptions.Progress {

        private volatile long received;

        @Override
        public void arrived(long received, Long total) {
            this.received = received;
        }

        void await(long bytes) {
            Downloading.await(bytes + " bytes", () -> received >= bytes);
        }
    }
}
