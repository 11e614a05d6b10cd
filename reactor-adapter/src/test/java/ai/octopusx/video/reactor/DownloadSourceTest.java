package ai.octopusx.video.reactor;

import static ai.octopusx.video.reactor.Downloading.failure;
import static ai.octopusx.video.reactor.Downloading.task;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.AuthenticationException;
import ai.octopusx.video.BadRequestException;
import ai.octopusx.video.DownloadException;
import ai.octopusx.video.GatewayException;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.VideoFailedException;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.FileServer.Reply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a download asks, in which order, and what each of them gets to see. */
class DownloadSourceTest {

    private static final byte[] VIDEO = Mp4s.video(50_000);
    private static final String TAG = "\"v1\"";
    private static final String NOT_FOUND =
            "{\"error\":{\"message\":\"Task not found\",\"type\":\"invalid_request_error\"}}";

    private static final String ERROR =
            "{\"error\":{\"message\":\"Invalid token\",\"type\":\"new_api_error\",\"code\":\"\"}}";

    @RegisterExtension
    static final Leaks LEAKS = new Leaks();

    @RegisterExtension
    final Downloading at = new Downloading();

    @TempDir
    Path directory;

    @Test
    void theLinkComesFirstAndSeesNoKey() {
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);

        FileServer.Request request = at.storage.requests().get(0);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.target()).isEqualTo("/v.mp4?X-Signature=s3cr3t");
        assertThat(request.headers()).containsOnlyKeys("host", "user-agent", "accept");
        assertThat(request.header("user-agent")).startsWith("octopusx-java/");
        assertThat(request.header("host")).isEqualTo("127.0.0.1:" + at.storage.port());
        assertThat(at.gateway.requests()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRefusalThatBreaksOffIsARefusalAllTheSame(boolean reset) {
        Reply broken = Reply.of(401).body(ERROR).cutAfter(10);
        at.gateway.always(request -> reset ? broken.reset() : broken);

        AuthenticationException refused =
                failure(AuthenticationException.class, at.downloads.download(at.key, task(null)));

        assertThat(refused).hasMessageContaining("HTTP 401").returns(null, AuthenticationException::code);
        assertThat(at.gateway.requests()).hasSize(1);
    }

    @Test
    void troubleOfTheGatewayThatBreaksOffIsWaitedOut() {
        at.gateway
                .then(Reply.of(500).body(ERROR).cutAfter(10))
                .then(Reply.of(503).body(ERROR).cutAfter(0))
                .then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(null))).isEqualTo(VIDEO);
    }

    @Test
    void aRefusalThatStandsStillHoldsNobodyUp() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        at.gateway.always(request -> Reply.of(401).body(ERROR).pauseAfter(10, never));
        var refused = at.downloads.download(at.key, task(null)).then().toFuture();
        // The first wait is for the head; it is over when the second one begins, for the body.
        Downloading.await("the patience with the body", () -> at.timer.begun() == 2);
        at.timer.advance(Downloading.IDLE);

        assertThat(refused)
                .failsWithin(Downloading.PATIENCE)
                .withThrowableOfType(Exception.class)
                .havingCause()
                .isInstanceOf(AuthenticationException.class);
        never.countDown();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                " ",
                "not a link",
                "data:video/mp4;base64,AAAA",
                "ftp://127.0.0.1/v.mp4",
                "https://u@127.0.0.1/v.mp4",
                "https://"
            })
    void withoutAUsableLinkTheGatewayIsAskedWithTheKey(String link) {
        at.with(settings -> settings.header("X-Team", "studio"));
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(link))).isEqualTo(VIDEO);

        FileServer.Request request = at.gateway.requests().get(0);
        assertThat(request.target()).isEqualTo("/v1/videos/video_1/content");
        assertThat(request.header("authorization")).isEqualTo("Bearer " + Downloading.KEY);
        assertThat(request.header("x-team")).isEqualTo("studio");
        assertThat(request.headers()).doesNotContainKey("accept-encoding");
    }

    @Test
    void aHostileIdStaysOneSegmentOfThePath() {
        at.gateway.then(FileServer.storage(VIDEO, TAG));
        VideoTask hostile = new VideoTask(
                "../a b?c#d/é",
                VideoStatus.COMPLETED,
                100,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "",
                Map.of());

        assertThat(at.download(hostile)).isEqualTo(VIDEO);
        assertThat(at.gateway.targets()).containsExactly("/v1/videos/..%2Fa%20b%3Fc%23d%2F%C3%A9/content");
    }

    @Test
    void aLinkIsFoundInAllPlacesWhereTheGatewaysRelativesPutIt() {
        at.storage.always(FileServer.storage(VIDEO, TAG));

        at.download(
                task("data:,", VideoStatus.COMPLETED, Map.of("metadata", Map.of("url", at.storage.url("/metadata")))));
        at.download(task(null, VideoStatus.COMPLETED, Map.of("output", Map.of("url", at.storage.url("/output")))));
        at.download(
                task(null, VideoStatus.COMPLETED, Map.of("metadata", 7, "output", "x", "url", at.storage.url("/url"))));

        assertThat(at.storage.targets()).containsExactly("/metadata", "/output", "/url");
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 401, 403, 404, 410})
    void aLinkThatIsRefusedOrExpiredGivesWayToTheGatewayAtOnce(int status) {
        at.storage.then(Reply.of(status).body("<Error>AccessDenied</Error>"));
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.save(at.linked(), directory.resolve("v.mp4"), DownloadOptions.defaults()))
                .hasBinaryContent(VIDEO);
        assertThat(at.timer.pauses()).isEmpty();
        assertThat(at.storage.headers("authorization")).containsExactly("-");
    }

    @Test
    void aLinkThatExpiresInTheMiddleGivesWayToTheGatewayWhichGoesOn() {
        at.storage.then(FileServer.storage(VIDEO, TAG).apply(request(null)).cutAfter(20_000), Reply.of(403));
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.gateway.headers("Range")).containsExactly("bytes=20000-");
        assertThat(at.gateway.headers("If-Range")).containsExactly(TAG);
    }

    @Test
    void theGatewaysCopyUnderAnotherTagIsNotMixedWithTheLinks() {
        at.storage.then(FileServer.storage(VIDEO, TAG).apply(request(null)).cutAfter(20_000), Reply.of(403));
        byte[] other = Mp4s.video(50_001);
        at.gateway.always(FileServer.storage(other, "\"v2\""));

        assertThat(at.save(at.linked(), directory.resolve("v.mp4"), DownloadOptions.defaults()))
                .hasBinaryContent(other);
    }

    @Test
    void aHostThatCannotBeReachedAtAllGivesWayToTheGatewayInTheEnd() throws IOException {
        VideoTask task = at.linked();
        at.storage.close();
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task)).isEqualTo(VIDEO);
        assertThat(at.timer.pauses()).hasSize(4);
    }

    @Test
    void whenTheGatewaysOwnLinkIsDeadTheStatusIsReadForAFreshOne() {
        at.storage.then(Reply.of(403)).then(FileServer.storage(VIDEO, TAG));
        at.gateway.then(Reply.of(502).body("{\"error\":{\"message\":\"Upstream service returned status 403\"}}"));
        at.statusIs(task(at.storage.url("/fresh.mp4")));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.storage.targets()).containsExactly("/v.mp4?X-Signature=s3cr3t", "/fresh.mp4");
        assertThat(at.statusReads).hasValue(1);
        assertThat(at.timer.pauses()).isEmpty();
    }

    @Test
    void aStatusWithTheSameDeadLinkBringsNothingAndTheGatewayIsAskedAgain() {
        at.storage.then(Reply.of(403));
        at.gateway.then(Reply.of(502), Reply.of(502)).then(FileServer.storage(VIDEO, TAG));
        at.statusIs(at.linked());

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.statusReads).hasValue(1);
        assertThat(at.storage.requests()).hasSize(1);
        assertThat(at.timer.pauses()).hasSize(2);
    }

    @Test
    void aFreshLinkThatIsDeadTooLeadsBackToTheGatewayAndNotInCircles() {
        at.storage.then(Reply.of(403), Reply.of(410));
        at.gateway.always(request -> Reply.of(502).body("<html>bad gateway</html>"));
        at.statusIs(task(at.storage.url("/fresh.mp4")));

        GatewayException failed = failure(GatewayException.class, at.downloads.download(at.key, at.linked()));

        assertThat(failed).returns(502, ApiException::statusCode);
        assertThat(at.statusReads).hasValue(1);
        assertThat(at.gateway.requests()).hasSize(6);
    }

    @Test
    void aStatusThatCannotBeReadLeavesTheTroubleOfTheGateway() {
        at.gateway.then(Reply.of(502)).then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(null))).isEqualTo(VIDEO);
    }

    @ParameterizedTest
    @CsvSource({
        "404, ai.octopusx.video.TaskNotFoundException",
        "401, ai.octopusx.video.AuthenticationException",
        "403, ai.octopusx.video.PermissionDeniedException",
        "400, ai.octopusx.video.BadRequestException",
    })
    void whatTheGatewayRefusesForGoodIsItsOwnTypedErrorAtOnce(int status, Class<? extends ApiException> type) {
        at.gateway.then(Reply.of(status).header("X-Oneapi-Request-Id", "r-1").body(NOT_FOUND));

        ApiException failed = failure(type, at.downloads.download(at.key, task(null)));

        assertThat(failed)
                .hasMessageContaining("video_1")
                .hasMessageContaining("Task not found")
                .returns(status, ApiException::statusCode)
                .returns("r-1", ApiException::requestId)
                .returns("video_1", ApiException::taskId)
                .returns(at.gateway.url(""), ApiException::origin);
    }

    @Test
    void aKeyThatTheGatewayEchoesIsNotRepeated() {
        at.gateway.then(Reply.of(401).body("{\"error\":{\"message\":\"bad key " + Downloading.KEY + "\"}}"));

        AuthenticationException failed =
                failure(AuthenticationException.class, at.downloads.download(at.key, task(null)));
        assertThat(failed.bodyExcerpt()).contains("bad key").doesNotContain(Downloading.KEY);
    }

    @Test
    void theGatewaysTroubleMayPass() {
        at.gateway
                .then(Reply.of(500), Reply.of(503), Reply.of(429), Reply.of(408))
                .then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(null))).isEqualTo(VIDEO);
    }

    @Test
    void anUnfinishedTaskIsExplainedByTheGateway() {
        at.gateway.then(Reply.of(400)
                .body("{\"error\":{\"message\":\"Task is not completed yet, current status: IN_PROGRESS\"}}"));

        BadRequestException failed = failure(
                BadRequestException.class,
                at.downloads.content(at.key, task(null, VideoStatus.PROCESSING, Map.of()), DownloadOptions.defaults()));
        assertThat(failed).hasMessageContaining("IN_PROGRESS");
    }

    @Test
    void aTaskWithoutAVideoIsNotAskedFor() {
        for (VideoStatus status : new VideoStatus[] {VideoStatus.FAILED, VideoStatus.CANCELLED}) {
            failure(VideoFailedException.class, at.downloads.download(at.key, task(null, status, Map.of())));
        }
        assertThat(at.gateway.requests()).isEmpty();
    }

    @Test
    void anUnknownTaskIsNotFound() {
        at.gateway.then(Reply.of(404).body(NOT_FOUND));

        failure(
                TaskNotFoundException.class,
                at.downloads.downloadTo(at.key, task(null), directory.resolve("v.mp4"), DownloadOptions.defaults()));
        assertThat(Downloading.names(directory)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "text/html, <html><body>Sign in</body></html>",
        "application/json, '{\"error\":\"Sign in\"}'",
        "video/mp4, <html><body>Sign in</body></html>",
        "application/octet-stream, '{\"error\":\"Sign in\"}'",
        "text/plain, Sign in",
    })
    void aPageInsteadOfAVideoIsAnErrorWithAnExcerpt(String type, String page) {
        at.storage.then(Reply.of(200).header("Content-Type", type).body(page));

        DownloadException failed = failure(
                DownloadException.class,
                at.downloads.downloadTo(at.key, at.linked(), directory.resolve("v.mp4"), DownloadOptions.defaults()));

        assertThat(failed)
                .hasMessageContaining("a text came instead of a video")
                .hasMessageContaining("Sign in")
                .hasMessageContaining(type)
                .returns(false, DownloadException::resumable)
                .returns(0L, DownloadException::received);
        assertThat(Downloading.names(directory)).isEmpty();
    }

    @Test
    void ofALongPageOnlyTheBeginningIsReadAndShownWithoutSignatures() {
        String page = "<html>" + "x".repeat(20) + " https://a.example/v?X-Signature=s3cr3t " + "y".repeat(500_000);
        at.storage.then(Reply.of(200).header("Content-Type", "text/html").body(page));

        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, at.linked()));
        assertThat(failed.getMessage()).contains("https://a.example/v?***").hasSizeLessThan(700);
    }

    @Test
    void aVideoUnderTheTypeOfAPageIsAVideo() {
        at.storage.then(Reply.of(200).header("Content-Type", "text/plain").body(VIDEO));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
    }

    @Test
    void whatIsCodedIsRefused() {
        at.storage.then(Reply.video(VIDEO).header("Content-Encoding", "gzip"));

        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, at.linked()));
        assertThat(failed).hasMessageContaining("Content-Encoding");
    }

    private static FileServer.Request request(String range) {
        return new FileServer.Request("GET", "/", range == null ? Map.of() : Map.of("Range", range));
    }
}
