package ai.octopusx.video.service;

import java.util.UUID;
import java.util.regex.Pattern;

/** The names of jobs: made here, and the only ones that are looked for. Whatever else a browser sends names nothing. */
final class JobIds {

    private static final Pattern FORM = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");

    private JobIds() {}

    static String next() {
        return UUID.randomUUID().toString();
    }

    static boolean isOne(String text) {
        return FORM.matcher(text).matches();
    }
}
