package ai.octopusx.video;

import java.util.Arrays;
import java.util.stream.Collectors;

/** The shape of the video: the form field {@code size}, which in answers holds pixels instead. */
public enum AspectRatio {
    /** Landscape, the shape of most screens. */
    RATIO_16_9("16:9"),
    /** Landscape, the shape of older screens and of many cameras. */
    RATIO_4_3("4:3"),
    /** A square. */
    RATIO_1_1("1:1"),
    /** Portrait, {@link #RATIO_4_3} turned. */
    RATIO_3_4("3:4"),
    /** Portrait, the shape of a phone. */
    RATIO_9_16("9:16"),
    /** Landscape, the shape of the wide cinema screen. */
    RATIO_21_9("21:9"),
    /** The shape of the first frame; needs one. */
    KEEP_RATIO("keep_ratio"),
    /** Chosen by the model; with the 1.0 models by the first frame, which they then need. */
    ADAPTIVE("adaptive");

    private final String wireName;

    AspectRatio(String wireName) {
        this.wireName = wireName;
    }

    /** The word on the wire, such as {@code 16:9}. */
    public String wireName() {
        return wireName;
    }

    /**
     * Reads the word on the wire.
     *
     * @throws InvalidVideoRequestException if the gateway documents no such word
     */
    public static AspectRatio fromWire(String word) {
        for (AspectRatio ratio : values()) {
            if (ratio.wireName.equals(word)) {
                return ratio;
            }
        }
        throw new InvalidVideoRequestException(new InvalidVideoRequestException.Problem("size", word, allowed()));
    }

    private static String allowed() {
        return Arrays.stream(values()).map(AspectRatio::wireName).collect(Collectors.joining(", "));
    }
}
