package ai.octopusx.video.simulator;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads the middle part of a rule, {@code kind[/argument...]}. Used once, by one thread. */
final class FaultText {

    private static final String KINDS = "a status such as 429 or 502, latency, hang, close, answer-lost,"
            + " reset-before-read, reset-mid-read, reset-after-read, truncated, cut, cut-head, drip, oversized, garbage,"
            + " redirect, no-id, task-id-only, task-not-exist, backwards, short, no-length, ignore-range, change-etag,"
            + " weak-etag, no-etag, wrong-range";

    private static final String ARGUMENTS =
            "a shape (e1, e2, html, text, empty, nothing), a flag (accepted, early, reset,"
                    + " hang, per-task), retry-after=..., code=..., a number of bytes such as 1000 or 64k, or a time such as 300ms"
                    + " or 5s";

    private final String rule;
    private Fault.Kind kind = Fault.Kind.ANSWER;
    private int status;
    private Fault.Shape shape = Fault.Shape.BY_STATUS;
    private String code = "";
    private @Nullable String retryAfter;
    private long bytes;
    private Duration time;
    private boolean accepted;
    private boolean early;
    private boolean reset;
    private boolean perTask;

    /** @param rule the whole rule, for messages */
    FaultText(String text, String rule) {
        this.rule = rule;
        String[] parts = text.split("/");
        readKind(parts[0].toLowerCase(Locale.ROOT));
        this.bytes = usualBytes(kind);
        this.time = usualTime(kind);
        for (int i = 1; i < parts.length; i++) {
            readArgument(parts[i], parts[i].toLowerCase(Locale.ROOT));
        }
        if (early && (accepted || kind != Fault.Kind.ANSWER)) {
            throw new IllegalArgumentException(
                    "Fault '" + rule + "': only an answer by status can be early, and then nothing is accepted");
        }
    }

    Fault fault() {
        return new Fault(kind, status, shape, code, retryAfter, bytes, time, accepted, early, reset);
    }

    boolean isPerTask() {
        return perTask;
    }

    private void readKind(String name) {
        if (name.matches("[2-5]\\d\\d")) {
            status = Integer.parseInt(name);
            return;
        }
        switch (name) {
            case "answer-lost" -> {
                kind = Fault.Kind.CLOSE;
                accepted = true;
            }
            case "reset-after-read" -> {
                kind = Fault.Kind.CLOSE;
                reset = true;
            }
            case "redirect" -> {
                kind = Fault.Kind.REDIRECT;
                status = 302;
            }
            default -> {
                kind = kindNamed(name);
                accepted = kind == Fault.Kind.NO_ID || kind == Fault.Kind.TASK_ID_ONLY;
            }
        }
    }

    private Fault.Kind kindNamed(String name) {
        String constant = name.toUpperCase(Locale.ROOT).replace('-', '_');
        for (Fault.Kind each : Fault.Kind.values()) {
            if (each.name().equals(constant) && each != Fault.Kind.ANSWER) {
                return each;
            }
        }
        throw new IllegalArgumentException(
                "Fault '" + rule + "' is not understood: '" + name + "' is none of " + KINDS);
    }

    private void readArgument(String written, String argument) {
        switch (argument) {
            case "e1", "openai" -> shape = Fault.Shape.OPENAI;
            case "e2", "task" -> shape = Fault.Shape.TASK;
            case "html" -> shape = Fault.Shape.HTML;
            case "text" -> shape = Fault.Shape.TEXT;
            case "empty" -> shape = Fault.Shape.EMPTY;
            case "nothing" -> shape = Fault.Shape.NOTHING;
            case "accepted" -> accepted = true;
            case "early" -> early = true;
            case "reset" -> reset = true;
            case "hang" -> kind = kind == Fault.Kind.CLOSE ? Fault.Kind.HANG : kind;
            case "per-task" -> perTask = true;
            default -> readValue(written, argument);
        }
    }

    private void readValue(String written, String argument) {
        boolean inTime = kind == Fault.Kind.LATENCY || kind == Fault.Kind.TASK_NOT_EXIST;
        if (argument.startsWith("retry-after=")) {
            retryAfter = written.substring("retry-after=".length());
        } else if (argument.startsWith("code=")) {
            code = written.substring("code=".length());
        } else if (kind == Fault.Kind.REDIRECT && argument.matches("3\\d\\d")) {
            status = Integer.parseInt(argument);
        } else if (!inTime && argument.matches("\\d{1,12}[km]?")) {
            bytes = size(argument);
        } else if (Durations.isOne(argument)) {
            time = Durations.parse(argument);
        } else {
            throw new IllegalArgumentException(
                    "Fault '" + rule + "': '" + written + "' is not understood, allowed is " + ARGUMENTS);
        }
    }

    private static long size(String argument) {
        char unit = argument.charAt(argument.length() - 1);
        int shift = unit == 'k' ? 10 : unit == 'm' ? 20 : 0;
        return Long.parseLong(shift == 0 ? argument : argument.substring(0, argument.length() - 1)) << shift;
    }

    private static long usualBytes(Fault.Kind kind) {
        return switch (kind) {
            case OVERSIZED -> 8L << 20;
            case DRIP -> 16;
            case RESET_MID_READ, CUT, SHORT -> 1_000;
            default -> 0;
        };
    }

    private static Duration usualTime(Fault.Kind kind) {
        return switch (kind) {
            case DRIP -> Duration.ofMillis(100);
            case LATENCY -> Duration.ofSeconds(1);
            case TASK_NOT_EXIST -> Duration.ofDays(36_500);
            default -> Duration.ZERO;
        };
    }
}
