package ai.octopusx.video.cli;

import ai.octopusx.video.DoubaoVideoRequest;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One job of a batch, checked.
 *
 * @param number of the line, from 1
 * @param hash of the line's text
 * @param request with {@link #reference} as its reference
 * @param output where the video shall lie; null for a name made of the task's id
 */
record BatchLine(
        int number,
        String hash,
        DoubaoVideoRequest request,
        @Nullable Path output) {

    /** How the ledger names a line: number and hash, so that two equal lines are two jobs. */
    static String reference(int number, String hash) {
        return number + ":" + hash;
    }

    String reference() {
        return reference(number, hash);
    }
}
