package ai.octopusx.video.reactor;

import ai.octopusx.video.reactor.DownloadHead.ContentRange;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What to make of an answer, and what to do after a failure. Pure functions: the one place that decides what is resumed,
 * started again, forgiven or given up.
 */
final class DownloadRules {

    /** In a row, without a byte that had not been there before. */
    static final int FRUITLESS_ATTEMPTS = 5;

    /** Beginnings at the first byte after some had arrived, in all. */
    static final int RESTARTS = 20;

    static final Duration FIRST_DELAY = Duration.ofMillis(500);
    static final Duration MAX_DELAY = Duration.ofSeconds(5);

    /** A server may ask for a longer pause, but not for a download that never ends. */
    static final Duration MAX_RETRY_AFTER = Duration.ofSeconds(60);

    private DownloadRules() {}

    /** Who was asked. */
    enum Source {
        /** A signed link of a storage that knows no key. */
        LINK,
        /** The gateway's {@code /content}. */
        GATEWAY
    }

    /**
     * What is known when an answer comes.
     *
     * @param position the next byte that is wanted, counted in the file
     * @param begun whether bytes have been handed on, so that they must fit what follows
     * @param total bytes of the whole file, null if nobody has said
     * @param sameSource whether the earlier bytes came from where this answer comes from
     * @param rewindable whether what was handed on can be taken back
     */
    record Known(
            long position,
            boolean begun,
            @Nullable Long total,
            DownloadValidator validator,
            boolean sameSource,
            boolean rewindable) {}

    /** What to make of an answer. */
    sealed interface Verdict {

        /**
         * The body is good.
         *
         * @param position of its first byte that is handed on
         * @param skip bytes before that one, which have been handed on already
         */
        record Take(long position, long skip) implements Verdict {}

        /** There are no more bytes than those that have arrived. */
        record Whole() implements Verdict {}

        /** Not usable as a continuation: ask for the whole next time. */
        record AskWhole(String why) implements Verdict {}

        /** The link is dead: ask the gateway. */
        record AskGateway() implements Verdict {}

        /** The gateway's own link is dead: read the status for a new one. */
        record FreshLink() implements Verdict {}

        /** A good answer with a body that is of no use, and will not be. */
        record Unfit(String why) implements Verdict {}

        /** A refusal that may pass. */
        record Later() implements Verdict {}

        /** A refusal that will not. */
        record Never() implements Verdict {}
    }

    /** The first rule that fits. */
    static Verdict judge(Known known, DownloadHead head, Source source, boolean refreshed) {
        return switch (head.status()) {
            case 200 -> judgeWhole(known, head);
            case 206 -> judgePart(known, head);
            case 416 -> judgeUnsatisfied(known, head);
            default -> judgeRefusal(head.status(), source, refreshed);
        };
    }

    private static Verdict judgeWhole(Known known, DownloadHead head) {
        if (head.coding() != null) {
            return coded(head);
        }
        if (!known.begun() || known.rewindable()) {
            return new Verdict.Take(0, 0);
        }
        boolean sameLength = known.total() != null && known.total().equals(head.length());
        return sameLength && known.validator().proves(head.validator())
                ? new Verdict.Take(known.position(), known.position())
                : new Verdict.Unfit("it has to start again, and nothing proves that the bytes are still the same");
    }

    /** Nobody asked for a coding, and what a player would make of it is not ours to guess. */
    private static Verdict coded(DownloadHead head) {
        return new Verdict.Unfit("the server coded it (Content-Encoding), which was not asked for");
    }

    private static Verdict judgePart(Known known, DownloadHead head) {
        ContentRange range = head.range();
        if (head.coding() != null) {
            return coded(head);
        }
        if (range == null || range.isUnsatisfied()) {
            return new Verdict.AskWhole("the part came without a sound Content-Range");
        }
        if (range.first() != known.position()) {
            return new Verdict.AskWhole(
                    "asked for byte " + known.position() + ", the part begins at byte " + range.first());
        }
        if (head.length() != null && head.length() != range.last() - range.first() + 1) {
            return new Verdict.AskWhole("Content-Length and Content-Range of the part differ");
        }
        if (!known.begun()) {
            return new Verdict.Take(known.position(), 0);
        }
        if (known.total() != null && range.total() != null && !known.total().equals(range.total())) {
            return new Verdict.AskWhole("the file had " + known.total() + " bytes and now has " + range.total());
        }
        if (known.total() != null && range.last() >= known.total()) {
            return new Verdict.AskWhole("the part ends behind the end of the file");
        }
        return belongsTogether(known, head, range)
                ? new Verdict.Take(known.position(), 0)
                : new Verdict.AskWhole("nothing proves that the part belongs to what has arrived");
    }

    /** A server that answered If-Range with a part has vouched for it; another server has to show more. */
    private static boolean belongsTogether(Known known, DownloadHead head, ContentRange range) {
        if (known.validator().contradicts(head.validator())) {
            return false;
        }
        boolean sameTotal = known.total() != null && known.total().equals(range.total());
        return known.sameSource() || sameTotal || known.validator().proves(head.validator());
    }

    /** Asked for what follows the last byte, a server that knows the length says so in this way. */
    private static Verdict judgeUnsatisfied(Known known, DownloadHead head) {
        ContentRange range = head.range();
        if (!known.begun()) {
            return new Verdict.Unfit("the range begins behind the end of the video"
                    + (range == null || range.total() == null ? "" : ", which has " + range.total() + " bytes"));
        }
        boolean atTheEnd = range != null
                && range.isUnsatisfied()
                && Long.valueOf(known.position()).equals(range.total())
                && (known.total() == null ? known.sameSource() : known.total().equals(range.total()));
        return atTheEnd ? new Verdict.Whole() : new Verdict.AskWhole("the server has no byte " + known.position());
    }

    private static Verdict judgeRefusal(int status, Source source, boolean refreshed) {
        if (status == 408 || status == 425 || status == 429) {
            return new Verdict.Later();
        }
        if (source == Source.LINK && status >= 300 && status < 500) {
            return new Verdict.AskGateway(); // 403, 404 and 410 by the book; storages also say 400 and 401
        }
        if (source == Source.GATEWAY && status == 502 && !refreshed) {
            return new Verdict.FreshLink(); // wire-protocol.md, 6.1: what an expired link looks like from outside
        }
        return status >= 500 && status != 501 ? new Verdict.Later() : new Verdict.Never();
    }

    /**
     * How long to wait before the next attempt; null if there is none.
     *
     * @param fruitless attempts in a row that brought nothing new, the last one included; 0 if it did bring something
     * @param restarts beginnings at the first byte so far
     * @param asked for by the server, null if it did not
     * @param left until the download has to be over
     */
    static @Nullable Duration delay(int fruitless, int restarts, @Nullable Duration asked, Duration left) {
        if (fruitless >= FRUITLESS_ATTEMPTS || restarts > RESTARTS) {
            return null;
        }
        Duration backoff = FIRST_DELAY.multipliedBy(1L << Math.max(0, fruitless - 1));
        Duration capped = backoff.compareTo(MAX_DELAY) > 0 ? MAX_DELAY : backoff;
        Duration wish = asked == null || asked.compareTo(MAX_RETRY_AFTER) < 0 ? asked : MAX_RETRY_AFTER;
        Duration delay = wish != null && wish.compareTo(capped) > 0 ? wish : capped;
        return delay.compareTo(left) < 0 ? delay : null;
    }

    /**
     * Whether a body that begins like this is a text, and so an error page. An MP4 begins with the length of a small box,
     * that is with a zero; no container of videos begins like a text.
     */
    static boolean looksLikeText(byte first, DownloadHead head) {
        return switch (first) {
            case '<', '{', '[', ' ', '\t', '\r', '\n', (byte) 0xef -> true;
            default -> first != 0 && head.saysText();
        };
    }
}
