package ai.octopusx.video;

import java.util.List;

/**
 * A model of the Doubao channel. The name fixes the resolution; there is no other field for it. The constants are the
 * documented names; {@link #of} takes one that came later.
 */
public final class DoubaoModel {

    /** Seedance 1.0 Pro, videos of the 480p class; needs a first frame for {@link AspectRatio#ADAPTIVE}. */
    public static final DoubaoModel SEEDANCE_1_0_PRO_480P = new DoubaoModel("doubao-seedance-1-0-pro_480p");
    /** Seedance 1.0 Pro, videos of the 720p class; needs a first frame for {@link AspectRatio#ADAPTIVE}. */
    public static final DoubaoModel SEEDANCE_1_0_PRO_720P = new DoubaoModel("doubao-seedance-1-0-pro_720p");
    /** Seedance 1.0 Pro, videos of the 1080p class; needs a first frame for {@link AspectRatio#ADAPTIVE}. */
    public static final DoubaoModel SEEDANCE_1_0_PRO_1080P = new DoubaoModel("doubao-seedance-1-0-pro_1080p");
    /** Seedance 1.5 Pro, videos of the 480p class; chooses the shape for {@link AspectRatio#ADAPTIVE} by itself. */
    public static final DoubaoModel SEEDANCE_1_5_PRO_480P = new DoubaoModel("doubao-seedance-1-5-pro_480p");
    /** Seedance 1.5 Pro, videos of the 720p class; chooses the shape for {@link AspectRatio#ADAPTIVE} by itself. */
    public static final DoubaoModel SEEDANCE_1_5_PRO_720P = new DoubaoModel("doubao-seedance-1-5-pro_720p");
    /** Seedance 1.5 Pro, videos of the 1080p class; chooses the shape for {@link AspectRatio#ADAPTIVE} by itself. */
    public static final DoubaoModel SEEDANCE_1_5_PRO_1080P = new DoubaoModel("doubao-seedance-1-5-pro_1080p");

    private static final List<DoubaoModel> DOCUMENTED = List.of(
            SEEDANCE_1_0_PRO_480P,
            SEEDANCE_1_0_PRO_720P,
            SEEDANCE_1_0_PRO_1080P,
            SEEDANCE_1_5_PRO_480P,
            SEEDANCE_1_5_PRO_720P,
            SEEDANCE_1_5_PRO_1080P);

    private final String wireName;

    private DoubaoModel(String wireName) {
        this.wireName = wireName;
    }

    /** The names that the gateway documents, in its order. */
    public static List<DoubaoModel> documented() {
        return DOCUMENTED;
    }

    /**
     * The model of this name, documented or not, without blanks around it: a name that is not known here goes to the gateway as it is.
     *
     * @throws InvalidVideoRequestException if the name is blank, or holds a control character or a lone surrogate
     */
    public static DoubaoModel of(String wireName) {
        String name = wireName.strip();
        for (DoubaoModel model : DOCUMENTED) {
            if (model.wireName.equals(name)) {
                return model;
            }
        }
        new Problems()
                .unless(!name.isEmpty(), "model", "blank", "the name of a model")
                .unless(
                        name.chars().noneMatch(Character::isISOControl) && DoubaoVideoRequest.isUnicode(name),
                        "model",
                        "a name with a control character or a lone surrogate",
                        "the name of a model")
                .throwIfAny();
        return new DoubaoModel(name);
    }

    /** The name on the wire, such as {@code doubao-seedance-1-5-pro_720p}. */
    public String wireName() {
        return wireName;
    }

    /** Only the 1.0 family is known to need an image for {@code adaptive}. */
    boolean adaptsOnlyToImages() {
        return wireName.startsWith("doubao-seedance-1-0");
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DoubaoModel model && model.wireName.equals(wireName);
    }

    @Override
    public int hashCode() {
        return wireName.hashCode();
    }

    @Override
    public String toString() {
        return wireName;
    }
}
