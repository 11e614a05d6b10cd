package ai.octopusx.video.reactor.boot;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.VideoTask;
import io.netty.util.Version;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;

/** These tests run on the line that they say, with what that line brings along. */
class BootLineTest {

    @Test
    void itIsTheBootThatThisModuleIsFor() {
        assertThat(SpringBootVersion.getVersion()).isEqualTo(System.getProperty("octopusx.boot"));
    }

    @Test
    void nettyIsTheOneOfThatBoot() {
        assertThat(Version.identify().get("netty-common").artifactVersion())
                .startsWith(System.getProperty("octopusx.netty") + ".");
    }

    @Test
    void coreReadsJsonWhicheverJacksonTheHostHas() {
        VideoTask task = VideoTask.parse("{\"id\":\"video_1\",\"status\":\"queued\"}");

        assertThat(VideoTask.parse(task.toJson())).isEqualTo(task);
    }
}
