package ai.octopusx.video.service;

import ai.octopusx.video.AspectRatio;
import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.InvalidVideoRequestException;
import ai.octopusx.video.InvalidVideoRequestException.Problem;
import ai.octopusx.video.service.Job.Order;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.http.codec.multipart.FilePart;
import org.springframework.http.codec.multipart.FormFieldPart;
import org.springframework.http.codec.multipart.Part;
import org.springframework.util.MultiValueMap;

/**
 * The form as it came from a browser. Reads what can be read, collects everything that is wrong with it, and lets the client's own
 * rules judge the rest, so that the answer names each field once and all of them at once.
 */
final class SubmissionForm {

    static final String FIRST_FRAME = "first_frame_image";
    static final String LAST_FRAME = "last_frame_image";

    private static final List<String> TEXTS = List.of("model", "prompt", "size", "seconds");
    private static final List<String> FILES = List.of(FIRST_FRAME, LAST_FRAME);
    private static final Set<String> MODELS =
            DoubaoModel.documented().stream().map(DoubaoModel::wireName).collect(Collectors.toUnmodifiableSet());

    private final List<Problem> problems = new ArrayList<>();
    private final MultiValueMap<String, Part> parts;
    private final int maxPromptLength;

    private SubmissionForm(MultiValueMap<String, Part> parts, int maxPromptLength) {
        this.parts = parts;
        this.maxPromptLength = maxPromptLength;
    }

    /**
     * What the form asks for, with its pictures still to be saved.
     *
     * @throws InvalidVideoRequestException telling everything that is wrong
     */
    static Draft read(MultiValueMap<String, Part> parts, int maxPromptLength) {
        return new SubmissionForm(parts, maxPromptLength).draft();
    }

    /**
     * A form that has been read.
     *
     * @param pictures by the names of their fields
     */
    record Draft(Order order, Map<String, FilePart> pictures) {

        /**
         * The request that goes to the gateway.
         *
         * @param reference this service's name for the job
         * @param frames the pictures where they lie now, by the names of their fields
         */
        DoubaoVideoRequest request(String reference, Map<String, FrameImage> frames) {
            return DoubaoVideoRequest.builder()
                    .reference(reference)
                    .model(DoubaoModel.of(order.model()))
                    .prompt(order.prompt())
                    .size(order.size() == null ? null : AspectRatio.fromWire(order.size()))
                    .seconds(order.seconds())
                    .firstFrame(frames.get(FIRST_FRAME))
                    .lastFrame(frames.get(LAST_FRAME))
                    .build();
        }
    }

    private Draft draft() {
        parts.keySet().stream()
                .filter(name -> !TEXTS.contains(name) && !FILES.contains(name))
                .sorted()
                .forEach(name -> problem("form", "a field that is not known", "the fields of this form"));
        String model = text("model", SubmissionForm::model);
        String prompt = text("prompt", this::prompt);
        String size = text("size", SubmissionForm::size);
        Integer seconds = text("seconds", SubmissionForm::seconds);
        Map<String, FilePart> pictures = pictures();
        Order order = new Order(
                model == null ? DoubaoModel.SEEDANCE_1_5_PRO_720P.wireName() : model,
                prompt == null ? "" : prompt,
                size,
                seconds,
                pictures.size());
        Draft draft = new Draft(order, pictures);
        judge(draft);
        if (!problems.isEmpty()) {
            throw new InvalidVideoRequestException(problems);
        }
        return draft;
    }

    /** By the client's rules, with stand-ins for pictures whose bytes are examined later. A field is blamed once. */
    private void judge(Draft draft) {
        try {
            draft.request("", standIns(draft.pictures()));
        } catch (InvalidVideoRequestException e) {
            e.problems().stream()
                    .filter(found ->
                            problems.stream().noneMatch(known -> known.field().equals(found.field())))
                    .toList()
                    .forEach(problems::add);
        }
    }

    private static Map<String, FrameImage> standIns(Map<String, FilePart> pictures) {
        return pictures.keySet().stream()
                .collect(Collectors.toMap(Function.identity(), field -> FrameImage.of(Path.of(field))));
    }

    /** Null if it is absent, empty, or wrong; what is wrong has been noted. */
    private <T> @Nullable T text(String field, Function<String, T> reader) {
        List<Part> given = parts.getOrDefault(field, List.of());
        if (given.size() > 1) {
            problem(field, "given " + given.size() + " times", "once");
            return null;
        }
        if (given.isEmpty()) {
            return null;
        }
        if (!(given.get(0) instanceof FormFieldPart text)) {
            problem(field, "a file", "text");
            return null;
        }
        if (text.value().isEmpty()) {
            return null;
        }
        try {
            return reader.apply(text.value());
        } catch (InvalidVideoRequestException e) {
            problems.addAll(e.problems());
            return null;
        }
    }

    private static String model(String name) {
        if (!MODELS.contains(name)) {
            throw wrong(
                    "model",
                    quoted(name),
                    String.join(", ", MODELS.stream().sorted().toList()));
        }
        return name;
    }

    private String prompt(String text) {
        if (text.length() > maxPromptLength) {
            throw wrong("prompt", text.length() + " characters", "at most " + maxPromptLength + " characters");
        }
        return text;
    }

    private static String size(String word) {
        return AspectRatio.fromWire(word.length() > 20 ? quoted(word) : word).wireName();
    }

    /** The range is the client's to judge. */
    private static Integer seconds(String text) {
        try {
            return Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw wrong("seconds", quoted(text), "a whole number of seconds");
        }
    }

    private Map<String, FilePart> pictures() {
        return FILES.stream()
                .map(this::picture)
                .filter(Objects::nonNull)
                .collect(Collectors.toMap(FilePart::name, Function.identity()));
    }

    /** A file field that was left empty comes as a file without a name. */
    private @Nullable FilePart picture(String field) {
        List<Part> given = parts.getOrDefault(field, List.of());
        if (given.size() > 1) {
            problem(field, "given " + given.size() + " times", "one image");
            return null;
        }
        if (given.isEmpty()) {
            return null;
        }
        if (given.get(0) instanceof FilePart file) {
            return file.filename().isEmpty() ? null : file;
        }
        problem(field, "text", "a png, jpeg or webp image");
        return null;
    }

    private void problem(String field, String value, String allowed) {
        problems.add(new Problem(field, value, allowed));
    }

    private static InvalidVideoRequestException wrong(String field, String value, String allowed) {
        return new InvalidVideoRequestException(new Problem(field, value, allowed));
    }

    /** What a stranger sent, short and without what could disturb a log or a page. */
    private static String quoted(String text) {
        String printable = text.codePoints()
                .limit(40)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
        return "'" + printable + (text.codePointCount(0, text.length()) > 40 ? "…'" : "'");
    }
}
