package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.LifeEvidence.Lives;
import java.util.stream.LongStream;
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

    @Test
    void aJobThatWasAnnouncedKeepsThePlaceOfItsBegin() {
        long slow = evidence.begin(1000);
        long quick = evidence.begin(1000);
        evidence.end(quick, 40, 50);
        evidence.end(slow, 80, 90);
        add(60, 61);

        assertThat(evidence.lives().notAfter()).containsExactly(90, 50, 61);
    }

    @Test
    void aRunningJobCountsAsALifeWithoutEndOnceOthersHaveEndedAtItsAge() {
        long running = evidence.begin(1000);
        add(50, 51);
        evidence.looked(running, 50);
        assertThat(evidence.lives().notAfter()).containsExactly(51);
        evidence.looked(running, 51);
        evidence.looked(running, 20); // late news

        assertThat(evidence.lives().notBefore()).containsExactly(51, 50);
        assertThat(evidence.lives().notAfter()).containsExactly(Integer.MAX_VALUE, 51);
        assertThat(evidence.ended().notAfter()).containsExactly(51);
        assertThat(evidence.size()).isEqualTo(1);
    }

    @Test
    void aBurstPushesOutNothingBeyondTheJobsThatAreFollowed() {
        add(0, 256);
        for (int i = 0; i < 10_000; i++) {
            evidence.begin(1000);
        }
        assertThat(evidence.size()).isEqualTo(256 - LifeEvidence.MOST_RUNNING);
    }

    @Test
    void aJobThatIsLeftOrOverMakesRoomForAnother() {
        long[] places = full();
        assertThat(evidence.begin(1000)).isEqualTo(LifeEvidence.NOWHERE);
        evidence.leave(places[3]);
        evidence.leave(places[3]);
        assertThat(evidence.begin(1000)).isNotEqualTo(LifeEvidence.NOWHERE);
        assertThat(evidence.end(places[3], 1, 2)).isFalse();
        assertThat(evidence.end(places[4], 1, 2)).isTrue();
        assertThat(evidence.end(places[4], 1, 2)).isFalse();

        assertThat(evidence.size()).isEqualTo(1);
        assertThat(evidence.begin(1000)).isNotEqualTo(LifeEvidence.NOWHERE);
        assertThat(evidence.begin(1000)).isEqualTo(LifeEvidence.NOWHERE);
    }

    @Test
    void aJobThatOutlivesEverythingSeenMakesRoomForAnother() {
        add(1999, 2000);
        long stuck = full()[0];
        evidence.looked(stuck, 2000);
        assertThat(evidence.begin(1000)).isEqualTo(LifeEvidence.NOWHERE);
        evidence.looked(stuck, 2001);

        assertThat(evidence.begin(1000)).isNotEqualTo(LifeEvidence.NOWHERE);
        assertThat(evidence.lives().notBefore()).as("it has lived so long").containsExactly(1999, 2001);
    }

    @Test
    void aJobWhosePlaceIsTakenByLaterOnesIsForgotten() {
        long old = evidence.begin(1000);
        add(0, 256);

        assertThat(evidence.end(old, 1, 2)).isFalse();
        assertThat(evidence.size()).isEqualTo(256);
        assertThat(full()).doesNotContain(LifeEvidence.NOWHERE);
    }

    private long[] full() {
        return LongStream.range(0, LifeEvidence.MOST_RUNNING)
                .map(i -> evidence.begin(1000))
                .toArray();
    }

    private void add(int from, int to) {
        for (int i = from; i < to; i++) {
            evidence.add(i, i + 1);
        }
    }
}
