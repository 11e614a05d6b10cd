package ai.octopusx.video.cli;

import ai.octopusx.video.AspectRatio;
import ai.octopusx.video.DoubaoModel;
import ai.octopusx.video.DoubaoVideoRequest;
import ai.octopusx.video.FrameImage;
import ai.octopusx.video.InvalidVideoRequestException;
import ai.octopusx.video.InvalidVideoRequestException.Problem;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/** Reads a batch: one JSON object a line. Every line is checked, and every bad one is told, before any is sent. */
final class BatchFile {

    private static final Set<String> FIELDS =
            Set.of("prompt", "model", "size", "seconds", "first_frame_image", "last_frame_image", "output");

    /** Larger than any picture that is allowed: what is beyond need not be read to know that it is too much. */
    private static final int ENOUGH_OF_A_PICTURE = 64 << 20;

    private static final int MOST_PROBLEMS_TOLD = 50;

    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Path outputDirectory;
    private final Map<Path, List<Problem>> pictures = new HashMap<>();
    private final Map<Path, Integer> outputs = new HashMap<>();
    private final List<BatchLine> lines = new ArrayList<>();
    private final List<String> bad = new ArrayList<>();

    private BatchFile(Path outputDirectory) {
        this.outputDirectory = outputDirectory;
    }

    /**
     * @param outputDirectory what the outputs are relative to; it need not exist yet
     * @throws UsageException telling each bad line with its number
     */
    static List<BatchLine> read(InputStream in, Path outputDirectory) throws IOException {
        BatchFile file = new BatchFile(outputDirectory);
        byte[] bytes = in.readAllBytes();
        int number = 1;
        for (int start = startOf(bytes), end; start < bytes.length; start = end + 1, number++) {
            end = start;
            while (end < bytes.length && bytes[end] != '\n') {
                end++;
            }
            file.readLine(number, ByteBuffer.wrap(bytes, start, end - start));
        }
        file.refuseIfBad();
        return file.lines;
    }

    /** Behind the mark that some editors put in front of UTF-8. */
    private static int startOf(byte[] bytes) {
        boolean marked =
                bytes.length >= 3 && bytes[0] == (byte) 0xef && bytes[1] == (byte) 0xbb && bytes[2] == (byte) 0xbf;
        return marked ? 3 : 0;
    }

    private void refuseIfBad() {
        if (bad.isEmpty()) {
            return;
        }
        String told = bad.stream().limit(MOST_PROBLEMS_TOLD).collect(Collectors.joining("; "));
        int untold = bad.size() - MOST_PROBLEMS_TOLD;
        throw new UsageException("Nothing was sent: " + told + (untold > 0 ? "; and " + untold + " more" : ""));
    }

    private void readLine(int number, ByteBuffer bytes) {
        try {
            String text =
                    StandardCharsets.UTF_8.newDecoder().decode(bytes).toString().strip();
            if (!text.isEmpty()) {
                lines.add(line(number, text));
            }
        } catch (CharacterCodingException e) {
            bad.add("line " + number + " is no UTF-8");
        } catch (UsageException e) {
            bad.add("line " + number + ": " + e.getMessage());
        } catch (InvalidVideoRequestException e) {
            bad.add("line " + number + ": " + sentence(e.problems()));
        }
    }

    private static String sentence(List<Problem> problems) {
        return problems.stream()
                .map(p -> p.field() + " is " + p.value() + ", allowed is " + p.allowed())
                .collect(Collectors.joining(", "));
    }

    private BatchLine line(int number, String text) {
        Map<String, String> members = members(text);
        String hash = FileNames.hash(text).substring(0, 32);
        DoubaoVideoRequest request = request(members, BatchLine.reference(number, hash));
        return new BatchLine(number, hash, request, output(number, members.get("output")));
    }

    private static Map<String, String> members(String text) {
        Map<String, String> members = new LinkedHashMap<>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), text)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                throw new UsageException("no JSON object");
            }
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                String value = value(name, json);
                if (value != null) {
                    members.put(name, value);
                }
            }
            if (json.nextToken() != null) {
                throw new UsageException("something stands behind the JSON object");
            }
            return members;
        } catch (JacksonException e) {
            // Its message could quote the prompt.
            throw new UsageException("no valid JSON (column " + e.getLocation().getColumnNr() + ")");
        }
    }

    /** Null for a member that is null, as if it were not there. */
    private static @Nullable String value(String name, JsonParser json) {
        if (!FIELDS.contains(name)) {
            throw new UsageException("unknown field '" + Output.printable(name) + "', allowed are prompt, model, size,"
                    + " seconds, first_frame_image, last_frame_image and output");
        }
        JsonToken token = json.nextToken();
        if (token == JsonToken.VALUE_NULL) {
            return null;
        }
        boolean number = name.equals("seconds") && token == JsonToken.VALUE_NUMBER_INT;
        if (token != JsonToken.VALUE_STRING && !number) {
            throw new UsageException(name + " is no " + (name.equals("seconds") ? "whole number" : "text"));
        }
        return json.getString();
    }

    private DoubaoVideoRequest request(Map<String, String> members, String reference) {
        DoubaoVideoRequest.Builder builder = DoubaoVideoRequest.builder()
                .prompt(members.getOrDefault("prompt", ""))
                .seconds(seconds(members.get("seconds")))
                .reference(reference);
        String model = members.get("model");
        if (model != null) {
            builder.model(DoubaoModel.of(model));
        }
        String size = members.get("size");
        if (size != null) {
            builder.size(AspectRatio.fromWire(size));
        }
        Path first = path("first_frame_image", members.get("first_frame_image"));
        Path last = path("last_frame_image", members.get("last_frame_image"));
        DoubaoVideoRequest request = builder.firstFrame(first == null ? null : FrameImage.of(first))
                .lastFrame(last == null ? null : FrameImage.of(last))
                .build();
        checkPicture("first_frame_image", first);
        checkPicture("last_frame_image", last);
        return request;
    }

    private static @Nullable Integer seconds(@Nullable String text) {
        try {
            return text == null ? null : Integer.valueOf(text);
        } catch (NumberFormatException e) {
            throw new UsageException("seconds is no whole number");
        }
    }

    private static @Nullable Path path(String field, @Nullable String text) {
        if (text == null) {
            return null;
        }
        if (text.isEmpty()) {
            throw new UsageException(field + " names no file");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new UsageException(field + " is no name of a file here: " + e.getReason());
        }
    }

    /** The client looks again when it sends; this is so that a batch does not stop half-way for a typing error. */
    private void checkPicture(String field, @Nullable Path path) {
        if (path == null) {
            return;
        }
        List<Problem> problems = pictures.computeIfAbsent(path, BatchFile::problems);
        if (!problems.isEmpty()) {
            throw new InvalidVideoRequestException(problems.stream()
                    .map(p -> new Problem(field, p.value(), p.allowed()))
                    .toList());
        }
    }

    private static List<Problem> problems(Path path) {
        String name = "'" + path.getFileName() + "'";
        if (Files.isDirectory(path)) {
            return List.of(noPicture(name + ", which is a directory"));
        }
        if (Files.exists(path) && !Files.isRegularFile(path)) {
            return List.of(noPicture(name + ", which is no regular file"));
        }
        try (InputStream in = Files.newInputStream(path)) {
            FrameImage picture = FrameImage.of(in.readNBytes(ENOUGH_OF_A_PICTURE), name);
            DoubaoVideoRequest.builder()
                    .prompt("a look at a picture")
                    .firstFrame(picture)
                    .build();
            return List.of();
        } catch (InvalidVideoRequestException e) {
            return e.problems().stream()
                    .map(p -> new Problem(p.field(), name + ", which is " + p.value(), p.allowed()))
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of(noPicture(name + ", which does not exist"));
        } catch (AccessDeniedException e) {
            return List.of(noPicture(name + ", which may not be read"));
        } catch (IOException e) {
            return List.of(noPicture(name + ", which cannot be read"));
        }
    }

    private static Problem noPicture(String value) {
        return new Problem("", value, "a png, jpeg or webp image");
    }

    private @Nullable Path output(int number, @Nullable String text) {
        Path told = path("output", text);
        if (told == null) {
            return null;
        }
        Path output = outputDirectory.resolve(told).normalize();
        Path absolute = output.toAbsolutePath();
        boolean directory = Files.isDirectory(output)
                || absolute.equals(outputDirectory.toAbsolutePath().normalize())
                || output.getFileName() == null;
        if (directory || text == null || text.endsWith("/")) {
            throw new UsageException("output is a directory, allowed is a file");
        }
        Integer earlier = outputs.putIfAbsent(absolute, number);
        if (earlier != null) {
            throw new UsageException("output is the same file as in line " + earlier);
        }
        return output;
    }
}
