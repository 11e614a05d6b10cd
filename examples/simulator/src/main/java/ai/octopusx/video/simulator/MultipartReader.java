package ai.octopusx.video.simulator;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpConstants;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.multipart.Attribute;
import io.netty.handler.codec.http.multipart.DefaultHttpDataFactory;
import io.netty.handler.codec.http.multipart.FileUpload;
import io.netty.handler.codec.http.multipart.HttpPostMultipartRequestDecoder;
import io.netty.handler.codec.http.multipart.HttpPostRequestDecoder;
import io.netty.handler.codec.http.multipart.InterfaceHttpData;
import io.netty.handler.codec.http.multipart.MemoryFileUpload;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * {@code multipart/form-data} through Netty's parser, held to what the gateway's parser observes: the form must end with
 * its closing boundary, a part without a file name is text, a text field that comes twice is of the wrong type. Files are
 * digested as they pass, never held.
 */
final class MultipartReader implements FormReader {

    private static final int MAX_PARTS = 1_000;
    private static final int MAX_HEADER_BYTES = 64 << 10;

    private final HttpPostMultipartRequestDecoder decoder;

    /** Whether the last piece ended with a CR that the parser has not been given yet. */
    private boolean heldCr;

    MultipartReader(String contentType) throws MalformedFormException {
        HttpRequest head = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/");
        head.headers().set(HttpHeaderNames.CONTENT_TYPE, contentType);
        try {
            this.decoder = new HttpPostMultipartRequestDecoder(
                    new Files(), head, StandardCharsets.UTF_8, MAX_PARTS, MAX_HEADER_BYTES);
        } catch (RuntimeException e) {
            throw new MalformedFormException("no multipart boundary param in Content-Type");
        }
    }

    /**
     * Netty's parser takes the CR of the line that precedes a boundary for content, if its LF comes with the next piece
     * and the part has no length of its own. So a CR is given to it together with what follows.
     */
    @Override
    public void offer(ByteBuf bytes) throws MalformedFormException {
        if (!bytes.isReadable()) {
            return;
        }
        boolean endsWithCr = bytes.getByte(bytes.writerIndex() - 1) == HttpConstants.CR;
        ByteBuf piece = bytes.slice(bytes.readerIndex(), bytes.readableBytes() - (endsWithCr ? 1 : 0));
        if (heldCr) {
            ByteBuf rest = piece;
            piece = Unpooled.buffer(rest.readableBytes() + 1).writeByte(HttpConstants.CR);
            piece.writeBytes(rest);
        }
        heldCr = endsWithCr;
        parse(piece);
    }

    private void parse(ByteBuf bytes) throws MalformedFormException {
        try {
            decoder.offer(new DefaultHttpContent(bytes));
        } catch (RuntimeException e) {
            // Besides its own exceptions, the parser throws what a broken header makes it stumble over.
            throw new MalformedFormException("multipart: " + e.getMessage());
        }
    }

    @Override
    public SubmittedForm end() throws MalformedFormException {
        offerEnd();
        Map<String, String> fields = new LinkedHashMap<>();
        List<SubmittedForm.File> files = new ArrayList<>();
        String wrongType = null;
        try {
            while (decoder.hasNext()) {
                InterfaceHttpData part = decoder.next();
                if (part instanceof DigestedFile file && !file.getFilename().isEmpty()) {
                    files.add(file.toFile());
                } else if (part != null) {
                    String text = part instanceof DigestedFile file ? file.text() : ((Attribute) part).getValue();
                    if (fields.putIfAbsent(part.getName(), text) != null) {
                        wrongType = "json: cannot unmarshal array into Go struct field TaskSubmitReq." + part.getName()
                                + " of type string";
                    }
                }
            }
            throw new MalformedFormException("multipart: NextPart: EOF");
        } catch (HttpPostRequestDecoder.EndOfDataDecoderException closingBoundarySeen) {
            return new SubmittedForm(fields, files, wrongType);
        } catch (IOException e) {
            throw new MalformedFormException("multipart: " + e.getMessage());
        }
    }

    private void offerEnd() throws MalformedFormException {
        try {
            decoder.offer(LastHttpContent.EMPTY_LAST_CONTENT);
        } catch (RuntimeException e) {
            throw new MalformedFormException("multipart: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        InterfaceHttpData unfinished = decoder.currentPartialHttpData();
        decoder.destroy();
        if (unfinished != null && unfinished.refCnt() > 0) {
            unfinished.release();
        }
    }

    private static final class Files extends DefaultHttpDataFactory {

        Files() {
            super(false, StandardCharsets.UTF_8);
        }

        @Override
        public FileUpload createFileUpload(
                HttpRequest request,
                String name,
                String filename,
                @Nullable String contentType,
                @Nullable String contentTransferEncoding,
                @Nullable Charset charset,
                long size) {
            return new DigestedFile(name, filename, contentType, contentTransferEncoding, charset, size);
        }
    }

    /** Keeps a digest and as much of the start as tells format and sides; the frame header of a jpeg may come late. */
    private static final class DigestedFile extends MemoryFileUpload {

        private static final int HEAD = 256 << 10;

        private final MessageDigest digest = Digests.sha256();
        private byte[] head = new byte[1 << 10];
        private int headLength;

        DigestedFile(
                String name,
                String filename,
                @Nullable String contentType,
                @Nullable String contentTransferEncoding,
                @Nullable Charset charset,
                long size) {
            super(name, filename, contentType, contentTransferEncoding, charset, size);
        }

        @Override
        public void addContent(@Nullable ByteBuf buffer, boolean last) throws IOException {
            if (buffer != null) {
                try {
                    take(buffer);
                } finally {
                    buffer.release();
                }
            }
            if (last) {
                setCompleted();
            }
        }

        private void take(ByteBuf buffer) {
            int kept = Math.min(buffer.readableBytes(), HEAD - headLength);
            if (kept > 0) {
                if (headLength + kept > head.length) {
                    head = java.util.Arrays.copyOf(head, Math.min(HEAD, Math.max(head.length * 4, headLength + kept)));
                }
                buffer.getBytes(buffer.readerIndex(), head, headLength, kept);
                headLength += kept;
            }
            size += buffer.readableBytes();
            digest.update(buffer.nioBuffer());
        }

        SubmittedForm.File toFile() {
            return new SubmittedForm.File(
                    new ReceivedFile(
                            getName(),
                            getFilename(),
                            getContentType(),
                            size,
                            HexFormat.of().formatHex(digest.digest())),
                    ImageHeader.read(head, headLength));
        }

        /** The content of a part whose file name is empty, which makes it text. */
        String text() {
            return new String(head, 0, headLength, StandardCharsets.UTF_8);
        }
    }
}
