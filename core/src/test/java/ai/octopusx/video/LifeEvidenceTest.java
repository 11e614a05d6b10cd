package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.LifeEvidence.Lives;
import org.junit.jupiter.api.Test;

class LifeEvidenceTest {

    private final LifeEvidence evidence = new LifeEvidence();

    @Test
    void keepsTheNewestTheOldestFirst() {
        add(0, 1000);

        Lives lives = evidence.lives();
        assertThat(evidence.size()).isEqualTo(256);
        assertThat(lives.notBefore()).startsWith(744, 745).endsWith(998, 999);
        assertThat(lives.notAfter()).startsWith(745, 746).endsWith(999, 1000);
    }

    @Test
    void forgetsWhatIsOlderThanADriftAndKeepsWhatCameMeanwhile() {
        add(0, 300);
        Lives seen = evidence.lives();
        add(300, 305);
        evidence.keepNewest(10, seen);

        assertThat(evidence.lives().notBefore())
                .containsExactly(290, 291, 292, 293, 294, 295, 296, 297, 298, 299, 300, 301, 302, 303, 304);
        add(305, 306);
        assertThat(evidence.lives().notBefore()).hasSize(16).endsWith(305);
    }

    @Test
    void forgetsNothingThatIsNotThere() {
        add(0, 5);
        evidence.keepNewest(10, evidence.lives());
        assertThat(evidence.size()).isEqualTo(5);
    }

    private void add(int from, int to) {
        for (int i = from; i < to; i++) {
            evidence.add(i, i + 1);
        }
    }
}
