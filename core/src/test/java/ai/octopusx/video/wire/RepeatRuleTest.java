package ai.octopusx.video.wire;

import static ai.octopusx.video.SubmissionVerdict.REJECTED;
import static ai.octopusx.video.wire.Operation.RETRIEVE;
import static ai.octopusx.video.wire.Operation.SUBMIT;
import static ai.octopusx.video.wire.Phase.FULLY_SENT;
import static ai.octopusx.video.wire.Phase.NOT_CONNECTED;
import static ai.octopusx.video.wire.Phase.RESPONSE_STARTED;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.wire.Decision.GiveUp;
import ai.octopusx.video.wire.Decision.Repeat;
import ai.octopusx.video.wire.Outcome.Answered;
import ai.octopusx.video.wire.Outcome.NoAnswer;
import ai.octopusx.video.wire.Outcome.Unreadable;
import java.time.Duration;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatRuleTest {

    private static final RepeatLimits LIMITS =
            new RepeatLimits(5, Duration.ofSeconds(45), Duration.ofSeconds(1), Duration.ofSeconds(15));

    /** Every row of the table that costs money: what a first attempt ends in. */
    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource({
        // no answer: only before the first byte left is it certain that there is no job
        "NOT_CONNECTED,    broken,                REPEAT",
        "NOT_CONNECTED,    timed out,             REPEAT",
        "CONNECTED,        broken,                REPEAT",
        "CONNECTED,        timed out,             REPEAT",
        "PARTLY_SENT,      broken,                UNKNOWN",
        "PARTLY_SENT,      timed out,             UNKNOWN",
        "FULLY_SENT,       broken,                UNKNOWN",
        "FULLY_SENT,       timed out,             UNKNOWN",
        "RESPONSE_STARTED, broken,                UNKNOWN",
        "RESPONSE_STARTED, timed out,             UNKNOWN",
        // a success that names no task
        "RESPONSE_STARTED, unreadable 200,        UNKNOWN",
        "RESPONSE_STARTED, unreadable 201,        UNKNOWN",
        "RESPONSE_STARTED, oversized 200,         UNKNOWN",
        "RESPONSE_STARTED, 200 TASK,              UNKNOWN",
        "RESPONSE_STARTED, 201 TASK,              UNKNOWN",
        "RESPONSE_STARTED, 204 FOREIGN,           UNKNOWN",
        // a status that no server should send
        "RESPONSE_STARTED, 100 FOREIGN,           UNKNOWN",
        "RESPONSE_STARTED, 600 FOREIGN,           UNKNOWN",
        "RESPONSE_STARTED, 999 TASK,              UNKNOWN",
        // redirects are never followed
        "RESPONSE_STARTED, 300 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 301 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 302 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 303 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 307 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 308 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 399 FOREIGN,           REJECTED",
        // refusals, in any shape
        "RESPONSE_STARTED, 400 OPENAI,            REJECTED",
        "RESPONSE_STARTED, 400 TASK,              REJECTED",
        "RESPONSE_STARTED, 400 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 401 OPENAI,            REJECTED",
        "RESPONSE_STARTED, 401 TASK,              REJECTED",
        "RESPONSE_STARTED, 401 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 402 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 403 OPENAI,            REJECTED",
        "RESPONSE_STARTED, 403 TASK,              REJECTED",
        "RESPONSE_STARTED, 404 OPENAI,            REJECTED",
        "RESPONSE_STARTED, 404 TASK,              REJECTED",
        "RESPONSE_STARTED, 409 OPENAI,            REJECTED",
        "RESPONSE_STARTED, 413 FOREIGN,           REJECTED",
        "RESPONSE_STARTED, 422 OPENAI,            REJECTED",
        "RESPONSE_STARTED, 499 FOREIGN,           REJECTED",
        "PARTLY_SENT,      413 FOREIGN,           REJECTED",
        "PARTLY_SENT,      400 OPENAI,            REJECTED",
        // too many requests: refused before anything was done, in any shape
        "RESPONSE_STARTED, 429 OPENAI,            REPEAT",
        "RESPONSE_STARTED, 429 TASK,              REPEAT",
        "RESPONSE_STARTED, 429 FOREIGN,           REPEAT",
        "PARTLY_SENT,      429 FOREIGN,           REPEAT",
        // a request timeout is a timeout
        "RESPONSE_STARTED, 408 OPENAI,            UNKNOWN",
        "RESPONSE_STARTED, 408 TASK,              UNKNOWN",
        "RESPONSE_STARTED, 408 FOREIGN,           UNKNOWN",
        // trouble behind which a task may be running
        "RESPONSE_STARTED, 500 OPENAI,            UNKNOWN",
        "RESPONSE_STARTED, 500 TASK do_request_failed,             UNKNOWN",
        "RESPONSE_STARTED, 500 TASK invalid_response,              UNKNOWN",
        "RESPONSE_STARTED, 500 TASK read_response_body_failed,     UNKNOWN",
        "RESPONSE_STARTED, 500 TASK get_channel_failed,            UNKNOWN",
        "RESPONSE_STARTED, 500 OPENAI new_api_panic,               UNKNOWN",
        "RESPONSE_STARTED, 501 TASK not_implemented,               UNKNOWN",
        "RESPONSE_STARTED, 502 FOREIGN,           UNKNOWN",
        "RESPONSE_STARTED, 504 FOREIGN,           UNKNOWN",
        "RESPONSE_STARTED, 524 FOREIGN,           UNKNOWN",
        "RESPONSE_STARTED, 599 FOREIGN,           UNKNOWN",
        // one 503 is said before a task is thought of: by its code and its shape, both
        "RESPONSE_STARTED, 503 OPENAI model_not_found,             REPEAT",
        "RESPONSE_STARTED, 503 TASK model_not_found,               UNKNOWN",
        "RESPONSE_STARTED, 503 FOREIGN model_not_found,            UNKNOWN",
        "RESPONSE_STARTED, 503 OPENAI,            UNKNOWN",
        "RESPONSE_STARTED, 503 OPENAI other,      UNKNOWN",
        "RESPONSE_STARTED, 503 FOREIGN,           UNKNOWN",
        "RESPONSE_STARTED, 500 OPENAI model_not_found,             UNKNOWN",
        "RESPONSE_STARTED, 502 OPENAI model_not_found,             UNKNOWN",
    })
    void aSubmissionIsSentAgainOnlyIfItCertainlyWasNotTaken(Phase phase, String outcome, String expected) {
        assertThat(inWord(decide(SUBMIT, phase, outcome(outcome), 1))).isEqualTo(expected);
    }

    /** The phases that matter to money, against every status there is: nothing falls through the table. */
    @ParameterizedTest
    @EnumSource(Phase.class)
    void noStatusIsCalledRejectedOrRepeatedUnlessItIsARefusal(Phase phase) {
        for (int status = 100; status < 1000; status++) {
            boolean refusal = status >= 300 && status < 500 && status != 408;
            for (ErrorShape shape : ErrorShape.values()) {
                Outcome outcome = new Answered(status, null, shape, null);
                assertThat(RepeatRule.verdict(SUBMIT, phase, outcome))
                        .as("HTTP %d %s", status, shape)
                        .isEqualTo(refusal ? REJECTED : SubmissionVerdict.UNKNOWN);
                assertThat(decide(SUBMIT, phase, outcome, 1) instanceof Repeat)
                        .as("HTTP %d %s", status, shape)
                        .isEqualTo(status == 429);
            }
        }
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({
        "broken,                          REPEAT",
        "timed out,                       REPEAT",
        "unreadable 200,                  REPEAT",
        "oversized 200,                   NONE",
        "200 TASK,                        REPEAT",
        "302 FOREIGN,                     NONE",
        "400 TASK task_not_exist,         NONE",
        "400 FOREIGN,                     NONE",
        "401 OPENAI,                      NONE",
        "403 OPENAI,                      NONE",
        "403 TASK,                        NONE",
        "404 OPENAI,                      NONE",
        "408 FOREIGN,                     REPEAT",
        "410 FOREIGN,                     NONE",
        "416 FOREIGN,                     NONE",
        "429 OPENAI,                      REPEAT",
        "429 TASK,                        REPEAT",
        "429 FOREIGN,                     REPEAT",
        "499 FOREIGN,                     NONE",
        "500 OPENAI,                      REPEAT",
        "500 TASK get_task_failed,        REPEAT",
        "501 TASK not_implemented,        NONE",
        "502 FOREIGN,                     REPEAT",
        "503 FOREIGN,                     REPEAT",
        "503 OPENAI model_not_found,      REPEAT",
        "504 FOREIGN,                     REPEAT",
        "524 FOREIGN,                     REPEAT",
        "599 FOREIGN,                     REPEAT",
        "600 FOREIGN,                     NONE",
    })
    void aReadIsSentAgainWhenTheTroubleMayPassWhateverThePhaseAndNeverHasAVerdict(String outcome, String expected) {
        for (Operation read : new Operation[] {RETRIEVE, Operation.DOWNLOAD}) {
            for (Phase phase : Phase.values()) {
                assertThat(inWord(decide(read, phase, outcome(outcome), 1)))
                        .as("%s %s", read, phase)
                        .isEqualTo(expected);
                assertThat(RepeatRule.verdict(read, phase, outcome(outcome))).isNull();
            }
        }
    }

    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource({
        "NOT_CONNECTED,    broken,                       NOT_SENT",
        "CONNECTED,        timed out,                    NOT_SENT",
        "RESPONSE_STARTED, 429 OPENAI,                   REJECTED",
        "RESPONSE_STARTED, 429 FOREIGN,                  REJECTED",
        "RESPONSE_STARTED, 503 OPENAI model_not_found,   REJECTED",
    })
    void whenTheAttemptsRunOutTheVerdictIsThatOfTheLastOne(Phase phase, String outcome, String verdict) {
        assertThat(inWord(decide(SUBMIT, phase, outcome(outcome), LIMITS.attempts())))
                .isEqualTo(verdict);
    }

    @Test
    void thereAreAsManyAttemptsAsAllowedAndNotOneMore() {
        Outcome refused = outcome("429 FOREIGN");

        assertThat(decide(SUBMIT, RESPONSE_STARTED, refused, 4)).isInstanceOf(Repeat.class);
        assertThat(decide(SUBMIT, RESPONSE_STARTED, refused, 5)).isEqualTo(new GiveUp(REJECTED));
        assertThat(decide(SUBMIT, RESPONSE_STARTED, refused, Integer.MAX_VALUE)).isEqualTo(new GiveUp(REJECTED));
    }

    @Test
    void aMissingModelGetsThreeAttemptsAndFewerWhereFewerAreAllowed() {
        Outcome missing = outcome("503 OPENAI model_not_found");
        RepeatLimits two = new RepeatLimits(2, LIMITS.within(), LIMITS.firstDelay(), LIMITS.maxDelay());

        assertThat(decide(SUBMIT, RESPONSE_STARTED, missing, 2)).isInstanceOf(Repeat.class);
        assertThat(decide(SUBMIT, RESPONSE_STARTED, missing, 3)).isEqualTo(new GiveUp(REJECTED));
        assertThat(RepeatRule.decide(attempt(SUBMIT, RESPONSE_STARTED, missing, 2, Duration.ZERO, 0.5), two))
                .isEqualTo(new GiveUp(REJECTED));
    }

    @Test
    void aSingleAttemptAllowedMeansNoRepetition() {
        RepeatLimits once = new RepeatLimits(1, LIMITS.within(), LIMITS.firstDelay(), LIMITS.maxDelay());

        assertThat(RepeatRule.decide(attempt(SUBMIT, NOT_CONNECTED, outcome("broken"), 1, Duration.ZERO, 0.5), once))
                .isEqualTo(new GiveUp(SubmissionVerdict.NOT_SENT));
    }

    @ParameterizedTest(name = "attempt {0}, dice {1} -> {2} ms")
    @CsvSource({
        "1, 0.0,    0",
        "1, 0.5,    500",
        "1, 0.999,  999",
        "2, 0.5,    1000",
        "3, 0.5,    2000",
        "4, 0.5,    4000",
        "4, 0.999,  7992",
    })
    void theBackoffDoublesWithFullJitter(int number, double dice, long millis) {
        assertThat(delayMillis(number, dice, null)).isEqualTo(millis);
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 31, 32, 63, 64, 65, 1_000, 1_000_000, Integer.MAX_VALUE - 1})
    void theBackoffStopsGrowingAtItsLongestAndNeverWraps(int number) {
        RepeatLimits many =
                new RepeatLimits(Integer.MAX_VALUE, Duration.ofDays(1), LIMITS.firstDelay(), LIMITS.maxDelay());
        Attempt attempt = attempt(RETRIEVE, FULLY_SENT, outcome("broken"), number, Duration.ZERO, 0.5);

        assertThat(RepeatRule.decide(attempt, many)).isEqualTo(new Repeat(Duration.ofMillis(7_500)));
    }

    @Test
    void aRetryAfterIsHonouredToTheSecond() {
        assertThat(delayMillis(1, 0.5, Duration.ofSeconds(7))).isEqualTo(7_000);
    }

    @Test
    void aRetryAfterOnlyLengthensTheBackoffSoThatZeroIsNoInvitationToHammer() {
        assertThat(delayMillis(4, 0.5, Duration.ZERO)).isEqualTo(4_000);
        assertThat(delayMillis(4, 0.5, Duration.ofSeconds(1))).isEqualTo(4_000);
    }

    @ParameterizedTest(name = "since first {0} s, asked for {1} s -> {2}")
    @CsvSource({
        "0,  45,          REPEAT",
        "0,  46,          REJECTED",
        "5,  40,          REPEAT",
        "5,  41,          REJECTED",
        "44, 1,           REPEAT",
        "44, 2,           REJECTED",
        "46, 0,           REJECTED",
        "0,  2147483647,  REJECTED",
    })
    void aRetryAfterThatReachesPastTheTimeIsReportedAndNotWaitedFor(long since, long asked, String expected) {
        Outcome outcome = new Answered(429, null, ErrorShape.TASK, Duration.ofSeconds(asked));
        Attempt attempt = attempt(SUBMIT, RESPONSE_STARTED, outcome, 1, Duration.ofSeconds(since), 0);

        assertThat(inWord(RepeatRule.decide(attempt, LIMITS))).isEqualTo(expected);
    }

    @ParameterizedTest(name = "since first {0} ms -> {1}")
    @CsvSource({"44500, REPEAT", "44501, NOT_SENT", "60000, NOT_SENT"})
    void aBackoffWhoseEndLiesPastTheTimeIsNotBegun(long since, String expected) {
        Attempt attempt = attempt(SUBMIT, NOT_CONNECTED, outcome("broken"), 1, Duration.ofMillis(since), 0.5);

        assertThat(inWord(RepeatRule.decide(attempt, LIMITS))).isEqualTo(expected);
    }

    @Test
    void aReadThatRunsOutOfTimeGivesUpWithoutAVerdict() {
        Attempt attempt = attempt(RETRIEVE, FULLY_SENT, outcome("broken"), 1, Duration.ofSeconds(46), 0.5);

        assertThat(RepeatRule.decide(attempt, LIMITS)).isEqualTo(new GiveUp(null));
    }

    @Test
    void theHouseTriesASubmissionFiveTimesIn45SecondsAndAReadThreeTimesIn15() {
        assertThat(RepeatLimits.SUBMIT.attempts()).isEqualTo(5);
        assertThat(RepeatLimits.SUBMIT.within()).isEqualTo(Duration.ofSeconds(45));
        assertThat(RepeatLimits.RETRIEVE.attempts()).isEqualTo(3);
        assertThat(RepeatLimits.RETRIEVE.within()).isEqualTo(Duration.ofSeconds(15));
    }

    static Stream<Arguments> nonsense() {
        Duration one = Duration.ofSeconds(1);
        Duration negative = Duration.ofNanos(-1);
        return Stream.of(
                Arguments.of(0, one, one, one, "attempts"),
                Arguments.of(1, negative, one, one, "within"),
                Arguments.of(1, one, negative, one, "firstDelay"),
                Arguments.of(1, one, one, negative, "maxDelay"));
    }

    @ParameterizedTest
    @MethodSource("nonsense")
    void limitsThatMakeNoSenseAreNamed(int attempts, Duration within, Duration first, Duration max, String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new RepeatLimits(attempts, within, first, max))
                .withMessageStartingWith(name);
    }

    @Test
    void attemptsAreCountedFromOne() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> attempt(SUBMIT, NOT_CONNECTED, outcome("broken"), 0, Duration.ZERO, 0));
    }

    @Test
    void onlyFromPartlySentOnMayAByteHaveLeft() {
        assertThat(IntStream.range(0, Phase.values().length)
                        .mapToObj(i -> Phase.values()[i])
                        .filter(Phase::bytesOut))
                .containsExactly(Phase.PARTLY_SENT, FULLY_SENT, RESPONSE_STARTED);
    }

    private static long delayMillis(int number, double dice, Duration retryAfter) {
        Outcome outcome = new Answered(429, null, ErrorShape.FOREIGN, retryAfter);
        Decision decision =
                RepeatRule.decide(attempt(SUBMIT, RESPONSE_STARTED, outcome, number, Duration.ZERO, dice), LIMITS);
        return ((Repeat) decision).after().toMillis();
    }

    private static Decision decide(Operation operation, Phase phase, Outcome outcome, int number) {
        return RepeatRule.decide(attempt(operation, phase, outcome, number, Duration.ZERO, 0.5), LIMITS);
    }

    private static Attempt attempt(
            Operation operation, Phase phase, Outcome outcome, int number, Duration since, double dice) {
        return new Attempt(operation, phase, outcome, number, since, dice);
    }

    private static String inWord(Decision decision) {
        if (decision instanceof GiveUp end) {
            return end.verdict() == null ? "NONE" : end.verdict().name();
        }
        return "REPEAT";
    }

    /** {@code broken}, {@code timed out}, {@code unreadable 200}, {@code oversized 200}, {@code 503 OPENAI code}. */
    private static Outcome outcome(String words) {
        String[] word = words.split(" ");
        return switch (word[0]) {
            case "broken" -> new NoAnswer(false);
            case "timed" -> new NoAnswer(true);
            case "unreadable" -> new Unreadable(Integer.parseInt(word[1]));
            case "oversized" -> new Unreadable(Integer.parseInt(word[1]), true);
            default ->
                new Answered(
                        Integer.parseInt(word[0]), word.length > 2 ? word[2] : null, ErrorShape.valueOf(word[1]), null);
        };
    }
}
