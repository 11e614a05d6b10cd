package ai.octopusx.video.reactor;

import ai.octopusx.video.VideoTask;
import ai.octopusx.video.reactor.DownloadRules.Source;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whom one download asks: the first usable link of the task, and the gateway when there is none or when it is dead. Its calls
 * come one after the other.
 */
final class DownloadSources {

    private final DownloadExchange exchange;
    private final DownloadLink content;
    private final Set<DownloadLink> dead = new HashSet<>();
    private @Nullable DownloadLink link;
    private boolean refreshed;

    DownloadSources(DownloadExchange exchange, VideoTask task) {
        this.exchange = exchange;
        this.content = exchange.contentOf(task.id());
        this.link = alive(task);
    }

    /** wire-protocol.md, section 10, line 12. */
    private @Nullable DownloadLink alive(VideoTask task) {
        Map<String, ?> more = task.additionalProperties();
        return Stream.of(task.videoUrl(), urlIn(more.get("metadata")), urlIn(more.get("output")), more.get("url"))
                .map(place -> place instanceof String text ? exchange.usable(text) : null)
                .filter(Objects::nonNull)
                .filter(usable -> !dead.contains(usable))
                .findFirst()
                .orElse(null);
    }

    private static @Nullable Object urlIn(@Nullable Object object) {
        return object instanceof Map<?, ?> map ? map.get("url") : null;
    }

    DownloadLink address() {
        return link == null ? content : link;
    }

    Source kind() {
        return link == null ? Source.GATEWAY : Source.LINK;
    }

    boolean isGateway() {
        return link == null;
    }

    /** Whether the status has been read for a fresh link already, which is done once. */
    boolean isRefreshed() {
        return refreshed;
    }

    /** From now on the gateway is asked. */
    void leaveLink() {
        if (link != null) {
            dead.add(link);
            link = null;
        }
    }

    /** @return whether the status brought a link that has not failed yet */
    boolean refresh(VideoTask task) {
        refreshed = true;
        link = alive(task);
        return link != null;
    }

    void refreshFailed() {
        refreshed = true;
    }
}
