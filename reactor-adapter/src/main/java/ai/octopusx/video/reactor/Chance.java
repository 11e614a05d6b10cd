package ai.octopusx.video.reactor;

import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Names that nobody can guess. Seeded when it is made, and never again: the usual sources read a file of the system for each
 * name, and that on an event loop. Thread-safe.
 */
final class Chance {

    private final SecureRandom random = seeded();

    private static SecureRandom seeded() {
        SecureRandom random;
        try {
            random = SecureRandom.getInstance("DRBG");
        } catch (NoSuchAlgorithmException e) {
            random = new SecureRandom();
        }
        random.nextBytes(new byte[1]);
        return random;
    }

    /** 128 bits as 32 hexadecimal digits. */
    String name() {
        byte[] bytes = new byte[16];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
