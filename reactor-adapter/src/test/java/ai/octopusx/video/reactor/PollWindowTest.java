package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollWindowTest {

    private static final long LOOK = PollWindow.LOOK;

    private final PollWindow window = new PollWindow(1_000);
    private long now;

    @Test
    void withAGatewayFarAwayItReachesTheLimitInTwoLooksWithoutAnAnswer() {
        assertThat(full()).isEqualTo(256);
        assertThat(fullAfter(LOOK - 1, 0)).isEqualTo(256);
        assertThat(fullAfter(1, 0)).isEqualTo(512);
        assertThat(fullAfter(LOOK, 0)).isEqualTo(1_000);
        assertThat(fullAfter(LOOK, 0)).isEqualTo(1_000);
    }

    @Test
    void itGrowsAsLongAsThatBringsMoreAnswers() {
        PollWindow wide = new PollWindow(10_000);
        int size = 0;
        for (int i = 0; i < 6; i++, now += LOOK) {
            size = fill(wide, now);
            answer(wide, size); // one round of answers for each look: the way is long, and the processor idle
        }
        assertThat(size).isEqualTo(256 << 5);
    }

    @Test
    void withAProcessorThatIsBusyItIsTriedOnceASecondAndTakenBack() {
        full();
        assertThat(fullAfter(LOOK, 2_000)).as("tried").isEqualTo(512);
        assertThat(fullAfter(LOOK, 2_000)).as("to no avail").isEqualTo(256);
        for (long paused = LOOK; paused < PollWindow.PAUSE; paused += LOOK) {
            assertThat(fullAfter(LOOK, 2_000)).isEqualTo(256);
        }
        assertThat(fullAfter(LOOK, 2_000)).as("tried again").isEqualTo(512);
        assertThat(fullAfter(LOOK, 3_000)).as("and more than a quarter won").isEqualTo(1_000);
    }

    @Test
    void whileNobodyWaitsItShrinksToTwiceWhatWasNeeded() {
        full();
        fullAfter(LOOK, 0);
        window.begun(512);
        now = PollWindow.LATELY;
        window.calm(now);
        assertThat(window.size()).isEqualTo(512);

        window.begun(40);
        window.calm(now + PollWindow.LATELY - 1);
        assertThat(window.size()).isEqualTo(512);
        window.calm(now + PollWindow.LATELY);
        assertThat(window.size()).isEqualTo(80);
        window.calm(now + 2 * PollWindow.LATELY);
        assertThat(window.size()).isEqualTo(PollWindow.LEAST);
    }

    @Test
    void aBurstOfAMomentDoesNotMakeItGrow() {
        full();
        now += LOOK / 2;
        window.calm(now);
        now += LOOK;
        assertThat(full()).isEqualTo(256);
        assertThat(window.lookAgainAt()).isEqualTo(now + LOOK);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 40, 256})
    void aSmallLimitIsTheWindow(int most) {
        PollWindow small = new PollWindow(most);
        assertThat(small.hasRoom(most - 1, now)).isTrue();
        assertThat(small.hasRoom(most, now)).isFalse();
        assertThat(small.lookAgainAt()).isEqualTo(Agenda.NEVER);
        small.calm(2 * PollWindow.LATELY);
        assertThat(small.size()).isEqualTo(Math.min(most, PollWindow.LEAST));
    }

    /** Its size while many wait. */
    private int full() {
        fill(window, now);
        return window.size();
    }

    private int fullAfter(long time, int answers) {
        now += time;
        answer(window, answers);
        return full();
    }

    /** Lets in who gets in, and tells how many. */
    private static int fill(PollWindow filled, long now) {
        int inFlight = 0;
        while (filled.hasRoom(inFlight, now)) {
            inFlight++;
        }
        return inFlight;
    }

    private static void answer(PollWindow answered, int times) {
        for (int i = 0; i < times; i++) {
            answered.ended();
        }
    }
}
