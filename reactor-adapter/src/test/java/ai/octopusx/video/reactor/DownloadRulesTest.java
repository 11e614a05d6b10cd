package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.reactor.DownloadHead.ContentRange;
import ai.octopusx.video.reactor.DownloadRules.Known;
import ai.octopusx.video.reactor.DownloadRules.Source;
import ai.octopusx.video.reactor.DownloadRules.Verdict;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadRulesTest {

    private static final DownloadValidator TAG = DownloadValidator.of("\"a\"", null);
    private static final DownloadValidator DATED = DownloadValidator.of(null, "Sat, 01 Aug 2026 10:00:00 GMT");
    private static final DownloadValidator OTHER = DownloadValidator.of("\"b\"", null);
    private static final DownloadValidator NONE = DownloadValidator.NONE;

    private static final Known START = new Known(0, false, null, NONE, true, false);

    /** 40 of 100 bytes have been handed on and cannot be taken back. */
    private static final Known STREAM = new Known(40, true, 100L, TAG, true, false);

    /** 40 of 100 bytes are in a file. */
    private static final Known FILE = new Known(40, true, 100L, TAG, true, true);

    private static final Verdict GO_ON = new Verdict.Take(40, 0);
    private static final Verdict AGAIN = new Verdict.Take(0, 0);
    private static final Verdict SKIP = new Verdict.Take(40, 40);

    static Stream<Arguments> answers() {
        return Stream.of(
                row("the first answer", START, whole(100L, TAG), AGAIN),
                row("the first answer, nothing said", START, whole(null, NONE), AGAIN),
                row("the whole instead of the rest, same tag and length", STREAM, whole(100L, TAG), SKIP),
                row("the whole instead of the rest, other length", STREAM, whole(101L, TAG), Verdict.Unfit.class),
                row("the whole instead of the rest, no length", STREAM, whole(null, TAG), Verdict.Unfit.class),
                row("the whole instead of the rest, other tag", STREAM, whole(100L, OTHER), Verdict.Unfit.class),
                row("the whole instead of the rest, no tag", STREAM, whole(100L, NONE), Verdict.Unfit.class),
                row("the whole, length never known", noTotal(STREAM), whole(100L, TAG), Verdict.Unfit.class),
                row("the whole, same date", with(STREAM, DATED), whole(100L, DATED), SKIP),
                row(
                        "the whole, a tag where there was a date",
                        with(STREAM, DATED),
                        whole(100L, TAG),
                        Verdict.Unfit.class),
                row("a file starts again", FILE, whole(100L, TAG), AGAIN),
                row("a file starts again, changed", FILE, whole(77L, OTHER), AGAIN),
                row("a file starts again, nothing known", FILE, whole(null, NONE), AGAIN),
                row("the rest", STREAM, part(40, 99, 100L, TAG), GO_ON),
                row("some of the rest", STREAM, part(40, 50, 100L, TAG), GO_ON),
                row("the rest, total not told again", STREAM, part(40, 99, null, TAG), GO_ON),
                row("the rest, tag not told again", STREAM, part(40, 99, 100L, NONE), GO_ON),
                row("the rest, nothing ever known", with(noTotal(STREAM), NONE), part(40, 99, null, NONE), GO_ON),
                row("the rest, other tag", STREAM, part(40, 99, 100L, OTHER), Verdict.AskWhole.class),
                row("the rest, other date", with(STREAM, DATED), part(40, 99, 100L, date("x")), Verdict.AskWhole.class),
                row("the rest, other total", STREAM, part(40, 99, 101L, TAG), Verdict.AskWhole.class),
                row("a part that begins too early", STREAM, part(39, 99, 100L, TAG), Verdict.AskWhole.class),
                row("a part that begins too late", STREAM, part(41, 99, 100L, TAG), Verdict.AskWhole.class),
                row("a part from the first byte", FILE, part(0, 99, 100L, TAG), Verdict.AskWhole.class),
                row("a part that ends too late", STREAM, part(40, 100, null, TAG), Verdict.AskWhole.class),
                row("a part without Content-Range", FILE, head(206, 60L, null, TAG), Verdict.AskWhole.class),
                row(
                        "a part whose lengths differ",
                        FILE,
                        head(206, 61L, new ContentRange(40, 99, 100L), TAG),
                        Verdict.AskWhole.class),
                row("a part although nothing was asked", START, part(0, 49, 100L, TAG), AGAIN),
                row("a wrong part at first", START, part(1, 99, 100L, TAG), Verdict.AskWhole.class),
                row("elsewhere, same tag", elsewhere(noTotal(STREAM)), part(40, 99, 100L, TAG), GO_ON),
                row("elsewhere, no tag, same total", elsewhere(STREAM), part(40, 99, 100L, NONE), GO_ON),
                row("elsewhere, no tag, no total", elsewhere(STREAM), part(40, 99, null, NONE), Verdict.AskWhole.class),
                row("elsewhere, other tag", elsewhere(FILE), part(40, 99, 100L, OTHER), Verdict.AskWhole.class),
                row("no more bytes, says the server", noTotal(STREAM), nothingMore(40L), new Verdict.Whole()),
                row("no more bytes, but there should be", STREAM, nothingMore(40L), Verdict.AskWhole.class),
                row("fewer bytes than have come", noTotal(STREAM), nothingMore(30L), Verdict.AskWhole.class),
                row("no more bytes elsewhere", elsewhere(noTotal(STREAM)), nothingMore(40L), Verdict.AskWhole.class),
                row(
                        "nothing more, without a length",
                        noTotal(STREAM),
                        head(416, null, null, NONE),
                        Verdict.AskWhole.class),
                row("a range behind the end", START, nothingMore(10L), Verdict.Unfit.class),
                row("coded", START, coded(200), Verdict.Unfit.class),
                row("a part, coded", STREAM, coded(206), Verdict.Unfit.class));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void whatToMakeOfABody(String name, Known known, DownloadHead head, Object verdict) {
        for (Source source : Source.values()) {
            Verdict judged = DownloadRules.judge(known, head, source, false);
            if (verdict instanceof Class<?> kind) {
                assertThat(judged).isInstanceOf(kind);
            } else {
                assertThat(judged).isEqualTo(verdict);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "400, AskGateway, Never, Never",
        "401, AskGateway, Never, Never",
        "403, AskGateway, Never, Never",
        "404, AskGateway, Never, Never",
        "410, AskGateway, Never, Never",
        "451, AskGateway, Never, Never",
        "304, AskGateway, Never, Never",
        "408, Later, Later, Later",
        "425, Later, Later, Later",
        "429, Later, Later, Later",
        "500, Later, Later, Later",
        "501, Never, Never, Never",
        "502, Later, FreshLink, Later",
        "503, Later, Later, Later",
        "504, Later, Later, Later",
        "524, Later, Later, Later",
        "201, Never, Never, Never",
        "204, Never, Never, Never",
    })
    void whatToMakeOfARefusal(int status, String byLink, String byGateway, String byGatewayAfterAFreshLook) {
        DownloadHead head = head(status, null, null, NONE);

        assertThat(DownloadRules.judge(STREAM, head, Source.LINK, false)
                        .getClass()
                        .getSimpleName())
                .isEqualTo(byLink);
        assertThat(DownloadRules.judge(STREAM, head, Source.GATEWAY, false)
                        .getClass()
                        .getSimpleName())
                .isEqualTo(byGateway);
        assertThat(DownloadRules.judge(STREAM, head, Source.GATEWAY, true)
                        .getClass()
                        .getSimpleName())
                .isEqualTo(byGatewayAfterAFreshLook);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "0, 0, -, 3600000, 500",
                "1, 0, -, 3600000, 500",
                "2, 0, -, 3600000, 1000",
                "3, 0, -, 3600000, 2000",
                "4, 0, -, 3600000, 4000",
                "5, 0, -, 3600000, -",
                "6, 0, -, 3600000, -",
                "0, 20, -, 3600000, 500",
                "0, 21, -, 3600000, -",
                "4, 0, 4500, 3600000, 4500",
                "4, 0, 1000, 3600000, 4000",
                "0, 0, 60000, 3600000, 60000",
                "0, 0, 600000, 3600000, 60000",
                "0, 0, 0, 3600000, 500",
                "0, 0, -, 501, 500",
                "0, 0, -, 500, -",
                "0, 0, 9000, 8000, -",
            })
    void howLongToWait(int fruitless, int restarts, Long asked, long left, Long delay) {
        assertThat(DownloadRules.delay(fruitless, restarts, millis(asked), Duration.ofMillis(left)))
                .isEqualTo(millis(delay));
    }

    @Test
    void theBackoffNeverPassesItsLimit() {
        assertThat(DownloadRules.FIRST_DELAY.multipliedBy(1L << (DownloadRules.FRUITLESS_ATTEMPTS - 2)))
                .isLessThanOrEqualTo(DownloadRules.MAX_DELAY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"<html>", "{\"error\":1}", "[]", " <x", "\n{", "\t", "\ufeff<"})
    void aTextIsToldByItsFirstByteWhateverItsType(String text) {
        byte first = text.getBytes(java.nio.charset.StandardCharsets.UTF_8)[0];

        assertThat(DownloadRules.looksLikeText(first, type("video/mp4"))).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "0, text/html, false",
        "0, application/json, false",
        "26, video/webm, false",
        "66, text/html, true",
        "34, application/json, true",
        "66, application/octet-stream, false"
    })
    void whatBeginsLikeAVideoIsOne(byte first, String type, boolean text) {
        assertThat(DownloadRules.looksLikeText(first, type(type))).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {"\"a\", \"a\"", "W/\"a\", -", "a, -", "\"\", -", "'\"a\u00e9\"', -", "-, -"})
    void onlyAStrongTagThatCanBeSentBackCounts(String header, String etag) {
        assertThat(DownloadValidator.of(header, null).etag()).isEqualTo(etag);
    }

    private static Arguments row(String name, Known known, DownloadHead head, Object verdict) {
        return Arguments.of(name, known, head, verdict);
    }

    private static Known noTotal(Known known) {
        return new Known(
                known.position(), known.begun(), null, known.validator(), known.sameSource(), known.rewindable());
    }

    private static Known with(Known known, DownloadValidator validator) {
        return new Known(
                known.position(), known.begun(), known.total(), validator, known.sameSource(), known.rewindable());
    }

    private static Known elsewhere(Known known) {
        return new Known(known.position(), known.begun(), known.total(), known.validator(), false, known.rewindable());
    }

    private static DownloadValidator date(String date) {
        return DownloadValidator.of(null, date);
    }

    private static DownloadHead whole(Long length, DownloadValidator validator) {
        return head(200, length, null, validator);
    }

    private static DownloadHead part(long first, long last, Long total, DownloadValidator validator) {
        return head(206, last - first + 1, new ContentRange(first, last, total), validator);
    }

    private static DownloadHead nothingMore(Long total) {
        return head(416, null, new ContentRange(-1, -1, total), NONE);
    }

    private static DownloadHead head(int status, Long length, ContentRange range, DownloadValidator validator) {
        return new DownloadHead(status, "video/mp4", length, range, validator, null, null);
    }

    private static DownloadHead coded(int status) {
        return new DownloadHead(status, "video/mp4", 60L, new ContentRange(40, 99, 100L), TAG, "gzip", null);
    }

    private static DownloadHead type(String type) {
        return new DownloadHead(200, type, null, null, NONE, null, null);
    }

    private static Duration millis(Long millis) {
        return millis == null ? null : Duration.ofMillis(millis);
    }
}
