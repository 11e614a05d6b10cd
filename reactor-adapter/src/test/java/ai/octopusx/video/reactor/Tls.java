package ai.octopusx.video.reactor;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ServerSocketFactory;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import reactor.netty.http.Http11SslContextSpec;
import reactor.netty.http.client.HttpClient;
import reactor.netty.tcp.SslProvider.GenericSslContextSpec;

/** Both ends of TLS: sockets with a certificate that nobody trusts, and a client that believes everyone. */
final class Tls {

    private Tls() {}

    /** The certificate that nobody trusts. */
    static KeyManagerFactory keys() throws IOException {
        char[] password = "changeit".toCharArray();
        try (InputStream file = Tls.class.getResourceAsStream("/tls/localhost.p12")) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(file, password);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, password);
            return keys;
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    /** An accepted socket says nothing of its own accord: the handshake begins with the first read. */
    static ServerSocketFactory sockets() throws IOException {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys().getKeyManagers(), null, null);
            return context.getServerSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    static GenericSslContextSpec<?> trusting() {
        return Http11SslContextSpec.forClient()
                .configure(context -> context.trustManager(InsecureTrustManagerFactory.INSTANCE));
    }

    static HttpClient trusting(HttpClient client) {
        return client.secure(tls -> tls.sslContext(trusting()));
    }
}
