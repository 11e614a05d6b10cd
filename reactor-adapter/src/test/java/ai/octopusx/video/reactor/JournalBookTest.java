package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.SubmissionJournal.Entry;
import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a journal remembers, and what it may forget. */
class JournalBookTest {

    private final JournalBook book = new JournalBook(3, 2);

    @Test
    void ofRejectedEntriesTheNewestStay() {
        for (String id : List.of("a", "b", "c", "d", "e")) {
            book.sending(entry(id));
        }
        for (String id : List.of("e", "a", "d", "b")) {
            book.rejected(entry(id), "no money");
        }
        assertThat(ids()).as("in the order of sending").containsExactly("a", "b", "c", "d");
        assertThat(book.get("c")).returns(State.SENDING, Record::state);
    }

    @Test
    void whatWasRejectedAndIsSentAgainCountsAsRejectedNoMore() {
        book.rejected(entry("a"), "no money");
        book.sending(entry("a"));
        book.taken(entry("a"), "video_a");
        for (String id : List.of("b", "c", "d", "e")) {
            book.rejected(entry(id), "no money");
        }
        assertThat(ids()).containsExactly("a", "c", "d", "e");
    }

    @Test
    void whatIsForgottenMakesRoom() {
        for (String id : List.of("a", "b", "c")) {
            book.rejected(entry(id), "no money");
        }
        book.forget("b");
        book.rejected(entry("d"), "no money");
        assertThat(ids()).containsExactly("a", "c", "d");
    }

    @Test
    void ofEntriesClosedWithoutANoteTheNewestStay() {
        for (String id : List.of("a", "b", "c")) {
            book.taken(entry(id), "video_" + id);
            book.close(id, "");
        }
        assertThat(ids()).containsExactly("b", "c");
    }

    /** A batch skips lines that are done because their notes say so. */
    @Test
    void whatWasClosedWithANoteStaysHoweverMuchThereIs() {
        for (int i = 0; i < 50; i++) {
            book.taken(entry("job" + i), "video_" + i);
            book.close("job" + i, "saved out/" + i + ".mp4");
        }
        assertThat(book.all()).hasSize(50).extracting(Record::state).containsOnly(State.CLOSED);
    }

    @Test
    void aNoteThatComesLaterKeepsAnEntryToo() {
        for (String id : List.of("a", "b", "c", "d")) {
            book.taken(entry(id), "video_" + id);
            book.close(id, "");
            if (id.equals("a")) {
                book.close(id, "saved out/a.mp4");
            }
        }
        assertThat(ids()).containsExactly("a", "c", "d");
    }

    @Test
    void whatIsOpenOrBeingSentStaysHoweverMuchThereIs() {
        for (int i = 0; i < 50; i++) {
            book.taken(entry("taken" + i), "video_" + i);
            book.unknown(entry("unknown" + i), "reset");
            book.sending(entry("sending" + i));
        }
        for (int i = 0; i < 10; i++) {
            book.rejected(entry("rejected" + i), "no money");
            book.unknown(entry("done" + i), "reset");
            book.close("done" + i, "");
        }
        assertThat(book.open()).hasSize(100);
        assertThat(book.all()).hasSize(150 + 3 + 2);
    }

    private List<String> ids() {
        return book.all().stream().map(record -> record.entry().id()).toList();
    }

    private static Entry entry(String id) {
        return new Entry(id, null, Instant.EPOCH, "https://octopusx.ai", "m");
    }
}
