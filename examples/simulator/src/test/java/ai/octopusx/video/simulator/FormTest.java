package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the form parser makes of good and bad forms: the observable behaviour of the gateway's own. */
class FormTest {

    private static final OctopusXSimulator SIMULATOR = OctopusXSimulator.start(SimulatorConfig.builder()
            .manualClock()
            .strict(false)
            .maxBodyBytes(3 << 20)
            .maxRunning(Integer.MAX_VALUE)
            .submissionsPerMinute(Integer.MAX_VALUE)
            .build());

    private final Http http = new Http(SIMULATOR);

    @AfterAll
    static void close() {
        SIMULATOR.close();
    }

    @Test
    void fieldsAndFilesArriveAsTheyWereSent() {
        byte[] first = Form.png(800, 600, 40_000);
        byte[] last = Form.png(600, 800, 7);
        String id = http.submitted(Form.of("a \"quoted\" prompt\r\n--boundary-of-a is not it\r\n")
                .text("size", "16:9")
                .text("extra", "")
                .file("first_frame_image", "first.png", "image/png", first)
                .file("last_frame_image", "last.png", "image/webp", last));

        AcceptedJob job = SIMULATOR.ledger().job(id).orElseThrow();
        assertThat(job.fields())
                .containsEntry("prompt", "a \"quoted\" prompt\r\n--boundary-of-a is not it\r\n")
                .containsEntry("size", "16:9")
                .containsEntry("extra", "");
        assertThat(job.files())
                .containsExactly(
                        new ReceivedFile(
                                "first_frame_image", "first.png", "image/png", first.length, Digests.sha256(first)),
                        new ReceivedFile(
                                "last_frame_image", "last.png", "image/webp", last.length, Digests.sha256(last)));
    }

    @Test
    void aFileNameMayBeChinese() {
        String id =
                http.submitted(Form.of("x").file("first_frame_image", "首帧 图.png", "image/png", Form.png(800, 600, 99)));

        assertThat(SIMULATOR.ledger().job(id).orElseThrow().files().get(0).fileName())
                .isEqualTo("首帧 图.png");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Disposition: form-data; name=\"first_frame_image\"\r\nContent-Type: image/png",
                "Content-Disposition: form-data; name=\"first_frame_image\"; filename=\"\"\r\nContent-Type: image/png"
            })
    void aFilePartWithoutAFileNameIsText(String headers) {
        String id = http.submitted(Form.of("x").raw(headers, "bytes".getBytes(StandardCharsets.UTF_8)));

        AcceptedJob job = SIMULATOR.ledger().job(id).orElseThrow();
        assertThat(job.files()).isEmpty();
        assertThat(job.fields()).containsEntry("first_frame_image", "bytes");
    }

    @Test
    void aTextFieldThatComesTwiceIsOfTheWrongType() {
        HttpResponse<String> response =
                http.submit(Form.of("x").text("seconds", "5").text("seconds", "5"));

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).startsWith("{\"code\":\"invalid_json\"").endsWith("\"data\":null}");
    }

    @Test
    void aFormWithoutItsClosingBoundaryIsRefusedAndNotTaken() {
        int before = SIMULATOR.ledger().acceptedCount();
        Form form = Form.of("x");

        HttpResponse<String> response = http.submit(form.contentType(), form.bytesWithoutEnd());

        assertInvalidRequest(response);
        assertThat(SIMULATOR.ledger().acceptedCount()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no boundary here",
                "--wrong\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nx\r\n--wrong--\r\n",
                "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
                "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nx",
                "--b\r\n\r\n"
            })
    void whatIsNoFormIsAnInvalidRequest(String body) {
        assertInvalidRequest(http.submit("multipart/form-data; boundary=b", body.getBytes(StandardCharsets.UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"multipart/form-data", "multipart/form-data; charset=utf-8"})
    void aFormWithoutABoundaryIsAnInvalidRequest(String contentType) {
        assertInvalidRequest(http.submit(contentType, Form.of("x").bytes()));
    }

    @Test
    void aBodyOverTheLimitIsAnInvalidRequestAndTheConnectionEnds() {
        try (Raw raw = new Raw(SIMULATOR.baseUrl())) {
            Form form = Form.of("x").file("first_frame_image", "a.png", "image/png", new byte[(3 << 20) + 5_000]);
            Raw.End end = raw.send(Raw.head(SIMULATOR, form)).send(form.bytes()).readToTheEnd();
            assertThat(end.head()).startsWith("HTTP/1.1 400").containsIgnoringCase("connection: close");
            assertThat(end.body()).contains("Invalid request: request body exceeds 3 MB");
        }
    }

    @Test
    void aCompressedFormIsUnpacked() throws Exception {
        Form form = Form.of("packed").file("first_frame_image", "a.png", "image/png", Form.png(800, 600, 50_000));
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(form.bytes());
        }

        HttpResponse<String> response = Http.text(http.request("/v1/videos")
                .header("Content-Type", form.contentType())
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()))
                .build());

        assertThat(response.statusCode()).isEqualTo(200);
        AcceptedJob job =
                SIMULATOR.ledger().job(Http.member(response.body(), "id")).orElseThrow();
        assertThat(job.fields()).containsEntry("prompt", "packed");
        assertThat(job.files()).singleElement().returns(50_000L, ReceivedFile::size);
    }

    @Test
    void aSmallBodyThatUnpacksToTooMuchIsRefused() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(Form.of("x")
                    .file("first_frame_image", "a.png", "image/png", new byte[16 << 20])
                    .bytes());
        }

        HttpResponse<String> response = Http.text(http.request("/v1/videos")
                .header("Content-Type", Form.of("x").contentType())
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(packed.toByteArray()))
                .build());

        assertThat(packed.size()).isLessThan(1 << 20);
        assertThat(response.body()).contains("request body exceeds 3 MB");
    }

    @Test
    void whatSaysGzipAndIsNotIsAnInvalidRequest() {
        HttpResponse<String> response = Http.text(http.request("/v1/videos")
                .header("Content-Type", Form.of("x").contentType())
                .header("Content-Encoding", "gzip")
                .POST(HttpRequest.BodyPublishers.ofByteArray(Form.of("x").bytes()))
                .build());

        assertInvalidRequest(response);
    }

    @Test
    void howABodyIsCutIntoPacketsChangesNothing() {
        Random dice = new Random(42);
        for (int round = 0; round < 30; round++) {
            byte[] image = new byte[dice.nextInt(20_000)];
            dice.nextBytes(image);
            // Line breaks and dashes where a parser looks for a boundary.
            for (int i = 0; i < 200 && i < image.length; i++) {
                image[dice.nextInt(image.length)] = "\r\n-b".getBytes(StandardCharsets.US_ASCII)[dice.nextInt(4)];
            }
            Form form = Form.empty("b" + round)
                    .text("model", Form.MODEL)
                    .file("first_frame_image", "a.png", "image/png", image)
                    .text("prompt", "round " + round);
            byte[] body = form.bytes();
            try (Raw raw = new Raw(SIMULATOR.baseUrl())) {
                raw.send(Raw.head(SIMULATOR, form));
                for (int at = 0; at < body.length; ) {
                    int size = Math.min(body.length - at, 1 + dice.nextInt(round % 3 == 0 ? 40 : 4_000));
                    raw.send(java.util.Arrays.copyOfRange(body, at, at + size));
                    at += size;
                }
                assertThat(raw.readUntil("\"created_at\"")).startsWith("HTTP/1.1 200");
            }
            AcceptedJob job =
                    SIMULATOR.ledger().accepted().get(SIMULATOR.ledger().acceptedCount() - 1);
            assertThat(job.fields()).containsEntry("prompt", "round " + round);
            assertThat(job.files()).singleElement().returns(Digests.sha256(image), ReceivedFile::sha256);
        }
    }

    @Test
    void aChunkedFormNeedsNoLength() {
        Form form = Form.of("chunked");
        byte[] body = form.bytes();
        try (Raw raw = new Raw(SIMULATOR.baseUrl())) {
            raw.send(Raw.head(SIMULATOR, form).replaceFirst("Content-Length: \\d+", "Transfer-Encoding: chunked"))
                    .send(Integer.toHexString(body.length) + "\r\n")
                    .send(body)
                    .send("\r\n0\r\n\r\n");
            assertThat(raw.readUntil("\"created_at\"")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void aClientThatAsksFirstIsToldToGoOn() {
        Form form = Form.of("asks first");
        try (Raw raw = new Raw(SIMULATOR.baseUrl())) {
            raw.send(Raw.head(SIMULATOR, form).replaceFirst("Host: x", "Host: x\r\nExpect: 100-continue"));
            assertThat(raw.readUntil("\r\n\r\n")).startsWith("HTTP/1.1 100 Continue");
            assertThat(raw.send(form.bytes()).readUntil("\"created_at\"")).startsWith("HTTP/1.1 200");
        }
    }

    @Test
    void jsonIsReadWhereAllFieldsAreText() {
        HttpResponse<String> good = http.submit(
                "application/json",
                ("{\"model\":\"" + Form.MODEL + "\",\"prompt\":\"x\",\"seconds\":\"5\",\"metadata\":{\"a\":[1]}}")
                        .getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> number = http.submit(
                "application/json",
                ("{\"model\":\"" + Form.MODEL + "\",\"prompt\":\"x\",\"seconds\":5}").getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> broken = http.submit("application/json", "{\"model\":".getBytes(StandardCharsets.UTF_8));

        assertThat(good.statusCode()).isEqualTo(200);
        assertThat(number.statusCode()).isEqualTo(400);
        assertThat(number.body()).startsWith("{\"code\":\"invalid_json\"");
        assertInvalidRequest(broken);
    }

    @Test
    void aFieldOfTheWrongTypeIsAnInvalidRequestInProfileB() {
        try (OctopusXSimulator other = OctopusXSimulator.start(
                SimulatorConfig.builder().profile(Profile.B).build())) {
            HttpResponse<String> repeated =
                    new Http(other).submit(Form.of("x").text("size", "5").text("size", "5"));
            HttpResponse<String> number = new Http(other)
                    .submit(
                            "application/json",
                            ("{\"model\":\"" + Form.MODEL + "\",\"prompt\":\"x\",\"seconds\":5}")
                                    .getBytes(StandardCharsets.UTF_8));

            assertThat(repeated.statusCode()).isEqualTo(400);
            assertThat(repeated.body())
                    .startsWith("{\"code\":\"invalid_request\"")
                    .endsWith("\"data\":null}");
            assertThat(number.statusCode()).isEqualTo(400);
            assertThat(number.body()).startsWith("{\"code\":\"invalid_request\"");
        }
    }

    @Test
    void aUrlEncodedFormIsRead() {
        HttpResponse<String> response = http.submit(
                "application/x-www-form-urlencoded",
                ("model=" + Form.MODEL + "&prompt=a+cat").getBytes(StandardCharsets.UTF_8));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(SIMULATOR
                        .ledger()
                        .job(Http.member(response.body(), "id"))
                        .orElseThrow()
                        .fields())
                .containsEntry("prompt", "a cat");
    }

    private static void assertInvalidRequest(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(response.body())
                .startsWith("{\"error\":{\"message\":\"Invalid request: ")
                .contains("(request id: " + Http.headers(response).get("X-Oneapi-Request-Id") + ")")
                .endsWith("\"type\":\"new_api_error\",\"code\":\"\"}}");
    }
}
