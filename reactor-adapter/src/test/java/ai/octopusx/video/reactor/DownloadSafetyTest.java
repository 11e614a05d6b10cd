package ai.octopusx.video.reactor;

import static ai.octopusx.video.reactor.Downloading.failure;
import static ai.octopusx.video.reactor.Downloading.task;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DownloadException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.reactor.FileServer.Reply;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Where the key goes, where nobody goes, and what is shown of it. */
class DownloadSafetyTest {

    private static final byte[] VIDEO = Mp4s.video(50_000);
    private static final String TAG = "\"v1\"";
    private static final String CONTENT = "/v1/videos/video_1/content";
    private static final String BEARER = "Bearer " + Downloading.KEY;

    @RegisterExtension
    static final Leaks LEAKS = new Leaks();

    @RegisterExtension
    final Downloading at = new Downloading();

    @TempDir
    Path directory;

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectToAnotherOriginIsFollowedWithoutTheKey(int status) {
        at.with(settings -> settings.header("X-Team", "studio"));
        at.gateway.then(
                redirect(status, at.storage.url("/v.mp4?X-Signature=s3cr3t")).body("moved"));
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(null))).isEqualTo(VIDEO);

        assertThat(at.gateway.headers("authorization")).containsExactly(BEARER);
        FileServer.Request request = at.storage.requests().get(0);
        assertThat(request.method()).isEqualTo("GET");
        assertThat(request.target()).isEqualTo("/v.mp4?X-Signature=s3cr3t");
        assertThat(request.headers()).containsOnlyKeys("host", "user-agent", "accept");
    }

    @Test
    void theKeyStaysOnTheGatewaysOriginAndDoesNotComeBackOnceItHasBeenDropped() {
        at.gateway.then(redirect(302, "/mirror?a=b"), redirect(302, at.storage.url("/hop")));
        at.storage.then(redirect(302, at.gateway.url("/back")));
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(null))).isEqualTo(VIDEO);

        assertThat(at.gateway.targets()).containsExactly(CONTENT, "/mirror?a=b", "/back");
        assertThat(at.gateway.headers("authorization")).containsExactly(BEARER, BEARER, "-");
        assertThat(at.storage.headers("authorization")).containsExactly("-");
    }

    @Test
    void aLinkThatRedirectsToTheGatewayGetsNoKeyThere() {
        at.storage.then(redirect(302, at.gateway.url(CONTENT)));
        at.gateway.then(Reply.of(401)).then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.gateway.headers("authorization")).containsExactly("-", BEARER);
    }

    @Test
    void aChainOfRedirectsKeepsTheRangeAndIsWalkedAnewByEachAttempt() {
        at.gateway.always(request -> redirect(302, at.storage.url("/1")));
        at.storage.then(redirect(307, "2"), redirect(308, "/3/"), redirect(301, "./v.mp4"));
        at.storage.then(request -> FileServer.storage(VIDEO, TAG).apply(request).cutAfter(10_000));
        at.storage.then(redirect(302, "/other.mp4")).then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(null))).isEqualTo(VIDEO);

        assertThat(at.storage.targets()).containsExactly("/1", "/2", "/3/", "/3/v.mp4", "/1", "/other.mp4");
        assertThat(at.storage.headers("range")).containsExactly("-", "-", "-", "-", "bytes=10000-", "bytes=10000-");
        assertThat(at.gateway.headers("range")).containsExactly("-", "bytes=10000-");
    }

    @Test
    void tenRedirectsAreFollowedAndNotEleven() {
        for (int i = 0; i < 10; i++) {
            at.gateway.then(redirect(302, "/" + i));
        }
        at.gateway.then(FileServer.storage(VIDEO, TAG));
        assertThat(at.download(task(null))).isEqualTo(VIDEO);

        at.gateway.always(request -> redirect(302, "/again"));
        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, task(null)));
        assertThat(failed).hasMessageContaining("redirected once more after 10 redirects");
        assertThat(at.gateway.requests()).hasSize(11 + 11);
        assertThat(at.timer.pauses()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://127.0.0.1/v.mp4",
                "file:///etc/passwd",
                "data:video/mp4;base64,AAAA",
                "http://u:p@127.0.0.1/"
            })
    void aRedirectToAnythingElseIsNotFollowed(String target) {
        at.gateway.then(redirect(302, target));

        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, task(null)));
        assertThat(failed).hasMessageContaining("redirected to something that is no http or https address");
    }

    @Test
    void aLinkWhoseRedirectIsNotFollowedGivesWayToTheGateway() {
        at.storage.then(redirect(302, "ftp://127.0.0.1/v.mp4"));
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
    }

    @Test
    void aRedirectWithoutATargetIsARefusal() {
        at.gateway.then(Reply.of(302));

        assertThat(failure(OctopusXException.class, at.downloads.download(at.key, task(null))))
                .hasMessageContaining("HTTP 302");
    }

    @Test
    void nothingLeadsFromHttpsToHttp() throws Exception {
        at.withSecureGateway(false);
        at.gateway.then(redirect(302, at.storage.url("/v.mp4")));

        DownloadException failed = failure(DownloadException.class, at.downloads.download(at.key, task(null)));

        assertThat(failed)
                .hasMessageContaining("redirected to " + at.storage.url(""))
                .hasMessageContaining("from https to http");
        assertThat(at.storage.requests()).isEmpty();
    }

    @Test
    void aPlainLinkFromASecureGatewayIsNotUsedButItsOwnCopyIs() throws Exception {
        at.withSecureGateway(false);
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked())).isEqualTo(VIDEO);
        assertThat(at.storage.requests()).isEmpty();
        assertThat(at.gateway.headers("authorization")).containsExactly(BEARER);
    }

    @Test
    void fromHttpToHttpsIsFine() throws Exception {
        try (FileServer secure = FileServer.secure()) {
            at.withSecureGateway(false);
            secure.then(FileServer.storage(VIDEO, TAG));

            assertThat(at.download(task(secure.url("/v.mp4")))).isEqualTo(VIDEO);
        }
    }

    @Test
    void theGuardRefusesALiteralPrivateAddressBeforeItIsConnectedTo() {
        at.with(settings -> settings.refusePrivateAddresses(true));
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(at.linked()))
                .as("by way of the gateway, which the user named")
                .isEqualTo(VIDEO);
        assertThat(at.storage.openConnections()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1", "169.254.169.254", "10.1.2.3", "100.100.100.200", "0.0.0.0"})
    void theGuardRefusesANameThatLeadsToAPrivateAddress(String address) {
        at.with(settings ->
                settings.refusePrivateAddresses(true).httpClient(client -> client.resolver(new Leading(address))));
        at.gateway.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task("http://rebound.example:" + at.storage.port() + "/v.mp4")))
                .isEqualTo(VIDEO);
        assertThat(at.storage.openConnections()).isZero();
        assertThat(at.timer.pauses()).as("no attempt is repeated").isEmpty();
    }

    @Test
    void withoutTheGuardThatNameIsFetched() {
        at.with(settings ->
                settings.refusePrivateAddresses(false).httpClient(client -> client.resolver(new Leading("127.0.0.1"))));
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task("http://rebound.example:" + at.storage.port() + "/v.mp4")))
                .isEqualTo(VIDEO);
        assertThat(at.storage.headers("host")).containsExactly("rebound.example:" + at.storage.port());
    }

    @Test
    void theGuardRefusesARedirectBehindTheWallByAddressAndByName() {
        at.with(settings ->
                settings.refusePrivateAddresses(true).httpClient(client -> client.resolver(new Leading("127.0.0.1"))));
        at.gateway.then(redirect(302, at.storage.url("/v.mp4")));
        at.gateway.then(redirect(302, "http://rebound.example:" + at.storage.port() + "/v.mp4"));

        assertThat(failure(DownloadException.class, at.downloads.download(at.key, task(null))))
                .hasMessageContaining("which leads to a private address");
        assertThat(failure(DownloadException.class, at.downloads.download(at.key, task(null))))
                .hasMessageContaining("rebound.example leads to a private address");
        assertThat(at.storage.openConnections()).isZero();
    }

    @Test
    void theGuardIsOnForAPublicGatewayAndOffForOneOnThisMachine() {
        assertThat(settings("https://octopusx.ai").refusePrivateAddresses).isTrue();
        assertThat(settings("https://127.0.0.1").refusePrivateAddresses).isFalse();
        assertThat(settings("https://gateway.internal").refusePrivateAddresses).isFalse();
        assertThat(settings("http://octopusx.ai").refusePrivateAddresses).isFalse();
    }

    private static Settings settings(String baseUrl) {
        return new Settings(VideoClient.builder().apiKey("k").baseUrl(baseUrl));
    }

    @Test
    void aCustomizerCannotBringBackWhatTheSafetyRestsOn() {
        at.with(settings -> settings.httpClient(client -> client.followRedirect(true)
                .compress(true)
                .disableRetry(false)
                .responseTimeout(java.time.Duration.ofMillis(1))
                .headers(
                        headers -> headers.set("Authorization", "Bearer theirs").set("Cookie", "a=b"))));
        at.gateway.then(redirect(302, at.storage.url("/v.mp4")));
        at.storage.then(FileServer.storage(VIDEO, TAG));

        assertThat(at.download(task(null))).isEqualTo(VIDEO);
        assertThat(at.gateway.headers("authorization")).containsExactly(BEARER);
        assertThat(at.storage.requests().get(0).headers()).containsOnlyKeys("host", "user-agent", "accept");
    }

    @Test
    void aKeyThatCannotBeHadEndsItBeforeAnythingIsSent() {
        ApiKey failing =
                ApiKey.supplied(() -> reactor.core.publisher.Mono.error(new IllegalStateException("vault sealed")));

        DownloadException failed = failure(DownloadException.class, at.downloads.download(failing, task(null)));
        assertThat(failed).hasMessageContaining("no key could be had").hasRootCauseMessage("vault sealed");
        assertThat(at.gateway.requests()).isEmpty();
    }

    /** Each of these may hold a link or a key somewhere, with every logger at its most talkative. */
    @Test
    void neitherTheKeyNorASignatureIsShownAnywhere() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        Level before = root.getLevel();
        root.setAdditive(false);
        var appenders = new java.util.ArrayList<ch.qos.logback.core.Appender<ILoggingEvent>>();
        root.iteratorForAppenders().forEachRemaining(appenders::add);
        appenders.forEach(root::detachAppender);
        root.addAppender(log);
        root.setLevel(Level.TRACE);
        try {
            at.with(settings -> settings.wiretap(true).httpClient(client -> client.wiretap(true)));
            at.storage
                    .then(FileServer.storage(VIDEO, TAG)
                            .apply(new FileServer.Request("GET", "/", java.util.Map.of()))
                            .cutAfter(9_000))
                    .then(Reply.of(403).body("<Error>?X-Signature=s3cr3t</Error>"));
            at.gateway.then(redirect(302, at.storage.url("/moved?X-Signature=s3cr3t")));
            at.storage.then(FileServer.storage(VIDEO, TAG));
            assertThat(at.download(at.linked())).isEqualTo(VIDEO);

            at.gateway.then(Reply.of(401).body("{\"error\":{\"message\":\"no " + Downloading.KEY + "\"}}"));
            failure(
                    OctopusXException.class,
                    at.downloads.downloadTo(at.key, task(null), directory.resolve("v"), DownloadOptions.defaults()));
        } finally {
            root.setLevel(before);
            root.detachAppender(log);
            appenders.forEach(root::addAppender);
        }
        assertThat(log.list.size()).as("lines of log").isGreaterThan(50);
        for (ILoggingEvent event : List.copyOf(log.list)) {
            String line = event.getLoggerName() + ": " + event.getFormattedMessage()
                    + (event.getThrowableProxy() == null
                            ? ""
                            : event.getThrowableProxy().getMessage());
            assertThat(line).doesNotContain("s3cr3t").doesNotContain(Downloading.KEY);
        }
    }

    private static Reply redirect(int status, String target) {
        return Reply.of(status).header("Location", target);
    }

    /** Every name leads to one address. */
    private static final class Leading extends AddressResolverGroup<InetSocketAddress> {

        private final String address;

        Leading(String address) {
            this.address = address;
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetNameResolver(executor) {

                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) throws Exception {
                    promise.setSuccess(InetAddress.getByName(address));
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) throws Exception {
                    promise.setSuccess(List.of(InetAddress.getByName(address)));
                }
            }.asAddressResolver();
        }
    }
}
