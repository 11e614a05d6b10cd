package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kept clips are films that a browser plays, and the one that comes is the one that was asked for. */
class ClipsTest {

    private static final Clips CLIPS = new Clips(0);

    @ParameterizedTest
    @CsvSource({
        "16:9, 5, 16x9-5s",
        "9:16, 5, 9x16-5s",
        "1:1, 4, 1x1-5s",
        "4:3, 7, 4x3-5s",
        "3:4, 8, 3x4-10s",
        "21:9, 11, 21x9-10s",
    })
    void theNearestClipIsChosen(String size, int seconds, String name) {
        String pixels = VideoModel.pixels(Form.MODEL, size, null);

        assertThat(CLIPS.nearest(VideoModel.ratio(pixels), seconds).name()).isEqualTo(name);
    }

    @ParameterizedTest
    @CsvSource({"1080, 1920, 9x16-5s", "1024, 1024, 1x1-5s", "800, 600, 4x3-5s", "2000, 850, 21x9-5s"})
    void anImageGivesTheRatioWhereNoneIsAskedFor(int width, int height, String name) {
        ImageHeader image = new ImageHeader("png", width, height);

        for (String size : new String[] {"", "adaptive", "keep_ratio"}) {
            String pixels = VideoModel.pixels(Form.MODEL, size, image);
            assertThat(CLIPS.nearest(VideoModel.ratio(pixels), 5).name()).isEqualTo(name);
        }
    }

    @ParameterizedTest
    @CsvSource({"16x9", "9x16", "1x1", "4x3", "3x4", "21x9"})
    void eachClipIsAnH264FilmOfItsRatioWithItsIndexInFront(String shape) {
        String[] sides = shape.split("x");
        double ratio = Double.parseDouble(sides[0]) / Double.parseDouble(sides[1]);
        for (int seconds : new int[] {5, 10}) {
            byte[] film = CLIPS.nearest(ratio, seconds).bytes();

            assertThat(Mp4.boxes(film)).startsWith("ftyp", "moov").contains("mdat");
            String moov = new String(film, StandardCharsets.ISO_8859_1);
            int avc1 = moov.indexOf("avc1", moov.indexOf("stsd"));
            ByteBuffer entry = ByteBuffer.wrap(film, avc1 + 4 + 24, 4);
            assertThat(entry.getShort() / (double) entry.getShort())
                    .isCloseTo(ratio, org.assertj.core.data.Offset.offset(0.01));
            int mvhd = moov.indexOf("mvhd");
            ByteBuffer times = ByteBuffer.wrap(film, mvhd + 4 + 12, 8);
            int scale = times.getInt();
            assertThat(times.getInt() / (double) scale).isEqualTo(seconds);
        }
    }

    @Test
    void aClipIsMadeLongerByABoxOfTheRightSize() {
        Clip kept = CLIPS.nearest(16 / 9.0, 5);
        for (int more : new int[] {1, 15, 16, 17, 100_000}) {
            Clip longer = new Clips(kept.length() + more).nearest(16 / 9.0, 5);

            assertThat(Mp4.boxes(longer.bytes())).endsWith("free");
            assertThat(longer.length()).isEqualTo(kept.length() + Math.max(16, more));
            assertThat(longer.etag()).isNotEqualTo(kept.etag());
        }
    }

    @Test
    void anotherClipIsAnotherOne() {
        Clip kept = CLIPS.nearest(1, 5);
        for (int n = 1; n < 40; n++) {
            assertThat(CLIPS.otherThan(kept, n)).isNotSameAs(kept);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "png, 700, 500",
        "jpeg, 640, 480",
        "webp, 1024, 768",
        "webp-lossless, 321, 654",
        "webp-extended, 5000, 4000"
    })
    void theSidesOfAnImageAreReadFromItsHead(String kind, int width, int height) {
        byte[] image = Images.of(kind, width, height);

        assertThat(ImageHeader.read(image, image.length))
                .isEqualTo(new ImageHeader(kind.replaceFirst("-.*", ""), width, height));
        for (int length = 0; length < image.length; length++) {
            ImageHeader cut = ImageHeader.read(java.util.Arrays.copyOf(image, length), length);
            assertThat(cut == null || cut.width() == width && cut.height() == height)
                    .isTrue();
        }
    }
}
