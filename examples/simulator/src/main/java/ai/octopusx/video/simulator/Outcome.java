package ai.octopusx.video.simulator;

import static java.util.Objects.requireNonNull;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How a job ends. What the gateway charges for it is given back unless it completes. */
public final class Outcome {

    enum Kind {
        COMPLETED,
        COMPLETED_WITHOUT_URL,
        FAILED,
        FAILED_WITHOUT_ERROR,
        CANCELLED,
        NEVER_ENDING,
        ERROR_BODY,
        NOTHING_TO_SAY,
        LOST
    }

    private static final Outcome COMPLETED = new Outcome(Kind.COMPLETED, null, "", "");
    private static final Outcome WITHOUT_URL = new Outcome(Kind.COMPLETED_WITHOUT_URL, null, "", "");
    private static final Outcome CANCELLED = new Outcome(Kind.CANCELLED, null, "", "");
    private static final Outcome NEVER_ENDING = new Outcome(Kind.NEVER_ENDING, null, "", "");
    private static final Outcome WITHOUT_ERROR = new Outcome(Kind.FAILED_WITHOUT_ERROR, null, "", "");
    private static final Outcome LOST = new Outcome(Kind.LOST, null, "", "");

    private final Kind kind;
    private final @Nullable String word;
    private final String code;
    private final String message;

    private Outcome(Kind kind, @Nullable String word, String code, String message) {
        this.kind = kind;
        this.word = word;
        this.code = requireNonNull(code, "code");
        this.message = requireNonNull(message, "message");
    }

    /** A finished video with a link. */
    public static Outcome completed() {
        return COMPLETED;
    }

    /**
     * A finished video whose status names no link: it is to be had at {@code /content} only. In profile B not even there, for
     * the gateway has no link either.
     */
    public static Outcome completedWithoutUrl() {
        return WITHOUT_URL;
    }

    /** {@code failed} with an error, for example {@code OutputVideoSensitiveContentDetected}. */
    public static Outcome failed(String code, String message) {
        return new Outcome(Kind.FAILED, null, code, message);
    }

    /** {@code failed} without a word about why. */
    public static Outcome failedWithoutError() {
        return WITHOUT_ERROR;
    }

    /** {@code cancelled} by the upstream or an operator. Profile B shows such a job as running for ever, as the real one. */
    public static Outcome cancelled() {
        return CANCELLED;
    }

    /** Runs until the gateway gives up after 24 h, which profile A does not show. */
    public static Outcome neverEnding() {
        return NEVER_ENDING;
    }

    /** Completes, or fails if {@code code} is not empty, under a status word of your own, such as {@code expired}. */
    public static Outcome endingAs(String word, String code, String message) {
        return new Outcome(code.isEmpty() ? Kind.COMPLETED : Kind.FAILED, requireNonNull(word, "word"), code, message);
    }

    /** From its end on, a status of 200 brings an error body (the OpenAI shape) instead of a video. */
    public static Outcome errorBody(String code, String message) {
        return new Outcome(Kind.ERROR_BODY, null, code, message);
    }

    /** From its end on, a status of 200 brings {@code {"code":"success","data":null}}. */
    public static Outcome nothingToSay() {
        return new Outcome(Kind.NOTHING_TO_SAY, null, "", "");
    }

    /** The id was answered and charged, and is unknown ever after: the gateway failed to store the task. */
    public static Outcome lost() {
        return LOST;
    }

    /**
     * Reads an outcome from text: {@code completed}, {@code completed-without-url}, {@code failed[/code]},
     * {@code failed-without-error}, {@code cancelled}, {@code never-ending}, {@code error-body[/code]},
     * {@code nothing-to-say}, {@code lost}, {@code as/word[/code]}.
     *
     * @throws IllegalArgumentException telling what is allowed
     */
    public static Outcome parse(String text) {
        String[] parts = text.strip().split("/", 3);
        String first = parts.length > 1 ? parts[1] : "";
        String code = parts.length > 2 ? parts[2] : "";
        return switch (parts[0].toLowerCase(Locale.ROOT)) {
            case "completed" -> completed();
            case "completed-without-url" -> completedWithoutUrl();
            case "failed" ->
                failed(
                        first.isEmpty() ? "OutputVideoSensitiveContentDetected" : first,
                        "the generated video was withheld");
            case "failed-without-error" -> failedWithoutError();
            case "cancelled" -> cancelled();
            case "never-ending" -> neverEnding();
            case "error-body" -> errorBody(first.isEmpty() ? "not_found" : first, "video not found");
            case "nothing-to-say" -> nothingToSay();
            case "lost" -> lost();
            case "as" -> endingAs(first, code, code.isEmpty() ? "" : "ended as " + first);
            default ->
                throw new IllegalArgumentException("Unknown outcome '" + text
                        + "': use completed, completed-without-url, failed[/code], failed-without-error, cancelled,"
                        + " never-ending, error-body[/code], nothing-to-say, lost or as/word[/code]");
        };
    }

    Kind kind() {
        return kind;
    }

    @Nullable
    String word() {
        return word;
    }

    String code() {
        return code;
    }

    String message() {
        return message;
    }

    /** Whether there is a video to download in the end. */
    boolean hasVideo() {
        return kind == Kind.COMPLETED || kind == Kind.COMPLETED_WITHOUT_URL;
    }

    @Override
    public String toString() {
        String name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
        return word != null
                ? "as/" + word + (code.isEmpty() ? "" : "/" + code)
                : code.isEmpty() ? name : name + "/" + code;
    }
}
