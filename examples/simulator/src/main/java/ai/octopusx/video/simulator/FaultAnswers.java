package ai.octopusx.video.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** What is said instead of the truth: each status in each shape. */
final class FaultAnswers {

    private FaultAnswers() {}

    static Answer of(Fault fault, Endpoint endpoint, String requestId) {
        Answer answer = shaped(fault, endpoint, requestId);
        String retryAfter = fault.retryAfter();
        return retryAfter == null ? answer : answer.with("Retry-After", retryAfter(retryAfter));
    }

    private static Answer shaped(Fault fault, Endpoint endpoint, String requestId) {
        int status = fault.status();
        return switch (fault.shape() == Fault.Shape.BY_STATUS ? usualShape(status, endpoint) : fault.shape()) {
            case OPENAI -> openAi(fault, endpoint, requestId);
            case TASK -> Answer.taskError(status, code(fault, taskCode(status, endpoint)), taskMessage(status));
            case HTML -> html(status);
            case TEXT ->
                Answer.text(status, "text/plain; charset=utf-8", "upstream connect error or disconnect: " + status);
            case EMPTY -> Answer.empty(status);
            case NOTHING ->
                Answer.json(
                        status,
                        Answer.JSON_UTF8,
                        new Json()
                                .open()
                                .text("code", "success")
                                .text("data", null)
                                .close());
            case BY_STATUS -> throw new IllegalStateException("decided above");
        };
    }

    /** Who usually says it: the gateway's task code, its front, the storage. */
    private static Fault.Shape usualShape(int status, Endpoint endpoint) {
        if (endpoint == Endpoint.FILES) {
            return Fault.Shape.TEXT;
        }
        if (status == 413 || status == 408 || status == 502 && endpoint != Endpoint.CONTENT || status > 503) {
            return Fault.Shape.HTML;
        }
        boolean byRouting = status == 401 || status == 503 || endpoint == Endpoint.CONTENT;
        return byRouting ? Fault.Shape.OPENAI : Fault.Shape.TASK;
    }

    private static Answer openAi(Fault fault, Endpoint endpoint, String requestId) {
        int status = fault.status();
        if (endpoint == Endpoint.CONTENT
                && status != 401
                && status != 403
                && status != 429
                && fault.code().isEmpty()) {
            return switch (status) {
                case 404 -> Answer.openAiError(404, "invalid_request_error", null, "Task not found");
                case 500 -> Answer.openAiError(500, "server_error", null, "Failed to query task");
                default -> Answer.openAiError(status, "server_error", null, "Upstream service returned status 403");
            };
        }
        String usual = status == 503 && endpoint == Endpoint.SUBMIT ? "model_not_found" : "";
        String message =
                switch (status) {
                    case 401 -> "Invalid token";
                    case 403 -> "User has been banned";
                    case 429 -> "Too many requests";
                    case 503 -> "No available channel for the model (distributor)";
                    default -> "The gateway could not serve this request";
                };
        return Answer.gatewayError(status, code(fault, usual), message, requestId);
    }

    private static String code(Fault fault, String usual) {
        return fault.code().isEmpty() ? usual : fault.code();
    }

    private static String taskCode(int status, Endpoint endpoint) {
        if (endpoint == Endpoint.STATUS) {
            return status == 400 ? "task_not_exist" : status == 429 ? "fail_to_fetch_task" : "get_task_failed";
        }
        return status == 500 ? "do_request_failed" : "fail_to_fetch_task";
    }

    private static String taskMessage(int status) {
        return switch (status) {
            case 429 -> Answer.SATURATED;
            case 500 -> "do request failed: upstream error: do request failed";
            default -> "{\"error\":{\"code\":\"InternalServiceError\",\"message\":\"try again\"}}";
        };
    }

    private static Answer html(int status) {
        return Answer.text(
                status,
                "text/html",
                "<html>\r\n<head><title>" + status + "</title></head>\r\n<body>\r\n<center><h1>" + status
                        + "</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n");
    }

    /** A number of seconds as it is; {@code date+5} becomes the HTTP date in five seconds; anything else as it stands. */
    private static String retryAfter(String text) {
        if (!text.startsWith("date+")) {
            return text;
        }
        Instant then = Instant.now().plusSeconds(Long.parseLong(text.substring("date+".length())));
        return DateTimeFormatter.RFC_1123_DATE_TIME.format(then.atOffset(ZoneOffset.UTC));
    }
}
