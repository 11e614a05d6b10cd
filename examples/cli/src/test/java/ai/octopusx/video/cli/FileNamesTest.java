package ai.octopusx.video.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileNamesTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "video_0c1d2e3f-1111-2222-3333-444455556666",
                "task_AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHH",
                "v1.2",
                "7"
            })
    void aPlainIdIsTheName(String id) {
        assertThat(FileNames.video(id)).isEqualTo(id + ".mp4");
    }

    @Test
    void hostileIdsMakeTameNames() {
        List<String> hostile = List.of(
                "../../etc/passwd",
                "..",
                ".",
                ".hidden",
                "-rf",
                "--output",
                "/",
                "/etc/passwd",
                "C:\\Windows\\x",
                "a/b",
                "a\\b",
                "a:b",
                "grok:0c1d2e3f",
                "CON",
                "con",
                "NUL.txt",
                "com1",
                "LPT9.a.b",
                "aux.",
                "trailing.",
                "trailing ",
                " leading",
                "nul\0",
                "line\nbreak",
                "bell\u0007",
                "escape\u001b[31m",
                "\u202egpm.exe",
                "\u2066x",
                "zero\u200bwidth",
                "喵",
                "\ud83d\ude00",
                "lone\ud83d",
                "*?<>|\"",
                "$(rm -rf .)",
                "a".repeat(101),
                "a".repeat(100_000),
                "~",
                "~root",
                "%2e%2e%2f",
                "a b");
        Set<String> names = new HashSet<>();
        for (String id : hostile) {
            String name = FileNames.video(id);
            assertThat(name).as(id).matches("[A-Za-z0-9_][A-Za-z0-9._-]*\\.mp4").hasSizeLessThanOrEqualTo(120);
            assertThat(name).doesNotMatch("(?i)(con|prn|aux|nul|com\\d|lpt\\d)\\..*");
            assertThat(Path.of(name)).hasFileName(name);
            assertThat(Path.of("out").resolve(name).normalize().getParent()).isEqualTo(Path.of("out"));
            assertThat(names.add(name)).as("two ids in one file: " + id).isTrue();
        }
    }

    @Test
    void differentIdsKeepDifferentNames() {
        Random random = new Random(42);
        String letters = "ab/:.-_ \u202e喵";
        Set<String> ids = new HashSet<>();
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 20_000; i++) {
            StringBuilder id = new StringBuilder();
            for (int length = 1 + random.nextInt(6); length > 0; length--) {
                id.append(letters.charAt(random.nextInt(letters.length())));
            }
            ids.add(id.toString());
            names.add(FileNames.video(id.toString()));
        }
        assertThat(names).hasSameSizeAs(ids);
    }
}
