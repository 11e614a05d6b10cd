package ai.octopusx.video.reactor;

import io.netty.handler.codec.http.HttpHeaderNames;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;

/** One key on the shared connections. Tenants with the same key are equal, and share their poll loops. */
final class Tenant {

    private final ApiKey key;
    private final HttpClient status;
    private final HttpClient.ResponseReceiver<?> poll;

    Tenant(ApiKey key, HttpClient status) {
        this.key = key;
        this.status = authorized(status, key);
        this.poll = this.status.get();
    }

    /** The head of a poll never changes where the key does not, so it is made once. */
    private static HttpClient authorized(HttpClient client, ApiKey key) {
        String fixed = key.fixedAuthorization();
        return fixed != null
                ? client.headers(headers -> headers.set(HttpHeaderNames.AUTHORIZATION, fixed))
                : client.headersWhen(headers -> key.authorization()
                        .map(authorization -> headers.set(HttpHeaderNames.AUTHORIZATION, authorization)));
    }

    ApiKey key() {
        return key;
    }

    /** For {@code GET /v1/videos/{task_id}} with this key. */
    HttpClient status() {
        return status;
    }

    /** The same, up to the point where the id is named: a poll copies less of it. */
    HttpClient.ResponseReceiver<?> poll() {
        return poll;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Tenant tenant && tenant.key.equals(key);
    }

    @Override
    public int hashCode() {
        return key.hashCode();
    }
}
