package ai.octopusx.video.reactor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.AspectRatio;
import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The exact bytes of a submission, and of the reading that follows it. */
class SubmitWireTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String QUEUED = """
            {"id":"video_1","object":"video","model":"doubao-seedance-1-5-pro_720p","status":"queued","progress":0,\
            "created_at":1766000000,"size":"864x480"}""";

    private final MockWebServer gateway = new MockWebServer();
    private VideoClient client;

    @BeforeEach
    void start() throws IOException {
        gateway.start();
        client = VideoClient.builder()
                .apiKey("sk-secret")
                .baseUrl("http://127.0.0.1:" + gateway.getPort())
                .build();
    }

    @AfterEach
    void stop() {
        client.close();
        gateway.close();
    }

    @Test
    void textToVideoSendsTheModelAndThePromptAndNothingThatWasLeftOut() throws Exception {
        gateway.enqueue(json(QUEUED));

        VideoTask task = client.submit(DoubaoVideoRequest.textToVideo("一只猫 🐈 \"quoted\""))
                .block(PATIENCE);

        assertThat(task.id()).isEqualTo("video_1");
        assertThat(task.status()).isEqualTo(VideoStatus.QUEUED);
        RecordedRequest request = gateway.takeRequest();
        assertThat(request.getMethod()).isEqualTo("POST");
        assertThat(request.getTarget()).isEqualTo("/v1/videos");
        assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer sk-secret");
        assertThat(request.getHeaders().values("Accept-Language")).containsExactly("en");
        assertThat(request.getHeaders().get("User-Agent")).matches("octopusx-java/\\d+\\.\\d+\\.\\d+.*");
        assertThat(request.getHeaders().values("Transfer-Encoding")).isEmpty();
        assertThat(request.getHeaders().values("Accept-Encoding")).isEmpty();
        assertThat(request.getHeaders().values("Content-Length")).containsExactly("" + request.getBodySize());
        String boundary = boundary(request);
        assertThat(request.getBody().string(UTF_8))
                .isEqualTo("--" + boundary + "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n"
                        + "doubao-seedance-1-5-pro_720p\r\n"
                        + "--" + boundary + "\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\n"
                        + "一只猫 🐈 \"quoted\"\r\n"
                        + "--" + boundary + "--\r\n");
    }

    @Test
    void imagesLeaveWholeUnderNeutralNamesWithTheTypeOfTheirBytes(@TempDir Path directory) throws Exception {
        gateway.enqueue(json(QUEUED));
        byte[] png = Pictures.png(640, 480);
        byte[] jpeg = Pictures.jpeg(640, 480);
        Path first = Files.write(directory.resolve("第一 \"帧\".jpg"), png);

        client.submit(DoubaoVideoRequest.builder()
                        .model(DoubaoModel.SEEDANCE_1_0_PRO_480P)
                        .prompt("p")
                        .size(AspectRatio.RATIO_16_9)
                        .seconds(5)
                        .firstFrame(FrameImage.of(first))
                        .lastFrame(FrameImage.of(jpeg, "x.webp"))
                        .build())
                .block(PATIENCE);

        RecordedRequest request = gateway.takeRequest();
        String boundary = boundary(request);
        assertThat(request.getBody().string(ISO_8859_1))
                .isEqualTo(text(boundary, "model", "doubao-seedance-1-0-pro_480p")
                        + text(boundary, "prompt", "p")
                        + text(boundary, "size", "16:9")
                        + text(boundary, "seconds", "5")
                        + file(boundary, "first_frame_image", "first_frame.png", "image/png", png)
                        + file(boundary, "last_frame_image", "last_frame.jpg", "image/jpeg", jpeg)
                        + "--" + boundary + "--\r\n");
    }

    @Test
    void aWebpIsTakenForOneWhateverItsNameSays() throws Exception {
        gateway.enqueue(json(QUEUED));
        byte[] webp = Pictures.webp(640, 480);

        client.submit(DoubaoVideoRequest.builder()
                        .prompt("p")
                        .firstFrame(FrameImage.of(webp, "帧\"; name=\"prompt.png"))
                        .build())
                .block(PATIENCE);

        RecordedRequest request = gateway.takeRequest();
        String boundary = boundary(request);
        assertThat(request.getBody().string(ISO_8859_1))
                .isEqualTo(text(boundary, "model", "doubao-seedance-1-5-pro_720p")
                        + text(boundary, "prompt", "p")
                        + file(boundary, "first_frame_image", "first_frame.webp", "image/webp", webp)
                        + "--" + boundary + "--\r\n");
    }

    @Test
    void anIdIsAskedForAsOneSegmentOfThePath() throws Exception {
        gateway.enqueue(json(QUEUED));

        client.retrieve("grok:a/b?c#d 100%é").block(PATIENCE);

        RecordedRequest request = gateway.takeRequest();
        assertThat(request.getMethod()).isEqualTo("GET");
        assertThat(request.getTarget()).isEqualTo("/v1/videos/grok%3Aa%2Fb%3Fc%23d%20100%25%C3%A9");
        assertThat(request.getHeaders().values("Authorization")).containsExactly("Bearer sk-secret");
    }

    private static MockResponse json(String body) {
        return new MockResponse.Builder()
                .code(200)
                .setHeader("Content-Type", "application/json")
                .body(body)
                .build();
    }

    private static String boundary(RecordedRequest request) {
        String type = request.getHeaders().get("Content-Type");
        assertThat(type).startsWith("multipart/form-data; boundary=");
        return type.substring("multipart/form-data; boundary=".length());
    }

    private static String text(String boundary, String name, String value) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
    }

    private static String file(String boundary, String name, String fileName, String type, byte[] bytes) {
        return "--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"; filename=\"" + fileName
                + "\"\r\nContent-Type: " + type + "\r\n\r\n" + new String(bytes, ISO_8859_1) + "\r\n";
    }
}
