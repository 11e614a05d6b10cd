package ai.octopusx.video.simulator;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job that the gateway took, and what became of it up to the moment of asking.
 *
 * @param key the label of the key: its account and its number there
 * @param fields the text fields of the form, in the order of their arrival
 * @param outcome as {@link Outcome#parse} writes it
 * @param price dollars charged
 * @param refunded whether they were given back
 * @param polls how often its status was asked for
 * @param endedAt when the upstream ended it; null while it has not
 * @param endVisibleAt from when on a poll could see the end; null while none can
 * @param endSeenAt when the first poll saw it; null while none did
 * @param endSeenAfter from {@code endVisibleAt} to {@code endSeenAt}, in the gateway's time; null while no poll saw it
 */
public record AcceptedJob(
        String id,
        String account,
        String key,
        Instant acceptedAt,
        Map<String, String> fields,
        List<ReceivedFile> files,
        String outcome,
        BigDecimal price,
        boolean refunded,
        long polls,
        @Nullable Instant endedAt,
        @Nullable Instant endVisibleAt,
        @Nullable Instant endSeenAt,
        @Nullable Duration endSeenAfter) {}
