package ai.octopusx.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import ai.octopusx.video.AdaptivePolling.Snapshot;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdaptivePollingTest {

    private static final JobKind KIND = kind("doubao-seedance-1-0-pro_720p", 5);

    private final AdaptivePolling polling = PollingPolicy.adaptive(Duration.ofSeconds(5));
    private final SplittableRandom dice = new SplittableRandom(5);

    @Test
    void beforeAnyLifeItGoesByThePublishedTimes() {
        assertThat(firstLook(polling, KIND)).isBetween(10.0, 40.0);
        assertThat(medianOf(KIND)).isCloseTo(61.5, within(2.0));
        assertThat(medianOf(kind("doubao-seedance-1-5-pro_1080p", 10))).isCloseTo(292.5, within(8.0));
    }

    @Test
    void learnsWhenJobsEnd() {
        teach(polling, KIND, 100, 120);

        assertThat(firstLook(polling, KIND)).isBetween(85.0, 125.0);
        assertThat(delay(polling, KIND, 115)).isLessThan(15);
    }

    @Test
    void aLifeThatIsKnownAsASpanTeachesToo() {
        for (int i = 0; i < 200; i++) {
            double life = 120 * Math.exp(0.1 * gauss());
            double look = Math.floor(life / 10) * 10;
            polling.observe(KIND, millis(look), millis(look + 10));
        }
        assertThat(firstLook(polling, KIND)).isBetween(85.0, 125.0);
    }

    @Test
    void eachKindLearnsForItselfOnceItHasLivesOfItsOwn() {
        JobKind other = kind("doubao-seedance-1-0-pro_720p", 10);
        teach(polling, KIND, 100, 60);
        teach(polling, other, 100, 200);

        assertThat(firstLook(polling, KIND)).isBetween(40.0, 65.0);
        assertThat(firstLook(polling, other)).isBetween(140.0, 210.0);
    }

    /** A gateway that takes four times the published times does so for the next clip length as well. */
    @Test
    void aKindWithoutLivesListensToItsModelAndThenToAll() {
        JobKind sibling = kind("doubao-seedance-1-0-pro_720p", 6);
        JobKind stranger = kind("doubao-seedance-1-5-pro_720p", 5);
        double siblingBefore = medianOf(sibling);
        double strangerBefore = medianOf(stranger);
        teach(polling, KIND, 100, 240);
        firstLook(polling, KIND);

        assertThat(medianOf(sibling)).isGreaterThan(2 * siblingBefore);
        assertThat(medianOf(stranger)).isGreaterThan(1.2 * strangerBefore);
        assertThat(medianOf(stranger) / strangerBefore).isLessThan(medianOf(sibling) / siblingBefore);
    }

    private double medianOf(JobKind kind) {
        return IntStream.range(1, 2000)
                .filter(age -> polling.chanceOfNews(poll(0, kind, 0.5), Duration.ofSeconds(age)) >= 0.5)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void aDriftIsFollowedWithinFewLives() {
        teach(polling, KIND, 200, 60);
        assertThat(firstLook(polling, KIND)).isLessThan(65);
        teach(polling, KIND, 40, 120);

        assertThat(firstLook(polling, KIND)).isBetween(80.0, 125.0);
        assertThat(delay(polling, KIND, 120)).isLessThan(15);
        assertThat(polling.snapshot().kinds().get(0).lives()).hasSizeBetween(24, 40);
    }

    /** The same law, in batches: the short lives are known first, and they must not be taken for a drift. */
    @Test
    void jobsThatBeginTogetherAndEndInTheOrderOfTheirLivesAreNoDrift() {
        teach(polling, KIND, 200, 60);
        for (int batch = 0; batch < 4; batch++) {
            List<AdaptivePolling.Job> jobs =
                    IntStream.range(0, 50).mapToObj(i -> polling.begin(KIND)).toList();
            double[] lives = IntStream.range(0, 50)
                    .mapToDouble(i -> 60 * Math.exp(0.1 * gauss()))
                    .toArray();
            List<Integer> inOrderOfLives = IntStream.range(0, 50)
                    .boxed()
                    .sorted(Comparator.comparingDouble(i -> lives[i]))
                    .toList();
            for (int over = 0; over < 50; over++) {
                double life = lives[inOrderOfLives.get(over)];
                for (int running : inOrderOfLives.subList(over, 50)) {
                    jobs.get(running).looked(millis(life - 0.1));
                }
                jobs.get(inOrderOfLives.get(over)).ended(millis(life), millis(life), null);
                assertThat(firstLook(polling, KIND)).isBetween(40.0, 64.0);
            }
        }
        assertThat(polling.snapshot().kinds().get(0).lives()).hasSize(256);
    }

    @Test
    void ofABurstSomeAreFollowedFromTheirBeginAndTheRestTeachNothing() {
        List<AdaptivePolling.Job> jobs =
                IntStream.range(0, 300).mapToObj(i -> polling.begin(KIND)).toList();
        for (AdaptivePolling.Job job : jobs) {
            job.looked(Duration.ofSeconds(20));
            job.ended(Duration.ofSeconds(20), Duration.ofSeconds(40), Duration.ofSeconds(30));
            job.leave();
        }
        assertThat(polling.snapshot().kinds()).singleElement().satisfies(kind -> assertThat(kind.lives())
                .hasSize(64)
                .containsOnly(new Snapshot.Span(Duration.ofSeconds(29), Duration.ofSeconds(40))));
    }

    @Test
    void aJobThatIsLeftTeachesNothingMoreAndIsNotPartOfWhatIsKept() {
        AdaptivePolling.Job left = polling.begin(KIND);
        left.looked(Duration.ofSeconds(20));
        left.leave();
        left.ended(Duration.ofSeconds(20), Duration.ofSeconds(40), null);

        assertThat(polling.snapshot().kinds()).isEmpty();
    }

    @Test
    void aJobThatBeganBeforeARestoreTeachesAfterIt() {
        AdaptivePolling.Job job = polling.begin(KIND);
        polling.restore(new Snapshot(List.of()));
        job.ended(Duration.ofSeconds(20), Duration.ofSeconds(40), null);

        assertThat(polling.snapshot().kinds()).singleElement().satisfies(kind -> assertThat(kind.lives())
                .containsExactly(new Snapshot.Span(Duration.ofSeconds(20), Duration.ofSeconds(40))));
    }

    @Test
    void theDiceScatterTheDelayByTenPercentAndNoMore() {
        Duration middle = polling.nextDelay(poll(20, KIND, 0.5));

        assertThat(ratio(polling.nextDelay(poll(20, KIND, 0)), middle)).isCloseTo(0.95, within(1e-6));
        assertThat(ratio(polling.nextDelay(poll(20, KIND, 0.999999)), middle)).isCloseTo(1.05, within(1e-5));
    }

    private static double ratio(Duration one, Duration other) {
        return (double) one.toNanos() / other.toNanos();
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 59, 60, 61, 600, 86_400, 1e9})
    void neverFasterThanTheFloorAndNeverEndless(double age) {
        AdaptivePolling eager = AdaptivePolling.builder()
                .targetDelay(Duration.ofMillis(1))
                .floor(Duration.ofSeconds(3))
                .build();
        teach(eager, KIND, 50, 60);

        for (double throwOfDice : new double[] {0, 0.5, 0.99}) {
            assertThat(eager.nextDelay(poll(age, KIND, throwOfDice)))
                    .isBetween(Duration.ofSeconds(3), Duration.ofMinutes(2));
        }
    }

    @Test
    void theChanceOfNewsGrowsWithTheDelayFromNothingToCertainty() {
        teach(polling, KIND, 100, 60);
        double before = 0;
        for (int delay = 0; delay < 5000; delay += 5) {
            double chance = polling.chanceOfNews(poll(20, KIND, 0.5), Duration.ofSeconds(delay));
            assertThat(chance).isBetween(before, 1.0);
            before = chance;
        }
        assertThat(polling.chanceOfNews(poll(20, KIND, 0.5), Duration.ZERO)).isZero();
        assertThat(before).isCloseTo(1, within(1e-9));
        assertThat(polling.chanceOfNews(poll(20, KIND, 0.5), Duration.ofSeconds(40)))
                .isCloseTo(0.5, within(0.1));
        assertThat(polling.chanceOfNews(poll(1e9, KIND, 0.5), Duration.ofSeconds(1)))
                .as("outlived everything known: first in the queue")
                .isEqualTo(1);
    }

    @Test
    void whatWasLearnedSurvivesAsText() {
        JobKind strange = new JobKind("a\tb\n%=- ü", null, JobKind.Mode.FIRST_FRAME);
        teach(polling, strange, 3, 30);
        polling.observe(JobKind.UNKNOWN, Duration.ofSeconds(10), Duration.ofSeconds(17));
        teach(polling, KIND, 60, 90);
        Snapshot snapshot = polling.snapshot();

        Snapshot parsed = Snapshot.parse(snapshot.toText());
        AdaptivePolling restored = PollingPolicy.adaptive(Duration.ofSeconds(5));
        teach(restored, kind("forgotten", 5), 10, 10);
        restored.restore(parsed);

        assertThat(parsed).isEqualTo(snapshot);
        assertThat(snapshot.toText().lines()).hasSize(4).allMatch(line -> line.chars()
                .allMatch(c -> c == '\t' || c >= ' ' && c < 127));
        assertThat(restored.snapshot()).isEqualTo(snapshot);
        assertThat(firstLook(restored, KIND)).isCloseTo(firstLook(polling, KIND), within(0.5));
    }

    @Test
    void nothingLearnedIsAnEmptySnapshot() {
        firstLook(polling, KIND);

        assertThat(polling.snapshot().kinds()).isEmpty();
        assertThat(Snapshot.parse(polling.snapshot().toText())).isEqualTo(polling.snapshot());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|line 1",
                "something else|line 1",
                "adaptive-polling 2|line 1",
                "adaptive-polling 1\\nTEXT|line 2",
                "adaptive-polling 1\\nNONE\\t5\\t=m|line 2",
                "adaptive-polling 1\\nTEXT\\tx\\t=m|line 2",
                "adaptive-polling 1\\nTEXT\\t5\\tm|line 2",
                "adaptive-polling 1\\nTEXT\\t5\\t=%00|line 2",
                "adaptive-polling 1\\nTEXT\\t5\\t=m\\n|line 3",
                "adaptive-polling 1\\nTEXT\\t5\\t=m\\t5|line 2",
                "adaptive-polling 1\\nTEXT\\t5\\t=m\\t5:4|line 2",
                "adaptive-polling 1\\nTEXT\\t5\\t=m\\t-5:4|line 2",
                "adaptive-polling 1\\nTEXT\\t5\\t=m\\t99999999999999999999:4|line 2",
            })
    void aTextThatIsNoneIsRefusedWithItsLine(String text, String line) {
        String unescaped = text.replace("\\n", "\n").replace("\\t", "\t") + (line.equals("line 3") ? "\n" : "");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Snapshot.parse(unescaped))
                .withMessageStartingWith(line);
    }

    /** Looks at 20 s and 40 s; what the gateway says of the end, and the span that is learned. */
    @ParameterizedTest(name = "ended at {0} s -> {1} to {2} ms")
    @CsvSource({
        "30, 29000, 40000",
        "22, 21000, 38000",
        "10, 20000, 26000",
        "2, 20000, 40000",
        "90, 20000, 40000",
        "41, 40000, 40000"
    })
    void theGatewaysOwnTimeNarrowsTheSpanWhereItAgreesWithTheLooks(int completed, long from, long to) {
        polling.observe(KIND, Duration.ofSeconds(20), Duration.ofSeconds(40), Duration.ofSeconds(completed));

        assertThat(polling.snapshot().kinds().get(0).lives())
                .containsExactly(new Snapshot.Span(Duration.ofMillis(from), Duration.ofMillis(to)));
    }

    @Test
    void memoryStaysBoundedAndTheKindFedLastIsKept() {
        for (int i = 0; i < 1000; i++) {
            polling.observe(kind("model " + i, 5), Duration.ofSeconds(60));
            if (i % 50 == 0) {
                firstLook(polling, kind("only watched " + i, 5));
            }
        }
        List<Snapshot.KindLives> kinds = polling.snapshot().kinds();

        assertThat(kinds).hasSizeBetween(100, AdaptivePolling.MAX_KINDS);
        assertThat(kinds.get(kinds.size() - 1).kind()).isEqualTo(kind("model 999", 5));
        assertThat(firstLook(polling, kind("one more", 5))).isPositive();
    }

    @ParameterizedTest
    @CsvSource({"targetDelay, 0", "targetDelay, -1", "floor, 0", "cap, 999", "refresh, -1"})
    void refusesASettingThatBreaksItsBound(String setting, long millis) {
        Duration value = Duration.ofMillis(millis);
        AdaptivePolling.Builder builder = AdaptivePolling.builder();
        switch (setting) {
            case "targetDelay" -> builder.targetDelay(value);
            case "floor" -> builder.floor(value);
            case "cap" -> builder.cap(value);
            default -> builder.refresh(value);
        }
        assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageStartingWith(setting + " is");
    }

    @ParameterizedTest
    @CsvSource({"-1, 5, notBefore", "6, 5, notAfter"})
    void refusesALifeThatIsNone(long notBefore, long notAfter, String argument) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> polling.observe(KIND, Duration.ofSeconds(notBefore), Duration.ofSeconds(notAfter)))
                .withMessageStartingWith(argument + " is");
        assertThat(polling.snapshot().kinds()).isEmpty();
    }

    @Test
    void anAgeOfCenturiesIsTakenAsTheLongestLifeThatCounts() {
        polling.observe(KIND, Duration.ofDays(365_000));

        assertThat(polling.snapshot().kinds().get(0).lives().get(0).notAfter()).isEqualTo(Duration.ofDays(7));
    }

    @Test
    void manyThreadsMayAskAndTellAtOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(6);
        try {
            List<Future<?>> all = IntStream.range(0, 6)
                    .<Future<?>>mapToObj(thread -> threads.submit(() -> askAndTell(thread)))
                    .toList();
            for (Future<?> each : all) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
        assertThat(polling.snapshot().kinds()).hasSize(2).allSatisfy(kind -> assertThat(kind.lives())
                .hasSize(256));
        assertThat(firstLook(polling, KIND)).isBetween(40.0, 65.0);
    }

    private void askAndTell(int thread) {
        SplittableRandom own = new SplittableRandom(thread);
        JobKind kind = thread % 2 == 0 ? KIND : JobKind.UNKNOWN;
        for (int i = 0; i < 150; i++) {
            polling.observe(kind, millis(55 + 10 * own.nextDouble()));
            for (int age = 0; age < 100; age += 10) {
                assertThat(polling.nextDelay(poll(age, kind, own.nextDouble()))).isPositive();
            }
        }
    }

    private void teach(AdaptivePolling pupil, JobKind kind, int lives, double median) {
        for (int i = 0; i < lives; i++) {
            pupil.observe(kind, millis(median * Math.exp(0.1 * gauss())));
        }
    }

    private double gauss() {
        return Math.sqrt(-2 * Math.log(1 - dice.nextDouble())) * Math.cos(2 * Math.PI * dice.nextDouble());
    }

    private static double firstLook(AdaptivePolling polling, JobKind kind) {
        return delay(polling, kind, 0);
    }

    private static double delay(AdaptivePolling polling, JobKind kind, double age) {
        return polling.nextDelay(poll(age, kind, 0.5)).toNanos() / 1e9;
    }

    private static PollContext poll(double age, JobKind kind, double dice) {
        return new PollContext(1, millis(age), null, kind, 0, dice);
    }

    private static JobKind kind(String model, int seconds) {
        return new JobKind(model, seconds, JobKind.Mode.TEXT);
    }

    private static Duration millis(double seconds) {
        return Duration.ofMillis((long) (seconds * 1e3));
    }
}
