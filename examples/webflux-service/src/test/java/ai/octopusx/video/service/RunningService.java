package ai.octopusx.video.service;

import ai.octopusx.video.simulator.OctopusXSimulator;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service on a free port, as its main class starts it, spoken to over sockets. Its data lie where a test says. */
final class RunningService implements AutoCloseable {

    private static final JsonMapper JSON = new JsonMapper();

    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();

    private RunningService(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /** @param more properties, {@code name=value}, which win over those that every test wants */
    static RunningService start(OctopusXSimulator gateway, Path data, String... more) {
        Map<String, String> properties = new LinkedHashMap<>();
        properties.put("server.port", "0");
        properties.put("octopusx.video.base-url", gateway.baseUrl().toString());
        properties.put("octopusx.video.api-key", gateway.apiKey());
        properties.put("octopusx.video.polling.policy", "fixed");
        properties.put("octopusx.video.polling.interval", "20ms");
        properties.put("octopusx.service.uploads", data.resolve("uploads").toString());
        properties.put("spring.r2dbc.url", "r2dbc:h2:file:///" + data.resolve("jobs"));
        for (String property : more) {
            int equals = property.indexOf('=');
            properties.put(property.substring(0, equals), property.substring(equals + 1));
        }
        String[] arguments = properties.entrySet().stream()
                .map(property -> "--" + property.getKey() + "=" + property.getValue())
                .toArray(String[]::new);
        return new RunningService(new SpringApplicationBuilder(VideoServiceApplication.class)
                .initializers(RunningService::onItsOwnThreads)
                .run(arguments));
    }

    /** Event loops are shared in a process, and whoever stops first would stop them for all. */
    private static void onItsOwnThreads(ConfigurableApplicationContext context) {
        ((GenericApplicationContext) context).registerBean(ReactorResourceFactory.class, () -> {
            ReactorResourceFactory own = new ReactorResourceFactory();
            own.setUseGlobalResources(false);
            own.setShutdownQuietPeriod(Duration.ZERO);
            return own;
        });
    }

    URI uri(String path) {
        return URI.create(
                "http://127.0.0.1:" + context.getEnvironment().getRequiredProperty("local.server.port") + path);
    }

    <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    // ---- what a browser sends

    /** @param headers names and values in turn */
    HttpResponse<String> post(Form form, String... headers) {
        return send(
                request("/videos", headers)
                        .header("Content-Type", form.contentType())
                        .POST(form.body()),
                BodyHandlers.ofString());
    }

    HttpResponse<String> postBody(String contentType, String body) {
        return send(
                request("/videos").header("Content-Type", contentType).POST(HttpRequest.BodyPublishers.ofString(body)),
                BodyHandlers.ofString());
    }

    /** Submits what must be taken, and returns the service's name for it. */
    String submitted(Form form) {
        HttpResponse<String> answer = post(form);
        if (answer.statusCode() != 201) {
            throw new AssertionError(answer.statusCode() + " " + answer.body());
        }
        return json(answer).get("id").asString();
    }

    HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET(), BodyHandlers.ofString());
    }

    HttpResponse<byte[]> bytes(String path, String... headers) {
        return send(request(path, headers).GET(), BodyHandlers.ofByteArray());
    }

    HttpResponse<Void> head(String path, String... headers) {
        return send(
                request(path, headers).method("HEAD", HttpRequest.BodyPublishers.noBody()), BodyHandlers.discarding());
    }

    JsonNode job(String id) {
        return json(get("/videos/" + id));
    }

    static JsonNode json(HttpResponse<String> answer) {
        return JSON.readTree(answer.body());
    }

    static JsonNode json(String text) {
        return JSON.readTree(text);
    }

    EventStream events(String path, String... headers) {
        return new EventStream(send(request(path, headers).GET(), BodyHandlers.ofLines()));
    }

    /** Watches a job as the page does, until it is over. */
    JsonNode end(String id) {
        try (EventStream events = events("/videos/" + id + "/events")) {
            JsonNode job;
            do {
                job = events.nextJob().job();
            } while (!job.get("over").asBoolean());
            return job;
        }
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private <T> HttpResponse<T> send(HttpRequest.Builder request, BodyHandler<T> handler) {
        try {
            return http.send(request.build(), handler);
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** As a signal to the process does it. */
    @Override
    public void close() {
        context.close();
    }
}
