package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.AuthenticationException;
import ai.octopusx.video.BadRequestException;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.GatewayException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PermissionDeniedException;
import ai.octopusx.video.QuotaExceededException;
import ai.octopusx.video.RateLimitedException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.UpstreamRejectedException;
import ai.octopusx.video.VideoTask;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

/** What is sent again, what is not, and what the caller reads, over a real socket. */
class RepeatPolicyTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String QUEUED =
            "{\"id\":\"video_1\",\"object\":\"video\",\"status\":\"queued\",\"progress\":0}";
    private static final String OPENAI_429 =
            "{\"error\":{\"message\":\"slow down\",\"type\":\"new_api_error\",\"code\":\"\"}}";
    private static final String TASK_429 =
            "{\"code\":\"fail_to_fetch_task\",\"message\":\"当前分组上游负载已饱和\",\"data\":null}";
    private static final String NO_MODEL =
            "{\"error\":{\"message\":\"No available channel (request id: 2026)\",\"type\":\"new_api_error\",\"code\":\"model_not_found\"}}";

    private final MockWebServer gateway = new MockWebServer();
    private final List<OrphanedTask> orphans = new ArrayList<>();
    private VideoClient client;

    @BeforeEach
    void start() throws IOException {
        gateway.start();
        client = builder().build();
    }

    private VideoClientBuilder builder() {
        return VideoClient.builder()
                .apiKey("sk-the-key-of-the-user")
                .baseUrl("http://127.0.0.1:" + gateway.getPort())
                .submitAttempts(3, Duration.ofSeconds(30))
                .submitBackoff(Duration.ofMillis(10))
                .onOrphanedTask(orphans::add);
    }

    @AfterEach
    void stop() {
        client.close();
        gateway.close();
    }

    // ---- repeated

    @ParameterizedTest
    @ValueSource(strings = {"", OPENAI_429, TASK_429, "<html>slow down</html>", "{\"error\":\"slow"})
    void a429InAnyShapeIsRepeatedWithTheSameBytes(String body) throws Exception {
        enqueue(429, body);
        enqueue(429, body);
        enqueue(200, QUEUED);

        VideoTask task = client.submit(DoubaoVideoRequest.builder()
                        .prompt("p")
                        .firstFrame(FrameImage.of(Pictures.png(301, 301), "p.png"))
                        .build())
                .block(PATIENCE);

        assertThat(task.id()).isEqualTo("video_1");
        RecordedRequest first = gateway.takeRequest();
        for (int i = 0; i < 2; i++) {
            RecordedRequest again = gateway.takeRequest();
            assertThat(again.getBody()).isEqualTo(first.getBody());
            assertThat(again.getHeaders()).isEqualTo(first.getHeaders());
        }
        assertThat(gateway.getRequestCount()).isEqualTo(3);
    }

    @Test
    void attemptsAreBoundedAndTheLastRefusalIsTheCallers() {
        for (int i = 0; i < 9; i++) {
            enqueue(429, OPENAI_429);
        }

        OctopusXException failure = failure(RateLimitedException.class);

        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(failure).hasMessageContaining("there is no job and nothing was charged");
        assertThat(gateway.getRequestCount()).isEqualTo(3);
    }

    @Test
    void aMissingModelIsTriedAFewTimes() {
        client.close();
        client = builder().submitAttempts(9, Duration.ofSeconds(30)).build();
        for (int i = 0; i < 9; i++) {
            enqueue(503, NO_MODEL);
        }

        OctopusXException failure = failure(GatewayException.class);

        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(failure.requestId()).isEqualTo("2026");
        assertThat(gateway.getRequestCount()).isEqualTo(3);
    }

    @Test
    void aRefusedConnectionIsTriedAgain() throws Exception {
        client.close();
        AtomicInteger attempts = new AtomicInteger();
        try (RawGateway raw = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            exchange.answer(200, QUEUED);
        })) {
            raw.refuse();
            client = builder()
                    .baseUrl(raw.url())
                    .submitAttempts(5, Duration.ofSeconds(30))
                    .apiKey(() -> Mono.fromCallable(() -> {
                        if (attempts.incrementAndGet() == 3) {
                            raw.listen();
                        }
                        return "sk-key";
                    }))
                    .build();

            assertThat(submit().block(PATIENCE).id()).isEqualTo("video_1");
            assertThat(attempts).hasValue(3);
            assertThat(raw.taken()).hasSize(1);
        }
    }

    @Test
    void aGatewayThatIsNotThereIsNamedWithItsOrigin() throws Exception {
        gateway.close();

        OctopusXException failure = failure(TransportException.class);

        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
        assertThat(failure)
                .hasMessageContaining("127.0.0.1:" + gateway.getPort())
                .hasMessageContaining("nothing was sent");
    }

    @Test
    void aNameThatDoesNotExistIsNotSent() {
        client.close();
        client = builder().baseUrl("http://gateway.invalid").build();

        assertThat(failure(TransportException.class).submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
    }

    @Test
    void aRetryAfterIsWaitedForAndNotCutShort() throws Exception {
        client.close();
        VirtualTimeScheduler time = VirtualTimeScheduler.getOrSet();
        try {
            client = builder().submitAttempts(3, Duration.ofSeconds(45)).build();
            enqueueRetryAfter("10");
            enqueue(200, QUEUED);
            Mono<VideoTask> submission = submit().cache();
            submission.subscribe();
            assertThat(gateway.takeRequest(60, TimeUnit.SECONDS)).isNotNull();

            long before = time.now(TimeUnit.MILLISECONDS);
            while (gateway.takeRequest(2, TimeUnit.MILLISECONDS) == null) {
                time.advanceTimeBy(Duration.ofMillis(100));
                assertThat(time.now(TimeUnit.MILLISECONDS) - before).isLessThan(60_000);
            }

            assertThat(time.now(TimeUnit.MILLISECONDS) - before).isGreaterThanOrEqualTo(9_900);
            assertThat(submission.block(PATIENCE).id()).isEqualTo("video_1");
            time.advanceTimeBy(Duration.ofSeconds(1));
        } finally {
            client.closeLater().subscribe();
            time.advanceTimeBy(Duration.ofMinutes(1));
            VirtualTimeScheduler.reset();
        }
    }

    static Stream<Supplier<String>> farRetryAfters() {
        return Stream.of(
                () -> "3600",
                () -> DateTimeFormatter.RFC_1123_DATE_TIME.format(
                        Instant.now().plusSeconds(3600).atOffset(ZoneOffset.UTC)));
    }

    @ParameterizedTest
    @MethodSource("farRetryAfters")
    void aRetryAfterThatReachesPastThePatienceIsReportedAndNotWaitedFor(Supplier<String> retryAfter) {
        enqueueRetryAfter(retryAfter.get());

        ApiException failure = (ApiException) failure(RateLimitedException.class);

        assertThat(failure.retryAfter()).isBetween(Duration.ofSeconds(3590), Duration.ofSeconds(3600));
        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(gateway.getRequestCount()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Thu, 01 Jan 1970 00:00:00 GMT", "0", "-5", "soon", "1e9"})
    void aRetryAfterOfNoUseIsNoReasonToGiveUp(String retryAfter) {
        enqueueRetryAfter(retryAfter);
        enqueue(200, QUEUED);

        assertThat(submit().block(PATIENCE).id()).isEqualTo("video_1");
    }

    // ---- never repeated: a job may exist

    static Stream<Arguments> doubts() {
        return Stream.of(
                Arguments.of(500, "{\"code\":\"do_request_failed\",\"message\":\"x\",\"data\":null}"),
                Arguments.of(500, "{\"code\":\"invalid_response\",\"message\":\"x\",\"data\":null}"),
                Arguments.of(500, "{\"error\":{\"message\":\"x\",\"type\":\"new_api_panic\"}}"),
                Arguments.of(501, ""),
                Arguments.of(502, "<html>Bad Gateway</html>"),
                Arguments.of(503, "<html>model_not_found</html>"),
                Arguments.of(503, "{\"code\":\"model_not_found\",\"message\":\"x\",\"data\":null}"),
                Arguments.of(504, ""),
                Arguments.of(524, "cdn"),
                Arguments.of(408, ""),
                Arguments.of(201, "{\"code\":\"fail_to_fetch_task\",\"message\":\"x\",\"data\":null}"),
                Arguments.of(200, "{\"object\":\"video\",\"status\":\"queued\"}"),
                Arguments.of(200, "{\"id\":\"  \",\"status\":\"queued\"}"),
                Arguments.of(200, "<html>welcome</html>"),
                Arguments.of(200, ""),
                Arguments.of(200, "{\"id\":\"video_"),
                Arguments.of(204, null));
    }

    @ParameterizedTest
    @MethodSource("doubts")
    void anAnswerThatLeavesADoubtIsNeverRepeated(int status, String body) {
        enqueue(status, body);
        enqueue(200, QUEUED);

        OctopusXException failure = failure(SubmissionOutcomeUnknownException.class);

        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.UNKNOWN);
        assertThat(failure).hasMessageContaining("may exist and be charged");
        assertThat(gateway.getRequestCount()).isEqualTo(1);
        assertThat(orphans).isEmpty();
    }

    @Test
    void anAnswerThatBreaksOffAfterTheIdNamesTheTask() throws Exception {
        try (RawGateway raw = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            exchange.write(RawGateway.Exchange.head(200, "X-Oneapi-Request-Id: 42\r\n", 500)
                    + "{\"id\":\"video_1\",\"status\":\"que");
            exchange.fin();
        })) {
            client.close();
            client = builder().baseUrl(raw.url()).build();

            OctopusXException failure = failure(SubmissionOutcomeUnknownException.class);

            assertThat(failure.taskId()).isEqualTo("video_1");
            assertThat(failure.requestId()).isEqualTo("42");
            assertThat(failure).hasMessageContaining("Look at task video_1");
            assertThat(raw.taken()).hasSize(1);
        }
    }

    @Test
    void anAnswerThatStopsInTheMiddleNamesTheTaskTooWhenTheTimeIsUp() throws Exception {
        try (RawGateway raw = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            exchange.write(RawGateway.Exchange.head(200, "", 500) + "{\"id\":\"video_1\",\"status\":\"que");
            exchange.stall(10_000);
        })) {
            client.close();
            client = builder()
                    .baseUrl(raw.url())
                    .submitTimeout(Duration.ofMillis(500))
                    .build();

            OctopusXException failure = failure(SubmissionOutcomeUnknownException.class);

            assertThat(failure.taskId()).isEqualTo("video_1");
            assertThat(failure.getCause().getSuppressed()).hasAtLeastOneElementOfType(TimeoutException.class);
        }
    }

    @Test
    void aTaskThatCameWholeIsATaskEvenIfTheConnectionBrokeBehindIt() throws Exception {
        try (RawGateway raw = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            exchange.write(RawGateway.Exchange.head(200, "", 500) + QUEUED);
            exchange.fin();
        })) {
            client.close();
            client = builder().baseUrl(raw.url()).build();

            assertThat(submit().block(PATIENCE).id()).isEqualTo("video_1");
        }
    }

    @Test
    void aRefusalWhoseBodyBreaksOffIsARefusal() throws Exception {
        try (RawGateway raw = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            exchange.write(RawGateway.Exchange.head(400, "", 500) + "{\"code\":\"invalid_req");
            exchange.fin();
        })) {
            client.close();
            client = builder().baseUrl(raw.url()).build();

            assertThat(failure(BadRequestException.class).submission()).isEqualTo(SubmissionVerdict.REJECTED);
        }
    }

    // ---- refused

    static Stream<Arguments> refusals() {
        return Stream.of(
                Arguments.of(400, "{\"code\":\"invalid_seconds\",\"message\":\"x\"}", BadRequestException.class),
                Arguments.of(401, "{\"error\":{\"message\":\"x\",\"code\":\"\"}}", AuthenticationException.class),
                Arguments.of(
                        401, "{\"code\":\"fail_to_fetch_task\",\"message\":\"x\"}", UpstreamRejectedException.class),
                Arguments.of(403, "{\"error\":{\"message\":\"x\",\"code\":\"\"}}", PermissionDeniedException.class),
                Arguments.of(
                        403, "{\"code\":\"insufficient_user_quota\",\"message\":\"x\"}", QuotaExceededException.class),
                Arguments.of(404, "", ApiException.class),
                Arguments.of(413, "<html>too large</html>", BadRequestException.class),
                Arguments.of(418, "", ApiException.class));
    }

    @ParameterizedTest
    @MethodSource("refusals")
    void aRefusalIsTypedAndNotRepeated(int status, String body, Class<? extends OctopusXException> type) {
        enqueue(status, body);
        enqueue(200, QUEUED);

        OctopusXException failure = failure(type);

        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(((ApiException) failure).statusCode()).isEqualTo(status);
        assertThat(failure).hasMessageContaining("nothing was charged");
        assertThat(gateway.getRequestCount()).isEqualTo(1);
    }

    @Test
    void aModeratedPromptIsRecognisedThroughTheNestedMessage() {
        enqueue(
                400,
                "{\"code\":\"fail_to_fetch_task\",\"message\":\"{\\\"error\\\":{\\\"code\\\":"
                        + "\\\"InputTextSensitiveContentDetected\\\",\\\"message\\\":\\\"no\\\"}}\",\"data\":null}");

        assertThat(failure(BadRequestException.class)).hasMessageContaining("InputTextSensitiveContentDetected");
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void aRedirectIsNotFollowedAndItsTargetIsNamed(int status) {
        gateway.enqueue(new MockResponse.Builder()
                .code(status)
                .setHeader("Location", "https://elsewhere.example/v1/videos?token=abc")
                .build());
        enqueue(200, QUEUED);

        OctopusXException failure = failure(ApiException.class);

        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.REJECTED);
        assertThat(failure)
                .hasMessageContaining("https://elsewhere.example/v1/videos")
                .hasMessageNotContaining("abc");
        assertThat(gateway.getRequestCount()).isEqualTo(1);
    }

    // ---- what goes with a request

    @Test
    void theKeyIsAskedForAnewForEachAttempt() throws Exception {
        client.close();
        AtomicInteger keys = new AtomicInteger();
        client = builder()
                .apiKey(() -> Mono.fromSupplier(() -> "sk-" + keys.incrementAndGet()))
                .build();
        enqueue(429, "");
        enqueue(200, QUEUED);
        enqueue(200, QUEUED);

        submit().block(PATIENCE);
        client.retrieve("video_1").block(PATIENCE);

        for (int i = 1; i <= 3; i++) {
            assertThat(gateway.takeRequest().getHeaders().values("Authorization"))
                    .containsExactly("Bearer sk-" + i);
        }
    }

    static Stream<Supplier<Mono<String>>> badKeys() {
        return Stream.of(
                Mono::empty,
                () -> Mono.just(""),
                () -> Mono.just("  "),
                () -> Mono.just("sk-a\r\nX-Evil: 1"),
                () -> Mono.just("sk-é"),
                () -> Mono.error(new IOException("vault")),
                () -> null,
                () -> {
                    throw new IllegalStateException("vault");
                },
                Mono::never);
    }

    @ParameterizedTest
    @MethodSource("badKeys")
    void withoutAGoodKeyNothingIsSentAndThePlaceIsGivenBack(Supplier<Mono<String>> bad) {
        client.close();
        AtomicInteger asked = new AtomicInteger();
        client = builder()
                .maxConcurrentSubmissions(1)
                .submitTimeout(Duration.ofMillis(300))
                .apiKey(() -> asked.incrementAndGet() == 1 ? bad.get() : Mono.just("sk-good"))
                .build();
        enqueue(200, QUEUED);

        OctopusXException failure = failure(OctopusXException.class);

        assertThat(failure.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
        assertThat(failure).hasMessageContaining("the key could not be had");
        assertThat(gateway.getRequestCount()).isZero();
        assertThat(submit().block(PATIENCE).id()).isEqualTo("video_1");
    }

    @Test
    void aReadingWithoutAKeySaysSoAndNotThatTheConnectionBroke() {
        client.close();
        client = builder().apiKey(Mono::empty).build();

        OctopusXException failure = catchThrowableOfType(
                OctopusXException.class, () -> client.retrieve("video_1").block(PATIENCE));

        assertThat(failure)
                .hasMessageContaining("key")
                .hasMessageContaining("no connection came about")
                .hasMessageNotContaining("after the request was sent");
    }

    @Test
    void theApplicationsNameAndHeadersGoAlong() throws Exception {
        client.close();
        client = builder().userAgent("studio/2.1").header("X-Team", "film").build();
        enqueue(200, QUEUED);

        submit().block(PATIENCE);

        RecordedRequest request = gateway.takeRequest();
        assertThat(request.getHeaders().get("User-Agent")).matches("studio/2\\.1 octopusx-java/\\d.*");
        assertThat(request.getHeaders().values("X-Team")).containsExactly("film");
        assertThat(request.getHeaders().values("Accept-Language")).containsExactly("en");
        assertThat(request.getHeaders().values("Accept-Encoding")).isEmpty();
    }

    // ---- helpers

    private Mono<VideoTask> submit() {
        return client.submit(DoubaoVideoRequest.textToVideo("a cat"));
    }

    private <T extends OctopusXException> OctopusXException failure(Class<T> type) {
        Throwable failure = catchThrowableOfType(Throwable.class, () -> submit().block(PATIENCE));
        assertThat(failure).isInstanceOf(type);
        return (OctopusXException) failure;
    }

    private void enqueue(int status, String body) {
        MockResponse.Builder answer = new MockResponse.Builder().code(status);
        gateway.enqueue((body == null ? answer : answer.body(body)).build());
    }

    private void enqueueRetryAfter(String value) {
        gateway.enqueue(new MockResponse.Builder()
                .code(429)
                .setHeader("Retry-After", value)
                .body("")
                .build());
    }
}
