package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * One playable MP4, made longer where asked by a {@code free} box behind the film, which players skip. Its filling
 * depends on the position, so that a wrongly put together file is a different file.
 */
final class Clip implements Payload {

    /** A prime, so that no power of two as an offset brings the same bytes again. */
    private static final int PATTERN = 65_521;

    private static final byte[] FILLING = filling();
    private static final int BOX_HEADER = 16;

    private final String name;
    private final byte[] film;
    private final long length;
    private final String etag;

    Clip(String name, byte[] film, long minimumLength) {
        this.name = name;
        this.film = minimumLength > film.length ? withFreeBox(film, minimumLength) : film;
        this.length = Math.max(this.film.length, minimumLength);
        this.etag = "\"" + Digests.sha256(film).substring(0, 24) + "-" + Long.toHexString(length) + "\"";
    }

    String name() {
        return name;
    }

    /** Strong: the same for the same bytes only. */
    String etag() {
        return etag;
    }

    @Override
    public long length() {
        return length;
    }

    @Override
    public ByteBuf piece(long offset, int size) {
        int wanted = (int) Math.min(size, length - offset);
        if (offset < film.length) {
            return Unpooled.wrappedBuffer(film, (int) offset, (int) Math.min(wanted, film.length - offset));
        }
        int at = (int) ((offset - film.length) % PATTERN);
        return Unpooled.wrappedBuffer(FILLING, at, Math.min(wanted, PATTERN - at));
    }

    /** The whole file, for comparisons. */
    byte[] bytes() {
        byte[] all = new byte[Math.toIntExact(length)];
        for (int at = 0; at < all.length; ) {
            ByteBuf piece = piece(at, all.length - at);
            int size = piece.readableBytes();
            piece.readBytes(all, at, size);
            at += size;
        }
        return all;
    }

    /** The film and the head of the box; its filling is made on the way out. A long size, since it may pass 4 GiB. */
    private static byte[] withFreeBox(byte[] film, long length) {
        long box = Math.max(BOX_HEADER, length - film.length);
        return ByteBuffer.allocate(film.length + BOX_HEADER)
                .put(film)
                .putInt(1)
                .put("free".getBytes(StandardCharsets.US_ASCII))
                .putLong(box)
                .array();
    }

    private static byte[] filling() {
        byte[] pattern = new byte[PATTERN];
        for (int i = 0; i < PATTERN; i++) {
            pattern[i] = (byte) (i * 31 + (i >> 8) * 17);
        }
        return pattern;
    }
}
