package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class VideoStatusTest {

    /** The whole table of wire-protocol.md, section 5. */
    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "queued, QUEUED",
        "pending, QUEUED",
        "submitted, QUEUED",
        "not_start, QUEUED",
        "unknown, UNKNOWN",
        "processing, PROCESSING",
        "in_progress, PROCESSING",
        "running, PROCESSING",
        "generating, PROCESSING",
        "completed, COMPLETED",
        "succeeded, COMPLETED",
        "success, COMPLETED",
        "failed, FAILED",
        "failure, FAILED",
        "error, FAILED",
        "expired, FAILED",
        "timeout, FAILED",
        "cancelled, CANCELLED",
        "canceled, CANCELLED",
    })
    void everyWordIsReadWhateverItsCaseAndBlanks(String word, VideoStatus status) {
        assertThat(VideoStatus.fromWire(word)).isEqualTo(status);
        assertThat(VideoStatus.fromWire(word.toUpperCase(Locale.ROOT))).isEqualTo(status);
        assertThat(VideoStatus.fromWire(" " + word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1) + "\n"))
                .isEqualTo(status);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "rendering", "complete", "completed!", "排队中", "null"})
    void aNewWordIsNotTheEndOfAWait(String word) {
        assertThat(VideoStatus.fromWire(word)).isEqualTo(VideoStatus.UNKNOWN);
        assertThat(VideoStatus.fromWire(word).isTerminal()).isFalse();
    }

    @Test
    void noWordIsUnknown() {
        assertThat(VideoStatus.fromWire(null)).isEqualTo(VideoStatus.UNKNOWN);
    }

    @Test
    void theTurkishCaseOfAnIDoesNotHideAWord() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertThat(VideoStatus.fromWire("IN_PROGRESS")).isEqualTo(VideoStatus.PROCESSING);
        } finally {
            Locale.setDefault(before);
        }
    }

    @ParameterizedTest(name = "{0}: {1}, terminal {2}")
    @CsvSource({
        "QUEUED, queued, false",
        "PROCESSING, processing, false",
        "COMPLETED, completed, true",
        "FAILED, failed, true",
        "CANCELLED, cancelled, true",
        "UNKNOWN, unknown, false",
    })
    void eachHasACanonicalWordAndThreeAreTerminal(VideoStatus status, String word, boolean terminal) {
        assertThat(status.wireName()).isEqualTo(word);
        assertThat(status.isTerminal()).isEqualTo(terminal);
    }

    @ParameterizedTest
    @EnumSource(VideoStatus.class)
    void theCanonicalWordLeadsBack(VideoStatus status) {
        assertThat(VideoStatus.fromWire(status.wireName())).isEqualTo(status);
    }
}
