package ai.octopusx.video.reactor;

import ai.octopusx.video.SubmissionJournal.Entry;
import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonEncoding;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonWriteFeature;

/**
 * A journal's file, line by line: a heading, then one JSON object for each change. A line tells all that is known of its
 * entry, so the last one about an entry counts and none depends on another.
 */
final class JournalLines {

    /** So that no other file is ever taken for a journal, and cut or rewritten. */
    static final byte[] HEADING =
            "{\"journal\":\"octopusx-submissions\",\"version\":1}\n".getBytes(StandardCharsets.US_ASCII);

    /** Plain ASCII: also text that is no valid Unicode comes back as it was. */
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    private JournalLines() {}

    static byte[] of(Record record) {
        Entry entry = record.entry();
        return line(json -> {
            json.writeStringProperty("id", entry.id());
            if (entry.reference() != null) {
                json.writeStringProperty("reference", entry.reference());
            }
            json.writeStringProperty("at", entry.at().toString());
            json.writeStringProperty("origin", entry.origin());
            json.writeStringProperty("model", entry.model());
            json.writeStringProperty("state", record.state().name());
            if (record.taskId() != null) {
                json.writeStringProperty("task", record.taskId());
            }
            if (!record.note().isEmpty()) {
                json.writeStringProperty("note", record.note());
            }
        });
    }

    static byte[] forgotten(String entryId) {
        return line(json -> {
            json.writeStringProperty("id", entryId);
            json.writeBooleanProperty("forgotten", true);
        });
    }

    private static byte[] line(Consumer<JsonGenerator> members) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), bytes, JsonEncoding.UTF8)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        bytes.write('\n');
        return bytes.toByteArray();
    }

    /**
     * Puts one line, without its end, into the book.
     *
     * @return whether it could be read; if not, the book is as it was
     */
    static boolean read(byte[] line, JournalBook book) {
        Map<String, String> members = members(line);
        String id = members == null ? null : members.get("id");
        if (members == null || id == null) {
            return false;
        }
        if ("true".equals(members.get("forgotten"))) {
            book.forget(id);
            return true;
        }
        Record record = record(id, members);
        if (record == null) {
            return false;
        }
        book.put(record);
        return true;
    }

    private static @Nullable Record record(String id, Map<String, String> members) {
        String at = members.get("at");
        String origin = members.get("origin");
        String model = members.get("model");
        String state = members.get("state");
        if (at == null || origin == null || model == null || state == null) {
            return null;
        }
        try {
            Entry entry = new Entry(id, members.get("reference"), Instant.parse(at), origin, model);
            return new Record(entry, State.valueOf(state), members.get("task"), members.getOrDefault("note", ""));
        } catch (DateTimeException | IllegalArgumentException e) {
            return null;
        }
    }

    /** The members as text, or null if the line is not exactly one flat object. */
    private static @Nullable Map<String, String> members(byte[] line) {
        Map<String, String> members = new HashMap<>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
            if (json.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            for (String name = json.nextName(); name != null; name = json.nextName()) {
                if (!json.nextToken().isScalarValue()) {
                    return null;
                }
                members.put(name, json.getValueAsString(""));
            }
            return json.currentToken() == JsonToken.END_OBJECT && json.nextToken() == null ? members : null;
        } catch (JacksonException e) {
            return null;
        }
    }
}
