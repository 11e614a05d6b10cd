package ai.octopusx.video.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ai.octopusx.video.SubmissionJournal;
import ai.octopusx.video.SubmissionJournal.Entry;
import ai.octopusx.video.SubmissionJournal.Record;
import ai.octopusx.video.SubmissionJournal.State;
import ai.octopusx.video.SubmissionVerdict;
import ai.octopusx.video.VideoStatus;
import ai.octopusx.video.VideoTask;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for the journal in memory and for the one in a file. */
@Timeout(115)
class SubmissionJournalTest {

    private static final Entry ENTRY = new Entry("a", "row 7", Instant.EPOCH, "https://octopusx.ai", "m");

    @TempDir
    Path directory;

    private Function<SubmissionJournal, CompletionStage<List<Record>>> all = journal -> journal.open();
    private Function<SubmissionJournal, CompletionStage<Void>> forgetting = journal -> journal.close("", "");
    private AutoCloseable opened = () -> {};

    private SubmissionJournal journal(String kind) {
        if (kind.equals("memory")) {
            InMemorySubmissionJournal journal = new InMemorySubmissionJournal();
            all = any -> journal.records();
            forgetting = any -> journal.forget("a");
            return journal;
        }
        FileSubmissionJournal journal = FileSubmissionJournal.open(directory.resolve("journal"));
        all = any -> journal.records();
        forgetting = any -> journal.forget("a");
        opened = journal;
        return journal;
    }

    @AfterEach
    void close() throws Exception {
        opened.close();
    }

    /** Two notes on one entry, and what is known then; a refused second one leaves what the first one told. */
    @ParameterizedTest
    @CsvSource({
        "sending,  taken,    TAKEN",
        "sending,  rejected, REJECTED",
        "sending,  unknown,  UNKNOWN",
        "sending,  close,    CLOSED",
        "sending,  sending,  SENDING",
        "taken,    sending,  refused TAKEN",
        "taken,    rejected, refused TAKEN",
        "taken,    unknown,  refused TAKEN",
        "taken,    taken,    TAKEN",
        "taken,    close,    CLOSED",
        "rejected, sending,  SENDING",
        "rejected, taken,    TAKEN",
        "rejected, unknown,  UNKNOWN",
        "unknown,  sending,  refused UNKNOWN",
        "unknown,  taken,    TAKEN",
        "unknown,  rejected, REJECTED",
        "unknown,  close,    CLOSED",
        "close,    sending,  refused CLOSED",
        "close,    rejected, refused CLOSED",
        "close,    unknown,  refused CLOSED",
        "close,    taken,    CLOSED",
    })
    void knowledgeNeverGetsWorse(String first, String second, String expected) {
        for (String kind : List.of("memory", "file")) {
            SubmissionJournal journal = journal(kind);
            if (first.equals("close")) {
                await(note(journal, "sending"));
            }
            await(note(journal, first));
            boolean refused = isRefused(note(journal, second));
            Record record = await(all.apply(journal)).get(0);

            assertThat((refused ? "refused " : "") + record.state()).as(kind).isEqualTo(expected);
            assertThat(record.entry()).isEqualTo(ENTRY);
            assertThat(await(journal.open()))
                    .hasSize(record.state() == State.TAKEN || record.state() == State.UNKNOWN ? 1 : 0);
            if (first.equals("close") && second.equals("taken")) {
                assertThat(record.taskId()).isEqualTo("video_a");
                assertThat(record.note()).isEqualTo("closed by hand");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void aForgottenEntryIsGoneAndCanBeSentAgain(String kind) {
        SubmissionJournal journal = journal(kind);
        await(note(journal, "sending"));
        await(note(journal, "unknown"));
        await(forgetting.apply(journal));
        assertThat(await(all.apply(journal))).isEmpty();
        await(forgetting.apply(journal));
        await(note(journal, "sending"));
        assertThat(await(all.apply(journal))).extracting(Record::state).containsExactly(State.SENDING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void closingWhatIsNotThereIsAnError(String kind) {
        assertThat(isRefused(journal(kind).close("nobody", ""))).isTrue();
    }

    /** Each round of a repeated submission is an entry of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"memory", "file"})
    void rejectionsWithoutEndDoNotFillTheJournal(String kind) {
        SubmissionJournal journal = journal(kind);
        await(note(journal, "taken"));
        CompletionStage<Void> last = note(journal, "taken");
        for (int i = 0; i < 1_500; i++) {
            Entry entry = new Entry("again" + i, "row 8", Instant.EPOCH, "https://octopusx.ai", "m");
            journal.sending(entry);
            last = journal.rejected(entry, SubmissionVerdict.REJECTED, "HTTP 400");
        }
        await(last);
        assertThat(await(all.apply(journal)))
                .hasSize(1 + JournalBook.REJECTED_KEPT)
                .extracting(record -> record.entry().id())
                .startsWith("a", "again500")
                .endsWith("again1499");
    }

    private static CompletionStage<Void> note(SubmissionJournal journal, String name) {
        return switch (name) {
            case "sending" -> journal.sending(ENTRY);
            case "taken" -> journal.taken(ENTRY, task());
            case "rejected" -> journal.rejected(ENTRY, SubmissionVerdict.NOT_SENT, "refused");
            case "unknown" -> journal.unknown(ENTRY, "reset");
            default -> journal.close(ENTRY.id(), "closed by hand");
        };
    }

    private static VideoTask task() {
        return new VideoTask(
                "video_a",
                VideoStatus.QUEUED,
                0,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                null,
                "queued",
                Map.of());
    }

    private static <T> T await(CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static boolean isRefused(CompletionStage<?> stage) {
        try {
            await(stage);
            return false;
        } catch (CompletionException e) {
            assertThat(e.getCause()).isInstanceOfAny(IllegalStateException.class, IllegalArgumentException.class);
            return true;
        }
    }
}
