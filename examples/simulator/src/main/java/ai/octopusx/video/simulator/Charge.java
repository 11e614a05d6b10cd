package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.time.Instant;

/**
 * Money taken for a job, or given back.
 *
 * @param amount dollars, positive both ways
 */
public record Charge(String taskId, String account, BigDecimal amount, Instant at) {}
