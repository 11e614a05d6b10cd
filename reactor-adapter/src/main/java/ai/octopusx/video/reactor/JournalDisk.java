package ai.octopusx.video.reactor;

import java.io.IOException;

/** What a journal asks of a disk. Used by one thread at a time. */
interface JournalDisk {

    /** Adds lines at the end. They are durable only after {@link #force}. */
    void append(byte[] lines) throws IOException;

    /** Completes once all that was appended would survive a power cut. */
    void force() throws IOException;

    /** Puts other lines in the place of all, durably and at one stroke: whoever looks sees either the old or the new. */
    void replace(Iterable<byte[]> lines) throws IOException;

    /** Takes back what was appended since the last {@link #force} that worked, as far as that can be done. */
    void cutBack();

    /** Whether lines can be appended; if not, only {@link #replace} helps. */
    boolean isWhole();

    void close() throws IOException;
}
