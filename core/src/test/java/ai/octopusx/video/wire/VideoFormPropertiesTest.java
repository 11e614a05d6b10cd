package ai.octopusx.video.wire;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.AspectRatio;
import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.apache.commons.fileupload2.core.AbstractFileUpload;
import org.apache.commons.fileupload2.core.DiskFileItem;
import org.apache.commons.fileupload2.core.DiskFileItemFactory;
import org.apache.commons.fileupload2.core.RequestContext;
import org.assertj.core.api.SoftAssertions;

/** What two servers that we did not write read out of a form is what went into it, whatever that was. */
class VideoFormPropertiesTest {

    /** A part as a server sees it. */
    private record Part(String name, String fileName, String type, byte[] content) {

        static Part text(String name, String value) {
            return new Part(name, null, null, value.getBytes(StandardCharsets.UTF_8));
        }

        String inWords() {
            return name + "|" + fileName + "|" + type + "|" + new String(content, StandardCharsets.ISO_8859_1);
        }
    }

    /** Texts of people, and texts that try to end their part, their header or the whole form. */
    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> people = Arbitraries.strings().ofMaxLength(60).filter(text -> !text.codePoints()
                .anyMatch(c -> c >= 0xd800 && c <= 0xdfff));
        Arbitrary<String> attacks = Arbitraries.of(
                        "\r\n",
                        "\n",
                        "\r",
                        "--",
                        "\r\n--",
                        "\"",
                        "\\",
                        ";",
                        "=",
                        "%22",
                        "%0D%0A",
                        "boundary",
                        "\r\n\r\n",
                        "Content-Disposition: form-data; name=\"model\"",
                        "filename=\"x.png\"",
                        "Content-Type: image/png",
                        "\u0000",
                        "一只猫",
                        "🐈",
                        "prompt")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts));
        return Arbitraries.oneOf(people, attacks);
    }

    /** What a request lets through as a name. */
    @Provide
    Arbitrary<String> names() {
        Arbitrary<String> odd = Arbitraries.strings()
                .withChars(" !#$%&'()*+-./<>?@[]^_`{|}~äé中文")
                .withChars('a', 'z')
                .ofMinLength(1)
                .ofMaxLength(20);
        Arbitrary<String> attacks =
                Arbitraries.of("a%22b", "a'b", "a%0D%0Ab", "images[]", "a*", "filename", "name", "Prompt");
        return Arbitraries.oneOf(odd, attacks).filter(name -> name.equals(name.strip()));
    }

    @Provide
    Arbitrary<DoubaoVideoRequest> requests() {
        Arbitrary<String> prompts = texts().filter(text -> !text.isBlank());
        Arbitrary<Map<String, String>> additional =
                Arbitraries.maps(names(), texts()).ofMaxSize(4);
        Arbitrary<AspectRatio> ratios = Arbitraries.of(AspectRatio.class).injectNull(0.3);
        Arbitrary<Integer> seconds = Arbitraries.integers().between(4, 11).injectNull(0.3);
        Arbitrary<byte[]> images = Arbitraries.of(
                        Pictures.png(640, 480),
                        Pictures.jpeg(640, 480),
                        Pictures.webpLossy(640, 480),
                        Pictures.webpExtended(640, 480))
                .injectNull(0.4);
        return Combinators.combine(prompts, additional, ratios, seconds, images, images)
                .as((prompt, fields, ratio, length, first, last) -> {
                    DoubaoVideoRequest.Builder builder = DoubaoVideoRequest.builder()
                            .model(DoubaoModel.SEEDANCE_1_5_PRO_480P)
                            .prompt(prompt)
                            .size(ratio == AspectRatio.KEEP_RATIO && first == null ? null : ratio)
                            .seconds(length)
                            .firstFrame(first == null ? null : FrameImage.of(first, prompt))
                            .lastFrame(first == null || last == null ? null : FrameImage.of(last, "..\\\"\r\n"));
                    fields.forEach(builder::additionalField);
                    return builder.build();
                });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void nettyReadsWhatWasMeant(@ForAll("requests") DoubaoVideoRequest request) throws IOException {
        VideoForm form = form(request);

        assertSame(nettyReads(form), expected(request));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void commonsFileUploadReadsWhatWasMeant(@ForAll("requests") DoubaoVideoRequest request) throws IOException {
        VideoForm form = form(request);

        assertSame(commonsReads(form), expected(request));
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theLengthIsThatOfTheBytes(@ForAll("requests") DoubaoVideoRequest request) {
        VideoForm form = form(request);

        assertThat(form.contentLength()).isEqualTo(VideoFormTest.bytes(form).length);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theBoundaryStandsOnlyWhereAPartBeginsOrTheFormEnds(@ForAll("requests") DoubaoVideoRequest request) {
        VideoForm form = form(request);
        String body = new String(VideoFormTest.bytes(form), StandardCharsets.ISO_8859_1);

        assertThat(body.split(BOUNDARY, -1)).hasSize(expected(request).size() + 2);
    }

    private static final String BOUNDARY = "Zq3VbT6nXw9KfRm2LpYc8Dh5";

    private static VideoForm form(DoubaoVideoRequest request) {
        return VideoForm.of(request, checked(request.firstFrame()), checked(request.lastFrame()), BOUNDARY);
    }

    private static CheckedFrame checked(FrameImage image) {
        if (image == null) {
            return null;
        }
        ImageFormat format =
                FrameRules.examine("first_frame_image", image.bytes(), true).format();
        return new CheckedFrame(image, format, image.bytes().length);
    }

    private static List<Part> expected(DoubaoVideoRequest request) {
        List<Part> parts = new ArrayList<>();
        parts.add(Part.text("model", request.model().wireName()));
        parts.add(Part.text("prompt", request.prompt()));
        if (request.size() != null) {
            parts.add(Part.text("size", request.size().wireName()));
        }
        if (request.seconds() != null) {
            parts.add(Part.text("seconds", request.seconds().toString()));
        }
        request.additionalFields().forEach((name, value) -> parts.add(Part.text(name, value)));
        image(parts, "first_frame_image", "first_frame", request.firstFrame());
        image(parts, "last_frame_image", "last_frame", request.lastFrame());
        return parts;
    }

    private static void image(List<Part> parts, String name, String fileName, FrameImage image) {
        if (image != null) {
            ImageFormat format = checked(image).format();
            parts.add(new Part(name, fileName + "." + format.ending(), format.mediaType(), image.bytes()));
        }
    }

    private static void assertSame(List<Part> actual, List<Part> expected) {
        SoftAssertions softly = new SoftAssertions();
        softly.assertThat(actual)
                .extracting(Part::inWords)
                .isEqualTo(expected.stream().map(Part::inWords).toList());
        Set<String> files = new HashSet<>();
        actual.forEach(part -> files.add(String.valueOf(part.fileName())));
        softly.assertThat(files)
                .as("no text became a file")
                .isSubsetOf(
                        "null",
                        "first_frame.png",
                        "first_frame.jpg",
                        "first_frame.webp",
                        "last_frame.png",
                        "last_frame.jpg",
                        "last_frame.webp");
        softly.assertAll();
    }

    private static List<Part> nettyReads(VideoForm form) throws IOException {
        DefaultFullHttpRequest request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/videos", Unpooled.wrappedBuffer(VideoFormTest.bytes(form)));
        request.headers().set(HttpHeaderNames.CONTENT_TYPE, form.contentType());
        request.headers().set(HttpHeaderNames.CONTENT_LENGTH, form.contentLength());
        HttpPostMultipartRequestDecoder decoder =
                new HttpPostMultipartRequestDecoder(new DefaultHttpDataFactory(false), request, StandardCharsets.UTF_8);
        try {
            List<Part> parts = new ArrayList<>();
            for (InterfaceHttpData data : decoder.getBodyHttpDatas()) {
                if (data instanceof FileUpload file) {
                    parts.add(new Part(file.getName(), file.getFilename(), file.getContentType(), file.get()));
                } else {
                    parts.add(new Part(data.getName(), null, null, ((Attribute) data).get()));
                }
            }
            return parts;
        } finally {
            decoder.destroy();
            request.release();
        }
    }

    private static List<Part> commonsReads(VideoForm form) throws IOException {
        byte[] body = VideoFormTest.bytes(form);
        List<Part> parts = new ArrayList<>();
        new Upload().getItemIterator(new Body(form, body)).forEachRemaining(item -> {
            try (InputStream in = item.getInputStream()) {
                parts.add(new Part(item.getFieldName(), item.getName(), item.getContentType(), in.readAllBytes()));
            }
        });
        return parts;
    }

    private record Body(VideoForm form, byte[] bytes) implements RequestContext {

        @Override
        public String getCharacterEncoding() {
            return "UTF-8";
        }

        @Override
        public long getContentLength() {
            return form.contentLength();
        }

        @Override
        public String getContentType() {
            return form.contentType();
        }

        @Override
        public InputStream getInputStream() {
            return new ByteArrayInputStream(bytes);
        }

        @Override
        public boolean isMultipartRelated() {
            return false;
        }
    }

    private static final class Upload extends AbstractFileUpload<RequestContext, DiskFileItem, DiskFileItemFactory> {

        @Override
        public org.apache.commons.fileupload2.core.FileItemInputIterator getItemIterator(RequestContext request)
                throws IOException {
            return super.getItemIterator(request);
        }

        @Override
        public Map<String, List<DiskFileItem>> parseParameterMap(RequestContext request) {
            throw new UnsupportedOperationException("streams only");
        }

        @Override
        public List<DiskFileItem> parseRequest(RequestContext request) {
            throw new UnsupportedOperationException("streams only");
        }
    }
}
