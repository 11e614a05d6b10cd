package ai.octopusx.video.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.octopusx.video.simulator.AcceptedJob;
import ai.octopusx.video.simulator.Outcome;
import ai.octopusx.video.simulator.ReceivedFile;
import ai.octopusx.video.simulator.SimulatorConfig;
import ai.octopusx.video.simulator.SimulatorExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.r2dbc.core.DatabaseClient;
import tools.jackson.databind.JsonNode;

/**
 * The page in a headless Chromium, with real clicks, keys and drags. Leaves screenshots in {@code target/screenshots}, light and
 * dark, wide and narrow: look at them after a change. Skipped where there is no Chromium.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PageTest {

    private static final Duration LIFE = Duration.ofSeconds(60);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static final int TAB = 9;
    private static final int ENTER = 13;
    private static final int LEFT = 37;
    private static final int RIGHT = 39;
    private static final int CONTROL = 2;

    /** Texts that stand out from their ground by less than WCAG 2.2 AA asks for. */
    private static final String CONTRAST = """
            (() => {
              const pen = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true});
              const mixed = (colours) => {
                pen.clearRect(0, 0, 1, 1);
                colours.forEach((colour) => { pen.fillStyle = colour; pen.fillRect(0, 0, 1, 1); });
                return [...pen.getImageData(0, 0, 1, 1).data];
              };
              const grounds = (element) => element === null ? ['white']
                : [...grounds(element.parentElement), getComputedStyle(element).backgroundColor];
              const light = ([r, g, b]) => [r, g, b]
                .map((part) => part / 255)
                .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
                .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
              const speaks = (element) => element.checkVisibility({checkOpacity: true})
                && [...element.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.data.trim())
                && !element.closest('.hidden-words, .skip, .off, .full label, option, .shape:has(:disabled)');
              return [...document.querySelectorAll('body *')].filter(speaks).map((element) => {
                const style = getComputedStyle(element);
                const behind = grounds(element);
                const [a, b] = [light(mixed(behind)), light(mixed([...behind, style.color]))].sort((x, y) => y - x);
                const size = parseFloat(style.fontSize);
                const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
                const ratio = (a + 0.05) / (b + 0.05);
                return ratio >= (large ? 3 : 4.5) ? null : `${ratio.toFixed(2)} ${element.className}: ${element.textContent}`;
              }).filter(Boolean);
            })()""";

    /** Time at the gateway stands still unless a test lets it pass. */
    @RegisterExtension
    static final SimulatorExtension gateway = new SimulatorExtension(SimulatorConfig.builder()
            .manualClock()
            .life(LIFE)
            .snapshotInterval(Duration.ZERO)
            .outcome(PageTest::outcome)
            .build());

    @TempDir
    static Path data;

    private static RunningService service;
    private static Chromium browser;

    private static Outcome outcome(Map<String, String> fields) {
        String prompt = fields.getOrDefault("prompt", "");
        if (prompt.contains("withheld")) {
            return Outcome.failed(
                    "OutputVideoSensitiveContentDetected", "The generated video was withheld by moderation.");
        }
        return prompt.contains("broken")
                ? Outcome.failed("InternalServiceError", "The upstream could not render the request")
                : Outcome.completed();
    }

    @BeforeAll
    static void start() throws Exception {
        String missing =
                "The page is not tested: there is no Chromium here (Debian: apt-get install chromium; or set CHROMIUM)";
        if (Chromium.installed().isEmpty()) {
            System.out.println(missing);
        }
        assumeTrue(Chromium.installed().isPresent(), missing);
        service = RunningService.start(gateway.simulator(), data);
        browser = Chromium.start();
    }

    @AfterAll
    static void stop() throws IOException {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @BeforeEach
    void openThePage() {
        browser.prefers("light");
        browser.resize(1280, 900);
        open();
        browser.evaluate("localStorage.clear()");
        open();
        browser.forgetTroubles();
    }

    @AfterEach
    void nothingGoesWrongAnyMore() {
        gateway.simulator().clearFaults();
    }

    private static void open() {
        browser.open(service.uri("/").toString());
        browser.until("document.querySelector('#empty:not([hidden]), .card')");
    }

    @Test
    @Order(1)
    void whoHasNothingYetIsInvitedToBegin() throws IOException {
        assertThat(browser.text("#empty h3")).isNotBlank();
        shoot("empty");

        browser.click("#ideas li:nth-child(2) button");

        assertThat(browser.evaluate("document.getElementById('prompt').value").asString())
                .isEqualTo(browser.text("#ideas li:nth-child(2) button"));
        assertNoTrouble();
    }

    @Test
    @Order(2)
    void aPromptBecomesAPlayingVideo() throws IOException {
        browser.click("#prompt");
        browser.type("A paper boat on a rainy street");
        browser.click("#go");
        browser.until("document.querySelector('.card .prompt')?.textContent === 'A paper boat on a rainy street'");
        gateway.simulator().advance(LIFE.dividedBy(2));
        browser.until("parseInt(document.querySelector('.card .percent').textContent) >= 40");
        assertThat(browser.evaluate("document.querySelector('.tank').getAttribute('aria-valuetext')")
                        .asString())
                .contains("percent");
        gateway.simulator().advance(LIFE);
        browser.until("document.querySelector('.card video')?.readyState >= 1");
        assertThat(browser.text(".card .word")).isEqualTo("Done");
        assertThat(browser.evaluate("document.querySelector('.card video').currentTime")
                        .asDouble())
                .isZero();

        browser.click(".card video");

        browser.until("document.querySelector('.card video').currentTime > 0.5");
        assertThat(browser.evaluate("document.querySelector('.card video').videoWidth")
                        .asInt())
                .isPositive();
        assertThat(gateway.simulator().ledger().accepted())
                .filteredOn(job ->
                        "A paper boat on a rainy street".equals(job.fields().get("prompt")))
                .hasSize(1);
        assertNoTrouble();
    }

    @Test
    @Order(3)
    void picturesAreDroppedPreviewedAndSent(@TempDir Path pictures) throws IOException {
        byte[] morning = Pictures.morning(960, 540);
        byte[] evening = Pictures.evening(960, 540);
        Path first = Files.write(pictures.resolve("morning.png"), morning);
        Path last = Files.write(pictures.resolve("evening.png"), evening);
        assertThat(browser.evaluate("document.getElementById('last').disabled").asBoolean())
                .isTrue();

        browser.drop("#first-drop", first);
        browser.until("document.querySelector('#first-drop img').naturalWidth === 960");
        browser.drop("#last-drop", last);
        browser.until("document.querySelector('#last-drop img').naturalWidth === 960");
        browser.click("#prompt");
        browser.type("From morning to evening, one slow pan over the sea");
        browser.click("input[value='keep_ratio']");
        shoot("frames");
        browser.click("#go");

        browser.until("document.querySelector('.card .prompt')?.textContent.startsWith('From morning')");
        AcceptedJob job = taken("From morning to evening, one slow pan over the sea");
        assertThat(job.fields()).containsEntry("size", "keep_ratio");
        assertThat(job.files())
                .extracting(ReceivedFile::sha256)
                .containsExactly(Pictures.sha256(morning), Pictures.sha256(evening));
        browser.until("document.querySelector('#first-drop img').hidden");
        assertNoTrouble();
    }

    @Test
    @Order(4)
    void aPictureThatDoesNotFitIsRefusedAtOnce(@TempDir Path pictures) throws IOException {
        browser.drop("#first-drop", Files.write(pictures.resolve("small.png"), Pictures.morning(200, 200)));
        browser.until("!document.getElementById('first-error').hidden");
        assertThat(browser.text("#first-error")).contains("300");

        browser.drop("#first-drop", Files.writeString(pictures.resolve("notes.txt"), "not a picture"));
        browser.until("document.getElementById('first-error').textContent.includes('PNG')");

        browser.choose("#first", Files.write(pictures.resolve("good.png"), Pictures.morning(640, 360)));
        browser.until("document.querySelector('#first-drop img').naturalWidth === 640");
        assertThat(browser.evaluate("document.getElementById('first-error').hidden")
                        .asBoolean())
                .isTrue();
        browser.click("#first-drop .remove");
        browser.until("document.querySelector('#first-drop img').hidden");
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("first");
        assertNoTrouble();
    }

    @Test
    @Order(5)
    void theKeyboardIsEnough() {
        browser.evaluate("document.getElementById('prompt').focus()");
        browser.type("Only keys");
        until("document.activeElement.name === 'size'", () -> browser.press("Tab", TAB, 0));
        browser.press("ArrowRight", RIGHT, 0);
        browser.press("ArrowRight", RIGHT, 0);
        assertThat(size()).isEqualTo("1:1");
        browser.press("ArrowLeft", LEFT, 0);
        assertThat(size()).isEqualTo("4:3");
        until("document.activeElement.id === 'seconds'", () -> browser.press("Tab", TAB, 0));
        browser.press("ArrowRight", RIGHT, 0);
        assertThat(browser.text("#seconds-now")).isEqualTo("6 s");
        browser.evaluate("document.getElementById('prompt').focus()");

        browser.press("Enter", ENTER, CONTROL);

        browser.until("document.querySelector('.card .prompt')?.textContent === 'Only keys'");
        assertThat(taken("Only keys").fields()).containsEntry("size", "4:3").containsEntry("seconds", "6");
        assertNoTrouble();
    }

    private static String size() {
        return browser.evaluate("document.querySelector('input[name=size]:checked').value")
                .asString();
    }

    /** At most as often as the page has places to go to. */
    private static void until(String condition, Runnable step) {
        for (int i = 0; i < 40 && !browser.evaluate(condition).asBoolean(); i++) {
            step.run();
        }
        assertThat(browser.evaluate(condition).asBoolean()).as(condition).isTrue();
    }

    @Test
    @Order(6)
    void allOfItIsSaidInChineseToo() throws IOException {
        service.submitted(Form.of("一只纸船顺着雨天的街道漂流"));
        browser.until("document.querySelector('.card')");

        browser.click("#language");

        assertThat(browser.text("h1")).isEqualTo("想拍点什么？");
        assertThat(browser.text(".card .again")).isEqualTo("再次使用");
        assertThat(browser.evaluate("document.documentElement.lang").asString()).isEqualTo("zh-CN");
        browser.click("#go");
        assertThat(browser.text("#prompt-error")).isEqualTo("请描述视频画面。");
        open();
        assertThat(browser.text("h1")).isEqualTo("想拍点什么？");
        assertThat(browser.text("body")).doesNotContain("Your videos", "Resolution", "Length", "Download", "Rendering");
        shoot("chinese", "light", 1280);
        shoot("chinese", "dark", 390);
        asBefore();
        assertNoTrouble();
    }

    @Test
    @Order(6)
    void theThemeIsTheSystemsUntilSomebodySaysOtherwise() {
        browser.prefers("dark");
        String dark = ground();
        browser.prefers("light");
        assertThat(ground()).isNotEqualTo(dark);

        browser.click("#theme");

        assertThat(ground()).isEqualTo(dark);
        assertThat(browser.evaluate("document.getElementById('theme').getAttribute('aria-pressed')")
                        .asString())
                .isEqualTo("true");
        open();
        assertThat(ground()).isEqualTo(dark);
        assertNoTrouble();
    }

    private static String ground() {
        return browser.evaluate("getComputedStyle(document.body).backgroundColor")
                .asString();
    }

    @Test
    @Order(7)
    void whatGoesWrongIsSaidInWords() throws IOException {
        browser.click("#go");
        assertThat(browser.text("#prompt-error")).isNotBlank();
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("prompt");

        browser.type("A boat that may be lost");
        gateway.simulator().inject("submit:answer-lost*1");
        browser.click("#go");
        browser.until("!document.getElementById('form-problem').hidden");
        assertThat(browser.text("#form-problem")).contains("may have been charged");
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("form-problem");
        browser.until("document.querySelector('.card').dataset.status === 'doubtful'");
        assertThat(browser.troubles()).allMatch(trouble -> trouble.contains("504"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "task_id IS NOT NULL | Do not send it again               | 请勿重复提交",
                "state = 'PREPARED'  | before you send it again           | 再次提交前请先查看"
            })
    @Order(7)
    void whatBreaksInTheServiceIsNoReasonToSendItAgain(String refused, String english, String chinese) {
        String prompt = "What the database refuses: " + refused.replace("'", "");
        sql("ALTER TABLE video_job ADD CONSTRAINT trouble CHECK (NOT (" + refused + " AND prompt = '" + prompt + "'))");
        try {
            browser.click("#prompt");
            browser.type(prompt);
            browser.click("#go");
            browser.until("!document.getElementById('form-problem').hidden");

            assertThat(browser.text("#form-problem"))
                    .contains(english)
                    .doesNotContainIgnoringCase("try again")
                    .doesNotContain("{");
            assertThat(browser.evaluate("document.getElementById('form-problem').classList.contains('grave')")
                            .asBoolean())
                    .isTrue();
            browser.click("#language");
            assertThat(browser.text("#form-problem")).contains(chinese).doesNotContain("{");
        } finally {
            sql("ALTER TABLE video_job DROP CONSTRAINT trouble");
        }
    }

    private static void sql(String statement) {
        service.bean(DatabaseClient.class).sql(statement).then().block();
    }

    @Test
    @Order(8)
    void eachStateHasItsFace(@TempDir Path pictures) throws IOException {
        service.submitted(Form.of("A film that is done").text("size", "4:3"));
        service.submitted(Form.of("A scene that is withheld").text("size", "1:1"));
        service.submitted(Form.of("A broken scene").text("size", "21:9"));
        gateway.simulator().advance(LIFE.plusSeconds(1));
        browser.until("document.querySelectorAll('.card[data-status=failed]').length === 2");
        service.submitted(
                Form.of("A vertical scene, half done").text("size", "9:16").text("seconds", "10"));
        gateway.simulator().advance(LIFE.dividedBy(2));
        browser.until("parseInt(document.querySelector('.card[data-status=processing] .percent')?.textContent) >= 40");
        gateway.simulator().inject("submit:answer-lost*1");
        browser.click("#prompt");
        browser.type("A long prompt about a boat. ".repeat(20));
        browser.drop("#first-drop", Files.write(pictures.resolve("tall.png"), Pictures.evening(360, 640)));
        browser.until("document.querySelector('#first-drop img').naturalWidth === 360");
        browser.click("#go");
        browser.until("document.querySelector('.card[data-status=doubtful]')");
        browser.until("!document.getElementById('form-problem').hidden");

        assertThat(
                        browser
                                .evaluate("[...document.querySelectorAll('.card')].map(card => card.dataset.status)")
                                .values()
                                .stream()
                                .map(JsonNode::asString))
                .contains("completed", "failed", "processing", "doubtful");
        assertThat(browser.text(".card[data-status=failed] .words")).contains("not charged");
        shoot("all-states");
    }

    @Test
    @Order(9)
    void theNewestJobCanBeMadeOnceMore() {
        service.submitted(Form.of("Once more").text("size", "3:4").text("seconds", "9"));
        browser.until("document.querySelector('.card .prompt')?.textContent === 'Once more'");

        browser.click(".card .again");

        assertThat(browser.evaluate("document.getElementById('prompt').value").asString())
                .isEqualTo("Once more");
        assertThat(size()).isEqualTo("3:4");
        assertThat(browser.text("#seconds-now")).isEqualTo("9 s");
        assertThat(browser.evaluate("document.activeElement.id").asString()).isEqualTo("prompt");
        assertNoTrouble();
    }

    /** What stands at the same address may be a service with another store: the demo, started anew, has none. */
    @Test
    @Order(10)
    void whatTheServiceDoesNotHaveAnyMoreIsNotShownAnyMore(@TempDir Path before, @TempDir Path after) {
        int port;
        try (RunningService first = RunningService.start(gateway.simulator(), before)) {
            port = first.uri("/").getPort();
            first.submitted(Form.of("Of the first store"));
            first.submitted(Form.of("Of the first store too"));
            browser.open(first.uri("/").toString());
            browser.until("document.querySelectorAll('.card').length === 2");
        }
        try (RunningService second = RunningService.start(gateway.simulator(), after, "server.port=" + port)) {
            second.submitted(Form.of("Of the second store"));

            browser.until("[...document.querySelectorAll('.card .prompt')].map(one => one.textContent).join()"
                    + " === 'Of the second store'");
            browser.until("document.getElementById('link-state').textContent === ''");
        }
    }

    private static void shoot(String what) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            for (int width : new int[] {1280, 390}) {
                shoot(what, scheme, width);
            }
        }
        asBefore();
    }

    /** Nothing may stick out, whatever the width, and all of it must be readable. */
    private static void shoot(String what, String scheme, int width) throws IOException {
        browser.prefersReducedMotion(scheme);
        showAll(width);
        browser.screenshot(SCREENSHOTS.resolve(what + "-" + scheme + "-" + width + ".png"));
        assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
                .as(what + " at " + width)
                .isLessThanOrEqualTo(width);
        assertThat(browser.evaluate(CONTRAST).values().stream().map(JsonNode::asString))
                .as(what + ", " + scheme)
                .isEmpty();
    }

    /** As high as the page is: what lies outside the window is not painted, videos least of all. */
    private static void showAll(int width) {
        browser.resize(width, 900);
        browser.resize(
                width, browser.evaluate("document.documentElement.scrollHeight").asInt());
        browser.evaluate("""
                Promise.race([
                  new Promise((late) => setTimeout(late, 3000)),
                  Promise.all([...document.querySelectorAll('video')].map((video) => video.readyState >= 2
                    || new Promise((loaded) => video.addEventListener('loadeddata', loaded, {once: true}))))
                ]).then(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))))
                  .then(() => true)""");
    }

    private static void asBefore() {
        browser.prefers("light");
        browser.resize(1280, 900);
    }

    private static void assertNoTrouble() {
        assertThat(browser.troubles()).isEmpty();
    }

    private static AcceptedJob taken(String prompt) {
        return gateway.simulator().ledger().accepted().stream()
                .filter(job -> prompt.equals(job.fields().get("prompt")))
                .findFirst()
                .orElseThrow();
    }
}
