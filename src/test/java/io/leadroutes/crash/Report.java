package io.leadroutes.crash;

import java.util.List;
import java.util.stream.Collectors;

/**
 * @param acknowledged letters, each counted once, that were answered with 200 at least once
 * @param processed letters that had their effect, acknowledged or not
 */
record Report(int acknowledged, int processed, List<Violation> violations) {

    long count(Violation.Kind kind) {
        return violations.stream().filter(violation -> violation.kind() == kind).count();
    }

    String numbers() {
        return "acknowledged %d, processed %d, lost %d, doubled %d, reordered %d, stuck %d"
                .formatted(
                        acknowledged,
                        processed,
                        count(Violation.Kind.LOST),
                        count(Violation.Kind.DOUBLED),
                        count(Violation.Kind.REORDERED),
                        count(Violation.Kind.STUCK));
    }

    /** Throws AssertionError with each violation and its history if there is any. */
    void mustBeClean(String context) {
        if (!violations.isEmpty()) {
            throw new AssertionError(context + ": " + numbers() + "\n"
                    + violations.stream().map(Violation::toString).collect(Collectors.joining("\n")));
        }
    }
}
