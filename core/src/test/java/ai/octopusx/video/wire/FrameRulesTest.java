package ai.octopusx.video.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ai.octopusx.video.InvalidVideoRequestException.Problem;
import ai.octopusx.video.wire.FrameRules.Examined;
import ai.octopusx.video.wire.FrameRules.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class FrameRulesTest {

    private static final String FIELD = "first_frame_image";

    static Stream<Arguments> goodPictures() {
        return Stream.of(
                Arguments.of("png", Pictures.png(640, 480), ImageFormat.PNG),
                Arguments.of("jpeg", Pictures.jpeg(640, 480), ImageFormat.JPEG),
                Arguments.of("lossy webp", Pictures.webpLossy(640, 480), ImageFormat.WEBP),
                Arguments.of("lossless webp", Pictures.webpLossless(640, 480), ImageFormat.WEBP),
                Arguments.of("extended webp", Pictures.webpExtended(640, 480), ImageFormat.WEBP));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("goodPictures")
    void aGoodPictureIsKnownByItsBytesAndHasNoProblem(String name, byte[] bytes, ImageFormat format) {
        Examined examined = FrameRules.examine(FIELD, bytes, true);

        assertThat(examined.problems()).isEmpty();
        assertThat(examined.format()).isEqualTo(format);
        assertThat(examined.length()).isEqualTo(bytes.length);
    }

    /** The size is read from the right place only if a change of either side alone changes the verdict. */
    @ParameterizedTest(name = "{0} x {1}: {2}")
    @CsvSource(
            value = {
                "301  | 301  | -",
                "5999 | 5999 | -",
                "300  | 301  | sides",
                "301  | 300  | sides",
                "6000 | 5999 | sides",
                "5999 | 6000 | sides",
                "1    | 1    | sides",
                "1000 | 401  | -",
                "1000 | 400  | shape",
                "401  | 1000 | -",
                "400  | 1000 | shape",
                "402  | 1000 | -",
                "2500 | 1001 | -",
                "2500 | 1000 | shape",
                "2501 | 1000 | shape",
                "200  | 1000 | sides shape",
            },
            delimiter = '|')
    void sidesAndShapeAreBoundedOnBothEndsInEveryFormat(int width, int height, String expected) {
        List<byte[]> pictures = List.of(
                pngHead(width, height),
                jpegHead(width, height),
                Pictures.webpLossy(width, height),
                Pictures.webpLossless(width, height),
                Pictures.webpExtended(width, height));
        for (byte[] picture : pictures) {
            List<Problem> problems = FrameRules.check(FIELD, picture, true);

            String found = problems.isEmpty() ? "-" : problems.size() == 2 ? "sides shape" : kind(problems.get(0));
            assertThat(found).isEqualTo(expected);
            assertThat(problems).allSatisfy(problem -> {
                assertThat(problem.field()).isEqualTo(FIELD);
                assertThat(problem.value()).contains(width + "x" + height);
            });
        }
    }

    private static String kind(Problem problem) {
        return problem.allowed().startsWith("sides") ? "sides" : "shape";
    }

    @Test
    void theLimitsOfTheVendorCanBeSwitchedOffAndTheFormatStillCounts() {
        assertThat(FrameRules.check(FIELD, Pictures.png(10, 100), false)).isEmpty();
        assertThat(FrameRules.check(FIELD, Pictures.png(10, 100), true)).hasSize(2);
        assertThat(FrameRules.check(FIELD, Pictures.gif(640, 480), false)).hasSize(1);
    }

    @ParameterizedTest(name = "{0} bytes: problem {1}")
    @CsvSource({"31457279, false", "31457280, true", "99999999999, true"})
    void aPictureIsSmallerThanThirtyMegabytes(long length, boolean problem) throws IOException {
        byte[] head = Pictures.png(640, 480);
        Examined examined = FrameRules.examine(FIELD, padded(head, length), true);

        assertThat(examined.format()).isEqualTo(ImageFormat.PNG);
        assertThat(examined.length()).isEqualTo(length);
        assertThat(examined.problems())
                .isEqualTo(problem ? List.of(new Problem(FIELD, length + " bytes", "less than 30 MB")) : List.of());
    }

    static Stream<Arguments> noPictures() {
        return Stream.of(
                Arguments.of(Pictures.gif(640, 480), "a gif image"),
                Arguments.of(Pictures.bmp(640, 480), "a bmp image"),
                Arguments.of(Pictures.ascii("II*\0rest of a tiff"), "a tiff image"),
                Arguments.of(Pictures.ascii("MM\0*rest of a tiff"), "a tiff image"),
                Arguments.of(Pictures.ascii("\0\0\0\u001cftypavif"), "an avif image"),
                Arguments.of(Pictures.ascii("\0\0\0\u001cftypheic"), "a heic image"),
                Arguments.of(Pictures.ascii("\0\0\0\u001cftypisom"), "a video"),
                Arguments.of(Pictures.ascii("%PDF-1.7"), "a pdf document"),
                Arguments.of("just a text, in 中文 too\n".getBytes(StandardCharsets.UTF_8), "a text"),
                Arguments.of(Pictures.ascii("<svg xmlns='x'/>"), "a text"),
                Arguments.of(Pictures.ascii("x"), "a text"),
                Arguments.of(new byte[] {0}, "of an unknown format"),
                Arguments.of(new byte[4096], "of an unknown format"),
                Arguments.of(Pictures.ascii("RIFF\u0010\0\0\0WAVEfmt "), "of an unknown format"),
                Arguments.of(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a}, "of an unknown format"));
    }

    @ParameterizedTest(name = "{1}")
    @MethodSource("noPictures")
    void whatIsNoPictureIsOneProblemThatSaysWhatItIs(byte[] bytes, String what) {
        assertThat(FrameRules.check(FIELD, bytes, true))
                .containsExactly(new Problem(FIELD, what, "a png, jpeg or webp image"));
    }

    @Test
    void anEmptyPictureIsCalledEmpty() {
        assertThat(FrameRules.check(FIELD, new byte[0], false))
                .containsExactly(new Problem(FIELD, "empty", "a png, jpeg or webp image"));
    }

    @Test
    void aMissingFileAndADirectoryAreSaidInTheSameForm() {
        assertThat(FrameRules.noFile(FIELD, "a directory"))
                .isEqualTo(new Problem(FIELD, "a directory", "a png, jpeg or webp image"));
    }

    /** Cut anywhere before the size, each format is one problem; cut after it, the head is all that is looked at. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("goodPictures")
    void aPictureThatEndsBeforeItsSizeIsOneClearProblem(String name, byte[] bytes, ImageFormat format) {
        int shortestKnown = format == ImageFormat.PNG ? 8 : format == ImageFormat.JPEG ? 3 : 12;
        int sizeEnds =
                switch (format) {
                    case PNG -> 24;
                    case JPEG -> frameHeader(bytes) + 9;
                    case WEBP -> bytes.length;
                };
        for (int length = shortestKnown; length < sizeEnds; length++) {
            assertThat(FrameRules.check(FIELD, Arrays.copyOf(bytes, length), false))
                    .as("cut after %d bytes", length)
                    .hasSize(1)
                    .allSatisfy(problem -> assertThat(problem.value()).startsWith("a damaged or cut off"));
        }
        assertThat(FrameRules.check(FIELD, Arrays.copyOf(bytes, sizeEnds), false))
                .isEmpty();
    }

    private static int frameHeader(byte[] jpeg) {
        for (int i = 2; i < jpeg.length; i++) {
            if ((jpeg[i] & 0xff) == 0xff && (jpeg[i + 1] & 0xff) == 0xc0) {
                return i;
            }
        }
        throw new IllegalStateException("no frame header");
    }

    @Test
    void aPngOfNoWidthAndOneOfAnImpossibleWidthAreDamaged() {
        assertThat(FrameRules.check(FIELD, pngHead(0, 100), false)).hasSize(1);
        assertThat(FrameRules.check(FIELD, pngHead(-1, 100), false)).hasSize(1);
    }

    @Test
    void aPngThatBeginsWithSomethingElseThanItsHeaderIsDamaged() {
        byte[] png = Pictures.png(640, 480);
        png[12] = 'J';

        assertThat(FrameRules.check(FIELD, png, false)).hasSize(1);
    }

    @Test
    void aJpegMayCarryMegabytesBeforeItsSize() throws IOException {
        byte[] jpeg = Pictures.jpegWithSegmentsBefore(Pictures.jpeg(640, 480), 0xe2, 200, 65_000);
        Counting counting = new Counting(jpeg);

        Examined examined = FrameRules.examine(FIELD, counting, true);

        assertThat(examined.problems()).isEmpty();
        assertThat(examined.format()).isEqualTo(ImageFormat.JPEG);
        assertThat(counting.bytesRead).as("segments are skipped, not read").isLessThan(jpeg.length / 50);
    }

    @ParameterizedTest
    @CsvSource({"c4", "c8", "cc", "db", "dd", "e0", "e1", "ef", "fe"})
    void tablesAndCommentsOfAJpegAreNotTakenForItsSize(String marker) {
        byte[] jpeg = Pictures.jpegWithSegmentsBefore(Pictures.jpeg(640, 480), Integer.parseInt(marker, 16), 2, 40);

        assertThat(FrameRules.check(FIELD, jpeg, true)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"c0", "c1", "c2", "c3", "c5", "c6", "c7", "c9", "ca", "cb", "cd", "ce", "cf"})
    void everyKindOfJpegNamesItsSizeTheSameWay(String marker) {
        byte[] jpeg = jpegHead(640, 200);
        jpeg[3] = (byte) Integer.parseInt(marker, 16);

        assertThat(FrameRules.check(FIELD, jpeg, true))
                .allSatisfy(problem -> assertThat(problem.value()).contains("640x200"))
                .hasSize(2);
    }

    @Test
    void fillBytesAndBareMarkersOfAJpegAreSkipped() {
        byte[] head = jpegHead(640, 480);
        ByteBuffer jpeg = ByteBuffer.allocate(head.length + 7);
        jpeg.put(head, 0, 2);
        jpeg.put(new byte[] {(byte) 0xff, 0x01, (byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xd0, (byte) 0xff});
        jpeg.put(head, 2, head.length - 2);

        assertThat(FrameRules.check(FIELD, jpeg.array(), true)).isEmpty();
    }

    static Stream<byte[]> brokenJpegs() {
        return Stream.of(
                new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xd9, 0, 0, 0, 0, 0, 0, 0, 0},
                new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xda, 0, 9, 0, 0, 0, 0, 0, 0},
                new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 1, 0, 0, 0, 0, 0, 0},
                new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xe0, 0, 2, 7, 7, 7, 7, 7, 7},
                Pictures.jpegWithSegmentsBefore(jpegHead(640, 480), 0xe0, 20_000, 0));
    }

    /** The end before the size, the picture before the size, a length of less than itself, no marker, too many. */
    @ParameterizedTest
    @MethodSource("brokenJpegs")
    void aJpegWithoutASizeIsDamagedAndNeverALoop(byte[] jpeg) {
        assertThat(FrameRules.check(FIELD, jpeg, false)).hasSize(1);
    }

    @Test
    void aWebpThatIsShorterThanItSaysIsCutOff() {
        byte[] webp = Pictures.webpExtended(640, 480);
        webp[4]++;

        assertThat(FrameRules.check(FIELD, webp, false))
                .containsExactly(new Problem(FIELD, "a damaged or cut off webp image", "a whole webp image"));
    }

    @Test
    void aWebpWithoutAKeyFrameOrWithAnotherSignatureIsDamaged() {
        byte[] noKeyFrame = Pictures.webpLossy(640, 480);
        noKeyFrame[20] |= 1;
        byte[] noStartCode = Pictures.webpLossy(640, 480);
        noStartCode[23] = 0;
        byte[] noSignature = Pictures.webpLossless(640, 480);
        noSignature[20] = 0;
        byte[] noChunk = Pictures.riff("ANIM", new byte[20]);

        for (byte[] webp : List.of(noKeyFrame, noStartCode, noSignature, noChunk)) {
            assertThat(FrameRules.check(FIELD, webp, false)).hasSize(1);
        }
    }

    @Test
    void aSourceThatHandsOutOneByteAtATimeIsReadJustTheSame() throws IOException {
        byte[] jpeg = Pictures.jpegWithSegmentsBefore(Pictures.jpeg(640, 480), 0xe1, 3, 3_000);
        Source drip = new Source() {
            @Override
            public long length() {
                return jpeg.length;
            }

            @Override
            public int read(long position, byte[] into, int offset, int count) {
                if (position >= jpeg.length) {
                    return -1;
                }
                into[offset] = jpeg[(int) position];
                return 1;
            }
        };

        assertThat(FrameRules.examine(FIELD, drip, true).problems()).isEmpty();
    }

    @Test
    void aFileThatShrinksWhileItIsExaminedIsDamagedAndNoCrash() throws IOException {
        byte[] png = Pictures.png(640, 480);

        Examined examined = FrameRules.examine(FIELD, padded(Arrays.copyOf(png, 20), 20_000, false), true);

        assertThat(examined.problems()).hasSize(1);
    }

    @Test
    void troubleOfTheSourceIsNoProblemOfTheRequest() {
        Source broken = new Source() {
            @Override
            public long length() {
                return 100;
            }

            @Override
            public int read(long position, byte[] into, int offset, int count) throws IOException {
                throw new IOException("disk on fire");
            }
        };

        assertThatIOException().isThrownBy(() -> FrameRules.examine(FIELD, broken, true));
    }

    @Property
    void noBytesWhateverTheyAreBreakTheExamination(@ForAll byte[] bytes, @ForAll boolean limits) {
        assertThat(FrameRules.check(FIELD, bytes, limits)).isNotNull();
    }

    @Property
    void noBytesBehindAGoodBeginningBreakTheExaminationEither(@ForAll byte[] rest, @ForAll boolean limits) {
        List<byte[]> beginnings = List.of(
                new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'},
                new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff},
                Pictures.ascii("RIFF\0\0\0\0WEBPVP8 "),
                Pictures.ascii("RIFF\0\0\0\0WEBPVP8L"),
                Pictures.ascii("RIFF\0\0\0\0WEBPVP8X"));
        for (byte[] beginning : beginnings) {
            byte[] bytes = ByteBuffer.allocate(beginning.length + rest.length)
                    .put(beginning)
                    .put(rest)
                    .array();
            assertThat(FrameRules.examine(FIELD, bytes, limits).format()).isNotNull();
        }
    }

    private static byte[] pngHead(int width, int height) {
        byte[] png = Pictures.png(1, 1);
        ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
        return png;
    }

    /** SOI, then a frame header of one component. */
    private static byte[] jpegHead(int width, int height) {
        return ByteBuffer.allocate(16)
                .put(new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, (byte) 0xc0, 0, 11, 8})
                .putShort((short) height)
                .putShort((short) width)
                .array();
    }

    private static Source padded(byte[] head, long length) {
        return padded(head, length, true);
    }

    private static Source padded(byte[] head, long length, boolean readable) {
        return new Source() {
            @Override
            public long length() {
                return length;
            }

            @Override
            public int read(long position, byte[] into, int offset, int count) {
                if (position >= (readable ? length : head.length)) {
                    return -1;
                }
                int read = (int) Math.min(count, (readable ? length : head.length) - position);
                for (int i = 0; i < read; i++) {
                    into[offset + i] = position + i < head.length ? head[(int) position + i] : 0;
                }
                return read;
            }
        };
    }

    private static final class Counting implements Source {

        private final byte[] bytes;
        private long bytesRead;

        Counting(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public long length() {
            return bytes.length;
        }

        @Override
        public int read(long position, byte[] into, int offset, int count) {
            int read = (int) Math.min(count, bytes.length - position);
            if (read <= 0) {
                return -1;
            }
            System.arraycopy(bytes, (int) position, into, offset, read);
            bytesRead += read;
            return read;
        }
    }
}
