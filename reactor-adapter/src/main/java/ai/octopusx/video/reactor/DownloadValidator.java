package ai.octopusx.video.reactor;

import org.jspecify.annotations.Nullable;

/**
 * By what a server lets one recognise the very same bytes later.
 *
 * @param etag a strong one, quoted; null if there was none, or only a weak one
 * @param lastModified as it stood in the header
 */
record DownloadValidator(@Nullable String etag, @Nullable String lastModified) {

    static final DownloadValidator NONE = new DownloadValidator(null, null);

    /** Only what can go out again as a header is kept, and a weak tag does not speak of bytes at all. */
    static DownloadValidator of(@Nullable String etag, @Nullable String lastModified) {
        return new DownloadValidator(
                etag != null && etag.length() > 2 && etag.startsWith("\"") && etag.endsWith("\"") && isPlain(etag)
                        ? etag
                        : null,
                lastModified != null && !lastModified.isBlank() && isPlain(lastModified) ? lastModified : null);
    }

    private static boolean isPlain(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }

    /** For {@code If-Range}; null if there is nothing to go by. */
    @Nullable
    String ifRange() {
        return etag != null ? etag : lastModified;
    }

    /** Whether both speak of the same bytes for sure. */
    boolean proves(DownloadValidator other) {
        if (etag != null && other.etag != null) {
            return etag.equals(other.etag);
        }
        return etag == null && other.etag == null && lastModified != null && lastModified.equals(other.lastModified);
    }

    /** Whether both speak of different bytes for sure. */
    boolean contradicts(DownloadValidator other) {
        if (etag != null && other.etag != null) {
            return !etag.equals(other.etag);
        }
        return lastModified != null && other.lastModified != null && !lastModified.equals(other.lastModified);
    }

    /** With what the other one knows better. */
    DownloadValidator or(DownloadValidator other) {
        return ifRange() == null ? other : this;
    }
}
