package ai.octopusx.video.simulator;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A form as a careful client writes it; bytes and all. */
final class Form {

    static final String MODEL = "doubao-seedance-1-5-pro_720p";

    private final String boundary;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Form(String boundary) {
        this.boundary = boundary;
    }

    static Form empty() {
        return new Form("boundary-of-a-test");
    }

    static Form empty(String boundary) {
        return new Form(boundary);
    }

    static Form of(String model, String prompt) {
        return empty().text("model", model).text("prompt", prompt);
    }

    /** A prompt with the usual model. */
    static Form of(String prompt) {
        return of(MODEL, prompt);
    }

    Form text(String name, String value) {
        return raw("Content-Disposition: form-data; name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    Form file(String name, String fileName, String type, byte[] content) {
        return raw(
                "Content-Disposition: form-data; name=\"" + name + "\"; filename=\"" + fileName + "\"\r\nContent-Type: "
                        + type,
                content);
    }

    Form raw(String headers, byte[] content) {
        write("--" + boundary + "\r\n" + headers + "\r\n\r\n");
        out.writeBytes(content);
        write("\r\n");
        return this;
    }

    String contentType() {
        return "multipart/form-data; boundary=" + boundary;
    }

    byte[] bytes() {
        byte[] parts = bytesWithoutEnd();
        byte[] end = ("--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8);
        byte[] all = Arrays.copyOf(parts, parts.length + end.length);
        System.arraycopy(end, 0, all, parts.length, end.length);
        return all;
    }

    byte[] bytesWithoutEnd() {
        return out.toByteArray();
    }

    private void write(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    /** The head of a png of the given sides, followed by {@code length} bytes of noise. */
    static byte[] png(int width, int height, int length) {
        byte[] head = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 0, 0, 0, 13, 'I', 'H', 'D', 'R'};
        byte[] png = new byte[Math.max(33, length)];
        new java.util.Random(width * 31L + height).nextBytes(png);
        System.arraycopy(head, 0, png, 0, head.length);
        java.nio.ByteBuffer.wrap(png).putInt(16, width).putInt(20, height);
        return png;
    }
}
