package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Headers;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;

/** What a host's tracer and timers hear of a client, and what the gateway hears of the host's trace. */
class ObservationTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String PROMPT = "a cat that nobody may know of";
    private static final byte[] VIDEO = Mp4s.video(50_000);

    private final MockWebServer gateway = new MockWebServer();
    private final MockWebServer storage = new MockWebServer();
    private final Queue<RecordedRequest> posts = new ConcurrentLinkedQueue<>();
    private final Queue<RecordedRequest> polls = new ConcurrentLinkedQueue<>();
    private final Queue<RecordedRequest> downloads = new ConcurrentLinkedQueue<>();
    private final Queue<MockResponse> refusals = new ConcurrentLinkedQueue<>();
    private final Tracing host = new Tracing();
    private volatile String model = "doubao-seedance-1-5-pro_720p";
    private volatile boolean answering = true;
    private volatile String link = "";

    @TempDir
    Path directory;

    @BeforeEach
    void start() throws IOException {
        gateway.setDispatcher(new Gateway());
        gateway.start();
        storage.setDispatcher(new Storage());
        storage.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
        storage.close();
    }

    private VideoClientBuilder builder() {
        return VideoClient.builder()
                .apiKey("sk-secret")
                .baseUrl("http://127.0.0.1:" + gateway.getPort())
                .polling(PollingPolicy.fixed(Duration.ofMillis(10)))
                .observationRegistry(host.observations);
    }

    // ---- the trace reaches the wire

    @Test
    void theTraceOfTheSubscriberGoesWithEachRequestToTheGateway() {
        Observation request = host.begun("http.server.requests");
        try (VideoClient client = builder().build()) {
            client.generate(request())
                    .flatMapMany(client::download)
                    .then()
                    .contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, request))
                    .block(PATIENCE);
        }

        String trace = "00-" + Tracing.traceId(request) + "-";
        assertThat(Tracing.traceId(request)).isNotEmpty();
        assertThat(traceOf(posts)).startsWith(trace);
        assertThat(traceOf(polls)).startsWith(trace);
        assertThat(traceOf(downloads)).startsWith(trace);
        assertThat(List.of(traceOf(posts), traceOf(polls), traceOf(downloads))).doesNotHaveDuplicates();
    }

    @Test
    void theHostOfALinkIsToldOfNoTrace() {
        link = "http://127.0.0.1:" + storage.getPort() + "/v.mp4?X-Signature=s3cr3t";
        try (VideoClient client = builder().build()) {
            client.download(task(link)).blockLast(PATIENCE);
        }

        assertThat(downloads).isEmpty();
        assertThat(host.ended(VideoObservation.DOWNLOAD)).hasSize(1);
        assertThat(traceOf(host.ended(VideoObservation.DOWNLOAD).get(0))).startsWith("00-");
        assertThat(storage.getRequestCount()).isEqualTo(1);
        assertThat(take(storage).getHeaders().names()).doesNotContain("traceparent");
    }

    @Test
    void withoutAParentEachExchangeIsATraceOfItsOwn() {
        try (VideoClient client = builder().build()) {
            client.retrieve("video_1").block(PATIENCE);
        }

        assertThat(traceOf(polls)).startsWith("00-");
        assertThat(host.ended(VideoObservation.POLL).get(0).getParentObservation())
                .isNull();
    }

    /** A tracer's baggage may have any name. */
    @Test
    void whatATracerInjectsNeverReplacesWhatTheClientSets() {
        host.observations.observationConfig().observationHandler(new Injecting("Authorization", "Bearer theirs"));
        try (VideoClient client = builder().header("X-Team", "studio").build()) {
            client.generate(request()).flatMapMany(client::download).blockLast(PATIENCE);
        }

        for (Queue<RecordedRequest> requests : List.of(posts, polls, downloads)) {
            assertThat(requests.element().getHeaders().values("Authorization")).containsExactly("Bearer sk-secret");
            assertThat(requests.element().getHeaders().get("X-Team")).isEqualTo("studio");
        }
    }

    // ---- the subscriber's context reaches all that is his

    @Test
    void theSubscribersContextReachesWhateverHeHungIntoTheClient() {
        Queue<String> keyAskedFor = new ConcurrentLinkedQueue<>();
        Queue<String> sentBy = new ConcurrentLinkedQueue<>();
        try (VideoClient client = builder()
                .apiKey(() -> Mono.deferContextual(context -> {
                    keyAskedFor.add(context.<String>getOrDefault("user", "nobody"));
                    return Mono.just("sk-secret");
                }))
                .httpClient(http -> http.doOnRequest((request, connection) ->
                        sentBy.add(request.currentContextView().<String>getOrDefault("user", "nobody"))))
                .build()) {
            client.generate(request())
                    .flatMapMany(client::download)
                    .then()
                    .contextWrite(Context.of("user", "ada"))
                    .block(PATIENCE);
        }

        assertThat(keyAskedFor).hasSize(3).containsOnly("ada");
        assertThat(sentBy).hasSize(3).containsOnly("ada");
    }

    @Test
    void whatRunsInsideAnExchangeIsItsChild() {
        Queue<Object> current = new ConcurrentLinkedQueue<>();
        try (VideoClient client = builder()
                .httpClient(http -> http.doOnRequest((request, connection) ->
                        current.add(request.currentContextView().get(ObservationThreadLocalAccessor.KEY))))
                .build()) {
            client.generate(request()).flatMapMany(client::download).blockLast(PATIENCE);
        }

        assertThat(MicrometerObserver.PARENT).isEqualTo(ObservationThreadLocalAccessor.KEY);
        assertThat(current)
                .extracting(
                        observation -> ((Observation) observation).getContext().getName())
                .containsExactly("octopusx.video.submit", "octopusx.video.poll", "octopusx.video.download");
    }

    // ---- names and keys

    @Test
    void aLifeIsObservedByTheDocumentedNamesAndKeys() {
        try (VideoClient client = builder().build()) {
            client.generate(request())
                    .flatMap(task -> client.downloadTo(task, directory.resolve("v.mp4")))
                    .block(PATIENCE);
        }

        assertThat(keys(VideoObservation.SUBMIT))
                .containsExactly(
                        "model=doubao-seedance-1-5-pro_720p",
                        "operation=submit",
                        "outcome=success",
                        "status.class=2xx");
        assertThat(keys(VideoObservation.POLL))
                .containsExactly(
                        "model=doubao-seedance-1-5-pro_720p", "operation=track", "outcome=success", "status.class=2xx");
        assertThat(keys(VideoObservation.DOWNLOAD))
                .containsExactly(
                        "model=doubao-seedance-1-5-pro_720p",
                        "operation=download",
                        "outcome=success",
                        "status.class=2xx");
        for (VideoObservationContext context : host.ended) {
            assertThat(context.getHighCardinalityKeyValues())
                    .containsExactlyInAnyOrder(KeyValue.of("task.id", "video_1"), KeyValue.of("request.id", "req-7"));
            assertThat(context.getLowCardinalityKeyValues().stream().map(KeyValue::getValue))
                    .noneMatch(value -> value.contains("video_1")
                            || value.contains(PROMPT)
                            || value.contains("http")
                            || value.contains("req-7"));
        }
        assertThat(host.meters
                        .get("octopusx.video.download")
                        .tag("outcome", "success")
                        .timer()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void eachAttemptOfASubmissionIsObserved() {
        refusals.add(json(429, "{\"error\":{\"message\":\"slow down\",\"type\":\"rate_limit_error\"}}"));
        try (VideoClient client = builder().submitBackoff(Duration.ofMillis(1)).build()) {
            client.submit(request())
                    .contextWrite(Context.of(ObservationThreadLocalAccessor.KEY, host.begun("http.server.requests")))
                    .block(PATIENCE);
        }

        assertThat(host.ended(VideoObservation.SUBMIT))
                .extracting(context -> context.outcome() + " " + context.status())
                .containsExactly("refused 429", "success 200");
        assertThat(host.ended(VideoObservation.SUBMIT).get(0).getError()).isNotNull();
        assertThat(traces(posts)).hasSize(2).doesNotHaveDuplicates();
    }

    @Test
    void aSubmissionWhoseOutcomeNobodyKnowsIsCalledSo() {
        refusals.add(json(500, "{}"));
        try (VideoClient client = builder().build()) {
            assertThatThrownBy(() -> client.submit(request()).block(PATIENCE)).isNotNull();
        }

        assertThat(keys(VideoObservation.SUBMIT)).contains("outcome=unknown", "status.class=5xx");
        assertThat(host.ended(VideoObservation.SUBMIT).get(0).getError().getMessage())
                .doesNotContain(PROMPT)
                .doesNotContain("sk-secret");
    }

    @Test
    void aConnectionThatCannotBeHadIsNoAnswer() {
        gateway.close();
        try (VideoClient client =
                builder().submitAttempts(1, Duration.ofSeconds(1)).build()) {
            assertThatThrownBy(() -> client.submit(request()).block(PATIENCE)).isNotNull();
        }

        assertThat(keys(VideoObservation.SUBMIT)).contains("outcome=unanswered", "status.class=none");
    }

    /** Else a gateway that names its models by the day would cost a registry its memory. */
    @Test
    void aModelThatIsNotDocumentedIsOther() {
        model = "doubao-seedance-9-9-ultra_8k";
        try (VideoClient client = builder().build()) {
            client.retrieve("video_1").block(PATIENCE);
            client.submit(DoubaoVideoRequest.builder()
                            .model(DoubaoModel.of("doubao-seedance-8-1"))
                            .prompt("p")
                            .build())
                    .block(PATIENCE);
        }

        assertThat(keys(VideoObservation.POLL)).contains("model=other", "operation=retrieve");
        assertThat(keys(VideoObservation.SUBMIT)).contains("model=other");
        assertThat(VideoKey.modelOf(null)).isEqualTo("unknown");
        assertThat(DoubaoModel.documented()).allSatisfy(known -> assertThat(VideoKey.modelOf(known.wireName()))
                .isEqualTo(known.wireName()));
    }

    @Test
    void aPollThatIsCancelledAndOneThatTakesTooLongAreToldApart() {
        answering = false;
        try (VideoClient client = builder().statusTimeout(Duration.ofSeconds(1)).build()) {
            client.track("video_1", TrackOptions.defaults().maxFailuresInARow(1))
                    .onErrorComplete()
                    .blockLast(PATIENCE);
        }
        assertThat(host.ended(VideoObservation.POLL))
                .extracting(VideoObservationContext::outcome)
                .containsExactly("unanswered");

        host.ended.clear();
        polls.clear();
        try (VideoClient client = builder().build()) {
            Disposable watching = client.track("video_1").subscribe();
            Downloading.await("the poll", () -> !polls.isEmpty());
            watching.dispose();
            Downloading.await("its end", () -> !host.ended.isEmpty());
        }
        assertThat(host.ended(VideoObservation.POLL))
                .extracting(VideoObservationContext::outcome)
                .containsExactly("cancelled");
    }

    @Test
    void aDownloadThatFailsAndOneThatNobodyReadsAreObserved() {
        refusals.add(json(401, "{}"));
        try (VideoClient client =
                builder().downloadIdleTimeout(Duration.ofMillis(300)).build()) {
            assertThatThrownBy(() -> client.download(task(null)).blockLast(PATIENCE))
                    .isNotNull();
            assertThat(keys(VideoObservation.DOWNLOAD)).contains("outcome=failed", "status.class=4xx");

            host.ended.clear();
            client.content(task(null)).block(PATIENCE);
            Downloading.await("the end of its patience", () -> !host.ended.isEmpty());
            assertThat(keys(VideoObservation.DOWNLOAD)).contains("outcome=cancelled", "status.class=2xx");

            host.ended.clear();
            client.content(task(null)).flatMapMany(VideoContent::body).blockLast(PATIENCE);
            assertThat(keys(VideoObservation.DOWNLOAD)).contains("outcome=success");
        }
    }

    // ---- what the host decides

    @Test
    void aHostMayLeaveOutWhatItDoesNotWantToSee() {
        host.observations
                .observationConfig()
                .observationPredicate((name, context) -> !name.equals("octopusx.video.poll"));
        try (VideoClient client = builder().build()) {
            client.generate(request()).block(PATIENCE);
        }

        assertThat(host.ended(VideoObservation.POLL)).isEmpty();
        assertThat(host.ended(VideoObservation.SUBMIT)).hasSize(1);
        assertThat(polls.element().getHeaders().get("traceparent")).isNull();
    }

    @Test
    void aHandlerThatThrowsCostsNoJob() {
        host.observations.observationConfig().observationHandler(new Failing());
        try (VideoClient client = builder().build()) {
            VideoTask task = client.generate(request()).block(PATIENCE);
            assertThat(task.isCompleted()).isTrue();
            assertThat(client.download(task).count().block(PATIENCE)).isPositive();
        }
    }

    // ---- the two servers

    private final class Gateway extends Dispatcher {

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            boolean content = request.getTarget().endsWith("/content");
            boolean post = request.getMethod().equals("POST");
            (post ? posts : content ? downloads : polls).add(request);
            MockResponse refusal = refusals.poll();
            if (refusal != null) {
                return refusal;
            }
            if (!answering) {
                return new MockResponse.Builder()
                        .headersDelay(20, java.util.concurrent.TimeUnit.SECONDS)
                        .build();
            }
            return content ? video() : json(200, body(post ? "queued" : "completed"));
        }
    }

    private static final class Storage extends Dispatcher {

        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return video();
        }
    }

    private String body(String status) {
        return "{\"id\":\"video_1\",\"object\":\"video\",\"model\":\"" + model + "\",\"status\":\"" + status
                + "\",\"progress\":0,\"created_at\":1766000000}";
    }

    private static MockResponse video() {
        return new MockResponse.Builder()
                .code(200)
                .headers(Headers.of("Content-Type", "video/mp4", "X-Oneapi-Request-Id", "req-7"))
                .body(new Buffer().write(VIDEO))
                .build();
    }

    private static MockResponse json(int status, String body) {
        return new MockResponse.Builder()
                .code(status)
                .setHeader("Content-Type", "application/json")
                .setHeader("X-Oneapi-Request-Id", "req-7")
                .body(body)
                .build();
    }

    private static DoubaoVideoRequest request() {
        return DoubaoVideoRequest.textToVideo(PROMPT);
    }

    private static VideoTask task(String link) {
        return new VideoTask(
                "video_1",
                VideoStatus.COMPLETED,
                100,
                "doubao-seedance-1-5-pro_720p",
                null,
                null,
                null,
                null,
                null,
                link,
                null,
                null,
                "completed",
                Map.of());
    }

    private static RecordedRequest take(MockWebServer server) {
        try {
            return server.takeRequest();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private List<String> keys(VideoObservation observation) {
        return Tracing.keys(host.ended(observation).get(0));
    }

    private static String traceOf(Queue<RecordedRequest> requests) {
        return requests.element().getHeaders().get("traceparent");
    }

    private static String traceOf(VideoObservationContext context) {
        return context.getCarrier().get("traceparent");
    }

    private static List<String> traces(Queue<RecordedRequest> requests) {
        return requests.stream()
                .map(request -> request.getHeaders().get("traceparent"))
                .toList();
    }

    private record Injecting(String name, String value) implements ObservationHandler<VideoObservationContext> {

        @Override
        public void onStart(VideoObservationContext context) {
            context.getSetter().set(context.getCarrier(), name, value);
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return context instanceof VideoObservationContext;
        }
    }

    private static final class Failing implements ObservationHandler<Observation.Context> {

        @Override
        public void onStart(Observation.Context context) {
            throw new IllegalStateException("at the start");
        }

        @Override
        public void onStop(Observation.Context context) {
            throw new IllegalStateException("at the end");
        }

        @Override
        public boolean supportsContext(Observation.Context context) {
            return true;
        }
    }
}
