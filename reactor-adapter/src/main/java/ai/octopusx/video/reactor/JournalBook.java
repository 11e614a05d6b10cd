package ai.octopusx.video.reactor;

import ai.octopusx.video.SubmissionJournal.Entry;
import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The entries of a journal in the order in which they were sent, and what may become of them: knowledge never gets worse.
 * Every change returns the record that it made. Not thread-safe.
 *
 * <p>Of entries that need no remembering only the newest stay: of rejected ones, for there is no job, and of those that were
 * closed without a note. A note is the caller's, who may have put it there to find it again; and what is open stays anyway.
 */
final class JournalBook {

    static final String DIED = "the process ended before the outcome was noted";

    /** So many can be looked at, should someone ask why nothing was sent. */
    static final int REJECTED_KEPT = 1_000;

    /** Some 50 MB of heap. */
    static final int CLOSED_KEPT = 100_000;

    private final Map<String, Record> records = new LinkedHashMap<>();

    /** Ids in the order in which they came to be rejected. */
    private final Set<String> rejected = new LinkedHashSet<>();

    /** Ids in the order in which they were closed, of those without a note. */
    private final Set<String> closed = new LinkedHashSet<>();

    private final int rejectedKept;
    private final int closedKept;

    JournalBook() {
        this(REJECTED_KEPT, CLOSED_KEPT);
    }

    JournalBook(int rejectedKept, int closedKept) {
        this.rejectedKept = rejectedKept;
        this.closedKept = closedKept;
    }

    /** @throws IllegalStateException if the job may exist: sending it again could pay twice */
    Record sending(Entry entry) {
        Record known = records.get(entry.id());
        if (known != null && known.state() != State.SENDING && known.state() != State.REJECTED) {
            throw new IllegalStateException("Entry " + entry.id() + " is " + known.state() + " and is not sent again");
        }
        return put(new Record(entry, State.SENDING, null, ""));
    }

    /** Also of an entry that is not here any more, for the job is paid for. */
    Record taken(Entry entry, String taskId) {
        Record known = records.get(entry.id());
        return known != null && known.state() == State.CLOSED
                ? put(new Record(entry, State.CLOSED, taskId, known.note()))
                : put(new Record(entry, State.TAKEN, taskId, ""));
    }

    /** @throws IllegalStateException if the gateway took the job */
    Record rejected(Entry entry, String why) {
        return put(new Record(notTaken(entry), State.REJECTED, null, why));
    }

    /** @throws IllegalStateException if the gateway took the job */
    Record unknown(Entry entry, String why) {
        return put(new Record(notTaken(entry), State.UNKNOWN, null, why));
    }

    private Entry notTaken(Entry entry) {
        Record known = records.get(entry.id());
        if (known != null && (known.state() == State.TAKEN || known.state() == State.CLOSED)) {
            throw new IllegalStateException("Entry " + entry.id() + " is already " + known.state());
        }
        return entry;
    }

    /** @throws IllegalArgumentException if there is no such entry */
    Record close(String entryId, String note) {
        Record known = records.get(entryId);
        if (known == null) {
            throw new IllegalArgumentException("The journal has no entry " + entryId);
        }
        return put(new Record(known.entry(), State.CLOSED, known.taskId(), note));
    }

    /** Whether there was such an entry. */
    boolean forget(String entryId) {
        rejected.remove(entryId);
        closed.remove(entryId);
        return records.remove(entryId) != null;
    }

    /** As it was read, or as it was before. */
    Record put(Record record) {
        String id = record.entry().id();
        rejected.remove(id);
        closed.remove(id);
        records.put(id, record);
        if (record.state() == State.REJECTED) {
            keepNewest(rejected, id, rejectedKept);
        } else if (record.state() == State.CLOSED && record.note().isEmpty()) {
            keepNewest(closed, id, closedKept);
        }
        return record;
    }

    private void keepNewest(Set<String> ids, String newest, int kept) {
        ids.add(newest);
        if (ids.size() > kept) {
            Iterator<String> oldestFirst = ids.iterator();
            records.remove(oldestFirst.next());
            oldestFirst.remove();
        }
    }

    @Nullable
    Record get(String entryId) {
        return records.get(entryId);
    }

    /** What was being sent when the process died is unknown from now on. */
    void giveUpOnSending() {
        records.replaceAll((id, record) ->
                record.state() == State.SENDING ? new Record(record.entry(), State.UNKNOWN, null, DIED) : record);
    }

    int size() {
        return records.size();
    }

    List<Record> all() {
        return List.copyOf(records.values());
    }

    /** Unknown, or taken and not yet closed. */
    List<Record> open() {
        List<Record> open = new ArrayList<>();
        for (Record record : records.values()) {
            if (record.state() == State.UNKNOWN || record.state() == State.TAKEN) {
                open.add(record);
            }
        }
        return List.copyOf(open);
    }
}
