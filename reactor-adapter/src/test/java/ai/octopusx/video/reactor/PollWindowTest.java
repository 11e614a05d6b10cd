package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PollWindowTest {

    private static final int MOST = 1_000;
    private static final long MILLI = Duration.ofMillis(1).toNanos();
    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final PollWindow window = new PollWindow(MOST);

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5})
    void withAGatewayFarAwayItReachesAThousandWithinThreeSeconds(double spread) {
        Gateway far = new Gateway(200 * MILLI, now -> MILLI / 20, false);
        far.spread = spread;
        far.serveUntil(3 * SECOND);
        assertThat(window.size()).isEqualTo(MOST);
        assertThat(far.answered).isGreaterThan(4_500);
        far.serveUntil(10 * SECOND);
        assertThat(far.answered).as("4,900 a second are possible").isGreaterThan(4_500 + 7 * 4_500);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoeverHasTheBusyProcessorMoreInFlightDoNotHelpIt(boolean itIsOurs) {
        Gateway near = new Gateway(MILLI / 5, now -> MILLI / 20, itIsOurs);
        near.serveUntil(30 * SECOND);
        assertThat(near.most).isEqualTo(PollWindow.FIRST);
        assertThat(near.answered).as("of 600,000, for to look costs nothing").isGreaterThan(599_000);
    }

    @ParameterizedTest
    @ValueSource(longs = {170, 230, 310, 370})
    void aMomentInWhichTheMachineLookedElsewhereMakesTheNextLookNoImprovement(long millis) {
        Gateway near = new Gateway(MILLI / 5, now -> now / (millis * MILLI) % 3 == 2 ? MILLI / 5 : MILLI / 20, false);
        near.serveUntil(15 * SECOND);
        assertThat(near.most).isEqualTo(PollWindow.FIRST);
    }

    @Test
    void aGatewayThatIsOnlySlowIsNoneThatStandsStill() {
        Gateway slow = new Gateway(MILLI, now -> 5 * MILLI, false);
        slow.serveUntil(60 * SECOND);
        assertThat(slow.most).isEqualTo(PollWindow.FIRST);
    }

    @Test
    void aProgramThatBecomesFasterByItselfIsNotTakenForAWindowThatHelps() {
        Gateway near =
                new Gateway(MILLI / 5, now -> (long) (2 * MILLI * Math.exp(-now / (1.5 * SECOND))) + 20_000, true);
        near.serveUntil(10 * SECOND);
        assertThat(near.most).isEqualTo(PollWindow.FIRST);
    }

    /** Our event loops have nothing to do then, and tell nothing. */
    @ParameterizedTest
    @ValueSource(doubles = {0.3, 0.7, 1.5, 4})
    void neitherIsAGatewayThatDoes(double seconds) {
        Gateway starting =
                new Gateway(MILLI / 5, now -> (long) (4 * MILLI * Math.exp(-now / (seconds * SECOND))) + 20_000, false);
        starting.serveUntil(20 * SECOND);
        assertThat(starting.most).isEqualTo(PollWindow.FIRST);
    }

    @Test
    void aGatewayThatStandsStillForAMomentIsAskedForNoMore() {
        Gateway stalled = new Gateway(MILLI, now -> now < SECOND ? MILLI / 20 : 1_900 * MILLI, false);
        stalled.serveUntil(SECOND);
        int before = stalled.most;
        stalled.serveUntil(2 * SECOND - MILLI);
        assertThat(stalled.most).isEqualTo(before);
    }

    @Test
    void ofOneThatGoesOnStandingStillMoreAreAskedEachSecond() {
        Gateway gateway = new Gateway(MILLI, now -> now < SECOND ? MILLI / 20 : 3_600 * SECOND, false);
        gateway.serveUntil(8 * SECOND);
        assertThat(window.size()).isEqualTo(MOST);
    }

    @Test
    void theFirstConnectionsMayTakeTheirTime() {
        Gateway slow = new Gateway(4 * SECOND, now -> MILLI / 20, false);
        slow.serveUntil(4 * SECOND - 1);
        assertThat(slow.most).isEqualTo(PollWindow.FIRST);
        slow.serveUntil(40 * SECOND);
        assertThat(slow.most).isEqualTo(MOST);
    }

    @Test
    void whileAnEventLoopDoesNotAnswerItDoesNotGrow() {
        assertThat(window.hasRoom(PollWindow.FIRST, 0)).isFalse();
        assertThat(window.asksLoop(0)).isTrue();
        assertThat(window.asksLoop(1)).as("once").isFalse();
        assertThat(window.lookAgainAt()).isEqualTo(PollWindow.FIRST_PATIENCE);
        assertThat(window.hasRoom(PollWindow.FIRST, PollWindow.FIRST_PATIENCE)).isFalse();
        window.loopCame(PollWindow.FIRST_PATIENCE + 1);
        assertThat(window.hasRoom(PollWindow.FIRST, 2 * PollWindow.FIRST_PATIENCE))
                .as("busy")
                .isFalse();
    }

    @Test
    void whileNobodyWaitsItShrinksToTwiceTheAverageWhateverABurstUsed() {
        window.begun(320);
        window.calm(PollWindow.LATELY);
        assertThat(window.size()).isEqualTo(PollWindow.FIRST);

        IntStream.range(0, 320).forEach(burst -> window.begun(320));
        IntStream.range(0, 16_000).forEach(poll -> window.begun(38));
        window.calm(2 * PollWindow.LATELY - 1);
        assertThat(window.size()).isEqualTo(PollWindow.FIRST);
        window.calm(2 * PollWindow.LATELY);
        assertThat(window.size()).isEqualTo(87);
        window.calm(3 * PollWindow.LATELY);
        assertThat(window.size()).isEqualTo(PollWindow.LEAST);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 10, 40, 256})
    void aSmallLimitIsTheWindow(int most) {
        PollWindow small = new PollWindow(most);
        assertThat(small.hasRoom(most - 1, 0)).isTrue();
        assertThat(small.hasRoom(most, 0)).isFalse();
        assertThat(small.lookAgainAt()).isEqualTo(Agenda.NEVER);
        small.calm(2 * PollWindow.LATELY);
        assertThat(small.size()).isEqualTo(Math.min(most, PollWindow.LEAST));
    }

    /** A way and one processor, before which there are always polls that wait. */
    private final class Gateway {

        private final long way;
        private final LongUnaryOperator work;
        private final boolean processorIsOurs;
        private final PriorityQueue<Long> inFlight = new PriorityQueue<>();
        private final Random dice = new Random(7);

        /** Some ways are longer by this part, others shorter, so that answers come evenly and not in waves. */
        private double spread;

        private long now;
        private long processorFreeAt;
        private long loopComesAt = Agenda.NEVER;
        private int most;
        private int answered;

        Gateway(long way, LongUnaryOperator work, boolean processorIsOurs) {
            this.way = way;
            this.work = work;
            this.processorIsOurs = processorIsOurs;
        }

        void serveUntil(long end) {
            while (now < end) {
                letIn();
                long next = Math.min(Math.min(inFlight.element(), loopComesAt), Math.min(window.lookAgainAt(), end));
                next = Math.max(next, now + 1);
                now = next;
                if (loopComesAt <= now) {
                    window.loopCame(now);
                    loopComesAt = Agenda.NEVER;
                }
                while (inFlight.element() <= now) {
                    inFlight.remove();
                    answered++;
                    window.ended();
                    letIn();
                }
            }
        }

        private void letIn() {
            while (window.hasRoom(inFlight.size(), now)) {
                processorFreeAt = Math.max(processorFreeAt, now) + work.applyAsLong(now);
                inFlight.add(processorFreeAt + (long) (way * (1 + spread * (2 * dice.nextDouble() - 1))));
                window.begun(inFlight.size());
            }
            if (window.asksLoop(now)) {
                loopComesAt = processorIsOurs ? Math.max(processorFreeAt, now + 1) : now + 1;
            }
            most = Math.max(most, window.size());
        }
    }
}
