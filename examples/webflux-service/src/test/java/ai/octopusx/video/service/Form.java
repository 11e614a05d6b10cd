package ai.octopusx.video.service;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;

/** A multipart form, written as browsers write it. */
final class Form {

    private static final String BOUNDARY = "----boundary-of-a-test";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    static Form empty() {
        return new Form();
    }

    static Form of(String prompt) {
        return empty().text("prompt", prompt);
    }

    Form text(String name, String value) {
        return part("name=\"" + name + "\"", value.getBytes(StandardCharsets.UTF_8));
    }

    Form picture(String name, byte[] content) {
        return part("name=\"" + name + "\"; filename=\"picture.png\"\r\nContent-Type: image/png", content);
    }

    /** A file field that was left empty. */
    Form noPicture(String name) {
        return part("name=\"" + name + "\"; filename=\"\"\r\nContent-Type: application/octet-stream", new byte[0]);
    }

    private Form part(String head, byte[] content) {
        write("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + head + "\r\n\r\n");
        out.writeBytes(content);
        write("\r\n");
        return this;
    }

    String contentType() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }

    BodyPublisher body() {
        String end = "--" + BOUNDARY + "--\r\n";
        return BodyPublishers.concat(BodyPublishers.ofByteArray(out.toByteArray()), BodyPublishers.ofString(end));
    }

    private void write(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
