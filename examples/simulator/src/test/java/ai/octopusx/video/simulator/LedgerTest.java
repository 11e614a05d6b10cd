package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The account: what tests of clients assert on. */
class LedgerTest {

    private final List<String> log = java.util.Collections.synchronizedList(new ArrayList<>());
    private final OctopusXSimulator simulator = OctopusXSimulator.start(SimulatorConfig.builder()
            .manualClock()
            .apiKeys("sk-one-secret", "sk-two-secret")
            .life(Duration.ofSeconds(15))
            .maxRunning(Integer.MAX_VALUE)
            .log(log::add)
            .build());
    private final SimulatorLedger ledger = simulator.ledger();
    private final Http http = new Http(simulator, "sk-one-secret");

    @AfterEach
    void close() {
        simulator.close();
    }

    @Test
    void equalSubmissionsOfOneKeyAreFoundWhateverTheirBoundary() {
        byte[] image = Form.png(800, 600, 5_000);
        String first = http.submitted(Form.empty("one")
                .text("model", Form.MODEL)
                .text("prompt", "cat")
                .file("first_frame_image", "a.png", "image/png", image));
        assertThat(ledger.acceptedTwice()).isEmpty();

        http.submitted(Form.empty("two").text("model", Form.MODEL).text("prompt", "cat"));
        http.submitted(Form.empty("three")
                .text("model", Form.MODEL)
                .text("prompt", "cat")
                .file("first_frame_image", "a.png", "image/png", Form.png(800, 601, 5_000)));
        new Http(simulator, "sk-two-secret")
                .submitted(Form.empty("four")
                        .text("model", Form.MODEL)
                        .text("prompt", "cat")
                        .file("first_frame_image", "a.png", "image/png", image));
        assertThat(ledger.acceptedTwice()).isEmpty();

        String again = http.submitted(Form.empty("five")
                .file("first_frame_image", "b.png", "image/png", image)
                .text("prompt", "cat")
                .text("model", Form.MODEL));
        assertThat(ledger.acceptedTwice()).singleElement().satisfies(group -> assertThat(group)
                .extracting(AcceptedJob::id)
                .containsExactly(first, again));
    }

    @Test
    void requestsAreCountedByEndpointAndByKey() {
        String id = http.submitted(Form.of("x"));
        http.status(id);
        http.status(id);
        new Http(simulator, "sk-two-secret").status(id);
        new Http(simulator, "sk-wrong").status(id);
        simulator.advance(Duration.ofSeconds(15));
        http.content(id);
        http.fetch(Http.member(http.status(id).body(), "video_url"));

        assertThat(ledger.requests(Endpoint.SUBMIT)).isEqualTo(1);
        assertThat(ledger.requests(Endpoint.STATUS)).isEqualTo(5);
        assertThat(ledger.requests(Endpoint.CONTENT)).isEqualTo(1);
        assertThat(ledger.requests(Endpoint.FILES)).isEqualTo(1);
        assertThat(ledger.requests()).isEqualTo(8);
        assertThat(ledger.requestsOf("sk-one-secret")).isEqualTo(5);
        assertThat(ledger.requestsOf("sk-two-secret")).isEqualTo(1);
        assertThat(ledger.requestsOf("sk-wrong")).isZero();
        assertThat(ledger.requestsByKey())
                .containsEntry("default/1", 5L)
                .containsEntry("default/2", 1L)
                .containsEntry("none", 1L);
        assertThat(ledger.polls(id)).isEqualTo(4);
        assertThat(ledger.polls("video_unknown")).isZero();
    }

    @Test
    void onlyAPollThatBroughtTheEndHasSeenIt() {
        String id = http.submitted(Form.of("x"));
        simulator.advance(Duration.ofSeconds(15));
        simulator.inject("status:500*1,status:close*1");

        http.status(id);
        try (Raw raw = new Raw(simulator.baseUrl())) {
            raw.get(simulator, "/v1/videos/" + id).readToTheEnd();
        }
        assertThat(ledger.job(id).orElseThrow().endSeenAt()).isNull();
        simulator.advance(Duration.ofSeconds(4));
        http.status(id);
        simulator.advance(Duration.ofSeconds(4));
        http.status(id);

        AcceptedJob job = ledger.job(id).orElseThrow();
        assertThat(job.polls()).isEqualTo(4);
        assertThat(job.endSeenAfter()).isEqualTo(Duration.ofSeconds(4));
    }

    @Test
    void connectionsAreCountedWhileTheyAreOpenAndForEver() {
        try (Raw one = new Raw(simulator.baseUrl());
                Raw two = new Raw(simulator.baseUrl());
                Raw three = new Raw(simulator.filesUrl())) {
            for (Raw raw : List.of(one, two, three)) {
                raw.get(simulator, "/v1/videos/x").readUntil("\r\n\r\n");
            }
            assertThat(ledger.connections()).isEqualTo(3);
        }
        Eventually.until(() -> ledger.connections() == 0);
        assertThat(ledger.mostConnections()).isEqualTo(3);
        assertThat(ledger.allConnections()).isEqualTo(3);
    }

    @Test
    void oneConnectionCarriesManyRequests() {
        try (Raw raw = new Raw(simulator.baseUrl())) {
            for (int i = 0; i < 50; i++) {
                raw.get(simulator, "/v1/videos/x").readUntil("null}");
            }
        }
        assertThat(ledger.allConnections()).isEqualTo(1);
        assertThat(ledger.requests(Endpoint.STATUS)).isEqualTo(50);
    }

    @Test
    void theLedgerAndTheFaultsAreToBeHadOverHttp() {
        String id = http.submitted(Form.of("a \"quoted\"\nprompt"));

        String json = plain("GET", "/__simulator/ledger", "").body();
        assertThat(json).isEqualTo(ledger.toJson()).contains("\"id\":\"" + id + "\"", "a \\\"quoted\\\"\\nprompt");
        assertThat(plain("POST", "/__simulator/faults", "status:429*1").statusCode())
                .isEqualTo(200);
        assertThat(http.status(id).statusCode()).isEqualTo(429);
        assertThat(plain("POST", "/__simulator/faults", "nonsense").body()).contains("nonsense", "endpoint:kind");
        plain("POST", "/__simulator/faults", "status:500");
        plain("DELETE", "/__simulator/faults", "");
        assertThat(http.status(id).statusCode()).isEqualTo(200);
        assertThat(plain("GET", "/__simulator/other", "").statusCode()).isEqualTo(404);
    }

    private HttpResponse<String> plain(String method, String path, String body) {
        return Http.text(HttpRequest.newBuilder(simulator.baseUrl().resolve(path))
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .build());
    }

    @Test
    void neitherLogNorLedgerShowsAKeyOrASignature() {
        String id = http.submitted(Form.of("x"));
        simulator.advance(Duration.ofSeconds(15));
        String link = Http.member(http.status(id).body(), "video_url");
        http.fetch(link, "Authorization", "Bearer sk-one-secret");
        http.get("/v1/videos/" + id + "?key=sk-one-secret");
        new Http(simulator, "sk-two-secret").status(id);

        String everything = log + ledger.toJson() + ledger + simulator + ledger.accepted() + ledger.violations();
        assertThat(everything).doesNotContain("secret").doesNotContain("Signature");
        assertThat(log)
                .anySatisfy(line -> assertThat(line).contains("POST /v1/videos 200", "default/1"))
                .anySatisfy(line -> assertThat(line).contains("accepted " + id, "1280x720 5s", "$0.16"))
                .anySatisfy(line -> assertThat(line).contains("GET /v1/videos/" + id + " 200", "default/2"))
                .anySatisfy(line -> assertThat(line).contains("GET /v/" + id + ".mp4 200", "files"));
    }

    @Test
    void theLogTellsOfFaults() {
        simulator.inject("status:429*1,status:close*1");
        http.status("x");
        try (Raw raw = new Raw(simulator.baseUrl())) {
            raw.get(simulator, "/v1/videos/x").readToTheEnd();
        }

        assertThat(log.get(0)).contains(" 429 ", "fault: answer");
        assertThat(log.get(1)).contains(" --- ", "fault: close");
    }

    @Test
    void theLedgerMayBeReadWhileTrafficRuns() throws Exception {
        AtomicBoolean running = new AtomicBoolean(true);
        ExecutorService threads = Executors.newFixedThreadPool(3);
        try {
            List<Future<Integer>> writers = new ArrayList<>();
            for (int t = 0; t < 2; t++) {
                writers.add(threads.submit((Callable<Integer>) () -> {
                    int sent = 0;
                    while (running.get()) {
                        http.status(http.submitted(Form.of("x")));
                        sent++;
                    }
                    return sent;
                }));
            }
            for (int i = 0; i < 100 || ledger.acceptedCount() < 20; i++) {
                ledger.toJson();
                assertThat(ledger.charges().size()).isLessThanOrEqualTo(ledger.acceptedCount());
                simulator.advance(Duration.ofSeconds(1));
            }
            running.set(false);
            int sent = writers.get(0).get() + writers.get(1).get();
            assertThat(ledger.acceptedCount()).isEqualTo(sent);
            assertThat(ledger.acceptedTwice()).singleElement().satisfies(all -> assertThat(all)
                    .hasSize(sent));
        } finally {
            running.set(false);
            threads.shutdownNow();
        }
    }

    @Test
    void aFormIsWrittenDownAsItCame() {
        byte[] image = Form.png(800, 600, 100);
        http.submitted(Form.of("猫").file("first_frame_image", "a.png", "image/png", image));

        String json = new String(ledger.toJson().getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        assertThat(json).contains("\"prompt\":\"猫\"", "\"sha256\":\"" + Digests.sha256(image) + "\"", "\"size\":100");
    }
}
