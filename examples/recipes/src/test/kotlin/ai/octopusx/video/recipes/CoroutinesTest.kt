package ai.octopusx.video.recipes

import ai.octopusx.video.PollingPolicy
import ai.octopusx.video.reactor.VideoClient
import ai.octopusx.video.simulator.OctopusXSimulator
import ai.octopusx.video.simulator.SimulatorConfig
import java.nio.file.Files
import java.nio.file.Path
import java.time.Duration
import kotlinx.coroutines.flow.last
import kotlinx.coroutines.runBlocking
import org.assertj.core.api.Assertions.assertThat
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir

class CoroutinesTest {

    @Test
    fun `a video is awaited and its states are a flow`(@TempDir directory: Path) {
        val quick = SimulatorConfig.builder().life(Duration.ofMillis(200)).snapshotInterval(Duration.ofMillis(20)).build()
        OctopusXSimulator.start(quick).use { gateway ->
            VideoClient.builder()
                .baseUrl(gateway.baseUrl().toString())
                .apiKey(gateway.apiKey())
                .polling(PollingPolicy.fixed(Duration.ofMillis(50)))
                .build()
                .use { client ->
                    val kotlin = Coroutines(client)
                    runBlocking {
                        val file = kotlin.video("A paper boat", directory.resolve("boat.mp4"))
                        assertThat(Files.size(file)).isPositive()
                        val id = gateway.ledger().accepted().single().id()
                        assertThat(kotlin.states(id).last().isCompleted).isTrue()
                    }
                }
        }
    }
}
