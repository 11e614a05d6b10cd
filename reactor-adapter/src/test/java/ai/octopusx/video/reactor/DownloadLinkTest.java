package ai.octopusx.video.reactor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DownloadLinkTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "https://cdn.example/v.mp4 https://cdn.example:443/v.mp4",
                "HTTP://CDN.Example http://cdn.example:80/",
                "http://cdn.example:8080?a=b http://cdn.example:8080/?a=b",
                "https://a_b.example/x#part https://a_b.example:443/x",
                "https://cdn.example:7/x https://cdn.example:07/x",
                "http://[2606:4700::1111]:81/x http://[2606:4700::1111]:81/x",
                "https://cdn.example/a%2Fb?sig=A%2bB+C&x={1}|'~ https://cdn.example:443/a%2Fb?sig=A%2bB+C&x={1}|'~",
                "https://cdn.example/é https://cdn.example:443/%C3%A9",
                "https://bücher.example/x https://xn--bcher-kva.example:443/x",
            })
    void becomesAnAddressThatCanBeSent(String text, String address) {
        assertThat(whole(DownloadLink.parse(text))).isEqualTo(address);
    }

    private static String whole(DownloadLink link) {
        assertThat(link.target())
                .startsWith(link.address().substring(link.address().indexOf('/', 8)));
        return link.address().substring(0, link.address().indexOf('/', 8)) + link.target();
    }

    @Test
    void spacesAndLineBreaksCannotBreakTheRequestLine() {
        assertThat(DownloadLink.parse(" https://cdn.example/a b\r\nX: y?\"<>\n"))
                .returns("/a%20b%0D%0AX:%20y?%22%3C%3E", DownloadLink::target);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "video.mp4",
                "/v.mp4",
                "//cdn.example/v.mp4",
                "ftp://cdn.example/v.mp4",
                "data:video/mp4;base64,AAAA",
                "file:///etc/passwd",
                "https://",
                "https:///x",
                "https://user@cdn.example/x",
                "https://user:pw@cdn.example/x",
                "https://cdn.example\\@evil.example/x",
                "https://cdn.example:0/x",
                "https://cdn.example:65536/x",
                "https://cdn.example:x/",
                "https://cdn example/x",
                "https://cdn.example%2eevil/x",
                "http://[::1",
                "http://[x]/"
            })
    void isNoLinkForUs(String text) {
        assertThat(DownloadLink.parse(text)).isNull();
    }

    @Test
    void nothingIsNoLink() {
        assertThat(DownloadLink.parse(null)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://b.example/y, https://b.example:443/y",
        "HTTP://b.example/y, http://b.example:80/y",
        "//b.example:81/y?z, https://b.example:81/y?z",
        "/y?z, https://a.example:443/y?z",
        "/y/../z, https://a.example:443/z",
        "y, https://a.example:443/d/e/y",
        "./y, https://a.example:443/d/e/y",
        "../y?p=../q, https://a.example:443/d/y?p=../q",
        "../../../../y, https://a.example:443/y",
        "y/.., https://a.example:443/d/e/",
        "?z, https://a.example:443/d/e/f?z",
        "#part, https://a.example:443/d/e/f?g=/h",
    })
    void aRedirectLeadsWhereTheStandardSays(String location, String address) {
        DownloadLink from = DownloadLink.parse("https://a.example/d/e/f?g=/h");

        assertThat(whole(from.resolve(location))).isEqualTo(address);
    }

    @Test
    void aRedirectInRawUtf8ArrivesAsItWasMeant() {
        String header = new String("/é".getBytes(UTF_8), ISO_8859_1);

        assertThat(DownloadLink.parse("https://a.example/").resolve(header)).returns("/%C3%A9", DownloadLink::target);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ftp://b.example/", "data:text/html,x", "javascript:x", "https://user@b.example/", "//"})
    void aRedirectLeadsNowhereElse(String location) {
        assertThat(DownloadLink.parse("https://a.example/d").resolve(location)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example/x, https://A.example:443/y, true",
        "https://a.example/x, http://a.example:443/x, false",
        "https://a.example/x, https://a.example:444/x, false",
        "https://a.example/x, https://a.example./x, false",
        "https://a.example/x, https://b.a.example/x, false",
    })
    void anOriginIsSchemeHostAndPort(String one, String other, boolean same) {
        assertThat(DownloadLink.parse(one).sameOrigin(DownloadLink.parse(other)))
                .isEqualTo(same);
    }

    @Test
    void itIsShownWithoutTheQueryWhichIsASignature() {
        DownloadLink link = DownloadLink.parse("https://cdn.example/v.mp4?X-Signature=secret");

        assertThat(link).hasToString("https://cdn.example/v.mp4").returns("https://cdn.example", DownloadLink::origin);
    }

    /** The pattern of Reactor Netty 1.3, which takes the text apart once more before it connects. */
    @ParameterizedTest
    @ValueSource(
            strings = {"https://a.example:7/x", "http://[::ffff:1.2.3.4]/x:99/y", "https://a.example?x=//b.example:80/"
            })
    void theTransportTakesItApartInTheSameWay(String text) {
        DownloadLink link = DownloadLink.parse(text);
        Matcher transport = Pattern.compile("(?:(\\w+)://)?((?:\\[.+?])|(?<!\\[)(?:[^/?]+?))(?::(\\d{2,5}))?([/?].*)?")
                .matcher(link.address());

        assertThat(transport.matches()).isTrue();
        assertThat(transport.group(2).replaceAll("[\\[\\]]", "")).isEqualTo(link.host());
        assertThat(Integer.parseInt(transport.group(3))).isEqualTo(link.port());
        assertThat(transport.group(4)).isEqualTo(link.target().replaceFirst("\\?.*", ""));
    }
}
