package ai.octopusx.video.recipes;

import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.VideoClient;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.codec.multipart.FilePart;
import reactor.core.publisher.Mono;

/** A picture that a browser sent. */
final class FirstFrame {

    private final VideoClient client;

    FirstFrame(VideoClient client) {
        this.client = client;
    }

    // tag::first-frame[]
    private static final int LARGEST = 30 << 20; // what the gateway takes

    /** For many at once rather {@code picture.transferTo(path)} and {@code FrameImage.of(path)}, which is never held whole. */
    Mono<VideoTask> animate(FilePart picture, String prompt) {
        return DataBufferUtils.join(picture.content(), LARGEST)
                .map(FirstFrame::bytes)
                .flatMap(bytes -> client.submit(DoubaoVideoRequest.builder()
                        .prompt(prompt)
                        .firstFrame(FrameImage.of(bytes, picture.filename())) // looked at before anything is sent
                        .build()));
    }

    private static byte[] bytes(DataBuffer buffer) {
        try {
            byte[] bytes = new byte[buffer.readableByteCount()];
            buffer.read(bytes);
            return bytes;
        } finally {
            DataBufferUtils.release(buffer);
        }
    }
    // end::first-frame[]
}
