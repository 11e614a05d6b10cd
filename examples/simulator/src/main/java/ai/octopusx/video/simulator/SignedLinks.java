package ai.octopusx.video.simulator;

import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Links to finished videos on the files origin, good until they expire, and only as they were made. */
final class SignedLinks {

    private static final int RADIX = 36;

    private final String origin;
    private final GatewayClock clock;
    private final boolean fresh;
    private final long life;
    private final Mac mac;

    SignedLinks(String origin, GatewayClock clock, SimulatorConfig config) {
        this.origin = origin;
        this.clock = clock;
        this.fresh = config.freshLinks;
        this.life = config.linkLife.toNanos();
        byte[] secret = new byte[32];
        ThreadLocalRandom.current().nextBytes(secret);
        try {
            this.mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Each Java platform has HmacSHA256", e);
        }
    }

    /** Which link of a job is shown at a moment: the first, or where links are renewed, the one not yet expired. */
    long generation(Job job, long now) {
        return fresh && life > 0 ? Math.max(0, (now - job.ended) / life) : 0;
    }

    /** When that link stops working, in the gateway's time. */
    long expiry(Job job, long generation) {
        return job.ended + (generation + 1) * life;
    }

    String link(Job job, long generation) {
        long expiry = expiry(job, generation);
        return origin + path(job) + "?Expires=" + clock.wall(expiry).getEpochSecond() + "&Id="
                + Long.toString(expiry, RADIX) + "&Signature=" + signature(job.id, expiry);
    }

    /** What the storage thinks of a request. */
    enum Verdict {
        GOOD,
        EXPIRED,
        FORGED
    }

    Verdict judge(Job job, String expiryText, String signature, long now) {
        long expiry;
        try {
            expiry = Long.parseLong(expiryText, RADIX);
        } catch (NumberFormatException e) {
            return Verdict.FORGED;
        }
        if (!signature(job.id, expiry).equals(signature)) {
            return Verdict.FORGED;
        }
        return now < expiry ? Verdict.GOOD : Verdict.EXPIRED;
    }

    private static String path(Job job) {
        return "/v/" + job.id + ".mp4";
    }

    private String signature(String id, long expiry) {
        try {
            Mac own = (Mac) mac.clone();
            byte[] sum = own.doFinal((id + " " + expiry).getBytes(java.nio.charset.StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }
}
