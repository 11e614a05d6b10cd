package ai.octopusx.video.wire;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.ApiException.Answer;
import ai.octopusx.video.AuthenticationException;
import ai.octopusx.video.BadRequestException;
import ai.octopusx.video.GatewayException;
import ai.octopusx.video.PermissionDeniedException;
import ai.octopusx.video.QuotaExceededException;
import ai.octopusx.video.RateLimitedException;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.UpstreamRejectedException;
import ai.octopusx.video.VideoTaskError;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Which no it was, the type that stands for it, and what to tell a person: wire-protocol.md, section 7. */
enum Refusal {
    REDIRECT("redirected %s", "it was not followed: put the final address into the base URL", ApiException::new),
    KEY(
            "did not accept the key for %s",
            "the key is unknown, disabled, expired or used up: check it", AuthenticationException::new),
    PERMISSION(
            "does not allow this key %s",
            "its model, its group or this address is not permitted, or the account is locked: ask its owner",
            PermissionDeniedException::new),
    QUOTA(
            "wants more balance than there is for %s",
            "top up the account or raise the quota of the key", QuotaExceededException::new),
    UPSTREAM(
            "was itself refused by the vendor of the model at %s",
            "your key is not the cause: only the operator of the gateway can mend this",
            UpstreamRejectedException::new),
    RATE("has no room for %s now", "try again later", RateLimitedException::new),
    NO_TASK(
            "knows no task behind %s",
            "check the id, and that the key belongs to the account that submitted it", TaskNotFoundException::new),
    NO_ROUTE("has no such service at the address of %s", "check the base URL", ApiException::new),
    CONTENT(
            "let moderation refuse %s",
            "change the prompt or the image: the same will be refused again", BadRequestException::new),
    NOT_READY(
            "does not have %s to give",
            "the task has not completed yet, or it failed: read its status", BadRequestException::new),
    REQUEST("refused %s", "the same request will fail again: mend it", BadRequestException::new),
    NO_MODEL(
            "has no channel for the model of %s",
            "check the name of the model; if it is right, try again later", GatewayException::new),
    TROUBLE("or a proxy before it is in trouble with %s", "it may pass: try again later", GatewayException::new),
    OTHER("answered %s in an unforeseen way", "look at the status and the excerpt of the body", ApiException::new);

    private static final Set<String> QUOTA_CODES = Set.of("insufficient_user_quota", "pre_consume_token_quota_failed");

    /** Statuses that blame the request itself. */
    private static final Set<Integer> BAD_REQUESTS = Set.of(400, 411, 413, 414, 415, 417, 422, 431);

    private final String happened;
    private final String remedy;
    private final BiFunction<String, Answer, ApiException> type;

    Refusal(String happened, String remedy, BiFunction<String, Answer, ApiException> type) {
        this.happened = happened;
        this.remedy = remedy;
        this.type = type;
    }

    /** One row of the table after the other; the first that fits. Codes decide, and never the text of a message. */
    static Refusal of(
            Operation operation, int status, ErrorShape shape, @Nullable String code, @Nullable String upstreamCode) {
        if (status == 429) {
            return RATE;
        }
        if (status == 503 && shape == ErrorShape.OPENAI && "model_not_found".equals(code)) {
            return NO_MODEL;
        }
        if (status == 408 || status >= 500) {
            return TROUBLE;
        }
        if (status >= 300 && status < 400) {
            return REDIRECT;
        }
        boolean vendors = shape == ErrorShape.TASK && ErrorBody.FAIL_TO_FETCH_TASK.equals(code);
        if (vendors && (status == 401 || status == 403 || status == 404)) {
            return UPSTREAM; // the gateway's own account there, not the caller's key: section 7.3
        }
        if (code != null && QUOTA_CODES.contains(code)) {
            return QUOTA;
        }
        if ("task_not_exist".equals(code)) {
            return NO_TASK; // with 400: section 10, line 14
        }
        if (status == 401) {
            return KEY;
        }
        if (status == 403) {
            return PERMISSION;
        }
        if (status == 404) {
            return operation == Operation.SUBMIT ? NO_ROUTE : NO_TASK;
        }
        if (BAD_REQUESTS.contains(status)) {
            return badRequest(operation, status, isModeration(code) || isModeration(upstreamCode));
        }
        return OTHER;
    }

    /** A 400 of {@code /content} speaks of the task and not of the request: section 6.1. */
    private static Refusal badRequest(Operation operation, int status, boolean moderated) {
        if (moderated) {
            return CONTENT;
        }
        return operation == Operation.DOWNLOAD && status == 400 ? NOT_READY : REQUEST;
    }

    private static boolean isModeration(@Nullable String code) {
        return code != null && new VideoTaskError(code, "").isContentRejected();
    }

    String happened(String what) {
        return String.format(happened, what);
    }

    String remedy() {
        return remedy;
    }

    ApiException exception(String message, Answer answer) {
        return type.apply(message, answer);
    }
}
