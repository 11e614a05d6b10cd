package ai.octopusx.video.reactor;

import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.NoopAddressResolverGroup;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.HttpClientConfig;
import reactor.netty.transport.AddressUtils;
import reactor.netty.transport.ProxyProvider;

/**
 * A client in two forms: through the proxy that the user has set, if any, and around it for hosts that need none. Which of
 * them is taken is decided here: Reactor Netty would look a name up that needs no proxy, but in the thread that asks, and
 * apart from the resolver.
 */
final class Routes {

    private final HttpClient direct;
    private final HttpClient proxied;
    private final @Nullable ProxyProvider proxy;

    private Routes(HttpClient direct, HttpClient proxied, @Nullable ProxyProvider proxy) {
        this.direct = direct;
        this.proxied = proxied;
        this.proxy = proxy;
    }

    /** @param names where names are looked up, unless the user has set a resolver other than those of the transport itself */
    static Routes of(HttpClient client, AddressResolverGroup<?> names) {
        ProxyProvider proxy = proxyOf(client.configuration());
        AddressResolverGroup<?> set = client.configuration().resolver();
        boolean isTheUsers = set != null
                && set != names
                && set != DefaultAddressResolverGroup.INSTANCE
                && set != NoopAddressResolverGroup.INSTANCE;
        HttpClient known = isTheUsers ? client : client.resolver(names);
        if (proxy == null) {
            return new Routes(known, known, null);
        }
        // Only the proxy may know the names outside.
        HttpClient proxied = isTheUsers ? client : client.resolver(NoopAddressResolverGroup.INSTANCE);
        return new Routes(known.noProxy(), proxied, proxy);
    }

    private static @Nullable ProxyProvider proxyOf(HttpClientConfig configuration) {
        Supplier<ProxyProvider> later = configuration.proxyProviderSupplier();
        return configuration.proxyProvider() == null && later != null ? later.get() : configuration.proxyProvider();
    }

    /** The form to use for this host. */
    HttpClient to(String host, int port) {
        return proxy == null || proxy.shouldProxy(AddressUtils.createUnresolved(host, port)) ? proxied : direct;
    }

    /** Both forms, changed. */
    Routes with(UnaryOperator<HttpClient> change) {
        HttpClient changed = change.apply(direct);
        return new Routes(changed, proxy == null ? changed : change.apply(proxied), proxy);
    }
}
