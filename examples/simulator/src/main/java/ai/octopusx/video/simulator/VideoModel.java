package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What depends on the model: how long it takes, what it costs, how large its pictures are. */
final class VideoModel {

    static final Set<String> DOCUMENTED = Set.of(
            "doubao-seedance-1-0-pro_480p",
            "doubao-seedance-1-0-pro_720p",
            "doubao-seedance-1-0-pro_1080p",
            "doubao-seedance-1-5-pro_480p",
            "doubao-seedance-1-5-pro_720p",
            "doubao-seedance-1-5-pro_1080p");

    static final Set<String> RATIOS = Set.of("16:9", "4:3", "1:1", "3:4", "9:16", "21:9", "keep_ratio", "adaptive");

    /** Ratio, then 480p, 720p, 1080p of 1.0 and of 1.5 (wire-protocol.md, 9). */
    private static final Map<String, String[]> PIXELS = Map.of(
            "16:9", new String[] {"864x480", "1248x704", "1920x1088", "864x496", "1280x720", "1920x1080"},
            "4:3", new String[] {"736x544", "1120x832", "1664x1248", "752x560", "1112x834", "1664x1248"},
            "1:1", new String[] {"640x640", "960x960", "1440x1440", "640x640", "960x960", "1440x1440"},
            "3:4", new String[] {"544x736", "832x1120", "1248x1664", "560x752", "834x1112", "1248x1664"},
            "9:16", new String[] {"480x864", "704x1248", "1088x1920", "496x864", "720x1280", "1080x1920"},
            "21:9", new String[] {"960x416", "1504x640", "2176x928", "992x432", "1470x630", "2176x928"});

    private VideoModel() {}

    /** The part of the name that upstream limits are counted by: without the resolution. */
    static String version(String model) {
        int end = model.lastIndexOf('_');
        return end < 0 ? model : model.substring(0, end);
    }

    private static boolean isNewer(String model) {
        return model.contains("1-5");
    }

    /** 0, 1, 2 for 480p, 720p, 1080p; a model that names none is taken for 720p. */
    private static int resolution(String model) {
        return model.endsWith("_480p") ? 0 : model.endsWith("_1080p") ? 2 : 1;
    }

    /** Median time for a clip of 5 s, after the published ones (wire-protocol.md, 9). */
    private static double medianSeconds(String model) {
        double[] medians = isNewer(model) ? new double[] {60, 90, 180} : new double[] {35, 50, 50};
        return medians[resolution(model)];
    }

    /** A longer clip takes longer, though less than in proportion. */
    static Duration medianLife(String model, int seconds) {
        return Duration.ofMillis((long) (1000 * medianSeconds(model) * (0.2 + 0.16 * seconds)));
    }

    /** Dollars, by the second. */
    static BigDecimal price(String model, int seconds) {
        String[] perSecond =
                isNewer(model) ? new String[] {"0.02", "0.04", "0.09"} : new String[] {"0.015", "0.03", "0.07"};
        return new BigDecimal(perSecond[resolution(model)]).multiply(BigDecimal.valueOf(seconds));
    }

    /** The size that the upstream renders, such as {@code 1280x720}; what is asked for in pixels is rendered as asked. */
    static String pixels(String model, String size, @Nullable ImageHeader firstFrame) {
        if (size.matches("\\d+x\\d+")) {
            return size;
        }
        String[] row = PIXELS.get(size);
        if (row == null) {
            row = PIXELS.get(firstFrame == null ? "16:9" : nearest(firstFrame.ratio()));
        }
        return row == null ? "1280x720" : row[resolution(model) + (isNewer(model) ? 3 : 0)];
    }

    static double ratio(String pixels) {
        String[] sides = pixels.split("x");
        return Double.parseDouble(sides[0]) / Double.parseDouble(sides[1]);
    }

    private static String nearest(double ratio) {
        String best = "16:9";
        double least = Double.MAX_VALUE;
        for (String name : PIXELS.keySet()) {
            String[] sides = name.split(":");
            double distance = Math.abs(Math.log(Double.parseDouble(sides[0]) / Double.parseDouble(sides[1]) / ratio));
            if (distance < least) {
                least = distance;
                best = name;
            }
        }
        return best;
    }
}
