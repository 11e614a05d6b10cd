package ai.octopusx.video.reactor;

import ai.octopusx.video.reactor.LinkGuard.PrivateAddressException;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientResponse;

/**
 * One GET for the bytes of a video, with its redirects, which are followed here and nowhere else: the key goes to the
 * gateway's origin and is dropped for good at the first step away from it, no step leads from https to http, and none to
 * where {@link LinkGuard} says no. Thread-safe.
 */
final class DownloadExchange {

    /** As many as the gateway itself follows: wire-protocol.md, 6.1. */
    static final int MAX_REDIRECTS = 10;

    /** Netty's own 8 KB pieces cost eight times as many objects and writes as one piece per read. */
    private static final int PIECE = 64 * 1024;

    private final Routes open;
    private final Routes guarded;
    private final Settings settings;
    private final DownloadLink gateway;

    DownloadExchange(Routes http, Settings settings) {
        this.settings = settings;
        this.gateway = DownloadLink.of(settings.baseUrl);
        this.open = http.with(DownloadExchange::plain);
        this.guarded = settings.refusePrivateAddresses ? open.with(DownloadExchange::guarded) : open;
    }

    /**
     * What safety rests on. A response timeout of the transport would also count the time in which nobody asks for bytes,
     * and its wiretap would print signatures.
     */
    @SuppressWarnings("deprecation") // gone with Reactor Netty 2, where pieces are never cut up
    private static HttpClient plain(HttpClient http) {
        return http.disableRetry(true)
                .followRedirect(false)
                .compress(false)
                .wiretap(false)
                .responseTimeout(null)
                .httpResponseDecoder(decoder -> decoder.maxChunkSize(PIECE))
                .headers(headers -> headers.remove(HttpHeaderNames.AUTHORIZATION)
                        .remove(HttpHeaderNames.COOKIE)
                        .remove(HttpHeaderNames.ACCEPT_ENCODING));
    }

    /** Behind a proxy that resolves names itself, only names and literal addresses can be checked. */
    private static HttpClient guarded(HttpClient http) {
        AddressResolverGroup<?> resolvers = http.configuration().resolver();
        return resolvers == NoopAddressResolverGroup.INSTANCE
                ? http
                : http.resolver(
                        LinkGuard.publicOnly(resolvers == null ? DefaultAddressResolverGroup.INSTANCE : resolvers));
    }

    /** The gateway's own copy of a task's video. */
    DownloadLink contentOf(String taskId) {
        return Objects.requireNonNull(
                DownloadLink.parse(settings.baseUrl + "/v1/videos/" + PathSegment.of(taskId) + "/content"));
    }

    /** The link in this text if we may fetch it, else null. */
    @Nullable
    DownloadLink usable(@Nullable String text) {
        DownloadLink link = DownloadLink.parse(text);
        return link == null || refusal(link, gateway) != null ? null : link;
    }

    /** Why there is no way from here to there; null if there is one. */
    private @Nullable String refusal(DownloadLink to, DownloadLink from) {
        if (from.secure() && !to.secure()) {
            return "from https to http";
        }
        return settings.refusePrivateAddresses && !to.sameOrigin(gateway) && LinkGuard.isPrivateName(to.host())
                ? "to a private address"
                : null;
    }

    /**
     * What to ask for.
     *
     * @param key null for a link, which brings its own signature
     * @param range the first byte wanted and maybe the last one; null to ask for the whole
     * @param ifRange a validator, null to ask without a condition
     * @param observed what the gateway, and nobody else, is told of its trace
     */
    record Ask(
            DownloadLink link,
            @Nullable ApiKey key,
            long @Nullable [] range,
            @Nullable String ifRange,
            Observed observed) {}

    /**
     * An answer that is no redirect, its body unread.
     *
     * @param at who gave it
     * @param authorization what it was asked with, so that it can be kept out of messages
     */
    record Answer(
            DownloadHead head,
            DownloadLink at,
            HttpClientResponse response,
            Connection connection,
            @Nullable String authorization) {

        /** Without the key. */
        @Override
        public String toString() {
            return "Answer[HTTP " + head.status() + " from " + at + "]";
        }
    }

    /** Why we would not go there, if that is what happened; else null. */
    static @Nullable String refusalIn(Throwable failure) {
        if (failure instanceof Refused) {
            return failure.getMessage();
        }
        PrivateAddressException behindTheWall = PrivateAddressException.in(failure);
        return behindTheWall == null ? null : behindTheWall.getMessage();
    }

    /** A step that is not taken. */
    private static final class Refused extends RuntimeException {

        private static final long serialVersionUID = 1L;

        Refused(String why) {
            super(why, null, false, false);
        }
    }

    /** Sends the request once per hop; the answer's connection belongs to the call. */
    Mono<Answer> get(Ask ask, DownloadCall call) {
        return ask.key() == null
                ? hop(ask, ask.link(), null, 0, call)
                : ask.key()
                        .authorization()
                        .onErrorMap(e -> DownloadTrouble.lasting("no key could be had", e))
                        .flatMap(authorization -> hop(ask, ask.link(), authorization, 0, call));
    }

    private Mono<Answer> hop(
            Ask ask, DownloadLink link, @Nullable String authorization, int followed, DownloadCall call) {
        // The call knows of the answer before the transport hands it on. What is handed to one who has just left is
        // dropped, and its connection closed; but the bytes that it had received are released only if somebody
        // disposes of the answer.
        HttpClient client = client(link)
                .headers(headers -> write(headers, ask, link, authorization))
                .doOnResponse((response, connection) -> call.opened(connection));
        return DownloadTarget.get(client, link)
                .responseConnection(
                        (response, connection) -> Mono.just(answer(response, connection, link, authorization)))
                .next()
                .flatMap(answer -> isRedirect(answer) ? follow(ask, answer, followed, call) : Mono.just(answer));
    }

    /** The gateway itself was named by the user, wherever it is. */
    private HttpClient client(DownloadLink link) {
        return (link.sameOrigin(gateway) ? open : guarded).to(link.host(), link.port());
    }

    private void write(HttpHeaders headers, Ask ask, DownloadLink link, @Nullable String authorization) {
        if (authorization != null) {
            settings.headers.forEach(headers::set);
            headers.set(HttpHeaderNames.ACCEPT_LANGUAGE, "en"); // readable error texts: wire-protocol.md, 7.3
            headers.set(HttpHeaderNames.AUTHORIZATION, authorization);
        }
        if (link.sameOrigin(gateway)) { // a storage host has no use for a trace, and no business with it
            ask.observed().describe(headers);
        }
        if (ask.range() != null) {
            String last = ask.range().length > 1 ? String.valueOf(ask.range()[1]) : "";
            headers.set(HttpHeaderNames.RANGE, "bytes=" + ask.range()[0] + "-" + last);
            if (ask.ifRange() != null) {
                headers.set(HttpHeaderNames.IF_RANGE, ask.ifRange());
            }
        }
    }

    private static Answer answer(
            HttpClientResponse response, Connection connection, DownloadLink link, @Nullable String authorization) {
        HttpHeaders headers = response.responseHeaders();
        DownloadHead head = DownloadHead.of(response.status().code(), headers::get, Instant.now());
        return new Answer(head, link, response, connection, authorization);
    }

    private static boolean isRedirect(Answer answer) {
        return switch (answer.head().status()) {
            case 301, 302, 303, 307, 308 -> answer.response().responseHeaders().contains(HttpHeaderNames.LOCATION);
            default -> false;
        };
    }

    private Mono<Answer> follow(Ask ask, Answer answer, int followed, DownloadCall call) {
        String location = answer.response().responseHeaders().get(HttpHeaderNames.LOCATION);
        DownloadLink to = answer.at().resolve(location);
        if (followed >= MAX_REDIRECTS) {
            return Mono.error(
                    new Refused(answer.at().origin() + " redirected once more after " + MAX_REDIRECTS + " redirects"));
        }
        if (to == null) {
            return Mono.error(
                    new Refused(answer.at().origin() + " redirected to something that is no http or https address"));
        }
        String refusal = refusal(to, answer.at());
        if (refusal != null) {
            return Mono.error(
                    new Refused(answer.at().origin() + " redirected to " + to.origin() + ", which leads " + refusal));
        }
        boolean stays = to.sameOrigin(gateway) && to.sameOrigin(answer.at());
        return hop(ask, to, stays ? answer.authorization() : null, followed + 1, call);
    }
}
