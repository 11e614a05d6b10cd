package ai.octopusx.video.service;

import ai.octopusx.video.ApiException;
import ai.octopusx.video.AuthenticationException;
import ai.octopusx.video.BadRequestException;
import ai.octopusx.video.DownloadException;
import ai.octopusx.video.InvalidVideoRequestException;
import ai.octopusx.video.OctopusXException;
import ai.octopusx.video.PermissionDeniedException;
import ai.octopusx.video.QuotaExceededException;
import ai.octopusx.video.RateLimitedException;
import ai.octopusx.video.SubmissionOutcomeUnknownException;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.TaskNotFoundException;
import ai.octopusx.video.TransportException;
import ai.octopusx.video.UpstreamRejectedException;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.codec.DecodingException;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.reactive.result.method.annotation.ResponseEntityExceptionHandler;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.ServerWebInputException;
import org.springframework.web.server.UnsupportedMediaTypeStatusException;
import org.springframework.web.util.DisconnectedClientHelper;
import reactor.core.publisher.Mono;

/**
 * What went wrong, as RFC 9457 asks for it. The member {@code submission} tells whether there may be a job all the same, and
 * {@code problems} what is wrong with each field. A trouble between this service and its gateway is not the browser's fault and
 * never reads as such; and a key or an account of ours is nobody else's business.
 */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
final class Problems extends ResponseEntityExceptionHandler {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);

    private final ServiceSettings settings;

    Problems(ServiceSettings settings) {
        this.settings = settings;
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> noSuchJob(NoSuchJobException e) {
        return answer(problem(HttpStatus.NOT_FOUND, "no-such-job", "No such job", "This service has no such job."));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> noVideo(NoVideoException e) {
        return e.isFinal()
                ? answer(problem(HttpStatus.GONE, "no-video", "No video", "This job ended without a video."))
                : answer(problem(HttpStatus.CONFLICT, "not-finished", "Not finished", "This job is not finished yet."));
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> notStored(NotStoredException e) {
        LOG.error("Storing it is tried until it works", e);
        ProblemDetail problem = problem(
                HttpStatus.INTERNAL_SERVER_ERROR,
                "taken",
                "Taken, and not stored yet",
                "The gateway took it as task " + e.taskId()
                        + ", and it may be charged. Do not send it again: this service goes"
                        + " on trying to store it, and then it is in the list.");
        problem.setProperty("submission", "TAKEN");
        problem.setProperty("taskId", e.taskId());
        return answer(problem);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> invalid(InvalidVideoRequestException e) {
        ProblemDetail problem = problem(
                HttpStatus.UNPROCESSABLE_CONTENT, "invalid-request", "The request cannot be sent", e.getMessage());
        problem.setProperty("problems", e.problems());
        return answer(verdict(problem, e));
    }

    @ExceptionHandler
    Mono<ResponseEntity<ProblemDetail>> gateway(OctopusXException e, ServerWebExchange exchange) {
        return inTime(exchange, e, () -> answerOfGateway(e));
    }

    private static ResponseEntity<ProblemDetail> answerOfGateway(OctopusXException e) {
        ProblemDetail problem = verdict(ofGateway(e), e);
        if (e.requestId() != null) {
            problem.setProperty("requestId", e.requestId());
        }
        LOG.warn("Answered {} ({}): {}", problem.getStatus(), problem.getType(), e.getMessage());
        Duration retryAfter = e instanceof ApiException api ? api.retryAfter() : null;
        HttpHeaders headers = new HttpHeaders();
        if (retryAfter != null) {
            headers.set(HttpHeaders.RETRY_AFTER, Long.toString(Math.max(1, retryAfter.toSeconds())));
        }
        return answer(problem, headers);
    }

    private static ProblemDetail ofGateway(OctopusXException e) {
        if (e instanceof SubmissionOutcomeUnknownException) {
            return problem(
                    HttpStatus.GATEWAY_TIMEOUT,
                    "outcome-unknown",
                    "Nobody knows whether the gateway took it",
                    "The request went out and no answer came back. A video may be in the making, and charged; it was not"
                            + " sent again. Look at the account before you do.");
        }
        if (e instanceof ApiException refused && refused.isContentRejected()) {
            return problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "content-rejected",
                    "Moderation said no",
                    "The prompt or an image was refused by moderation. Other words or another image may help.");
        }
        if (e instanceof BadRequestException) {
            return problem(
                    HttpStatus.UNPROCESSABLE_CONTENT,
                    "refused",
                    "The gateway refused it",
                    String.valueOf(e.getMessage()));
        }
        if (e instanceof TaskNotFoundException) {
            return problem(
                    HttpStatus.GONE,
                    "gone",
                    "The gateway does not have it",
                    "The gateway does not know this video any more.");
        }
        return ofService(e);
    }

    private static ProblemDetail ofService(OctopusXException e) {
        if (e instanceof AuthenticationException || e instanceof PermissionDeniedException) {
            return problem(
                    HttpStatus.BAD_GATEWAY,
                    "not-authorised",
                    "This service is not let in",
                    "The gateway does not accept the key of this service, or not for this. Its operator has to see to that.");
        }
        if (e instanceof QuotaExceededException) {
            return problem(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "no-balance",
                    "The account is empty",
                    "The balance of this service's account does not cover the video. Its operator has to see to that.");
        }
        if (e instanceof UpstreamRejectedException) {
            return problem(
                    HttpStatus.BAD_GATEWAY,
                    "gateway-not-authorised",
                    "The gateway is not let in",
                    "The vendor of the model does not accept the gateway's own account. The gateway's operator has to see to"
                            + " that.");
        }
        if (e instanceof RateLimitedException) {
            return problem(
                    HttpStatus.SERVICE_UNAVAILABLE,
                    "busy",
                    "The gateway is busy",
                    "The gateway takes no more for now. Try again in a moment.");
        }
        if (e instanceof DownloadException) {
            return problem(
                    HttpStatus.BAD_GATEWAY,
                    "no-content",
                    "The video could not be fetched",
                    "The video could not be fetched from the gateway. Try again; its link may also have expired.");
        }
        boolean unreachable = e instanceof TransportException;
        return problem(
                unreachable ? HttpStatus.SERVICE_UNAVAILABLE : HttpStatus.BAD_GATEWAY,
                unreachable ? "unreachable" : "gateway-trouble",
                unreachable ? "The gateway cannot be reached" : "The gateway is in trouble",
                unreachable
                        ? "The gateway cannot be reached at the moment. Try again later."
                        : "The gateway is in trouble at the moment. Try again later.");
    }

    /** Readers of forms wrap what went wrong; a part that is too large is the one thing worth telling apart. */
    @Override
    protected Mono<ResponseEntity<Object>> handleServerWebInputException(
            ServerWebInputException e, HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
        ProblemDetail problem = isTooLarge(e) ? tooLarge() : unreadable(HttpStatus.BAD_REQUEST);
        return createResponseEntity(problem, headers, HttpStatus.valueOf(problem.getStatus()), exchange);
    }

    @Override
    protected Mono<ResponseEntity<Object>> handleUnsupportedMediaTypeStatusException(
            UnsupportedMediaTypeStatusException e,
            HttpHeaders headers,
            HttpStatusCode status,
            ServerWebExchange exchange) {
        return createResponseEntity(unreadable(HttpStatus.UNSUPPORTED_MEDIA_TYPE), headers, status, exchange);
    }

    /** By which all problems come that Spring itself noticed. */
    @Override
    protected Mono<ResponseEntity<Object>> createResponseEntity(
            @Nullable Object body, @Nullable HttpHeaders headers, HttpStatusCode status, ServerWebExchange exchange) {
        HttpHeaders typed = new HttpHeaders();
        if (headers != null) {
            typed.putAll(headers);
        }
        typed.setContentType(MediaType.APPLICATION_PROBLEM_JSON);
        return super.createResponseEntity(body, typed, status, exchange);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> unreadable(DecodingException e) {
        return answer(isTooLarge(e) ? tooLarge() : unreadable(HttpStatus.BAD_REQUEST));
    }

    private static ProblemDetail unreadable(HttpStatus status) {
        return verdict(
                problem(status, "unreadable", "Unreadable", "This is no multipart form."), SubmissionVerdict.NOT_SENT);
    }

    @ExceptionHandler
    ResponseEntity<ProblemDetail> tooLarge(DataBufferLimitException e) {
        return answer(tooLarge());
    }

    private ProblemDetail tooLarge() {
        return verdict(
                problem(
                        HttpStatus.CONTENT_TOO_LARGE,
                        "too-large",
                        "Too large",
                        "A field or an image is too large. An image may have at most "
                                + settings.maxImageSize().toMegabytes() + " MB."),
                SubmissionVerdict.NOT_SENT);
    }

    private static boolean isTooLarge(Throwable e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DataBufferLimitException) {
                return true;
            }
        }
        return false;
    }

    /** What nobody thought of. The details are for the log, not for a stranger. */
    @ExceptionHandler
    Mono<ResponseEntity<ProblemDetail>> unexpected(Exception e, ServerWebExchange exchange) {
        return inTime(exchange, e, () -> {
            LOG.error(
                    "{} {}",
                    exchange.getRequest().getMethod(),
                    exchange.getRequest().getPath(),
                    e);
            return answer(
                    exchange.getRequest().getMethod() == HttpMethod.POST
                            ? internalToASubmission()
                            : internal("This is a mistake of the service."));
        });
    }

    /** How far it had come nobody has thought of either. */
    private static ProblemDetail internalToASubmission() {
        return verdict(
                internal(
                        "This is a mistake of the service. Look at the list before you send it again: it may have been taken."),
                SubmissionVerdict.UNKNOWN);
    }

    private static ProblemDetail internal(String detail) {
        return problem(HttpStatus.INTERNAL_SERVER_ERROR, "internal", "Something broke here", detail);
    }

    /** Once an answer has begun, or its browser has left, there is nothing more to say: the connection ends. */
    private static Mono<ResponseEntity<ProblemDetail>> inTime(
            ServerWebExchange exchange, Throwable e, Supplier<ResponseEntity<ProblemDetail>> answer) {
        return exchange.getResponse().isCommitted() || DisconnectedClientHelper.isClientDisconnectedException(e)
                ? Mono.error(e)
                : Mono.fromSupplier(answer);
    }

    private static ProblemDetail verdict(ProblemDetail problem, OctopusXException e) {
        SubmissionVerdict verdict = e.submission();
        return verdict == null ? problem : verdict(problem, verdict);
    }

    private static ProblemDetail verdict(ProblemDetail problem, SubmissionVerdict verdict) {
        problem.setProperty("submission", verdict.name());
        return problem;
    }

    private static ProblemDetail problem(HttpStatus status, String type, String title, @Nullable String detail) {
        ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, detail);
        problem.setType(URI.create("urn:octopusx-video:problem:" + type.toLowerCase(Locale.ROOT)));
        problem.setTitle(title);
        return problem;
    }

    private static ResponseEntity<ProblemDetail> answer(ProblemDetail problem) {
        return answer(problem, new HttpHeaders());
    }

    /** Said outright, for a browser that waits for events would be told it as one. */
    private static ResponseEntity<ProblemDetail> answer(ProblemDetail problem, HttpHeaders headers) {
        return ResponseEntity.status(problem.getStatus())
                .headers(headers)
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(problem);
    }
}
