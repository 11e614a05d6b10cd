package ai.octopusx.video.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;

/** Ids as the gateway makes them: the second, nine digits, and sixteen characters of chance. */
final class RequestIds {

    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("yyyyMMddHHmmss").withZone(ZoneOffset.UTC);
    private static final char[] ALPHABET =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".toCharArray();

    private record Prefix(long second, String text) {}

    private volatile Prefix prefix = new Prefix(0, "19700101000000");

    String next() {
        long millis = System.currentTimeMillis();
        ThreadLocalRandom dice = ThreadLocalRandom.current();
        char[] id = new char[39];
        prefix(millis / 1000).getChars(0, 14, id, 0);
        long fraction = millis % 1000 * 1_000_000 + dice.nextInt(1_000_000);
        for (int i = 22; i >= 14; i--) {
            id[i] = (char) ('0' + fraction % 10);
            fraction /= 10;
        }
        for (int i = 23; i < id.length; i++) {
            id[i] = ALPHABET[dice.nextInt(i < 31 ? 16 : ALPHABET.length)];
        }
        return new String(id);
    }

    /** {@code length} letters and digits. */
    static String random(SplittableRandom dice, int length) {
        char[] text = new char[length];
        for (int i = 0; i < length; i++) {
            text[i] = ALPHABET[dice.nextInt(ALPHABET.length)];
        }
        return new String(text);
    }

    private String prefix(long second) {
        Prefix known = prefix;
        if (known.second() != second) {
            known = new Prefix(second, SECOND.format(Instant.ofEpochSecond(second)));
            prefix = known;
        }
        return known.text();
    }
}
