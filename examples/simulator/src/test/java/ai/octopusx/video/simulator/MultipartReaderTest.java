package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A form is the same form however the network cut it. */
class MultipartReaderTest {

    private static final Form FORM =
            Form.of("x").text("seconds", "5").file("first_frame_image", "a.png", "image/png", Form.png(8, 8, 40));

    @Test
    void aFormMayBeCutAnywhere() throws MalformedFormException {
        byte[] bytes = FORM.bytes();
        // The piece in the middle is as short as what it may tear apart: a line break, and what stands around it.
        String whole = text(read(bytes));
        for (int first = 0; first < bytes.length; first++) {
            for (int second = first; second < Math.min(first + 5, bytes.length); second++) {
                assertThat(text(read(bytes, first, second)))
                        .as("cut at %s and %s of %s", first, second, bytes.length)
                        .isEqualTo(whole);
            }
        }
    }

    @Test
    void aFormMayArriveByteByByte() throws MalformedFormException {
        byte[] bytes = FORM.bytes();
        assertThat(text(read(bytes, IntStream.range(1, bytes.length).toArray())))
                .isEqualTo(text(read(bytes)));
    }

    @Test
    void linesOfAValueAreKept() throws MalformedFormException {
        byte[] bytes = Form.of("\r\r\none\r\r\ntwo\r").bytes();
        for (int cut = 0; cut < bytes.length; cut++) {
            assertThat(read(bytes, cut).fields()).as("cut at %s", cut).containsEntry("prompt", "\r\r\none\r\r\ntwo\r");
        }
    }

    /** Line breaks shown, so that a stray one in a value is seen in the report. */
    private static String text(SubmittedForm form) {
        return form.toString().replace("\r", "<CR>").replace("\n", "<LF>");
    }

    private static SubmittedForm read(byte[] bytes, int... cuts) throws MalformedFormException {
        FormReader reader = FormReader.of(FORM.contentType());
        try {
            int from = 0;
            for (int cut : cuts) {
                offer(reader, bytes, from, cut);
                from = cut;
            }
            offer(reader, bytes, from, bytes.length);
            return reader.end();
        } finally {
            reader.close();
        }
    }

    private static void offer(FormReader reader, byte[] bytes, int from, int to) throws MalformedFormException {
        if (from < to) {
            ByteBuf piece = Unpooled.wrappedBuffer(bytes, from, to - from);
            reader.offer(piece);
            piece.release();
        }
    }
}
