package ai.octopusx.video.reactor;

import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * A key, fixed or fetched for each request. Two fixed keys of the same text are equal, two suppliers only if they are one
 * object: poll loops are shared per key. Never shown.
 */
final class ApiKey {

    private final @Nullable String text;
    private final @Nullable Supplier<Mono<String>> source;

    /** The key, of those that were supplied the newest, to know it when the other side quotes it. */
    private volatile List<String> secrets;

    private ApiKey(@Nullable String text, @Nullable Supplier<Mono<String>> source) {
        this.text = text;
        this.source = source;
        this.secrets = text == null ? List.of() : List.of(text);
    }

    static ApiKey fixed(String text) {
        return new ApiKey(checked(text), null);
    }

    static ApiKey supplied(Supplier<Mono<String>> source) {
        return new ApiKey(null, Objects.requireNonNull(source, "apiKey"));
    }

    /** The value of the header {@code Authorization} where the key never changes; null where each request asks for it. */
    @Nullable
    String fixedAuthorization() {
        return text == null ? null : "Bearer " + text;
    }

    /** The value of the header {@code Authorization} for one request. */
    Mono<String> authorization() {
        return source == null
                ? Mono.just("Bearer " + text)
                : Mono.defer(source)
                        .switchIfEmpty(
                                Mono.error(() -> new IllegalArgumentException("The apiKey supplier gave no key")))
                        .map(this::supplied)
                        .onErrorMap(cause -> new NotHadException(cause));
    }

    private String supplied(String key) {
        String good = checked(key);
        secrets = List.of(good);
        return "Bearer " + good;
    }

    /** What must not be quoted. */
    List<String> secrets() {
        return secrets;
    }

    /** A line break in a key would let it write headers of its own; a blank one comes from a variable that is not set. */
    private static String checked(String text) {
        Objects.requireNonNull(text, "apiKey");
        if (text.isBlank()) {
            throw new IllegalArgumentException("apiKey is blank, allowed is the key of your account");
        }
        if (!text.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw new IllegalArgumentException(
                    "apiKey holds a space, a control or a non-ASCII character, allowed are printable ASCII characters");
        }
        return text;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof ApiKey key
                && Objects.equals(text, key.text)
                && source == key.source; // a supplier is a tenant by identity
    }

    @Override
    public int hashCode() {
        return text == null ? System.identityHashCode(source) : text.hashCode();
    }

    @Override
    public String toString() {
        return "ApiKey[***]";
    }

    /** The supplier gave no key that could be used: the request did not even begin. */
    static final class NotHadException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NotHadException(Throwable cause) {
            super("the key could not be had: " + cause.getClass().getSimpleName(), cause);
        }
    }
}
