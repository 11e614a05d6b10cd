package ai.octopusx.video.reactor;

import io.micrometer.common.docs.KeyName;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.docs.MeterDocumentation;
import org.jspecify.annotations.Nullable;

/**
 * The figures that a client with a {@link VideoClientBuilder#meterRegistry meter registry} reports. Gauges are the sum of all
 * clients on one registry.
 */
public enum VideoMeter implements MeterDocumentation {

    /** From the submission of a job, or from when this client first heard of it, to its end. Once per watch. */
    JOB(
            "octopusx.video.job",
            Meter.Type.TIMER,
            "From the submission of a job, or from the first that this client heard of it, to its end",
            VideoKey.MODEL,
            VideoKey.OUTCOME),

    /** Tasks that are being polled now, each once, however many subscribers it has. In tasks, without tags. */
    JOBS_WATCHED("octopusx.video.jobs.watched", Meter.Type.GAUGE, "Jobs under watch"),

    /** Status requests on the wire now, at most {@link VideoClientBuilder#maxConcurrentPolls} a client. Without tags. */
    POLLS_IN_FLIGHT("octopusx.video.polls.in.flight", Meter.Type.GAUGE, "Polls that wait for their answer"),

    /** The limit is the name of the setting that would have to change. */
    POLLS_WAITING(
            "octopusx.video.polls.waiting",
            Meter.Type.GAUGE,
            "Polls that are due and wait, by the limit that is in their way",
            VideoKey.LIMIT),

    /**
     * The worst wait of all clients now, as a time in the base unit of the registry; zero while nothing waits. When it grows,
     * the limits are too tight for the number of jobs. Without tags.
     */
    POLLS_LONGEST_WAIT(
            "octopusx.video.polls.longest.wait",
            Meter.Type.GAUGE,
            "How long the poll that is due for longest has been due",
            "seconds"),

    /** Only ever grows; by the limit, as {@link #POLLS_WAITING} is. */
    POLLS_LATE(
            "octopusx.video.polls.late",
            Meter.Type.COUNTER,
            "Polls that began late, by the limit that was in their way",
            VideoKey.LIMIT),

    /** Keys, not polls: one tenant that polls too fast slows down nobody else. Without tags. */
    KEYS_SLOWED(
            "octopusx.video.keys.slowed",
            Meter.Type.GAUGE,
            "Keys whose polls are slowed down since the gateway said 429"),

    /**
     * Submissions that hold a place, also while they wait to be repeated; at most
     * {@link VideoClientBuilder#maxConcurrentSubmissions} a client. Without tags.
     */
    SUBMISSIONS_IN_FLIGHT(
            "octopusx.video.submissions.in.flight",
            Meter.Type.GAUGE,
            "Submissions that have a place, with their repeats"),

    /** Submissions of which nothing was sent yet, for all places are taken. Without tags. */
    SUBMISSIONS_WAITING(
            "octopusx.video.submissions.waiting",
            Meter.Type.GAUGE,
            "Submissions that wait for maxConcurrentSubmissions"),

    /**
     * Downloads that hold a place, also while their subscriber asks for nothing; at most
     * {@link VideoClientBuilder#maxConcurrentDownloads} a client. Without tags.
     */
    DOWNLOADS_IN_FLIGHT("octopusx.video.downloads.in.flight", Meter.Type.GAUGE, "Downloads that have a place"),

    /** Downloads that have not opened a connection yet, for all places are taken. Without tags. */
    DOWNLOADS_WAITING(
            "octopusx.video.downloads.waiting", Meter.Type.GAUGE, "Downloads that wait for maxConcurrentDownloads");

    private final String name;
    private final Meter.Type type;
    private final String description;
    private final @Nullable String unit;
    private final KeyName[] keys;

    VideoMeter(String name, Meter.Type type, String description, KeyName... keys) {
        this(name, type, description, null, keys);
    }

    VideoMeter(String name, Meter.Type type, String description, @Nullable String unit, KeyName... keys) {
        this.name = name;
        this.type = type;
        this.description = description;
        this.unit = unit;
        this.keys = keys;
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public Meter.Type getType() {
        return type;
    }

    /** What it tells, in one line. */
    public String description() {
        return description;
    }

    @Override
    public @Nullable String getBaseUnit() {
        return unit;
    }

    @Override
    public KeyName[] getKeyNames() {
        return keys.clone();
    }
}
