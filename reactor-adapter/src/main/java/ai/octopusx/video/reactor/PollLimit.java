package ai.octopusx.video.reactor;

/** What a poll that is due may have to wait for. Named as the setting of the builder that would have to change. */
enum PollLimit {
    MAX_CONCURRENT_POLLS("maxConcurrentPolls"),
    POLLS_PER_SECOND("pollsPerSecond");

    private final String setting;

    PollLimit(String setting) {
        this.setting = setting;
    }

    String setting() {
        return setting;
    }
}
