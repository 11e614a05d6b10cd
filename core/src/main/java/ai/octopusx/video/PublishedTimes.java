package ai.octopusx.video;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How long a video takes before any was watched: the published times (wire-protocol.md, section 9), which are few, of mixed
 * origin and without queue. They set the typical life of a kind; how widely lives scatter around it is a guess on the safe
 * side.
 */
final class PublishedTimes {

    private static final double PUBLISHED_CLIP_SECONDS = 5;

    /** Of a published time so much is taken to be there for a clip of any length: queue, start, upload. A guess. */
    private static final double FIXED_SECONDS = 15;

    /** The fastest sample is 0.8 and the slowest 2.4 times the median of equal jobs; estimates reach 4 times a sample. */
    private static final double SPREAD = 0.7;

    /** A part of the jobs is quite different: refused at once, or stuck in a queue. */
    private static final double STRANGERS = 0.15;

    private static final double SPREAD_OF_STRANGERS = 1.4;

    private PublishedTimes() {}

    /**
     * A typical life, in seconds, until the gateway shows the end, which takes half a refresh on average. Nothing is
     * published about the modes: they count alike.
     */
    static double typicalLife(JobKind kind, double refresh) {
        Integer clip = kind.seconds();
        double published = ofModel(kind.model());
        double perClipSecond = (published - FIXED_SECONDS) / PUBLISHED_CLIP_SECONDS;
        double seconds = clip == null ? PUBLISHED_CLIP_SECONDS : Math.max(1, Math.min(60, clip));
        return FIXED_SECONDS + perClipSecond * seconds + refresh / 2;
    }

    /** Seconds for a clip of 5 s. */
    private static double ofModel(@Nullable String model) {
        String name = model == null ? "" : model.toLowerCase(Locale.ROOT);
        boolean fullHd = name.contains("1080p");
        boolean small = name.contains("480p");
        if (name.contains("seedance-1-0")) {
            // Samples: 54 s at 720p, 46 s and 41 s at 1080p. The larger picture was not the slower one.
            return small ? 45 : 54;
        }
        if (name.contains("seedance-1-5")) {
            // A sample of 106 s at 720p, 60 to 90 s without a resolution; a reseller estimates 1.5 times as long at
            // 1080p.
            return small ? 75 : fullHd ? 150 : 106;
        }
        // Nothing known: the middle of the published ones.
        return 75;
    }

    /** The law around a typical life, as masses on the grid of {@link LifeLaw}; none is zero. */
    static double[] scatter() {
        return LifeEstimate.mixed(
                LifeLaw.lognormal(0, SPREAD), 1 - STRANGERS, LifeLaw.lognormal(0, SPREAD_OF_STRANGERS), STRANGERS);
    }
}
