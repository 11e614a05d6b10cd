package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.Version;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

/** These tests run on the line of Reactor and Netty that the build says: the newest, or the older one of a profile. */
class ReactorLineTest {

    @Test
    void theLineIsTheOneThatWasAskedFor() {
        String netty = System.getProperty("octopusx.netty");
        boolean older = netty.startsWith("4.1.");

        assertThat(Version.identify().get("netty-common").artifactVersion()).isEqualTo(netty);
        assertThat(jar(HttpClient.class)).contains(older ? "reactor-netty-http-1.2." : "reactor-netty-http-1.3.");
        assertThat(jar(Flux.class)).contains(older ? "reactor-core-3.7." : "reactor-core-3.8.");
    }

    private static String jar(Class<?> type) {
        return type.getProtectionDomain().getCodeSource().getLocation().getPath();
    }
}
