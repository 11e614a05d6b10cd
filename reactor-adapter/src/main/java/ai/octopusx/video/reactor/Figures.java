package ai.octopusx.video.reactor;

import java.time.Duration;

/** How much is under way in one client, and what waits, at the moment of asking. Each question is cheap. */
final class Figures {

    private final TaskTracker tracker;
    private final Permits submissions;
    private final Permits downloads;

    Figures(TaskTracker tracker, Permits submissions, Permits downloads) {
        this.tracker = tracker;
        this.submissions = submissions;
        this.downloads = downloads;
    }

    int jobsUnderWatch() {
        return tracker.watched();
    }

    int pollsInFlight() {
        return tracker.inFlight();
    }

    /** Polls that are due and have to wait for this. */
    int pollsWaiting(PollLimit limit) {
        return tracker.inLine(limit);
    }

    Duration longestWait() {
        return tracker.longestWait();
    }

    int slowedKeys() {
        return tracker.slowedKeys();
    }

    int submissionsInFlight() {
        return submissions.taken();
    }

    int submissionsWaiting() {
        return submissions.waiting();
    }

    int downloadsInFlight() {
        return downloads.taken();
    }

    int downloadsWaiting() {
        return downloads.waiting();
    }
}
