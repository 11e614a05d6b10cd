package ai.octopusx.video.simulator;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** A plain client of the JDK's, which knows nothing of anybody's code here. */
final class Http {

    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private final OctopusXSimulator simulator;
    private final String key;

    Http(OctopusXSimulator simulator) {
        this(simulator, simulator.apiKey());
    }

    Http(OctopusXSimulator simulator, String key) {
        this.simulator = simulator;
        this.key = key;
    }

    HttpResponse<String> submit(Form form) {
        return submit(form.contentType(), form.bytes());
    }

    HttpResponse<String> submit(String contentType, byte[] body) {
        return text(request("/v1/videos")
                .header("Content-Type", contentType)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build());
    }

    /** Submits, insists that it was taken, and brings the id. */
    String submitted(Form form) {
        HttpResponse<String> response = submit(form);
        if (response.statusCode() != 200) {
            throw new AssertionError(response.statusCode() + " " + response.body());
        }
        return member(response.body(), "id");
    }

    HttpResponse<String> status(String id) {
        return get("/v1/videos/" + id);
    }

    HttpResponse<String> get(String path) {
        return text(request(path).build());
    }

    HttpResponse<byte[]> content(String id, String... headers) {
        HttpRequest.Builder request = request("/v1/videos/" + id + "/content");
        if (headers.length > 0) {
            request.headers(headers);
        }
        return bytes(request.build());
    }

    /** Without the key. */
    HttpResponse<byte[]> fetch(String url, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return bytes(request.build());
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(simulator.baseUrl().resolve(path))
                .timeout(Duration.ofSeconds(20))
                .header("Authorization", "Bearer " + key);
    }

    static HttpResponse<String> text(HttpRequest request) {
        return send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    }

    static HttpResponse<byte[]> bytes(HttpRequest request) {
        return send(request, HttpResponse.BodyHandlers.ofByteArray());
    }

    private static <T> HttpResponse<T> send(HttpRequest request, HttpResponse.BodyHandler<T> handler) {
        try {
            return CLIENT.send(request, handler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A member of text in a flat part of a JSON body. */
    static String member(String json, String name) {
        String start = "\"" + name + "\":\"";
        int from = json.indexOf(start);
        if (from < 0) {
            throw new AssertionError("no " + name + " in " + json);
        }
        return json.substring(from + start.length(), json.indexOf('"', from + start.length()));
    }

    static Map<String, String> headers(HttpResponse<?> response) {
        Map<String, String> flat = new java.util.TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        response.headers().map().forEach((name, values) -> flat.put(name, String.join(", ", values)));
        return flat;
    }
}
