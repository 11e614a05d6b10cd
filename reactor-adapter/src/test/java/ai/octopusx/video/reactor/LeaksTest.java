package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The proof that the leak watch barks. */
class LeaksTest {

    @Test
    void aForgottenBufferIsFound() {
        Leaks leaks = new Leaks();
        leaks.beforeAll(null);
        for (int i = 0; i < 8; i++) {
            ByteBufAllocator.DEFAULT.directBuffer(64);
        }

        List<String> found = new ArrayList<>();
        Downloading.await("a report", () -> found.addAll(leaks.found(1)));
        assertThat(found).allMatch(report -> report.contains("LEAK"));
        Downloading.await("the last report", () -> leaks.found(2).isEmpty());
        leaks.afterAll(null);
    }
}
