package ai.octopusx.video;

import ai.octopusx.video.InvalidVideoRequestException.Problem;
import ai.octopusx.video.wire.FrameRules;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One video to be made: from text, from a first frame, or from a first and a last frame. Immutable; checked when built
 * against every rule that can be known here, so that a mistake costs nothing. What is left out is not sent, and the gateway
 * chooses.
 */
public final class DoubaoVideoRequest {

    /** Seconds that the gateway takes: wire-protocol.md, section 2.1. */
    private static final int MIN_SECONDS = 4;

    private static final int MAX_SECONDS = 11;

    private static final Set<String> FIXED_FIELDS =
            Set.of("model", "prompt", "size", "seconds", "first_frame_image", "last_frame_image");

    /** What ends or parts a name in a header, for one server or another. */
    private static final String NOT_IN_NAMES = "\"\\,;:=";

    private final DoubaoModel model;
    private final String prompt;
    private final @Nullable AspectRatio size;
    private final @Nullable Integer seconds;
    private final @Nullable FrameImage firstFrame;
    private final @Nullable FrameImage lastFrame;
    private final Map<String, String> additionalFields;
    private final @Nullable String reference;
    private final boolean upstreamLimits;

    private DoubaoVideoRequest(Builder builder) {
        this.model = builder.model;
        this.prompt = builder.prompt;
        this.size = builder.size;
        this.seconds = builder.seconds;
        this.firstFrame = builder.firstFrame;
        this.lastFrame = builder.lastFrame;
        this.additionalFields = Collections.unmodifiableMap(new LinkedHashMap<>(builder.additionalFields));
        this.reference = builder.reference;
        this.upstreamLimits = builder.upstreamLimits;
        check();
    }

    private void check() {
        Problems problems = new Problems()
                .unless(!prompt.isBlank(), "prompt", "blank", "some text, Chinese or English")
                .unless(isUnicode(prompt), "prompt", "no valid Unicode text", "text without lone surrogates")
                .unless(
                        seconds == null || (seconds >= MIN_SECONDS && seconds <= MAX_SECONDS),
                        "seconds",
                        String.valueOf(seconds),
                        MIN_SECONDS + " to " + MAX_SECONDS)
                .unless(
                        lastFrame == null || firstFrame != null,
                        "last_frame_image",
                        "given without first_frame_image",
                        "a last frame together with a first frame")
                .unless(
                        size != AspectRatio.KEEP_RATIO || firstFrame != null,
                        "size",
                        "keep_ratio without an image",
                        "keep_ratio together with a first frame")
                .unless(
                        size != AspectRatio.ADAPTIVE || firstFrame != null || !model.adaptsOnlyToImages(),
                        "size",
                        "adaptive without an image",
                        "adaptive together with a first frame, or a model from 1.5 on");
        additionalFields.forEach((name, value) -> checkAdditional(problems, name, value));
        checkFrame(problems, "first_frame_image", firstFrame);
        checkFrame(problems, "last_frame_image", lastFrame);
        problems.throwIfAny();
    }

    private static void checkAdditional(Problems problems, String name, String value) {
        // Servers strip names, some of more than blanks: " prompt" and ",prompt" would arrive as a second prompt.
        problems.unless(
                        !name.isEmpty() && name.equals(name.strip()),
                        "additional field",
                        "a name that is blank or has blanks around it",
                        "a name")
                .unless(
                        name.chars().noneMatch(c -> Character.isISOControl(c) || NOT_IN_NAMES.indexOf(c) >= 0)
                                && isUnicode(name),
                        "additional field",
                        "a name with a control character or one of " + NOT_IN_NAMES,
                        "a name of other printable characters")
                .unless(!FIXED_FIELDS.contains(name), name, "given as an additional field", "the builder's own method")
                .unless(isUnicode(value), name, "no valid Unicode text", "text without lone surrogates");
    }

    /** A picture in memory is looked at now; one on disk when the submission is subscribed, off this thread. */
    private void checkFrame(Problems problems, String field, @Nullable FrameImage frame) {
        byte[] bytes = frame == null ? null : frame.bytes();
        if (bytes != null) {
            problems.addAll(FrameRules.check(field, bytes, upstreamLimits));
        }
    }

    /** Whether it can be encoded as UTF-8; half a pair would go out as a question mark. */
    static boolean isUnicode(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) {
                continue;
            }
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (!pair) {
                return false;
            }
            i++;
        }
        return true;
    }

    /**
     * A video from text alone, with the default model and the gateway's own size and length.
     *
     * @throws InvalidVideoRequestException if the prompt is blank
     */
    public static DoubaoVideoRequest textToVideo(String prompt) {
        return builder().prompt(prompt).build();
    }

    /** A request to be filled in; only the prompt has no default. */
    public static Builder builder() {
        return new Builder();
    }

    /** The model; by default {@link DoubaoModel#SEEDANCE_1_5_PRO_720P}. */
    public DoubaoModel model() {
        return model;
    }

    /** The prompt as it was given; it goes out unchanged, as UTF-8. */
    public String prompt() {
        return prompt;
    }

    /** The shape; null leaves it to the gateway. */
    public @Nullable AspectRatio size() {
        return size;
    }

    /** The length in seconds; null leaves it to the gateway. */
    public @Nullable Integer seconds() {
        return seconds;
    }

    /** The picture that the video starts with, or null. */
    public @Nullable FrameImage firstFrame() {
        return firstFrame;
    }

    /** The picture that the video ends with, or null. */
    public @Nullable FrameImage lastFrame() {
        return lastFrame;
    }

    /** Further text fields, in the order in which they were given; unmodifiable. */
    public Map<String, String> additionalFields() {
        return additionalFields;
    }

    /** The caller's own name for the job, never sent; null if it gave none. */
    public @Nullable String reference() {
        return reference;
    }

    /** Whether images are held against the limits that only the model's vendor states (bytes, sides, shape). */
    public boolean upstreamLimits() {
        return upstreamLimits;
    }

    /** Which kind of job this is, for the cadence of polling. */
    public JobKind kind() {
        JobKind.Mode mode = lastFrame != null
                ? JobKind.Mode.FIRST_AND_LAST_FRAME
                : firstFrame != null ? JobKind.Mode.FIRST_FRAME : JobKind.Mode.TEXT;
        return new JobKind(model.wireName(), seconds, mode);
    }

    /** Without the prompt, which is the user's own text and may be private. */
    @Override
    public String toString() {
        return "DoubaoVideoRequest[" + model + ", size=" + (size == null ? "-" : size.wireName()) + ", seconds="
                + (seconds == null ? "-" : seconds) + ", " + kind().mode()
                + (reference == null ? "" : ", reference=" + reference) + "]";
    }

    /** Collects the fields; {@link #build} judges them all at once. Not thread-safe. */
    public static final class Builder {

        private DoubaoModel model = DoubaoModel.SEEDANCE_1_5_PRO_720P;
        private String prompt = "";
        private @Nullable AspectRatio size;
        private @Nullable Integer seconds;
        private @Nullable FrameImage firstFrame;
        private @Nullable FrameImage lastFrame;
        private final Map<String, String> additionalFields = new LinkedHashMap<>();
        private @Nullable String reference;
        private boolean upstreamLimits = true;

        private Builder() {}

        /** The model; by default {@link DoubaoModel#SEEDANCE_1_5_PRO_720P}. */
        public Builder model(DoubaoModel model) {
            this.model = Objects.requireNonNull(model, "model");
            return this;
        }

        /** What the video shows, Chinese or English. Required. */
        public Builder prompt(String prompt) {
            this.prompt = Objects.requireNonNull(prompt, "prompt");
            return this;
        }

        /** The shape; null, the default, leaves it to the gateway. */
        public Builder size(@Nullable AspectRatio size) {
            this.size = size;
            return this;
        }

        /** The length of the clip in seconds, 4 to 11; null, the default, leaves it to the gateway. */
        public Builder seconds(@Nullable Integer seconds) {
            this.seconds = seconds;
            return this;
        }

        /** The picture that the video starts with; null, the default, for none. */
        public Builder firstFrame(@Nullable FrameImage firstFrame) {
            this.firstFrame = firstFrame;
            return this;
        }

        /** The picture that the video ends with, only together with a first frame; null, the default, for none. */
        public Builder lastFrame(@Nullable FrameImage lastFrame) {
            this.lastFrame = lastFrame;
            return this;
        }

        /**
         * A text field that this version does not know. The gateway hands unknown fields on. A later value wins.
         *
         * @param name printable, without blanks around it and without quotes, backslashes and {@code , ; : =}
         */
        public Builder additionalField(String name, String value) {
            additionalFields.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
            return this;
        }

        /**
         * The caller's own name for the job, such as the key of a database row. It is never sent: it stands in the
         * {@link SubmissionJournal}, in the report of an orphaned task and in the error of an unknown outcome, so that
         * they can be matched. Null, the default, for none.
         */
        public Builder reference(@Nullable String reference) {
            this.reference = reference;
            return this;
        }

        /**
         * Whether images are held against the limits that only the model's vendor states: under 30 MB, sides of more than
         * 300 and less than 6000 pixels, width to height strictly between 0.4 and 2.5. On by default; the formats are
         * checked always.
         */
        public Builder upstreamLimits(boolean upstreamLimits) {
            this.upstreamLimits = upstreamLimits;
            return this;
        }

        /**
         * @throws InvalidVideoRequestException telling every {@linkplain Problem problem}: field, value, what is allowed
         */
        public DoubaoVideoRequest build() {
            return new DoubaoVideoRequest(this);
        }
    }
}
