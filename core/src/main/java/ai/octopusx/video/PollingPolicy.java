package ai.octopusx.video;

import java.time.Duration;

/**
 * When to ask again. A pure function: time and chance come in with the context, so one policy serves any number of jobs and
 * threads, and a test is a table.
 */
public interface PollingPolicy {

    /**
     * How long to wait, counted from the answer to the last poll, before the next one. Zero or negative means at once; the
     * client never lets two polls of one job overlap.
     */
    Duration nextDelay(PollContext context);

    /**
     * The chance, 0 to 1, that a job which was not over at the age of this context will show its end within the delay.
     * When the budget of polls is short, the job with the highest {@code chance x time since its last look} goes first: the
     * context is that of the last look, the delay the time since. By default all jobs are alike, and the one that has
     * waited longest goes first.
     */
    default double chanceOfNews(PollContext context, Duration delay) {
        return 0.5;
    }

    /**
     * The same delay each time.
     *
     * @param interval more than zero
     * @throws IllegalArgumentException if it is not
     */
    static PollingPolicy fixed(Duration interval) {
        return new FixedPolling(interval);
    }

    /**
     * Growing delays: {@code first}, then each time {@code factor} times as long, at most {@code max}.
     *
     * @param first more than zero
     * @param max at least {@code first}; a promise, because jitter only ever shortens
     * @param factor at least 1
     * @param jitter 0 to 1: the largest part of a delay that chance may take away
     * @throws IllegalArgumentException naming the argument that breaks its bound
     */
    static PollingPolicy exponential(Duration first, Duration max, double factor, double jitter) {
        return new ExponentialPolling(first, max, factor, jitter);
    }

    /**
     * Learned delays: the fewest polls at which the end of a job is seen, on average, so much later than the gateway shows
     * it. {@link AdaptivePolling#builder} has more settings.
     *
     * @param targetDelay more than zero
     * @throws IllegalArgumentException if it is not
     */
    static AdaptivePolling adaptive(Duration targetDelay) {
        return AdaptivePolling.builder().targetDelay(targetDelay).build();
    }
}
