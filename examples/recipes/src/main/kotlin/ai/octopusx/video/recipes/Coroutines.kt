package ai.octopusx.video.recipes

import ai.octopusx.video.DoubaoVideoRequest
import ai.octopusx.video.VideoTask
import ai.octopusx.video.reactor.VideoClient
import java.nio.file.Path
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.reactive.asFlow
import kotlinx.coroutines.reactor.awaitSingle

/** The client in Kotlin: a Mono is awaited, a Flux is a Flow. */
class Coroutines(private val client: VideoClient) {

    // tag::kotlin[]
    /** Cancelling the coroutine cancels the request, and never loses a job that was taken. */
    suspend fun video(prompt: String, file: Path): Path {
        val task = client.generate(DoubaoVideoRequest.textToVideo(prompt)).awaitSingle()
        return client.downloadTo(task, file).awaitSingle()
    }

    fun states(id: String): Flow<VideoTask> = client.track(id).asFlow()
    // end::kotlin[]
}
