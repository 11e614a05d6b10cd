package ai.octopusx.video.service;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A headless Chromium with one empty tab, driven over its DevTools protocol: real drags, real keys, a real player. Every command
 * is waited for, and every wait is for something that the page shows.
 */
final class Chromium implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final List<String> PLACES = List.of(
            "/usr/bin/chromium",
            "/usr/bin/chromium-browser",
            "/usr/bin/google-chrome",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome");

    private final JsonMapper json = new JsonMapper();
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, CompletableFuture<JsonNode>> pending = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> troubles = new ConcurrentLinkedQueue<>();
    private final Path profile;
    private final Process process;
    private final WebSocket socket;
    private String session = "";

    private Chromium(Path program) throws Exception {
        profile = Files.createTempDirectory("chromium");
        process = new ProcessBuilder(
                        program.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-dev-shm-usage",
                        "--no-first-run",
                        "--no-default-browser-check",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                        "--disable-extensions",
                        "--disable-background-timer-throttling",
                        "--disable-renderer-backgrounding",
                        "--force-color-profile=srgb",
                        "--hide-scrollbars",
                        "--lang=en-US",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        "about:blank")
                .redirectErrorStream(true)
                .start();
        socket = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .buildAsync(URI.create(address(process)), new Listener())
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        String target = command("Target.createTarget", Map.of("url", "about:blank"))
                .get("targetId")
                .asString();
        session = command("Target.attachToTarget", Map.of("targetId", target, "flatten", true))
                .get("sessionId")
                .asString();
        for (String domain : List.of("Page", "Runtime", "Log", "Network", "DOM")) {
            command(domain + ".enable", Map.of());
        }
    }

    /** The program, if this machine has it. Where {@code CHROMIUM} says where it is, it must be there. */
    static Optional<Path> installed() {
        String named = System.getenv("CHROMIUM");
        return named != null && !named.isBlank()
                ? Optional.of(Path.of(named))
                : PLACES.stream().map(Path::of).filter(Files::isExecutable).findFirst();
    }

    static Chromium start() throws Exception {
        return new Chromium(installed().orElseThrow());
    }

    /** It says where it listens, and goes on talking, which somebody has to hear lest the pipe fill up. */
    private static String address(Process process) throws Exception {
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        String address = CompletableFuture.supplyAsync(() -> output.lines()
                        .filter(line -> line.startsWith("DevTools listening on "))
                        .map(line -> line.substring("DevTools listening on ".length()))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("Chromium ended before it listened")))
                .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        Thread drain = new Thread(() -> output.lines().forEach(line -> {}), "chromium-output");
        drain.setDaemon(true);
        drain.start();
        return address;
    }

    // ---- what a person does

    void open(String url) {
        command("Page.navigate", Map.of("url", url));
        until("document.readyState === 'complete' && location.href.startsWith('http')");
    }

    /** The size of the window, in CSS pixels. */
    void resize(int width, int height) {
        command(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    void prefers(String scheme) {
        command(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    void prefersReducedMotion(String scheme) {
        command(
                "Emulation.setEmulatedMedia",
                Map.of(
                        "features",
                        List.of(
                                Map.of("name", "prefers-color-scheme", "value", scheme),
                                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
    }

    void click(String selector) {
        Map<String, Object> point = middle(selector);
        for (String type : List.of("mousePressed", "mouseReleased")) {
            command(
                    "Input.dispatchMouseEvent",
                    Map.of("type", type, "x", point.get("x"), "y", point.get("y"), "button", "left", "clickCount", 1));
        }
    }

    /** Into whatever has the focus. */
    void type(String text) {
        command("Input.insertText", Map.of("text", text));
    }

    /** One key, such as Tab, Enter or ArrowRight; {@code modifiers} as DevTools counts them, 2 for Control, 8 for Shift. */
    void press(String key, int code, int modifiers) {
        for (String type : List.of("rawKeyDown", "keyUp")) {
            command(
                    "Input.dispatchKeyEvent",
                    Map.of(
                            "type",
                            type,
                            "key",
                            key,
                            "code",
                            key,
                            "windowsVirtualKeyCode",
                            code,
                            "modifiers",
                            modifiers));
        }
    }

    /** Drags files from the desktop onto an element. */
    void drop(String selector, Path... files) {
        Map<String, Object> point = middle(selector);
        List<String> names = Stream.of(files).map(Path::toString).toList();
        Map<String, Object> data = Map.of("items", List.of(), "files", names, "dragOperationsMask", 1);
        for (String type : List.of("dragEnter", "dragOver", "drop")) {
            command(
                    "Input.dispatchDragEvent",
                    Map.of("type", type, "x", point.get("x"), "y", point.get("y"), "data", data));
        }
    }

    /** What a file dialog does. */
    void choose(String selector, Path file) {
        int root =
                command("DOM.getDocument", Map.of()).get("root").get("nodeId").asInt();
        int node = command("DOM.querySelector", Map.of("nodeId", root, "selector", selector))
                .get("nodeId")
                .asInt();
        command("DOM.setFileInputFiles", Map.of("nodeId", node, "files", List.of(file.toString())));
    }

    private Map<String, Object> middle(String selector) {
        JsonNode box = evaluate("(() => { const e = document.querySelector(" + json.writeValueAsString(selector)
                + "); e.scrollIntoView({block: 'center', behavior: 'instant'}); const b = e.getBoundingClientRect();"
                + " return {x: b.x + b.width / 2, y: b.y + b.height / 2}; })()");
        return Map.of("x", box.get("x").asDouble(), "y", box.get("y").asDouble());
    }

    // ---- what a person sees

    /** The value of an expression, as JSON; a promise is waited for. Counts as a gesture of the user. */
    JsonNode evaluate(String expression) {
        JsonNode answer = command(
                "Runtime.evaluate",
                Map.of("expression", expression, "awaitPromise", true, "returnByValue", true, "userGesture", true));
        if (answer.has("exceptionDetails")) {
            throw new AssertionError(expression + ": " + answer.get("exceptionDetails"));
        }
        JsonNode value = answer.get("result").get("value");
        return value == null ? json.nullNode() : value;
    }

    String text(String selector) {
        return evaluate("document.querySelector(" + json.writeValueAsString(selector) + ")?.innerText ?? ''")
                .asString();
    }

    /** Waits for an expression to be true, as long as it takes and no longer than a minute. */
    void until(String condition) {
        evaluate("""
                new Promise((resolve, reject) => {
                  const last = Date.now() + 55000;
                  const look = () => {
                    let seen = false;
                    try { seen = (%s); } catch (notYet) { }
                    if (seen) resolve(true);
                    else if (Date.now() > last) reject(new Error('waited in vain'));
                    else setTimeout(look, 30);
                  };
                  look();
                })""".formatted(condition));
    }

    /** The whole page, as wide as the window. */
    void screenshot(Path file) throws IOException {
        JsonNode size = evaluate("({width: innerWidth, height: document.documentElement.scrollHeight})");
        JsonNode shot = command(
                "Page.captureScreenshot",
                Map.of(
                        "format",
                        "png",
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of(
                                "x", 0,
                                "y", 0,
                                "width", size.get("width").asInt(),
                                "height", size.get("height").asInt(),
                                "scale", 1)));
        Files.createDirectories(file.getParent());
        Files.write(file, Base64.getDecoder().decode(shot.get("data").asString()));
    }

    /** Errors and warnings of the console, exceptions, broken requests and broken rules of the page's own policy. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    void forgetTroubles() {
        troubles.clear();
    }

    // ---- the protocol

    JsonNode command(String method, Map<String, Object> parameters) {
        int number = numbers.incrementAndGet();
        CompletableFuture<JsonNode> answer = new CompletableFuture<>();
        pending.put(number, answer);
        Map<String, Object> message = session.isEmpty()
                ? Map.of("id", number, "method", method, "params", parameters)
                : Map.of("id", number, "method", method, "params", parameters, "sessionId", session);
        try {
            synchronized (socket) {
                socket.sendText(json.writeValueAsString(message), true).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            }
            return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError(method + ": " + e, e);
        }
    }

    private void heard(JsonNode message) {
        if (message.has("id")) {
            CompletableFuture<JsonNode> answer =
                    pending.remove(message.get("id").asInt());
            if (message.has("error")) {
                answer.completeExceptionally(
                        new IllegalStateException(message.get("error").toString()));
            } else {
                answer.complete(message.get("result"));
            }
            return;
        }
        JsonNode parameters = message.path("params");
        switch (message.path("method").asString("")) {
            case "Runtime.exceptionThrown" -> troubles.add("exception: " + parameters.path("exceptionDetails"));
            case "Runtime.consoleAPICalled" -> {
                if (List.of("error", "warning", "assert")
                        .contains(parameters.path("type").asString(""))) {
                    troubles.add("console: " + parameters.path("args"));
                }
            }
            case "Log.entryAdded" -> {
                if (List.of("error", "warning")
                        .contains(parameters.path("entry").path("level").asString(""))) {
                    troubles.add("log: " + parameters.path("entry"));
                }
            }
            default -> {}
        }
    }

    @Override
    public void close() throws IOException {
        session = "";
        command("Browser.close", Map.of());
        List<ProcessHandle> children = new ArrayList<>(process.descendants().toList());
        if (!ended()) {
            children.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        FileSystemUtils.deleteRecursively(profile);
    }

    private boolean ended() {
        try {
            return process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private final class Listener implements WebSocket.Listener {

        private final StringBuilder text = new StringBuilder();

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
            text.append(data);
            if (last) {
                heard(json.readTree(text.toString()));
                text.setLength(0);
            }
            from.request(1);
            return CompletableFuture.completedFuture(null);
        }
    }
}
