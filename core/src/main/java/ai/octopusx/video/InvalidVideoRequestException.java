package ai.octopusx.video;

import java.io.Serial;
import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;

/** The request breaks a rule that is known here, so nothing was sent and nothing was charged. Mend it and try again. */
public final class InvalidVideoRequestException extends OctopusXException {

    @Serial
    private static final long serialVersionUID = 1L;

    /** Made by {@code List.copyOf}, which is serializable. */
    @SuppressWarnings("serial")
    private final List<Problem> problems;

    /** @param problem the one thing that is wrong; its value must not be a secret, for the message shows it */
    public InvalidVideoRequestException(Problem problem) {
        this(List.of(problem));
    }

    /**
     * @param problems everything that is wrong, in the order of the fields; the message shows all of it
     * @throws IllegalArgumentException if there is none
     */
    public InvalidVideoRequestException(List<Problem> problems) {
        super(sentence(problems), null, null, null, SubmissionVerdict.NOT_SENT);
        this.problems = List.copyOf(problems);
    }

    private static String sentence(List<Problem> problems) {
        if (problems.isEmpty()) {
            throw new IllegalArgumentException("An invalid request has at least one problem");
        }
        return "Nothing was sent: " + problems.stream().map(Problem::sentence).collect(Collectors.joining("; "));
    }

    /** Everything that is wrong, in the order of the fields; never empty. */
    public List<Problem> problems() {
        return problems;
    }

    /** The first problem's field, in the gateway's name for it, such as {@code seconds}. */
    public String field() {
        return problems.get(0).field();
    }

    /** The first problem's value as it was given, or a word for it where it is long or private. */
    public String value() {
        return problems.get(0).value();
    }

    /** What is allowed instead of the first problem's value. */
    public String allowed() {
        return problems.get(0).allowed();
    }

    /**
     * One broken rule.
     *
     * @param field the gateway's name of the field
     * @param value what it was
     * @param allowed what is allowed
     */
    public record Problem(String field, String value, String allowed) implements Serializable {

        @Serial
        private static final long serialVersionUID = 1L;

        String sentence() {
            return field + " is " + value + ", allowed is " + allowed;
        }
    }
}
