package ai.octopusx.video.benchmarks.economy;

import ai.octopusx.video.AdaptivePolling;
import ai.octopusx.video.JobKind;
import ai.octopusx.video.PollingPolicy;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * One client that starts without having seen a job, learns from what its own polls saw, and is examined on fresh jobs on the way;
 * at last all jobs take twice as long.
 */
final class Learning {

    static final int FRESH_JOBS = 4_000;
    static final JobKind KIND = new JobKind("doubao-seedance-1-0-pro_720p", 5, JobKind.Mode.TEXT);

    private static final double LONGER = 2;

    private Learning() {}

    /** When the client is examined, and how many lives it has learned from since the last time. */
    enum Stage {
        COLD(0),
        AFTER_30(30),
        AFTER_200(170),
        AFTER_DRIFT(200);

        private final int more;

        Stage(int more) {
            this.more = more;
        }
    }

    /** What the client is told of a life. */
    enum Told {
        /** The looks before and after the end: all that a status without times allows. */
        SPAN,
        /** The moment at which the gateway showed the end. */
        MOMENT
    }

    static Map<Stage, Score> examined(LifeTimes lives, Duration targetDelay, Told told, long seed) {
        SplittableRandom dice = new SplittableRandom(seed);
        AdaptivePolling policy = AdaptivePolling.builder()
                .targetDelay(targetDelay)
                .refresh(lives.snapshotEvery())
                .build();
        Map<Stage, Score> scores = new EnumMap<>(Stage.class);
        for (Stage stage : Stage.values()) {
            LifeTimes now = at(stage, lives);
            for (int i = 0; i < stage.more; i++) {
                learn(policy, now.draw(dice), told, dice);
            }
            scores.put(stage, Score.of(policy, KIND, now, FRESH_JOBS, dice));
        }
        return scores;
    }

    static LifeTimes at(Stage stage, LifeTimes lives) {
        return stage == Stage.AFTER_DRIFT ? lives.times(LONGER) : lives;
    }

    private static void learn(AdaptivePolling policy, LifeTimes.Job job, Told told, SplittableRandom dice) {
        Score.Found found = Score.watch(policy, KIND, job, dice);
        if (told == Told.MOMENT) {
            policy.observe(KIND, seconds(job.shown()));
        } else {
            policy.observe(KIND, seconds(found.notBefore()), seconds(found.notAfter()));
        }
    }

    /** The client's default, which takes over where nothing is learned. */
    static PollingPolicy exponentialDefault() {
        return PollingPolicy.exponential(Duration.ofSeconds(5), Duration.ofSeconds(15), 1.5, 0.2);
    }

    static Duration seconds(double seconds) {
        return Duration.ofNanos((long) (seconds * 1e9));
    }
}
