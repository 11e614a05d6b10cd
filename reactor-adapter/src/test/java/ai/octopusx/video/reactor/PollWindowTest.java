package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollWindowTest {

    private static final long LOOK = PollWindow.LOOK;

    private final PollWindow window = new PollWindow(1_000);
    private long now;
    private int waiting = 100;

    @Test
    void withAGatewayFarAwayItReachesAThousandWithinAFewLooks() {
        assertThat(full()).isEqualTo(256);
        assertThat(fullAfter(PollWindow.FIRST_LOOK - 1, 0)).isEqualTo(256);
        assertThat(fullAfter(1, 0)).isEqualTo(320);
        assertThat(fullAfter(LOOK - 1, 0)).isEqualTo(320);
        assertThat(fullAfter(1, 0)).isEqualTo(400);
        for (int look = 0; look < 5; look++) {
            fullAfter(LOOK, 100); // of so many in flight: each takes more than a look
        }
        assertThat(window.size()).isEqualTo(1_000);
    }

    @Test
    void withAProcessorThatIsBusyItGrowsByOneAtATime() {
        full();
        assertThat(fullAfter(PollWindow.FIRST_LOOK, 2_000)).isEqualTo(257);
        assertThat(fullAfter(LOOK, 500)).isEqualTo(258);
        assertThat(fullAfter(LOOK, 258)).isEqualTo(259);
        assertThat(fullAfter(LOOK, 258)).as("slower than that").isEqualTo(259 + 64);
    }

    @Test
    void whereManyRoundsWaitItGrowsFasterHoweverQuickTheAnswers() {
        waiting = 10_000;
        full();
        assertThat(fullAfter(PollWindow.FIRST_LOOK, 2_000)).isEqualTo(320);
        waiting = 8 * 320;
        assertThat(fullAfter(LOOK, 2_000)).isEqualTo(321);
    }

    @Test
    void whileNobodyWaitsItShrinksToTwiceTheAverageWhateverABurstUsed() {
        full();
        fullAfter(PollWindow.FIRST_LOOK, 0);
        window.begun(320);
        now = PollWindow.LATELY;
        window.calm(now);
        assertThat(window.size()).isEqualTo(320);

        IntStream.range(0, 320).forEach(inFlight -> window.begun(320));
        IntStream.range(0, 16_000).forEach(inFlight -> window.begun(38));
        window.calm(now + PollWindow.LATELY - 1);
        assertThat(window.size()).isEqualTo(320);
        window.calm(now + PollWindow.LATELY);
        assertThat(window.size()).isEqualTo(87);
        window.calm(now + 2 * PollWindow.LATELY);
        assertThat(window.size()).isEqualTo(PollWindow.LEAST);
    }

    @Test
    void aBurstOfAMomentDoesNotMakeItGrow() {
        full();
        now += PollWindow.FIRST_LOOK - 1;
        window.calm(now);
        now += PollWindow.FIRST_LOOK;
        assertThat(full()).isEqualTo(256);
        assertThat(window.lookAgainAt()).isEqualTo(now + PollWindow.FIRST_LOOK);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 40, 256})
    void aSmallLimitIsTheWindow(int most) {
        PollWindow small = new PollWindow(most);
        assertThat(small.hasRoom(most - 1, 1, now)).isTrue();
        assertThat(small.hasRoom(most, 1, now)).isFalse();
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
    private int fill(PollWindow filled, long now) {
        int inFlight = 0;
        while (filled.hasRoom(inFlight, waiting, now)) {
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
