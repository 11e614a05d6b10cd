package ai.octopusx.video.reactor;

import static ai.octopusx.video.reactor.Downloading.failure;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.FileServer.Reply;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

/** Bytes as a stream, with what an HTTP response needs to pass them on, and with subscribers of all kinds. */
class DownloadContentTest {

    private static final byte[] VIDEO = Mp4s.video(300_000);
    private static final String TAG = "\"v1\"";
    private static final DownloadOptions WHOLE = DownloadOptions.defaults();

    @RegisterExtension
    static final Leaks LEAKS = new Leaks();

    @RegisterExtension
    final Downloading at = new Downloading();

    @Test
    void theWholeComesWithItsLengthTypeAndTag() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        VideoContent content = at.content(at.linked(), WHOLE);

        assertThat(content)
                .returns("video/mp4", VideoContent::contentType)
                .returns(300_000L, VideoContent::contentLength)
                .returns(null, VideoContent::range)
                .returns(TAG, VideoContent::etag);
        assertThat(at.read(content.body())).isEqualTo(VIDEO);
    }

    @Test
    void whatNobodySaidIsNotMadeUp() {
        at.storage.then(Reply.of(200).body(VIDEO).header("ETag", "W/\"weak\"").chunked());

        VideoContent content = at.content(at.linked(), WHOLE);

        assertThat(content)
                .returns("video/mp4", VideoContent::contentType)
                .returns(null, VideoContent::contentLength)
                .returns(null, VideoContent::range)
                .returns(null, VideoContent::etag);
        assertThat(at.read(content.body())).isEqualTo(VIDEO);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, 0, bytes=0-0, 0, 0",
                "0, -, bytes=0-, 0, 299999",
                "100, 199, bytes=100-199, 100, 199",
                "299999, -, bytes=299999-, 299999, 299999",
                "299000, 400000, bytes=299000-400000, 299000, 299999",
            })
    void aPartComesWithItsPlaceInTheWhole(long first, Long last, String asked, int from, int to) {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        VideoContent content = at.content(at.linked(), WHOLE.range(first, last));

        assertThat(at.storage.headers("Range")).containsExactly(asked);
        assertThat(at.storage.headers("If-Range")).containsExactly("-");
        assertThat(content.contentLength()).isEqualTo(to - from + 1);
        assertThat(content.range())
                .isEqualTo(from == 0 && to == 299_999 ? null : new VideoContent.Range(from, to, 300_000L));
        assertThat(at.read(content.body())).isEqualTo(Arrays.copyOfRange(VIDEO, from, to + 1));
    }

    @Test
    void aServerThatKnowsNoRangesGivesTheWholeAndThatIsTold() {
        at.storage.then(Reply.video(VIDEO).header("Accept-Ranges", "bytes"));

        VideoContent content = at.content(at.linked(), WHOLE.range(100, 199L));

        assertThat(content).returns(300_000L, VideoContent::contentLength).returns(null, VideoContent::range);
        assertThat(at.read(content.body())).isEqualTo(VIDEO);
    }

    @Test
    void aPartThatIsCutIsResumedInsideItsBounds() {
        at.storage
                .then(request -> FileServer.storage(VIDEO, TAG).apply(request).cutAfter(1_000))
                .then(request -> FileServer.storage(VIDEO, TAG).apply(request).cutAfter(2_000))
                .then(FileServer.storage(VIDEO, TAG));

        VideoContent content = at.content(at.linked(), WHOLE.range(10_000, 19_999L));

        assertThat(at.read(content.body())).isEqualTo(Arrays.copyOfRange(VIDEO, 10_000, 20_000));
        assertThat(at.storage.headers("Range"))
                .containsExactly("bytes=10000-19999", "bytes=11000-19999", "bytes=13000-19999");
    }

    @Test
    void aPartThatIsCutIsCompletedFromTheWholeWhereThatIsProvedEqual() {
        at.storage
                .then(request -> FileServer.storage(VIDEO, TAG).apply(request).cutAfter(1_000))
                .then(Reply.video(VIDEO).header("ETag", TAG));

        VideoContent content = at.content(at.linked(), WHOLE.range(10_000, 19_999L));

        assertThat(at.read(content.body())).isEqualTo(Arrays.copyOfRange(VIDEO, 10_000, 20_000));
    }

    @Test
    void aPartThatTheServerShortensIsCompletedByASecondRequest() {
        at.storage.then(request -> FileServer.part(VIDEO, "bytes=100-149").header("ETag", TAG));
        at.storage.then(FileServer.storage(VIDEO, TAG));

        VideoContent content = at.content(at.linked(), WHOLE.range(100, 299L));

        assertThat(content.contentLength()).isEqualTo(200);
        assertThat(at.read(content.body())).isEqualTo(Arrays.copyOfRange(VIDEO, 100, 300));
    }

    @Test
    void aPartBehindTheEndIsAnErrorThatTellsTheEnd() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        DownloadException failed =
                failure(DownloadException.class, at.downloads.content(at.key, at.linked(), WHOLE.range(300_000, null)));
        assertThat(failed).hasMessageContaining("begins behind the end of the video, which has 300000 bytes");
    }

    @Test
    void aLimitOfBytesIsHeldAgainstThePartAndNotTheWhole() {
        at.storage.always(FileServer.storage(VIDEO, TAG));

        assertThat(at.read(at.content(at.linked(), WHOLE.range(0, 999L).maxBytes(1_000))
                        .body()))
                .hasSize(1_000);
        failure(
                DownloadException.class,
                at.downloads.content(at.key, at.linked(), WHOLE.range(0, 1_000L).maxBytes(1_000)));
    }

    @Test
    void theHeadIsRetriedBeforeItIsHandedOut() {
        at.storage.then(Reply.of(503)).then(Reply.of(500)).then(FileServer.storage(VIDEO, TAG));

        assertThat(at.read(at.content(at.linked(), WHOLE).body())).isEqualTo(VIDEO);
        assertThat(at.storage.requests()).hasSize(3);
    }

    @Test
    void anIdThatCanBeNoPathTakesNoTurn() {
        VideoTask hostile = Downloading.task("..", null);
        for (int i = 0; i < 3; i++) {
            failure(IllegalArgumentException.class, at.downloads.content(at.key, hostile, WHOLE));
        }
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.read(at.content(at.linked(), WHOLE).body())).isEqualTo(VIDEO);
    }

    @Test
    void aBodyIsThereOnce() {
        at.storage.then(FileServer.storage(VIDEO, TAG));
        VideoContent content = at.content(at.linked(), WHOLE);

        assertThat(at.read(content.body())).isEqualTo(VIDEO);
        failure(IllegalStateException.class, content.body());
        assertThat(at.storage.requests()).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {1_000, 300_000})
    void aBodyThatNobodyReadsIsLetGoAfterTheIdleTime(int size) throws Exception {
        at.storage.then(FileServer.storage(Mp4s.video(size), TAG));
        VideoContent content = at.content(at.linked(), WHOLE);

        at.timer.advance(Downloading.IDLE);

        DownloadException failed = failure(DownloadException.class, content.body());
        assertThat(failed)
                .hasMessageContaining("was not read within 30000 ms")
                .returns(true, DownloadException::resumable);
    }

    @Test
    void aBodyThatIsReadJustInTimeIsNot() throws Exception {
        at.storage.then(FileServer.storage(VIDEO, TAG));
        VideoContent content = at.content(at.linked(), WHOLE);

        at.timer.advance(Downloading.IDLE.minusMillis(1));

        assertThat(at.read(content.body())).isEqualTo(VIDEO);
    }

    @Test
    void theHeadCanBePassedOnByOperatorsThatCancelBehindIt() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        VideoContent content =
                at.downloads.content(at.key, at.linked(), WHOLE).flux().next().block(Downloading.PATIENCE);

        assertThat(at.read(content.body())).isEqualTo(VIDEO);
    }

    @Test
    void cancellingBeforeTheHeadFreesTheConnection() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        at.storage.then(request -> {
            waitFor(never);
            return Reply.of(599);
        });

        Disposable waiting = at.downloads.content(at.key, at.linked(), WHOLE).subscribe();
        at.storage.awaitRequests(1);
        waiting.dispose();

        never.countDown();
    }

    @Test
    void piecesAreOnTheHeapAndBelongToTheSubscriber() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        List<ByteBuffer> pieces = at.downloads
                .download(at.key, at.linked())
                .doOnNext(piece -> assertThat(piece.hasArray()).isTrue())
                .collectList()
                .block(Downloading.PATIENCE);

        byte[] all = Downloading.joined(pieces);
        assertThat(all).isEqualTo(VIDEO);
        pieces.forEach(piece -> Arrays.fill(piece.array(), (byte) 0));
        at.storage.then(FileServer.storage(VIDEO, TAG));
        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
    }

    @Test
    void nothingIsSentBeforeItIsSubscribedAndNotMoreReadThanWasAskedFor() {
        byte[] large = Mp4s.video(30_000_000);
        at.with(settings -> settings.maxConcurrentDownloads(2));
        CountDownLatch sent = new CountDownLatch(1);
        at.storage.then(request -> FileServer.storage(large, TAG).apply(request).whenSent(sent::countDown));
        at.gateway.always(FileServer.storage(Mp4s.video(2_000_000), TAG));
        var download = at.downloads.download(at.key, at.linked());
        assertThat(at.storage.requests()).isEmpty();

        StepVerifier.create(download, 0)
                .thenRequest(3)
                .expectNextCount(3)
                .then(() -> {
                    // Time enough for one that reads ahead: the event loops bring twenty megabytes to somebody else.
                    for (int i = 0; i < 10; i++) {
                        at.download(Downloading.task(null));
                    }
                    assertThat(sent.getCount())
                            .as("the server is still busy sending")
                            .isEqualTo(1);
                })
                .thenCancel()
                .verify(Downloading.PATIENCE);
    }

    @Test
    void oneByOneIsAsGoodAsAllAtOnce() {
        at.storage.then(FileServer.storage(VIDEO, TAG));
        List<ByteBuffer> pieces = new ArrayList<>();
        CountDownLatch end = new CountDownLatch(1);

        at.downloads.download(at.key, at.linked()).subscribe(new BaseSubscriber<>() {

            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(ByteBuffer piece) {
                pieces.add(piece);
                request(1);
            }

            @Override
            protected void hookFinally(reactor.core.publisher.SignalType signal) {
                end.countDown();
            }
        });

        waitFor(end);
        assertThat(Downloading.joined(pieces)).isEqualTo(VIDEO);
    }

    @Test
    void cancellingInTheMiddleReleasesEverythingHoweverOften() {
        byte[] large = Mp4s.video(3_000_000);
        at.storage.always(FileServer.storage(large, TAG));
        for (int i = 0; i < 50; i++) {
            long taken = at.downloads
                    .download(at.key, at.linked())
                    .take(1 + i % 5)
                    .count()
                    .block(Downloading.PATIENCE);
            assertThat(taken).isEqualTo(1 + i % 5);
        }
        Downloading.await("the connections are closed", () -> at.storage.openConnections() == 0);
    }

    @Test
    void whoLeavesInTheMomentInWhichTheAnswerComesLeavesNoConnectionBehind() {
        at.storage.always(FileServer.storage(VIDEO, TAG));
        Random dice = new Random(1);
        for (int i = 1; i <= 400; i++) {
            Disposable leaving = at.downloads.download(at.key, at.linked()).subscribe();
            int answered = i;
            Downloading.await("the request", () -> at.storage.requests().size() == answered);
            LockSupport.parkNanos(dice.nextInt(400_000));
            leaving.dispose();
        }
        // The pool has one connection: had one not come back, nothing would be read any more.
        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
    }

    @Test
    void cancellingWhatHasArrivedWholeDoesNotCloseAConnectionThatSomebodyElseUses() throws Exception {
        LoopResources one = LoopResources.create("one", 1, true);
        at.with(settings -> settings.maxConcurrentDownloads(2).loopResources(one));
        byte[] small = Mp4s.video(500);
        CountDownLatch rest = new CountDownLatch(1);
        at.storage
                .then(FileServer.storage(small, TAG))
                .then(request -> FileServer.storage(VIDEO, TAG).apply(request).pauseAfter(100_000, rest));

        VideoContent first = at.content(at.linked(), WHOLE);
        BaseSubscriber<ByteBuffer> asksForNothing = new BaseSubscriber<>() {

            @Override
            protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}
        };
        first.body().subscribe(asksForNothing);
        one.onClient(true).next().submit(() -> {}).sync(); // by now the first exchange is over, its bytes unread
        var second = at.downloads
                .download(at.key, at.linked())
                .collectList()
                .map(Downloading::joined)
                .toFuture();
        at.storage.awaitRequests(2);
        assertThat(at.storage.openConnections())
                .as("the second one uses the connection of the first")
                .isEqualTo(1);

        asksForNothing.cancel();
        one.onClient(true).next().submit(() -> {}).sync();
        rest.countDown();

        assertThat(second.get()).isEqualTo(VIDEO);
        assertThat(at.storage.requests()).as("it did not have to be resumed").hasSize(2);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
