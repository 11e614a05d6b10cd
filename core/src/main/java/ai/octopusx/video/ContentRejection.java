package ai.octopusx.video;

import org.jspecify.annotations.Nullable;

/** Which upstream codes mean that moderation said no. Suffixes are open-ended, so fragments decide. */
final class ContentRejection {

    private ContentRejection() {}

    /** wire-protocol.md, section 7.4. */
    static boolean isCode(@Nullable String code) {
        return code != null
                && (code.contains("SensitiveContent")
                        || code.contains("RiskDetection")
                        || code.contains("ContentSecurityDetection"));
    }
}
