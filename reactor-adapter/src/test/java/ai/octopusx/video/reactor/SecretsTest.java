package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.VideoTask;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Nobody learns the key: every logger stands at TRACE, the gateway repeats the key and the prompt in whatever it answers, and
 * then every line of the log, every exception and every text of an object is searched for them.
 */
class SecretsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    /** What only looks like a key would be found by its looks; this one has none. */
    private static final String KEY = "0ctopus.K3y/of+mine=7";

    private static final String PROMPT = "a secret product: the \"folding\" submarine";
    private static final String SIGNATURE = "S1gnatur3OfTheLink";

    private final Lines lines = new Lines();
    private final Queue<Object> shown = new ConcurrentLinkedQueue<>();
    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final List<ch.qos.logback.core.Appender<ILoggingEvent>> usual = new ArrayList<>();
    private Level level;

    @BeforeEach
    void listen() {
        root.iteratorForAppenders().forEachRemaining(usual::add);
        usual.forEach(root::detachAppender);
        level = root.getLevel();
        root.setLevel(Level.TRACE);
        lines.start();
        root.addAppender(lines);
    }

    @AfterEach
    void leave() {
        root.detachAppender(lines);
        root.setLevel(level);
        usual.forEach(root::addAppender);
    }

    /** What the gateway says to anything, with the secrets of the request in it. */
    record Answer(String name, int status, String headers, String body) {

        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Answer> answers() {
        String echo = KEY + " said " + PROMPT.replace("\"", "\\\"");
        String html = "<html><body>Bad request: Authorization=" + KEY + " prompt=" + PROMPT + "</body></html>";
        return Stream.of(
                new Answer("a task", 200, "", "{\"id\":\"video_1\",\"status\":\"completed\",\"progress\":100}"),
                new Answer(
                        "a key that is refused", 401, "", "{\"error\":{\"message\":\"Invalid token " + echo + "\"}}"),
                new Answer("a task error", 400, "", "{\"code\":\"invalid_request\",\"message\":\"" + echo + "\"}"),
                new Answer("a foreign page", 400, "", html),
                new Answer("a broken gateway", 502, "", html),
                new Answer("too many", 429, "", "{\"error\":{\"code\":\"" + KEY + "\",\"message\":\"" + echo + "\"}}"),
                new Answer("a redirect", 302, "Location: http://127.0.0.1:1/login?key=" + KEY + "\r\n", html),
                new Answer("a success without a task", 200, "", "{\"said\":\"" + echo + "\"}"),
                new Answer("a success that is no JSON", 200, "", html),
                new Answer("a success that breaks off", 200, "", "{\"said\":\"" + echo + "\""),
                new Answer("a success with an error in it", 200, "", "{\"code\":\"x\",\"message\":\"" + echo + "\"}"));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void whateverTheGatewayAnswersItsWordsDoNotShowTheKey(Answer answer) throws Exception {
        try (RawGateway gateway = answering(answer)) {
            tell(builder(gateway).apiKey(KEY));
        }
        nothingIsShown();
    }

    @ParameterizedTest
    @MethodSource("answers")
    void aSuppliedKeyIsAsSecret(Answer answer) throws Exception {
        try (RawGateway gateway = answering(answer)) {
            tell(builder(gateway).apiKey(() -> Mono.just(KEY)));
        }
        nothingIsShown();
    }

    /** Only the submission knows its prompt; who asks for a task later does not. */
    @ParameterizedTest
    @MethodSource("answers")
    void aSubmissionDoesNotShowItsPromptEither(Answer answer) throws Exception {
        try (RawGateway gateway = answering(answer);
                VideoClient client = builder(gateway).apiKey(KEY).build()) {
            DoubaoVideoRequest request = DoubaoVideoRequest.textToVideo(PROMPT);
            shown.add(request);
            outcome(client.submit(request));
        }
        nothingIsShown(List.of(KEY, PROMPT));
    }

    @Test
    void norDoesAConnectionThatBreaks() throws Exception {
        try (RawGateway gateway = new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            exchange.rst();
        })) {
            tell(builder(gateway).apiKey(KEY));
            gateway.refuse();
            tell(builder(gateway).apiKey(KEY));
        }
        nothingIsShown();
    }

    /** Few, for the pictures are logged, too. */
    static Stream<Answer> echoes() {
        return answers().filter(answer -> answer.status() == 401 || answer.status() == 302);
    }

    @ParameterizedTest
    @MethodSource("echoes")
    void theWiretapShowsBytesButNotTheKey(Answer answer) throws Exception {
        try (RawGateway gateway = answering(answer)) {
            tell(builder(gateway).apiKey(KEY).wiretap(true));
        }

        String dumped = lines.joinedDumps();
        assertThat(dumped).contains("POST /v1/videos").containsIgnoringCase("authorization: ");
        assertThat(dumped).contains("HTTP/1.1 " + answer.status()).contains("*".repeat(KEY.length()));
        assertThat(tells(dumped, KEY)).as("the key in %s", dumped).isFalse();
    }

    /** A key that has only begun when the buffer ends is masked before anyone knows whether it goes on. */
    @Test
    void theWiretapMasksAKeyThatComesInPieces() {
        String said = "Invalid token " + KEY + ", not " + KEY + KEY;
        for (int size = 1; size <= said.length(); size++) {
            lines.all.clear();
            MaskedWiretap wiretap = new MaskedWiretap();
            wiretap.remember("Bearer ~another of this channel");
            wiretap.remember("Bearer " + KEY);
            EmbeddedChannel channel = new EmbeddedChannel(wiretap);
            for (int at = 0; at < said.length(); at += size) {
                channel.writeInbound(Unpooled.copiedBuffer(
                        said.substring(at, Math.min(said.length(), at + size)), StandardCharsets.ISO_8859_1));
            }
            channel.finishAndReleaseAll();

            assertThat(lines.joinedDumps().replace(" ", ""))
                    .as("in pieces of %d", size)
                    .isEqualTo(said.replace(KEY, "*".repeat(KEY.length())).replace(" ", ""));
        }
    }

    @Test
    void aLinkIsShownWithoutItsSignature(@TempDir Path directory) throws Exception {
        try (RawGateway storage = answering(new Answer("", 403, "", "<Error>" + SIGNATURE + "</Error>"));
                RawGateway gateway =
                        answering(new Answer("", 404, "", "{\"code\":\"x\",\"message\":\"" + KEY + "\"}"));
                VideoClient client = builder(gateway).apiKey(KEY).build()) {
            String link = storage.url() + "/v.mp4?X-Signature=" + SIGNATURE + "#" + SIGNATURE;
            VideoTask task =
                    VideoTask.parse("{\"id\":\"video_1\",\"status\":\"completed\",\"video_url\":\"" + link + "\"}");
            outcome(client.download(task));
            outcome(client.downloadTo(task, directory.resolve("v.mp4")));
            shown.add(task.toString());
        }
        nothingIsShown();
    }

    @Test
    void theSearchWouldFindIt() {
        LoggerFactory.getLogger("some.library").trace("sending {}", Map.of("authorization", "Bearer " + KEY));
        assertThat(lines.all).anyMatch(line -> line.contains(KEY));

        IllegalStateException failure = new IllegalStateException("outside", new IOException("inside " + KEY));
        assertThat(text(failure)).contains(KEY);
    }

    // ---- the story

    private static RawGateway answering(Answer answer) throws IOException {
        return new RawGateway(exchange -> {
            exchange.readHead();
            exchange.take();
            exchange.answer(answer.status(), answer.headers(), answer.body());
        });
    }

    private VideoClientBuilder builder(RawGateway gateway) {
        return VideoClient.builder()
                .baseUrl(gateway.url())
                .submitAttempts(2, Duration.ofSeconds(5))
                .submitBackoff(Duration.ofMillis(1))
                .onOrphanedTask(shown::add);
    }

    /** All that a client does, with all that it leaves behind. */
    private void tell(VideoClientBuilder builder) {
        InMemorySubmissionJournal journal = new InMemorySubmissionJournal();
        shown.add(builder);
        try (VideoClient client = builder.journal(journal).build()) {
            shown.add(client);
            shown.add(client.withApiKey(KEY + "2"));
            DoubaoVideoRequest request = DoubaoVideoRequest.builder()
                    .prompt(PROMPT)
                    .firstFrame(FrameImage.of(Pictures.png(640, 480), "p.png"))
                    .reference("order 7")
                    .build();
            Duration soon = Duration.ofMillis(300);
            Mono.when(
                            told(client.submit(request)),
                            told(client.retrieve("video_1")),
                            told(client.track("video_1", TrackOptions.defaults().deadline(soon))),
                            told(client.generate(
                                    DoubaoVideoRequest.textToVideo(PROMPT),
                                    TrackOptions.defaults().deadline(soon))))
                    .block(PATIENCE);
            shown.add(journal);
            shown.addAll(journal.open().toCompletableFuture().join());
        }
    }

    private void outcome(Publisher<?> publisher) {
        told(publisher).block(PATIENCE);
    }

    private Mono<Object> told(Publisher<?> publisher) {
        return Flux.from(publisher)
                .collectList()
                .<Object>map(Function.identity())
                .onErrorResume(Mono::just)
                .doOnNext(shown::add);
    }

    // ---- the search

    private void nothingIsShown() {
        nothingIsShown(List.of(KEY, SIGNATURE));
    }

    private void nothingIsShown(List<String> secrets) {
        List<String> texts = new ArrayList<>(lines.all);
        shown.forEach(each -> texts.add(text(each)));
        assertThat(texts).hasSizeGreaterThan(20);
        assertThat(texts.stream().filter(text -> secrets.stream().anyMatch(secret -> tells(text, secret))))
                .as("texts that show a secret")
                .isEmpty();
    }

    /** A cut must not leave the greater part of a secret either. */
    private static boolean tells(String text, String secret) {
        return text.contains(secret.substring(0, secret.length() / 2 + 2));
    }

    /** An object in its own words; an exception with its whole stack and everything that can be asked of it. */
    private static String text(Object shown) {
        if (!(shown instanceof Throwable failure)) {
            return String.valueOf(shown);
        }
        StringWriter words = new StringWriter();
        failure.printStackTrace(new PrintWriter(words));
        for (Throwable each = failure; each != null; each = each.getCause()) {
            words.append(answers(each));
        }
        return words.toString();
    }

    private static String answers(Throwable failure) {
        StringBuilder answers = new StringBuilder();
        for (Method method : failure.getClass().getMethods()) {
            boolean asksNothing = method.getParameterCount() == 0 && !Modifier.isStatic(method.getModifiers());
            if (asksNothing && OctopusXException.class.isAssignableFrom(method.getDeclaringClass())) {
                try {
                    answers.append(method.getName())
                            .append(": ")
                            .append(method.invoke(failure))
                            .append('\n');
                } catch (ReflectiveOperationException e) {
                    throw new AssertionError(e);
                }
            }
        }
        return answers.toString();
    }

    /** Every line of every logger, with what the exceptions in it say. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {

        private final List<String> all = Collections.synchronizedList(new ArrayList<>());

        @Override
        protected void append(ILoggingEvent event) {
            StringBuilder line = new StringBuilder(event.getLoggerName() + " " + event.getFormattedMessage());
            for (var cause = event.getThrowableProxy(); cause != null; cause = cause.getCause()) {
                line.append('\n').append(cause.getMessage());
            }
            all.add(line.toString());
        }

        String joinedDumps() {
            synchronized (all) {
                return WiretapDump.bytes(all);
            }
        }
    }
}
