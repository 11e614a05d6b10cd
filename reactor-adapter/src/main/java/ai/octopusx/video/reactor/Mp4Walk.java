package ai.octopusx.video.reactor;

import io.netty.buffer.ByteBuf;

/**
 * Goes along the top-level boxes of an MP4 as its bytes come by, to tell where it may end. Holds one header at a time and
 * looks into no box. Not thread-safe.
 *
 * <p>The gateway's proxy may end a body cleanly although the file is short (wire-protocol.md, 6.1). Where nobody announced a
 * length, this is the proof that nothing is missing: {@code ftyp} comes first, every box is as long as it says, and both the
 * index ({@code moov}) and the media ({@code mdat}) were there.
 */
final class Mp4Walk {

    private static final int FTYP = fourcc("ftyp");
    private static final int MOOV = fourcc("moov");
    private static final int MDAT = fourcc("mdat");

    private static final int SHORT_HEADER = 8;
    private static final int LONG_HEADER = 16;

    private final byte[] header = new byte[LONG_HEADER];
    private int headerBytes;
    private int headerLength = SHORT_HEADER;
    private long left;
    private boolean endless;
    private boolean any;
    private boolean moov;
    private boolean mdat;
    private boolean broken;

    /** Goes on along these bytes; their reader index stays where it is. */
    void feed(ByteBuf bytes) {
        int at = bytes.readerIndex();
        int end = bytes.writerIndex();
        while (at < end && !broken && !endless) {
            if (left > 0) {
                int skipped = (int) Math.min(left, end - at);
                left -= skipped;
                at += skipped;
            } else {
                feedHeader(bytes.getByte(at++));
            }
        }
    }

    /** One byte of a header: to be called while {@link #skippable} is 0. */
    void feedHeader(byte next) {
        header[headerBytes++] = next;
        if (headerBytes == SHORT_HEADER && uint32(0) == 1) {
            headerLength = LONG_HEADER; // the true size follows, in 64 bits
        }
        if (headerBytes == headerLength) {
            enterBox();
            headerBytes = 0;
            headerLength = SHORT_HEADER;
        }
    }

    private void enterBox() {
        long size = headerLength == LONG_HEADER ? uint32(8) << 32 | uint32(12) : uint32(0);
        int type = (int) uint32(4);
        boolean first = !any;
        any = true;
        moov |= type == MOOV;
        mdat |= type == MDAT;
        if (size == 0) {
            endless = true; // to the end of the file; so it can be no ftyp, which others must follow
            broken = first;
        } else if (size < headerLength || (first && type != FTYP)) {
            broken = true; // a size with the highest of 64 bits is negative, and belongs here too
        } else {
            left = size - headerLength;
        }
    }

    /** Bytes that say nothing and may be passed over with {@link #skip}. */
    long skippable() {
        return endless || broken ? Long.MAX_VALUE : left;
    }

    void skip(long bytes) {
        if (!endless && !broken) {
            left -= bytes;
        }
    }

    /** Whether this is no MP4, or a damaged one: more bytes will not help. */
    boolean isBroken() {
        return broken;
    }

    /** Whether the file may end here. */
    boolean isWhole() {
        return !broken && moov && mdat && (endless || (left == 0 && headerBytes == 0));
    }

    private long uint32(int offset) {
        return (header[offset] & 0xffL) << 24
                | (header[offset + 1] & 0xffL) << 16
                | (header[offset + 2] & 0xffL) << 8
                | header[offset + 3] & 0xffL;
    }

    private static int fourcc(String type) {
        return type.charAt(0) << 24 | type.charAt(1) << 16 | type.charAt(2) << 8 | type.charAt(3);
    }
}
