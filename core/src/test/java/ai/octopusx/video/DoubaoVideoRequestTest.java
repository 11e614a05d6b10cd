package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.entry;

import ai.octopusx.video.InvalidVideoRequestException.Problem;
import ai.octopusx.video.wire.Pictures;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoubaoVideoRequestTest {

    private static final FrameImage PICTURE = FrameImage.of(Pictures.png(640, 480), "holiday.png");

    @Test
    void textAloneTakesTheDefaultModelAndLeavesTheRestToTheGateway() {
        DoubaoVideoRequest request = DoubaoVideoRequest.textToVideo("A cat on a skateboard");

        assertThat(request.model()).isSameAs(DoubaoModel.SEEDANCE_1_5_PRO_720P);
        assertThat(request.prompt()).isEqualTo("A cat on a skateboard");
        assertThat(request.size()).isNull();
        assertThat(request.seconds()).isNull();
        assertThat(request.firstFrame()).isNull();
        assertThat(request.lastFrame()).isNull();
        assertThat(request.additionalFields()).isEmpty();
        assertThat(request.reference()).isNull();
        assertThat(request.upstreamLimits()).isTrue();
    }

    @Test
    void everythingThatWasGivenIsKept() {
        DoubaoVideoRequest request = valid().model(DoubaoModel.SEEDANCE_1_0_PRO_1080P)
                .size(AspectRatio.KEEP_RATIO)
                .seconds(7)
                .firstFrame(PICTURE)
                .lastFrame(PICTURE)
                .additionalField("camera_fixed", "true")
                .additionalField("seed", "1")
                .additionalField("seed", "2")
                .reference("row 7")
                .upstreamLimits(false)
                .build();

        assertThat(request.model()).isSameAs(DoubaoModel.SEEDANCE_1_0_PRO_1080P);
        assertThat(request.size()).isEqualTo(AspectRatio.KEEP_RATIO);
        assertThat(request.seconds()).isEqualTo(7);
        assertThat(request.firstFrame()).isSameAs(PICTURE);
        assertThat(request.lastFrame()).isSameAs(PICTURE);
        assertThat(request.additionalFields()).containsExactly(entry("camera_fixed", "true"), entry("seed", "2"));
        assertThat(request.reference()).isEqualTo("row 7");
        assertThat(request.upstreamLimits()).isFalse();
    }

    @Test
    void aPromptIsKeptAsItIsBlanksAndAll() {
        String prompt = "  一只猫 🐈\r\nand \"quotes\" ";

        assertThat(DoubaoVideoRequest.textToVideo(prompt).prompt()).isEqualTo(prompt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t", "\u3000"})
    void aBlankPromptIsRefused(String prompt) {
        assertThat(problems(DoubaoVideoRequest.builder().prompt(prompt)))
                .containsExactly(new Problem("prompt", "blank", "some text, Chinese or English"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"half \ud83d", "\udc08 half", "\ud83d\ud83d\udc08", "\ude00\ud83d"})
    void aPromptWithHalfAPairIsRefusedForItWouldArriveAsAQuestionMark(String prompt) {
        assertThat(problems(DoubaoVideoRequest.builder().prompt(prompt)))
                .containsExactly(new Problem("prompt", "no valid Unicode text", "text without lone surrogates"));
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 5, 10, 11})
    void fourToElevenSecondsAreAllowed(int seconds) {
        assertThat(valid().seconds(seconds).build().seconds()).isEqualTo(seconds);
    }

    @ParameterizedTest
    @ValueSource(ints = {Integer.MIN_VALUE, -5, 0, 3, 12, Integer.MAX_VALUE})
    void otherSecondsAreRefused(int seconds) {
        assertThat(problems(valid().seconds(seconds)))
                .containsExactly(new Problem("seconds", String.valueOf(seconds), "4 to 11"));
    }

    @Test
    void aLastFrameNeedsAFirstOne() {
        assertThat(problems(valid().lastFrame(PICTURE)))
                .containsExactly(new Problem(
                        "last_frame_image",
                        "given without first_frame_image",
                        "a last frame together with a first frame"));
    }

    @Test
    void keepRatioNeedsAnImageWhateverTheModel() {
        for (DoubaoModel model : DoubaoModel.documented()) {
            assertThat(problems(valid().model(model).size(AspectRatio.KEEP_RATIO)))
                    .extracting(Problem::field)
                    .containsExactly("size");
        }
        assertThat(valid().size(AspectRatio.KEEP_RATIO).firstFrame(PICTURE).build())
                .isNotNull();
    }

    @ParameterizedTest(name = "{0} adapts without an image: {1}")
    @CsvSource({
        "doubao-seedance-1-0-pro_480p, false",
        "doubao-seedance-1-0-pro_1080p, false",
        "doubao-seedance-1-0-lite_480p, false",
        "doubao-seedance-1-5-pro_480p, true",
        "doubao-seedance-2-0-260128, true",
    })
    void adaptiveWithoutAnImageIsPossibleFromOneFiveOn(String model, boolean possible) {
        DoubaoVideoRequest.Builder builder =
                valid().model(DoubaoModel.of(model)).size(AspectRatio.ADAPTIVE);

        assertThat(possible ? builder.build() : problems(builder)).isNotNull();
        assertThat(builder.firstFrame(PICTURE).build().size()).isEqualTo(AspectRatio.ADAPTIVE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"model", "prompt", "size", "seconds", "first_frame_image", "last_frame_image"})
    void aFieldOfTheBuilderCannotBeGivenASecondTimeAsAnAdditionalOne(String name) {
        assertThat(problems(valid().additionalField(name, "x")))
                .containsExactly(new Problem(name, "given as an additional field", "the builder's own method"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "a\r\nContent-Type: x",
                "a\u0000",
                "a\u007f",
                "half \ud83d",
                "a\"",
                "a\\",
                ",prompt",
                "a;b",
                "a:b",
                "a=b"
            })
    void anAdditionalFieldNeedsANameThatCanStandInAHeader(String name) {
        assertThat(problems(valid().additionalField(name, "x")))
                .isNotEmpty()
                .allSatisfy(problem -> assertThat(problem.field()).isEqualTo("additional field"));
    }

    @ParameterizedTest
    @ValueSource(strings = {" prompt", "prompt ", "\u3000seed"})
    void aNameWithBlanksAroundItIsRefusedForServersStripItAndTakeItForAnother(String name) {
        assertThat(problems(valid().additionalField(name, "x")))
                .extracting(Problem::value)
                .containsExactly("a name that is blank or has blanks around it");
    }

    @Test
    void anAdditionalFieldsValueMustBeText() {
        assertThat(problems(valid().additionalField("seed", "\udc00")))
                .extracting(Problem::field)
                .containsExactly("seed");
    }

    @Test
    void aPictureInMemoryIsExaminedAtOnceAndOneOnDiskIsNotTouched() {
        assertThat(problems(valid().firstFrame(FrameImage.of(Pictures.gif(640, 480), "a.png"))))
                .containsExactly(new Problem("first_frame_image", "a gif image", "a png, jpeg or webp image"));
        assertThat(valid().firstFrame(FrameImage.of(Path.of("/there/is/no/such.png")))
                        .build())
                .isNotNull();
    }

    @Test
    void theLimitsOfTheVendorCanBeSwitchedOff() {
        FrameImage small = FrameImage.of(Pictures.png(10, 10), "small.png");

        assertThat(problems(valid().firstFrame(small))).hasSize(1);
        assertThat(valid().firstFrame(small).upstreamLimits(false).build()).isNotNull();
    }

    @Test
    void allProblemsAreToldAtOnceInTheOrderOfTheFields() {
        DoubaoVideoRequest.Builder wrong = DoubaoVideoRequest.builder()
                .model(DoubaoModel.SEEDANCE_1_0_PRO_480P)
                .prompt(" ")
                .seconds(12)
                .size(AspectRatio.ADAPTIVE)
                .lastFrame(FrameImage.of(new byte[0], "empty.png"))
                .additionalField("prompt", "x");

        InvalidVideoRequestException e = catchThrowableOfType(InvalidVideoRequestException.class, wrong::build);

        assertThat(e.problems())
                .extracting(Problem::field)
                .containsExactly("prompt", "seconds", "last_frame_image", "size", "prompt", "last_frame_image");
        assertThat(e.field()).isEqualTo("prompt");
        assertThat(e.value()).isEqualTo("blank");
        assertThat(e.allowed()).isEqualTo("some text, Chinese or English");
        assertThat(e.submission()).isEqualTo(SubmissionVerdict.NOT_SENT);
        assertThat(e)
                .hasMessageStartingWith("Nothing was sent: prompt is blank, allowed is some text, Chinese or English; "
                        + "seconds is 12, allowed is 4 to 11; ");
    }

    @Test
    void theOrderOfTheBuildersCallsDoesNotMatter() {
        assertThat(valid().lastFrame(PICTURE).firstFrame(PICTURE).build().lastFrame())
                .isSameAs(PICTURE);
        assertThat(valid().size(AspectRatio.ADAPTIVE)
                        .model(DoubaoModel.SEEDANCE_1_5_PRO_480P)
                        .build())
                .isNotNull();
    }

    @Test
    void aBuilderThatGoesOnDoesNotChangeWhatItBuilt() {
        DoubaoVideoRequest.Builder builder = valid().additionalField("seed", "1");
        DoubaoVideoRequest built = builder.build();

        builder.prompt("another").additionalField("seed", "2").seconds(9);

        assertThat(built.prompt()).isEqualTo("A cat");
        assertThat(built.additionalFields()).containsExactly(entry("seed", "1"));
        assertThat(built.seconds()).isNull();
    }

    @Test
    void additionalFieldsCannotBeChangedFromOutside() {
        assertThatExceptionOfType(UnsupportedOperationException.class)
                .isThrownBy(() -> valid().build().additionalFields().put("a", "b"));
    }

    @Test
    void nullIsRefusedWhereItMeansNothing() {
        DoubaoVideoRequest.Builder builder = valid();

        assertThatNullPointerException().isThrownBy(() -> builder.prompt(null)).withMessage("prompt");
        assertThatNullPointerException().isThrownBy(() -> builder.model(null)).withMessage("model");
        assertThatNullPointerException().isThrownBy(() -> builder.additionalField(null, "x"));
        assertThatNullPointerException().isThrownBy(() -> builder.additionalField("x", null));
        assertThatNullPointerException().isThrownBy(() -> FrameImage.of(null));
        assertThatNullPointerException().isThrownBy(() -> FrameImage.of(null, "x"));
        assertThatNullPointerException().isThrownBy(() -> FrameImage.of(new byte[1], null));
    }

    @Test
    void whatWasGivenCanBeTakenBack() {
        DoubaoVideoRequest request = valid().size(AspectRatio.RATIO_1_1)
                .seconds(5)
                .firstFrame(PICTURE)
                .lastFrame(PICTURE)
                .size(null)
                .seconds(null)
                .lastFrame(null)
                .firstFrame(null)
                .build();

        assertThat(request.kind()).isEqualTo(new JobKind("doubao-seedance-1-5-pro_720p", null, JobKind.Mode.TEXT));
    }

    @Test
    void theKindOfJobFollowsFromTheImages() {
        assertThat(valid().seconds(5).build().kind())
                .isEqualTo(new JobKind("doubao-seedance-1-5-pro_720p", 5, JobKind.Mode.TEXT));
        assertThat(valid().firstFrame(PICTURE).build().kind().mode()).isEqualTo(JobKind.Mode.FIRST_FRAME);
        assertThat(valid().firstFrame(PICTURE).lastFrame(PICTURE).build().kind().mode())
                .isEqualTo(JobKind.Mode.FIRST_AND_LAST_FRAME);
    }

    @Test
    void neitherPromptNorFileNameNorAdditionalValuesStandInToString() {
        DoubaoVideoRequest request = DoubaoVideoRequest.builder()
                .prompt("top-secret-prompt")
                .firstFrame(FrameImage.of(Path.of("/home/secret-name/secret-face.png")))
                .additionalField("secret-field", "secret-value")
                .reference("row 7")
                .build();

        assertThat(request.toString())
                .doesNotContain("secret")
                .contains("row 7", "FIRST_FRAME", "doubao-seedance-1-5-pro_720p");
        assertThat(request.firstFrame().toString()).isEqualTo("FrameImage[file]");
        assertThat(FrameImage.of(new byte[9], "secret-face.png").toString()).isEqualTo("FrameImage[9 bytes]");
    }

    @Test
    void aFrameImageKeepsBytesAndPathsByReference() {
        byte[] bytes = Pictures.png(640, 480);

        assertThat(FrameImage.of(bytes, "a.png").bytes()).isSameAs(bytes);
        assertThat(FrameImage.of(bytes, "a.png").path()).isNull();
        assertThat(FrameImage.of(bytes, "a.png").fileName()).isEqualTo("a.png");
        assertThat(FrameImage.of(Path.of("dir", "图.png")).fileName()).isEqualTo("图.png");
        assertThat(FrameImage.of(Path.of("dir", "图.png")).bytes()).isNull();
        assertThat(FrameImage.of(Path.of("/")).fileName()).isEmpty();
    }

    private static DoubaoVideoRequest.Builder valid() {
        return DoubaoVideoRequest.builder().prompt("A cat");
    }

    private static List<Problem> problems(DoubaoVideoRequest.Builder builder) {
        InvalidVideoRequestException e = catchThrowableOfType(InvalidVideoRequestException.class, builder::build);
        assertThat(e).as("a refusal").isNotNull();
        return e.problems();
    }
}
