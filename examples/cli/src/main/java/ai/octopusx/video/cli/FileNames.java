package ai.octopusx.video.cli;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/** Makes file names of texts that someone else chose. */
final class FileNames {

    /** So that with an ending, and what a download puts behind it, no file system finds it too long. */
    private static final int LONGEST = 100;

    private static final Pattern FOREIGN = Pattern.compile("[^A-Za-z0-9._-]");

    /** Names that mean a device on one system, whatever ending follows. */
    private static final Pattern RESERVED = Pattern.compile("(?i)(con|prn|aux|nul|com\\d|lpt\\d)(\\..*)?");

    private FileNames() {}

    /**
     * The name of the file for a task: its id where that can be a name everywhere, else what is left of it, with a piece of
     * its hash so that two ids never meet in one name.
     */
    static String video(String taskId) {
        return safe(taskId) + ".mp4";
    }

    private static String safe(String id) {
        String name = FOREIGN.matcher(id).replaceAll("_");
        // A leading dot hides a file or climbs, a leading dash looks like an option, a trailing dot is dropped by one
        // system.
        name = name.replaceFirst("^[.-]+", "_").replaceFirst("\\.+$", "_");
        if (RESERVED.matcher(name).matches()) {
            name = "_" + name;
        }
        if (name.equals(id) && name.length() <= LONGEST) {
            return name;
        }
        return name.substring(0, Math.min(name.length(), LONGEST)) + "-" + hash(id).substring(0, 8);
    }

    /** SHA-256 in hexadecimal, lower case. */
    static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest).toLowerCase(Locale.ROOT);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }
}
