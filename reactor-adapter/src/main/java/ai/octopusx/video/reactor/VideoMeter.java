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

    JOBS_WATCHED("octopusx.video.jobs.watched", Meter.Type.GAUGE, "Jobs under watch"),

    POLLS_IN_FLIGHT("octopusx.video.polls.in.flight", Meter.Type.GAUGE, "Polls that wait for their answer"),

    /** The limit is the name of the setting that would have to change. */
    POLLS_WAITING(
            "octopusx.video.polls.waiting",
            Meter.Type.GAUGE,
            "Polls that are due and wait, by the limit that is in their way",
            VideoKey.LIMIT),

    POLLS_LONGEST_WAIT(
            "octopusx.video.polls.longest.wait",
            Meter.Type.GAUGE,
            "How long the poll that is due for longest has been due",
            "seconds"),

    POLLS_LATE(
            "octopusx.video.polls.late",
            Meter.Type.COUNTER,
            "Polls that began late, by the limit that was in their way",
            VideoKey.LIMIT),

    KEYS_SLOWED(
            "octopusx.video.keys.slowed",
            Meter.Type.GAUGE,
            "Keys whose polls are slowed down since the gateway said 429"),

    SUBMISSIONS_IN_FLIGHT(
            "octopusx.video.submissions.in.flight",
            Meter.Type.GAUGE,
            "Submissions that have a place, with their repeats"),

    SUBMISSIONS_WAITING(
            "octopusx.video.submissions.waiting",
            Meter.Type.GAUGE,
            "Submissions that wait for maxConcurrentSubmissions"),

    DOWNLOADS_IN_FLIGHT("octopusx.video.downloads.in.flight", Meter.Type.GAUGE, "Downloads that have a place"),

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
