package ai.octopusx.video.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The two ways to a finished video: through the gateway, and by its signed link. */
class DownloadTest {

    private OctopusXSimulator simulator = OctopusXSimulator.start(manual().build());
    private Http http = new Http(simulator);
    private String id = "";

    private static SimulatorConfig.Builder manual() {
        return SimulatorConfig.builder().manualClock().life(Duration.ofSeconds(15));
    }

    private void restart(SimulatorConfig config) {
        simulator.close();
        simulator = OctopusXSimulator.start(config);
        http = new Http(simulator);
    }

    /** Submits, and lets it end; the link to its file. */
    private String finished() {
        id = http.submitted(Form.of("x"));
        simulator.advance(Duration.ofSeconds(15));
        return Http.member(http.status(id).body(), "video_url");
    }

    @AfterEach
    void close() {
        simulator.close();
    }

    // Through the gateway

    @Test
    void contentIsRefusedUntilTheGatewayKnowsOfTheEnd() {
        id = http.submitted(Form.of("x"));

        assertThat(http.content(id).statusCode()).isEqualTo(400);
        assertThat(text(http.content(id)))
                .isEqualTo("{\"error\":{\"message\":\"Task is not completed yet, current status: SUBMITTED\","
                        + "\"type\":\"invalid_request_error\"}}");
        simulator.advance(Duration.ofSeconds(15));
        assertThat(http.content(id).statusCode()).isEqualTo(200);
    }

    @Test
    void contentOfAFailedJobAndOfAnUnknownOne() {
        restart(manual().outcomes(Outcome.failed("x", "y")).build());
        id = http.submitted(Form.of("x"));
        simulator.advance(Duration.ofSeconds(15));

        assertThat(text(http.content(id))).contains("current status: FAILURE");
        assertThat(http.content("video_unknown").statusCode()).isEqualTo(404);
        assertThat(text(http.content("video_unknown")))
                .isEqualTo("{\"error\":{\"message\":\"Task not found\",\"type\":\"invalid_request_error\"}}");
    }

    @Test
    void contentOfAnExpiredResultIsABadGateway() {
        finished();
        simulator.advance(Duration.ofHours(24));

        assertThat(http.content(id).statusCode()).isEqualTo(502);
        assertThat(text(http.content(id)))
                .isEqualTo(
                        "{\"error\":{\"message\":\"Upstream service returned status 403\",\"type\":\"server_error\"}}");
    }

    @Test
    void contentIgnoresRangesAlthoughItsHeadersPromiseThem() {
        finished();
        HttpResponse<byte[]> response = http.content(id, "Range", "bytes=10-19");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(Http.headers(response))
                .containsEntry("Accept-Ranges", "bytes")
                .containsEntry("Cache-Control", "public, max-age=86400")
                .containsKeys("ETag", "X-Oneapi-Request-Id")
                .doesNotContainKey("Content-Range");
        assertThat(response.body()).hasSizeGreaterThan(20_000);
    }

    @Test
    void contentHonoursRangesWhereItIsToldTo() {
        restart(manual().contentHonoursRange(true).build());
        finished();
        byte[] whole = http.content(id).body();
        HttpResponse<byte[]> part = http.content(id, "Range", "bytes=10-19");

        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, 10, 20));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=25920-", "bytes=99999-100000"})
    void aRangeOfContentBehindTheEndIsABadGatewayInItsOwnShape(String range) {
        restart(manual().contentHonoursRange(true).build());
        finished();
        HttpResponse<byte[]> response = http.content(id, "Range", range);

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(text(response))
                .isEqualTo(
                        "{\"error\":{\"message\":\"Upstream service returned status 416\",\"type\":\"server_error\"}}");
    }

    @Test
    void contentWithoutALinkComesFromTheUpstreamInProfileAAndFromNowhereInProfileB() {
        restart(manual().outcomes(Outcome.completedWithoutUrl()).build());
        id = http.submitted(Form.of("x"));
        simulator.advance(Duration.ofSeconds(15));
        assertThat(http.content(id).statusCode()).isEqualTo(200);

        restart(manual().profile(Profile.B)
                .outcomes(Outcome.completedWithoutUrl())
                .build());
        id = http.submitted(Form.of("x"));
        simulator.advance(Duration.ofSeconds(15));
        assertThat(http.content(id).statusCode()).isEqualTo(502);
        assertThat(text(http.content(id)))
                .isEqualTo("{\"error\":{\"message\":\"Failed to fetch video content\",\"type\":\"server_error\"}}");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void contentIsCutAfterAMinute(boolean lengthKnown) {
        // Longer than all buffers between here and there, so that it cannot be through before the minute is over.
        restart(manual().minimumClipBytes(256 << 20).build());
        finished();
        if (!lengthKnown) {
            simulator.inject("content:no-length");
        }
        try (Raw raw = new Raw(simulator.baseUrl())) {
            String head = raw.get(simulator, "/v1/videos/" + id + "/content").readUntil("\r\n\r\n");
            assertThat(head)
                    .containsIgnoringCase(lengthKnown ? "content-length: 268435456" : "transfer-encoding: chunked");
            simulator.advance(Duration.ofSeconds(60));
            // Nobody reads meanwhile; once these are answered, the event loop has come past the end of the minute.
            http.status(id);
            http.status(id);
            Raw.End end = raw.readToTheEndOrChunk();
            assertThat(end.bytes().length).isLessThan(256 << 20);
            assertThat(end.text().endsWith("0\r\n\r\n")).isEqualTo(!lengthKnown);
        }
    }

    // By the signed link

    @Test
    void aLinkWorksWithoutAKeyAndUntilItExpires() {
        String link = finished();
        assertThat(http.fetch(link).statusCode()).isEqualTo(200);

        simulator.advance(Duration.ofHours(24).minusMillis(1));
        assertThat(http.fetch(link).statusCode()).isEqualTo(200);
        simulator.advance(Duration.ofMillis(1));
        assertThat(http.fetch(link).statusCode()).isEqualTo(403);
        assertThat(text(http.fetch(link))).contains("AccessDenied");
        assertThat(Http.member(http.status(id).body(), "video_url")).isEqualTo(link);
    }

    @Test
    void linksAreRenewedWhereTheSimulatorIsToldSo() {
        restart(manual().freshLinks(true).linkLife(Duration.ofMinutes(1)).build());
        String link = finished();
        simulator.advance(Duration.ofMinutes(1));

        assertThat(http.fetch(link).statusCode()).isEqualTo(403);
        String renewed = Http.member(http.status(id).body(), "video_url");
        assertThat(http.fetch(renewed).statusCode()).isEqualTo(200);
        assertThat(http.content(id).statusCode()).isEqualTo(200);
    }

    @Test
    void aLinkThatWasTamperedWithIsRefused() {
        String link = finished();

        assertThat(text(http.fetch(link.replaceFirst(
                        "Signature=.", "Signature=!".replace("!", "0").concat("0")))))
                .contains("SignatureDoesNotMatch");
        assertThat(http.fetch(link.replaceFirst("&Id=\\w+", "&Id=zzzzzzzzzz")).statusCode())
                .isEqualTo(403);
        assertThat(http.fetch(link.replaceFirst("\\?.*", "")).statusCode()).isEqualTo(403);
        assertThat(http.fetch(link.replaceFirst("/v/[^.]*", "/v/video_other")).statusCode())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=5-9, 5, 9",
        "bytes=25000-, 25000, 25919",
        "bytes=-10, 25910, 25919",
        "bytes=25919-999999, 25919, 25919",
    })
    void aRangeBringsItsPart(String range, int first, int last) {
        String link = finished();
        byte[] whole = http.fetch(link).body();

        HttpResponse<byte[]> part = http.fetch(link, "Range", range);

        assertThat(part.statusCode()).isEqualTo(206);
        assertThat(Http.headers(part))
                .containsEntry("Content-Range", "bytes " + first + "-" + last + "/" + whole.length)
                .containsEntry("Content-Length", Integer.toString(last - first + 1));
        assertThat(part.body()).isEqualTo(Arrays.copyOfRange(whole, first, last + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=25920-", "bytes=99999-100000"})
    void aRangeBehindTheEndCannotBeSatisfied(String range) {
        HttpResponse<byte[]> response = http.fetch(finished(), "Range", range);

        assertThat(response.statusCode()).isEqualTo(416);
        assertThat(Http.headers(response)).containsEntry("Content-Range", "bytes */25920");
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=1-2,5-6", "items=0-1", "bytes=-", "bytes=a-b"})
    void aRangeThatIsNoneBringsTheWhole(String range) {
        assertThat(http.fetch(finished(), "Range", range).statusCode()).isEqualTo(200);
    }

    @Test
    void ifRangeHoldsForTheSameTagAndTheSameDateOnly() {
        String link = finished();
        Map<String, String> head = Http.headers(http.fetch(link));
        String etag = head.get("ETag");

        assertThat(etag).startsWith("\"").endsWith("\"");
        assertThat(partial(link, etag)).isEqualTo(206);
        assertThat(partial(link, head.get("Last-Modified"))).isEqualTo(206);
        assertThat(partial(link, "\"another\"")).isEqualTo(200);
        assertThat(partial(link, "W/" + etag)).isEqualTo(200);
        assertThat(partial(link, "Sun, 06 Nov 1994 08:49:37 GMT")).isEqualTo(200);
        assertThat(partial(link, "yesterday")).isEqualTo(200);
    }

    private int partial(String link, String ifRange) {
        return http.fetch(link, "Range", "bytes=1-2", "If-Range", ifRange).statusCode();
    }

    @Test
    void headTellsTheLengthAndOtherMethodsAreNotAllowed() {
        String link = finished();
        HttpRequest.Builder request = HttpRequest.newBuilder(java.net.URI.create(link));

        HttpResponse<byte[]> head = Http.bytes(
                request.method("HEAD", HttpRequest.BodyPublishers.noBody()).build());
        assertThat(Http.headers(head)).containsEntry("Content-Length", "25920");
        assertThat(Http.bytes(request.DELETE().build()).statusCode()).isEqualTo(405);
    }

    @Test
    void aLongClipIsStillOneFilmAndDiffersAtEveryPlace() {
        restart(manual().minimumClipBytes(1_000_000).build());
        byte[] film = http.fetch(finished()).body();

        assertThat(film).hasSize(1_000_000);
        assertThat(Mp4.boxes(film)).containsExactly("ftyp", "moov", "free", "mdat", "free");
        assertThat(Arrays.copyOfRange(film, 500_000, 501_000))
                .isNotEqualTo(Arrays.copyOfRange(film, 500_000 + (1 << 16), 501_000 + (1 << 16)));
    }

    @Test
    void whoeverShowsAKeyAtTheFilesOriginIsWrittenDown() {
        String link = finished();
        http.fetch(link);
        assertThat(simulator.ledger().violations()).isEmpty();

        http.fetch(link, "Authorization", "Bearer something");
        http.fetch(link, "X-Api-Key", simulator.apiKey());
        http.fetch(link, "Cookie", "session=1");
        http.fetch(link + "&key=" + simulator.apiKey());
        http.get("/v1/videos/x?key=" + simulator.apiKey());

        assertThat(simulator.ledger().violations())
                .extracting(Violation::what)
                .containsExactly(
                        "authorization-at-files-origin",
                        "key-at-files-origin",
                        "cookie-at-files-origin",
                        "key-at-files-origin",
                        "key-in-query");
        assertThat(simulator.ledger().toJson()).doesNotContain(simulator.apiKey());
    }

    private static String text(HttpResponse<byte[]> response) {
        return new String(response.body(), StandardCharsets.UTF_8);
    }
}
