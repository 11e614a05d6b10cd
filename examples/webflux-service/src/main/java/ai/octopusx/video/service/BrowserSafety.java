package ai.octopusx.video.service;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/**
 * What a browser is told about this site, and what it is not allowed to do on behalf of another one: a video costs money, and any
 * page on the web can send a form here.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
final class BrowserSafety implements WebFilter {

    /** Everything from here and nothing from elsewhere; {@code blob:} is for the previews of pictures. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
                    + " media-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private static final Set<HttpMethod> HARMLESS = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    /** Nobody but this machine can be reached under these, whatever a name server says. */
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final String CROSS_SITE = """
            {"type":"urn:octopusx-video:problem:cross-site","title":"Not from there","status":403,\
            "detail":"This was sent by the page of another site.","submission":"NOT_SENT"}
            """.strip();

    private static final String UNKNOWN_HOST = """
            {"type":"urn:octopusx-video:problem:unknown-host","title":"Not under that name","status":403,\
            "detail":"This service does not go by the name in the Host header. Its operator lists its names in\
             octopusx.service.hosts.","submission":"NOT_SENT"}
            """.strip();

    /** Lower case, without ports; empty if any will do. */
    private final Set<String> hosts;

    BrowserSafety(ServiceSettings settings, @Value("${server.address:}") String address) {
        this.hosts = hosts(settings.hosts(), address);
    }

    /** Who listens on this machine only is asked for under its names, or under those that a proxy in front passes on. */
    private static Set<String> hosts(List<String> named, String address) {
        if (named.isEmpty() && !isLoopback(address)) {
            return Set.of();
        }
        return Stream.concat(THIS_MACHINE.stream(), named.stream())
                .map(name -> name.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static boolean isLoopback(String address) {
        try {
            return !address.isBlank() && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false; // the web server will say so
        }
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        HttpHeaders headers = exchange.getResponse().getHeaders();
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
        headers.set("Cross-Origin-Opener-Policy", "same-origin");
        headers.set("Cross-Origin-Resource-Policy", "same-origin");
        headers.set("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
        ServerHttpRequest request = exchange.getRequest();
        if (!isKnown(request.getHeaders().getFirst(HttpHeaders.HOST))) {
            return refuse(exchange.getResponse(), UNKNOWN_HOST);
        }
        return HARMLESS.contains(request.getMethod()) || isOwn(request)
                ? chain.filter(exchange)
                : refuse(exchange.getResponse(), CROSS_SITE);
    }

    /**
     * A page whose name is made to lead here (DNS rebinding) is of the same site in its browser's eyes, and may read all and
     * send all; only the name gives it away. Without one it is no browser.
     */
    private boolean isKnown(@Nullable String host) {
        return hosts.isEmpty()
                || host == null
                || hosts.contains(host.replaceFirst(":\\d*$", "").toLowerCase(Locale.ROOT));
    }

    /** Browsers say where a request comes from and pages cannot change what they say; programs say nothing. */
    private static boolean isOwn(ServerHttpRequest request) {
        HttpHeaders headers = request.getHeaders();
        String site = headers.getFirst("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        String origin = headers.getOrigin();
        return origin == null || sameHost(origin, headers.getFirst(HttpHeaders.HOST));
    }

    private static boolean sameHost(String origin, @Nullable String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static Mono<Void> refuse(ServerHttpResponse response, String problem) {
        response.setStatusCode(HttpStatus.FORBIDDEN);
        response.getHeaders().setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return response.writeWith(Mono.just(response.bufferFactory().wrap(problem.getBytes(StandardCharsets.UTF_8))));
    }
}
