package ai.octopusx.video.reactor;

import static ai.octopusx.video.reactor.Mp4s.box;
import static ai.octopusx.video.reactor.Mp4s.concat;
import static ai.octopusx.video.reactor.Mp4s.endlessBox;
import static ai.octopusx.video.reactor.Mp4s.longBox;
import static ai.octopusx.video.reactor.Mp4s.random;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class Mp4WalkTest {

    private static final byte[] FTYP = box("ftyp", random(16, 1));
    private static final byte[] MOOV = box("moov", random(40, 2));
    private static final byte[] MDAT = box("mdat", random(200, 3));

    static Stream<Arguments> files() {
        return Stream.of(
                Arguments.of("index first", concat(FTYP, MOOV, MDAT), true, false),
                Arguments.of("index last", concat(FTYP, MDAT, MOOV), true, false),
                Arguments.of("with fillers", concat(FTYP, box("free", random(5, 4)), MOOV, MDAT), true, false),
                Arguments.of("empty boxes", concat(FTYP, box("free", new byte[0]), MOOV, MDAT), true, false),
                Arguments.of("size in 64 bits", concat(FTYP, MOOV, longBox("mdat", random(99, 5))), true, false),
                Arguments.of("media to the end", concat(FTYP, MOOV, endlessBox("mdat", random(99, 6))), true, false),
                Arguments.of("fragments", concat(FTYP, MOOV, box("moof", random(9, 7)), MDAT, MDAT), true, false),
                Arguments.of("no index", concat(FTYP, MDAT), false, false),
                Arguments.of(
                        "media to the end, no index", concat(FTYP, endlessBox("mdat", random(9, 8))), false, false),
                Arguments.of("no media", concat(FTYP, MOOV), false, false),
                Arguments.of("a header begun at the end", concat(FTYP, MOOV, MDAT, new byte[] {0, 0, 0}), false, false),
                Arguments.of("nothing", new byte[0], false, false),
                Arguments.of("no ftyp at first", concat(MOOV, FTYP, MDAT), false, true),
                Arguments.of("an endless ftyp", concat(endlessBox("ftyp", random(9, 9)), MOOV, MDAT), false, true),
                Arguments.of("a box shorter than its header", concat(FTYP, sized("free", 7)), false, true),
                Arguments.of("a long box shorter than its header", concat(FTYP, sizedLong("free", 15)), false, true),
                Arguments.of(
                        "a size that would be negative", concat(FTYP, sizedLong("mdat", Long.MIN_VALUE)), false, true),
                Arguments.of("a page", "<html><body>busy</body></html>".getBytes(), false, true));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("files")
    void tellsWhetherAFileMayEndHere(String name, byte[] file, boolean whole, boolean broken) {
        Mp4Walk walk = new Mp4Walk();
        walk.feed(Unpooled.wrappedBuffer(file));

        assertThat(walk.isWhole()).isEqualTo(whole);
        assertThat(walk.isBroken()).isEqualTo(broken);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 15, 16, 17, 100})
    void doesNotCareHowTheBytesAreCutIntoPieces(int piece) {
        byte[] file = concat(FTYP, MOOV, longBox("mdat", random(300, 10)), box("free", random(3, 11)));
        Mp4Walk walk = new Mp4Walk();
        for (int at = 0; at < file.length; at += piece) {
            assertThat(walk.isWhole() && at < file.length - 11).isFalse();
            walk.feed(Unpooled.wrappedBuffer(file, at, Math.min(piece, file.length - at)));
        }
        assertThat(walk.isWhole()).isTrue();
    }

    @Test
    void noShorterBeginningOfAFileIsWholeUnlessABoxEndsThere() {
        byte[] file = concat(FTYP, MDAT, MOOV, box("free", random(20, 12)));
        int behindTheIndex = FTYP.length + MDAT.length + MOOV.length;
        for (int length = 0; length < file.length; length++) {
            Mp4Walk walk = new Mp4Walk();
            walk.feed(Unpooled.wrappedBuffer(file, 0, length));
            assertThat(walk.isWhole()).as("%d bytes", length).isEqualTo(length == behindTheIndex);
        }
    }

    @Test
    void aWalkThatSkipsSeesTheSameAsOneThatIsFedEverything() {
        byte[] file = concat(FTYP, MOOV, longBox("mdat", random(5_000, 13)), box("free", random(7, 14)));
        for (int length = 0; length <= file.length; length++) {
            Mp4Walk fed = new Mp4Walk();
            fed.feed(Unpooled.wrappedBuffer(file, 0, length));
            Mp4Walk skipping = new Mp4Walk();
            for (long at = 0; at < length; ) {
                long skipped = Math.min(skipping.skippable(), length - at);
                if (skipped > 0) {
                    skipping.skip(skipped);
                    at += skipped;
                } else {
                    skipping.feedHeader(file[(int) at++]);
                }
            }
            byte[] rest = Arrays.copyOfRange(file, length, file.length);
            fed.feed(Unpooled.wrappedBuffer(rest));
            skipping.feed(Unpooled.wrappedBuffer(rest));
            assertThat(fed.isWhole()).isTrue();
            assertThat(skipping.isWhole()).isTrue();
        }
    }

    private static byte[] sized(String type, int size) {
        byte[] box = box(type, random(30, 15));
        return ByteBuffer.wrap(box).putInt(0, size).array();
    }

    private static byte[] sizedLong(String type, long size) {
        byte[] box = longBox(type, random(30, 16));
        return ByteBuffer.wrap(box).putLong(8, size).array();
    }
}
