package ai.octopusx.video.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.octopusx.video.AspectRatio;
import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.wire.VideoForm.Segment;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VideoFormTest {

    private static final String BOUNDARY = "0123456789abcdef-ABCDEF_zz";

    private static final byte[] PNG = Pictures.png(640, 480);

    @Test
    void textAloneIsLaidOutByteForByte() {
        VideoForm form = VideoForm.of(
                DoubaoVideoRequest.builder()
                        .model(DoubaoModel.SEEDANCE_1_0_PRO_480P)
                        .prompt("一只猫 🐈\n\"said\" it")
                        .size(AspectRatio.RATIO_16_9)
                        .seconds(5)
                        .additionalField("seed", "7")
                        .additionalField("摄影机", "")
                        .build(),
                null,
                null,
                BOUNDARY);

        assertThat(form.contentType()).isEqualTo("multipart/form-data; boundary=0123456789abcdef-ABCDEF_zz");
        assertThat(form.segments()).hasSize(1);
        assertThat(text(bytes(form))).isEqualTo("""
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="model"\r
                        \r
                        doubao-seedance-1-0-pro_480p\r
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="prompt"\r
                        \r
                        一只猫 🐈
                        "said" it\r
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="size"\r
                        \r
                        16:9\r
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="seconds"\r
                        \r
                        5\r
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="seed"\r
                        \r
                        7\r
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="摄影机"\r
                        \r
                        \r
                        --0123456789abcdef-ABCDEF_zz--\r
                        """);
        assertThat(form.contentLength()).isEqualTo(bytes(form).length);
    }

    @Test
    void whatWasLeftOutIsNotSent() {
        VideoForm form = VideoForm.of(DoubaoVideoRequest.textToVideo("A cat"), null, null, BOUNDARY);

        assertThat(text(bytes(form))).doesNotContain("\"size\"", "\"seconds\"", "frame_image");
    }

    @Test
    void imagesFollowTheTextsWithTheirTrueTypeAndANeutralName() {
        Path path = Path.of("/home/someone/\"私人\"\r\n.gif");
        FrameImage first = FrameImage.of(path);
        FrameImage last = FrameImage.of(PNG, "also private.exe");
        DoubaoVideoRequest request = DoubaoVideoRequest.builder()
                .prompt("A cat")
                .firstFrame(first)
                .lastFrame(last)
                .build();

        VideoForm form = VideoForm.of(
                request,
                new CheckedFrame(first, ImageFormat.JPEG, 12_345_678_901L),
                new CheckedFrame(last, ImageFormat.PNG, PNG.length),
                BOUNDARY);

        assertThat(form.segments()).hasSize(5);
        assertThat(text(form.segments().get(0))).endsWith("""
                        \r
                        A cat\r
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="first_frame_image"; filename="first_frame.jpg"\r
                        Content-Type: image/jpeg\r
                        \r
                        """);
        assertThat(form.segments().get(1)).isEqualTo(new Segment.File(path, 12_345_678_901L));
        assertThat(text(form.segments().get(2))).isEqualTo("""
                        \r
                        --0123456789abcdef-ABCDEF_zz\r
                        Content-Disposition: form-data; name="last_frame_image"; filename="last_frame.png"\r
                        Content-Type: image/png\r
                        \r
                        """);
        assertThat(((Segment.Bytes) form.segments().get(3)).bytes())
                .as("the caller's own array")
                .isSameAs(PNG);
        assertThat(text(form.segments().get(4))).isEqualTo("\r\n--0123456789abcdef-ABCDEF_zz--\r\n");
        assertThat(form.contentLength())
                .isEqualTo(form.segments().stream().mapToLong(Segment::length).sum())
                .isGreaterThan(12_345_678_901L + PNG.length);
    }

    @Test
    void aWebpGoesOutAsOne() {
        byte[] webp = Pictures.webpLossy(640, 480);
        FrameImage image = FrameImage.of(webp, "x");
        DoubaoVideoRequest request =
                DoubaoVideoRequest.builder().prompt("A cat").firstFrame(image).build();

        VideoForm form = VideoForm.of(request, new CheckedFrame(image, ImageFormat.WEBP, webp.length), null, BOUNDARY);

        assertThat(text(form.segments().get(0)))
                .contains("filename=\"first_frame.webp\"\r\nContent-Type: image/webp\r\n\r\n");
    }

    @Test
    void aNameCannotLeaveItsQuotes() {
        assertThat(VideoForm.escaped("a\"; filename=\"x\r\n\\")).isEqualTo("a%22; filename=%22x%0D%0A%5C");
        assertThat(VideoForm.escaped("摄影机 50%")).isEqualTo("摄影机 50%");
    }

    @Test
    void aBoundaryThatOccursInATextIsRefusedSoThatAnotherOneIsDrawn() {
        DoubaoVideoRequest inPrompt = DoubaoVideoRequest.textToVideo("x" + BOUNDARY + "x");
        DoubaoVideoRequest inValue = DoubaoVideoRequest.builder()
                .prompt("A cat")
                .additionalField("seed", BOUNDARY)
                .build();
        DoubaoVideoRequest inName = DoubaoVideoRequest.builder()
                .prompt("A cat")
                .additionalField(BOUNDARY, "7")
                .build();
        DoubaoVideoRequest inModel = DoubaoVideoRequest.builder()
                .prompt("A cat")
                .model(DoubaoModel.of(BOUNDARY))
                .build();

        for (DoubaoVideoRequest request : new DoubaoVideoRequest[] {inPrompt, inValue, inName, inModel}) {
            assertThat(VideoForm.collides(request, BOUNDARY)).isTrue();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> VideoForm.of(request, null, null, BOUNDARY))
                    .withMessageContaining("draw another")
                    .withMessageNotContaining("cat");
        }
        assertThat(VideoForm.collides(inPrompt, BOUNDARY + "-")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tooShortForABoundary",
                "0123456789abcdefABCDEF zz",
                "0123456789abcdefABCDEF\r\nzz",
                "0123456789abcdefABCDEF\"zz",
                "0123456789abcdefABCDEFzü",
                "01234567890123456789012345678901234567890123456789012345678901234567890",
            })
    void aBoundaryThatIsShortLongOrOddIsRefused(String boundary) {
        DoubaoVideoRequest request = DoubaoVideoRequest.textToVideo("A cat");

        assertThatIllegalArgumentException().isThrownBy(() -> VideoForm.of(request, null, null, boundary));
    }

    @Test
    void aFormNeverSilentlyLacksAPictureOrHoldsAnother() {
        FrameImage image = FrameImage.of(PNG, "a.png");
        CheckedFrame checked = new CheckedFrame(image, ImageFormat.PNG, PNG.length);
        CheckedFrame other = new CheckedFrame(FrameImage.of(PNG, "a.png"), ImageFormat.PNG, PNG.length);
        CheckedFrame longer = new CheckedFrame(image, ImageFormat.PNG, PNG.length + 1);
        DoubaoVideoRequest one =
                DoubaoVideoRequest.builder().prompt("A cat").firstFrame(image).build();
        DoubaoVideoRequest none = DoubaoVideoRequest.textToVideo("A cat");

        assertThatIllegalArgumentException().isThrownBy(() -> VideoForm.of(one, null, null, BOUNDARY));
        assertThatIllegalArgumentException().isThrownBy(() -> VideoForm.of(one, other, null, BOUNDARY));
        assertThatIllegalArgumentException().isThrownBy(() -> VideoForm.of(one, longer, null, BOUNDARY));
        assertThatIllegalArgumentException().isThrownBy(() -> VideoForm.of(one, checked, checked, BOUNDARY));
        assertThatIllegalArgumentException().isThrownBy(() -> VideoForm.of(none, checked, null, BOUNDARY));
        assertThat(VideoForm.of(one, checked, null, BOUNDARY).contentLength()).isGreaterThan(PNG.length);
    }

    @Test
    void neitherTextsNorPathsStandInToString() {
        FrameImage image = FrameImage.of(Path.of("/home/secret/face.png"));
        DoubaoVideoRequest request =
                DoubaoVideoRequest.builder().prompt("secret").firstFrame(image).build();
        VideoForm form = VideoForm.of(request, new CheckedFrame(image, ImageFormat.PNG, 9), null, BOUNDARY);

        assertThat(form.toString() + form.segments()).doesNotContain("secret").contains("File[9]");
    }

    static byte[] bytes(VideoForm form) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        form.segments().forEach(segment -> out.writeBytes(((Segment.Bytes) segment).bytes()));
        return out.toByteArray();
    }

    private static String text(Segment segment) {
        return text(((Segment.Bytes) segment).bytes());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
