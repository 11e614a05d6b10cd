package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DoubaoModelTest {

    @Test
    void theDocumentedNamesAreTheSixOfThePage() {
        assertThat(DoubaoModel.documented())
                .extracting(DoubaoModel::wireName)
                .containsExactly(
                        "doubao-seedance-1-0-pro_480p",
                        "doubao-seedance-1-0-pro_720p",
                        "doubao-seedance-1-0-pro_1080p",
                        "doubao-seedance-1-5-pro_480p",
                        "doubao-seedance-1-5-pro_720p",
                        "doubao-seedance-1-5-pro_1080p");
    }

    @Test
    void aDocumentedNameIsTheConstantEvenWithBlanksAroundIt() {
        assertThat(DoubaoModel.of(" doubao-seedance-1-5-pro_720p\n")).isSameAs(DoubaoModel.SEEDANCE_1_5_PRO_720P);
    }

    @Test
    void aNameThatCameLaterPassesThrough() {
        DoubaoModel later = DoubaoModel.of("doubao-seedance-2-0-260128");

        assertThat(later.wireName()).isEqualTo("doubao-seedance-2-0-260128");
        assertThat(later)
                .isEqualTo(DoubaoModel.of("doubao-seedance-2-0-260128"))
                .hasToString(later.wireName());
        assertThat(later).hasSameHashCodeAs(DoubaoModel.of("doubao-seedance-2-0-260128"));
        assertThat(later).isNotEqualTo(DoubaoModel.SEEDANCE_1_0_PRO_480P).isNotEqualTo(later.wireName());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "a\nb", "a\u0000", "half \ud83d pair"})
    void aNameThatCannotBeSentIsRefused(String name) {
        assertThatExceptionOfType(InvalidVideoRequestException.class)
                .isThrownBy(() -> DoubaoModel.of(name))
                .satisfies(e -> assertThat(e.field()).isEqualTo("model"))
                .satisfies(e -> assertThat(e.submission()).isEqualTo(SubmissionVerdict.NOT_SENT));
    }

    @ParameterizedTest
    @EnumSource(AspectRatio.class)
    void everyRatioIsFoundByItsWord(AspectRatio ratio) {
        assertThat(AspectRatio.fromWire(ratio.wireName())).isSameAs(ratio);
    }

    @Test
    void theRatiosAreTheWordsOfThePage() {
        assertThat(AspectRatio.values())
                .extracting(AspectRatio::wireName)
                .containsExactly("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "keep_ratio", "adaptive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "16:10", "16x9", "Adaptive", "720p"})
    void anUnknownRatioIsRefusedWithAllThatAreAllowed(String word) {
        assertThatExceptionOfType(InvalidVideoRequestException.class)
                .isThrownBy(() -> AspectRatio.fromWire(word))
                .satisfies(e -> assertThat(e.field()).isEqualTo("size"))
                .satisfies(e -> assertThat(e.value()).isEqualTo(word))
                .satisfies(e ->
                        assertThat(e.allowed()).isEqualTo("16:9, 4:3, 1:1, 3:4, 9:16, 21:9, keep_ratio, adaptive"));
    }
}
