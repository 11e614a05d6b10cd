package ai.octopusx.video.wire;

/** The kinds of picture that the gateway documents. */
public enum ImageFormat {
    PNG("image/png", "png"),
    JPEG("image/jpeg", "jpg"),
    WEBP("image/webp", "webp");

    private final String mediaType;
    private final String ending;

    ImageFormat(String mediaType, String ending) {
        this.mediaType = mediaType;
        this.ending = ending;
    }

    /** What the part's {@code Content-Type} says, such as {@code image/png}. */
    public String mediaType() {
        return mediaType;
    }

    /** How its file name ends, without the dot. */
    public String ending() {
        return ending;
    }
}
