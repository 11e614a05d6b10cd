package ai.octopusx.video.wire;

/** How far an exchange came. In doubt, further. */
public enum Phase {
    NOT_CONNECTED,
    CONNECTED,
    PARTLY_SENT,
    FULLY_SENT,
    RESPONSE_STARTED;

    /** Whether a byte of the request may have left. */
    public boolean bytesOut() {
        return compareTo(CONNECTED) > 0;
    }
}
