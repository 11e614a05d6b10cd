package ai.octopusx.video.simulator;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;

/**
 * Where a request goes.
 *
 * @param id the task in the path, decoded; empty where there is none
 */
record Route(Endpoint endpoint, String path, String id) {

    private static final String VIDEOS = "/v1/videos";
    private static final String GENERATIONS = "/v1/video/generations/";

    static Route of(String method, String uri) {
        int query = uri.indexOf('?');
        String path = query < 0 ? uri : uri.substring(0, query);
        boolean get = method.equals("GET");
        if (path.startsWith(VIDEOS)) {
            if (path.length() == VIDEOS.length()) {
                return new Route(method.equals("POST") ? Endpoint.SUBMIT : Endpoint.OTHER, path, "");
            }
            if (path.charAt(VIDEOS.length()) == '/') {
                return ofTask(get, method.equals("POST"), path);
            }
        }
        if (get && path.startsWith(GENERATIONS) && path.length() > GENERATIONS.length()) {
            return new Route(Endpoint.GENERATIONS, path, decode(path.substring(GENERATIONS.length())));
        }
        if (get && path.equals("/api/usage/token/")) {
            return new Route(Endpoint.USAGE, path, "");
        }
        return new Route(Endpoint.OTHER, path, "");
    }

    private static Route ofTask(boolean get, boolean post, String path) {
        int start = VIDEOS.length() + 1;
        int slash = path.indexOf('/', start);
        String id = decode(slash < 0 ? path.substring(start) : path.substring(start, slash));
        String rest = slash < 0 ? "" : path.substring(slash);
        boolean named = !id.isEmpty();
        if (named && get && rest.isEmpty()) {
            return new Route(Endpoint.STATUS, path, id);
        }
        if (named && get && rest.equals("/content")) {
            return new Route(Endpoint.CONTENT, path, id);
        }
        if (named && post && rest.equals("/remix")) {
            return new Route(Endpoint.REMIX, path, id);
        }
        return new Route(Endpoint.OTHER, path, "");
    }

    private static String decode(String segment) {
        try {
            return segment.indexOf('%') < 0
                    ? segment
                    : QueryStringDecoder.decodeComponent(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return segment;
        }
    }
}
