package ai.octopusx.video.reactor.boot;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Says in two sentences what Spring would say in two hundred lines. */
final class VideoPropertyFailureAnalyzer extends AbstractFailureAnalyzer<VideoPropertyException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, VideoPropertyException cause) {
        return new FailureAnalysis(
                "No VideoClient could be made. " + cause.getMessage() + ".", action(cause), rootFailure);
    }

    private static String action(VideoPropertyException cause) {
        return cause.property().equals(BuilderProperties.API_KEY)
                ? "Set " + BuilderProperties.API_KEY
                        + " to the key of your account, for example by the environment variable"
                        + " OCTOPUSX_VIDEO_APIKEY; or give one in a VideoClientCustomizer bean; or define a VideoClient"
                        + " bean of your own."
                : "Change " + cause.property() + ", or leave it out.";
    }
}
