package studio;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import java.nio.ByteBuffer;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

@SpringBootApplication
@RestController
public class VideoService {

    private final VideoClient client;

    public VideoService(VideoClient client) {
        this.client = client;
    }

    public static void main(String[] args) {
        SpringApplication.run(VideoService.class, args);
    }

    @PostMapping("/videos")
    public Mono<VideoTask> submit(@RequestBody String prompt) {
        return client.submit(DoubaoVideoRequest.textToVideo(prompt));
    }

    @GetMapping(path = "/videos/{id}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    public Flux<VideoTask> events(@PathVariable String id) {
        return client.track(id);
    }

    @GetMapping(path = "/videos/{id}/content", produces = "video/mp4")
    public Flux<ByteBuffer> content(@PathVariable String id) {
        return client.retrieve(id).flatMapMany(client::download);
    }
}
