package ai.octopusx.video.simulator;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The checks of a submission behind the parsing of its form, in the gateway's order: the first that fails is the answer.
 * The gateway itself is lax; what the documentation promises is refused by the upstream, when it is strict.
 */
final class SubmissionRules {

    private static final int MAX_SECONDS = 3_600;
    private static final int MIN_SIDE = 300;
    private static final int MAX_SIDE = 6_000;
    private static final double MIN_RATIO = 0.4;
    private static final double MAX_RATIO = 2.5;
    private static final long MAX_IMAGE_BYTES = 30_000_000;

    private final boolean strict;
    private final Profile profile;

    SubmissionRules(boolean strict, Profile profile) {
        this.strict = strict;
        this.profile = profile;
    }

    /** What the gateway refuses by itself, before it thinks of money; null if nothing. */
    @Nullable
    Answer gatewayRefusal(Accounts.Key key, SubmittedForm form, String requestId) {
        String model = form.fields().getOrDefault("model", "");
        Set<String> allowed = key.models;
        if (allowed != null && !model.isEmpty() && !allowed.contains(model)) {
            return Answer.gatewayError(403, "", "This token has no access to model " + model, requestId);
        }
        if (model.isEmpty()) {
            return Answer.gatewayError(400, "", "Model name not specified", requestId);
        }
        if (strict && !VideoModel.DOCUMENTED.contains(model)) {
            return Answer.gatewayError(
                    503,
                    "model_not_found",
                    "No available channel for model " + model + " under group default (distributor)",
                    requestId);
        }
        if (form.wrongType() != null) {
            return Answer.taskError(400, profile == Profile.A ? "invalid_json" : "invalid_request", form.wrongType());
        }
        if (form.fields().getOrDefault("prompt", "").isBlank()) {
            return Answer.taskError(400, "invalid_request", "prompt is required");
        }
        return durationRefusal(form.fields().getOrDefault("seconds", ""));
    }

    private static @Nullable Answer durationRefusal(String text) {
        if (text.isEmpty()) {
            return null;
        }
        // The gateway reads what is no number as 0, which stands for "not said".
        Integer seconds = Jobs.wholeNumber(text);
        return seconds != null && (seconds < 0 || seconds > MAX_SECONDS)
                ? Answer.taskError(400, "invalid_seconds", "seconds must be between 1 and 3600")
                : null;
    }

    /** What the upstream refuses; null if nothing, or if it is not strict. */
    @Nullable
    Answer upstreamRefusal(SubmittedForm form) {
        if (!strict) {
            return null;
        }
        Map<String, String> fields = form.fields();
        String size = fields.getOrDefault("size", "");
        if (!size.isEmpty() && !VideoModel.RATIOS.contains(size)) {
            return invalid(
                    "size",
                    size + " is none of "
                            + String.join(
                                    ", ", VideoModel.RATIOS.stream().sorted().toList()));
        }
        String seconds = fields.getOrDefault("seconds", "");
        Integer number = Jobs.wholeNumber(seconds);
        if (!seconds.isEmpty() && (number == null || number < 4 || number > 11)) {
            return invalid("seconds", seconds + " is not a whole number from 4 to 11");
        }
        return imageRefusal(form, size);
    }

    private static @Nullable Answer imageRefusal(SubmittedForm form, String size) {
        SubmittedForm.File first = null;
        SubmittedForm.File last = null;
        for (SubmittedForm.File file : form.files()) {
            boolean isFirst = file.received().field().equals("first_frame_image");
            boolean isLast = file.received().field().equals("last_frame_image");
            if (isFirst && first != null || isLast && last != null) {
                return invalid(file.received().field(), "more than one file");
            }
            first = isFirst ? file : first;
            last = isLast ? file : last;
        }
        for (String name : new String[] {"first_frame_image", "last_frame_image"}) {
            if (form.fields().containsKey(name)) {
                return invalid(name, "text where a file is due: its part has no file name");
            }
        }
        if (first == null && last != null) {
            return invalid("last_frame_image", "a last frame needs a first one");
        }
        if (first == null && size.equals("keep_ratio")) {
            return invalid("size", "keep_ratio has no image whose ratio it could keep");
        }
        if (first == null
                && size.equals("adaptive")
                && form.fields().getOrDefault("model", "").contains("1-0")) {
            return invalid("size", "adaptive needs an image with this model");
        }
        Answer refusal = first == null ? null : imageRefusal(first);
        return refusal != null || last == null ? refusal : imageRefusal(last);
    }

    private static @Nullable Answer imageRefusal(SubmittedForm.File file) {
        String field = file.received().field();
        ImageHeader image = file.image();
        if (file.received().size() >= MAX_IMAGE_BYTES) {
            return invalid(field, "the image has " + file.received().size() + " bytes, allowed are less than 30 MB");
        }
        if (image == null) {
            return invalid(field, "the file is no png, jpeg or webp");
        }
        boolean sides = within(image.width()) && within(image.height());
        if (!sides || image.ratio() <= MIN_RATIO || image.ratio() >= MAX_RATIO) {
            return invalid(
                    field,
                    "the image is " + image.width() + "x" + image.height()
                            + ": each side must be more than 300 and less than 6000 pixels, the ratio between 0.4 and 2.5");
        }
        return null;
    }

    private static boolean within(int side) {
        return side > MIN_SIDE && side < MAX_SIDE;
    }

    private static Answer invalid(String field, String message) {
        return Answer.upstreamRefusal(400, "InvalidParameter." + field, field + ": " + message);
    }
}
