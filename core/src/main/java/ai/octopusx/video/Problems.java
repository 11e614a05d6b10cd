package ai.octopusx.video;

import ai.octopusx.video.InvalidVideoRequestException.Problem;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with a request, so that a caller hears of everything at once. */
final class Problems {

    private final List<Problem> found = new ArrayList<>();

    Problems unless(boolean fine, String field, Object value, String allowed) {
        if (!fine) {
            found.add(new Problem(field, String.valueOf(value), allowed));
        }
        return this;
    }

    Problems addAll(List<Problem> problems) {
        found.addAll(problems);
        return this;
    }

    void throwIfAny() {
        if (!found.isEmpty()) {
            throw new InvalidVideoRequestException(found);
        }
    }
}
