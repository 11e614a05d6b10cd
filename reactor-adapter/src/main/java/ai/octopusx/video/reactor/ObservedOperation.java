package ai.octopusx.video.reactor;

/** What an exchange is for. */
enum ObservedOperation {
    SUBMIT("submit"),
    TRACK("track"),
    RETRIEVE("retrieve"),
    DOWNLOAD("download");

    private final String word;

    ObservedOperation(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
