package ai.octopusx.video.service;

import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What comes over one event stream, block by block, as it is written on the wire. */
final class EventStream implements AutoCloseable {

    private final HttpResponse<Stream<String>> answer;
    private final Iterator<String> lines;

    EventStream(HttpResponse<Stream<String>> answer) {
        this.answer = answer;
        this.lines = answer.body().iterator();
    }

    /** One block of lines: an event if it has data, else a sign of life. */
    record Block(List<String> lines) {

        @Nullable
        String field(String name) {
            return lines.stream()
                    .filter(line -> line.startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse(null);
        }

        boolean isBeat() {
            return field("data") == null && field("") != null;
        }

        long id() {
            return Long.parseLong(String.valueOf(field("id")));
        }

        JsonNode job() {
            return RunningService.json(String.valueOf(field("data")));
        }

        String status() {
            return job().get("status").asString();
        }
    }

    int status() {
        return answer.statusCode();
    }

    String header(String name) {
        return answer.headers().firstValue(name).orElse("");
    }

    /** Waits for the next block; nothing at the end of the stream. */
    Optional<Block> next() {
        List<String> block = new ArrayList<>();
        while (lines.hasNext()) {
            String line = lines.next();
            if (!line.isEmpty()) {
                block.add(line);
            } else if (!block.isEmpty()) {
                return Optional.of(new Block(block));
            }
        }
        return Optional.empty();
    }

    /** The next event, past all signs of life. */
    Block nextJob() {
        Block block;
        do {
            block = next().orElseThrow(() -> new AssertionError("The stream ended"));
        } while (block.isBeat());
        return block;
    }

    /** All events up to the end of the stream. */
    List<Block> jobs() {
        List<Block> all = new ArrayList<>();
        for (Optional<Block> block = next(); block.isPresent(); block = next()) {
            if (!block.get().isBeat()) {
                all.add(block.get());
            }
        }
        return all;
    }

    @Override
    public void close() {
        answer.body().close();
    }
}
