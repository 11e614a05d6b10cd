package ai.octopusx.video.recipes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.PollingPolicy;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import ai.octopusx.video.simulator.OctopusXSimulator;
import ai.octopusx.video.simulator.SimulatorConfig;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.http.MediaType;
import org.springframework.http.client.MultipartBodyBuilder;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Each recipe does what it says, on the simulator. */
class RecipesTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private OctopusXSimulator gateway;
    private VideoClient client;

    @BeforeEach
    void start() {
        gateway = OctopusXSimulator.start(SimulatorConfig.builder()
                .apiKeys("sk-one", "sk-two")
                .life(Duration.ofMillis(300))
                .snapshotInterval(Duration.ofMillis(20))
                .maxRunning(10_000)
                .submissionsPerMinute(1_000_000)
                .build());
        client = newClient();
    }

    private VideoClient newClient() {
        return VideoClient.builder()
                .baseUrl(gateway.baseUrl().toString())
                .apiKey("sk-one")
                .polling(PollingPolicy.fixed(Duration.ofMillis(50)))
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        assertThat(gateway.ledger().acceptedTwice()).isEmpty();
        assertThat(gateway.ledger().violations()).isEmpty();
        gateway.close();
    }

    @Test
    void aThousandPromptsBecomeAThousandFilesLessThoseThatFail(@TempDir Path directory) throws IOException {
        gateway.inject("outcome:failed/SomeTrouble*3");

        List<Path> files = new FanOut(client)
                .videos(Flux.range(0, 1_000).map(number -> "Boat number " + number), directory)
                .collectList()
                .block(PATIENCE.multipliedBy(3));

        assertThat(files).hasSize(997).doesNotHaveDuplicates();
        try (Stream<Path> saved = Files.list(directory)) {
            assertThat(saved).hasSize(997);
        }
        assertThat(gateway.ledger().acceptedCount()).isEqualTo(1_000);
    }

    @Test
    void browsersThatWatchOneJobSeeItsEnd() {
        VideoTask task = client.submit(boat()).block(PATIENCE);

        WebTestClient browser = WebTestClient.bindToController(new LiveEvents(client))
                .configureClient()
                .responseTimeout(PATIENCE)
                .build();
        List<VideoTask> states = browser.get()
                .uri("/videos/{id}/events", task.id())
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(VideoTask.class)
                .getResponseBody()
                .collectList()
                .block(PATIENCE);

        assertThat(states).isNotEmpty();
        assertThat(states.get(states.size() - 1).isCompleted()).isTrue();
    }

    @Test
    void anotherModelTakesOverWhenTheFirstOneFails() {
        gateway.inject("outcome:failed/SomeTrouble*1");

        VideoTask task = new Fallback(client, PATIENCE).generate("A paper boat").block(PATIENCE);

        assertThat(task.isCompleted()).isTrue();
        assertThat(gateway.ledger().accepted())
                .extracting(job -> job.fields().get("model"))
                .containsExactly(
                        DoubaoModel.SEEDANCE_1_5_PRO_1080P.wireName(), DoubaoModel.SEEDANCE_1_0_PRO_720P.wireName());
        assertThat(gateway.ledger().refunds()).hasSize(1);
    }

    @Test
    void itTakesOverWhenTheFirstOneIsRefusedOrLateButNotWhenNobodyKnows() {
        gateway.inject("submit:400/e1*1");
        assertThat(new Fallback(client, PATIENCE)
                        .generate("Refused")
                        .block(PATIENCE)
                        .isCompleted())
                .isTrue();
        assertThat(gateway.ledger().acceptedCount()).isEqualTo(1);

        Duration tooShort = Duration.ofMillis(100);
        assertThat(new Fallback(client, tooShort)
                        .generate("Late")
                        .block(PATIENCE)
                        .isCompleted())
                .isTrue();
        assertThat(gateway.ledger().acceptedCount()).isEqualTo(3);

        gateway.inject("submit:answer-lost*1");
        assertThatThrownBy(
                        () -> new Fallback(client, PATIENCE).generate("Unknown").block(PATIENCE))
                .isInstanceOf(SubmissionOutcomeUnknownException.class);
        assertThat(gateway.ledger().acceptedCount()).isEqualTo(4);
    }

    @Test
    void whatWasOpenAtTheEndIsWatchedOnAfterTheStart() {
        Stored store = new Stored();
        for (String prompt : List.of("one", "two", "three")) {
            VideoTask task =
                    client.submit(DoubaoVideoRequest.textToVideo(prompt)).block(PATIENCE);
            store.tasks.add(task.toJson());
        }
        client.close();
        client = newClient();

        List<VideoTask> ended = new Resume(client, store).resume().collectList().block(PATIENCE);

        assertThat(ended).hasSize(3).allMatch(VideoTask::isCompleted);
        assertThat(gateway.ledger().acceptedCount()).isEqualTo(3);
    }

    @Test
    void progressOnlyGrows() {
        gateway.inject("status:backwards@0.3");

        List<Integer> progress =
                new Percentage(client).progress(boat()).collectList().block(PATIENCE);

        assertThat(progress).isSorted().doesNotHaveDuplicates().startsWith(0).endsWith(100);
    }

    @Test
    void aVideoIsTheBodyOfAResponse() {
        VideoTask task = client.generate(boat()).block(PATIENCE);
        RouterFunction<ServerResponse> routes = RouterFunctions.route()
                .GET("/videos/{id}/content", new Serve(client)::video)
                .build();

        byte[] body = WebTestClient.bindToRouterFunction(routes)
                .configureClient()
                .responseTimeout(PATIENCE)
                .codecs(codecs -> codecs.defaultCodecs().maxInMemorySize(10_000_000))
                .build()
                .get()
                .uri("/videos/{id}/content", task.id())
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType("video/mp4")
                .expectBody()
                .returnResult()
                .getResponseBody();

        assertThat(body).containsSequence('f', 't', 'y', 'p');
    }

    @Test
    void aPictureFromABrowserIsTheFirstFrame() throws IOException {
        RouterFunction<ServerResponse> routes = RouterFunctions.route()
                .POST("/videos", request -> request.multipartData()
                        .map(parts -> (FilePart) parts.getFirst("picture"))
                        .flatMap(picture -> new FirstFrame(client).animate(picture, "It moves"))
                        .flatMap(task -> ServerResponse.ok().bodyValue(task.id())))
                .build();
        byte[] png = png();
        MultipartBodyBuilder form = new MultipartBodyBuilder();
        form.part("picture", new ByteArrayResource(png))
                .filename("图 \"one\".png")
                .contentType(MediaType.IMAGE_PNG);

        WebTestClient.bindToRouterFunction(routes)
                .configureClient()
                .responseTimeout(PATIENCE)
                .build()
                .post()
                .uri("/videos")
                .bodyValue(form.build())
                .exchange()
                .expectStatus()
                .isOk();

        assertThat(gateway.ledger().accepted()).singleElement().satisfies(job -> {
            assertThat(job.fields()).containsEntry("prompt", "It moves");
            assertThat(job.files()).singleElement().satisfies(file -> {
                assertThat(file.field()).isEqualTo("first_frame_image");
                assertThat(file.size()).isEqualTo(png.length);
            });
        });
    }

    @Test
    void eachTenantPaysWithAKeyOfItsOwn() {
        Map<String, String> keys = Map.of("first", "sk-one", "second", "sk-two");
        Tenants tenants = new Tenants(client, tenant -> Mono.just(keys.get(tenant)));

        tenants.generate("first", boat()).blockLast(PATIENCE);
        tenants.generate("second", boat()).blockLast(PATIENCE);

        assertThat(gateway.ledger().requestsOf("sk-one")).isPositive();
        assertThat(gateway.ledger().requestsOf("sk-two")).isPositive();
        assertThat(gateway.ledger().acceptedCount()).isEqualTo(2);
    }

    @Test
    void aShutdownWritesDownWhatIsOpen() {
        gateway.inject("outcome:never-ending");
        Stored store = new Stored();
        Set<String> open = new HashSet<>();
        for (String prompt : List.of("one", "two")) {
            VideoTask task =
                    client.submit(DoubaoVideoRequest.textToVideo(prompt)).block(PATIENCE);
            client.track(task.id()).subscribe(state -> {}, ended -> {});
            open.add(task.id());
        }

        new Shutdown(client, store).shutdown().block(PATIENCE);

        assertThat(store.ids).isEqualTo(open);
        assertThatThrownBy(() -> client.retrieve("video_1").block(PATIENCE)).hasMessageContaining("closed");
    }

    private static DoubaoVideoRequest boat() {
        return DoubaoVideoRequest.textToVideo("A paper boat");
    }

    private static byte[] png() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(new BufferedImage(640, 480, BufferedImage.TYPE_INT_RGB), "png", bytes);
        return bytes.toByteArray();
    }

    private static final class Stored implements OpenJobs {

        private final List<String> tasks = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();

        @Override
        public Flux<String> read() {
            return Flux.fromIterable(tasks);
        }

        @Override
        public Mono<Void> write(Collection<String> open) {
            return Mono.fromRunnable(() -> ids.addAll(open));
        }
    }
}
