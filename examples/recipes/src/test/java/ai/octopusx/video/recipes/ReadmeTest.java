package ai.octopusx.video.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The README shows the recipes as they are compiled here, word for word. */
class ReadmeTest {

    private static final Pattern RECIPE =
            Pattern.compile("<!-- recipe: ([\\w-]+) -->\n```\\w+\n(.*?)```", Pattern.DOTALL);
    private static final Pattern MARKED =
            Pattern.compile(" *// tag::([\\w-]+)\\[]\n(.*?) *// end::\\1\\[]", Pattern.DOTALL);

    @Test
    void everyRecipeIsInTheReadmeAndNoOther() throws IOException {
        Map<String, String> shown = new TreeMap<>();
        collect(RECIPE, Files.readString(Path.of("../../README.md")), shown);

        assertThat(shown).isEqualTo(compiled()).hasSizeGreaterThan(10);
    }

    private static Map<String, String> compiled() throws IOException {
        Map<String, String> recipes = new TreeMap<>();
        List<Path> sources = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main"))) {
            files.filter(file -> file.toString().matches(".*\\.(java|kt)")).forEach(sources::add);
        }
        for (Path source : sources) {
            collect(MARKED, Files.readString(source), recipes);
        }
        return recipes;
    }

    private static void collect(Pattern pattern, String text, Map<String, String> recipes) {
        Matcher found = pattern.matcher(text);
        while (found.find()) {
            recipes.put(found.group(1), found.group(2).stripTrailing().stripIndent());
        }
    }
}
