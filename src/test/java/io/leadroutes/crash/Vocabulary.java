package io.leadroutes.crash;

import java.util.List;

/**
 * The words that customers write and the rules by which each leaves a trace of its own: a label and a score entry, some a
 * private note.
 */
final class Vocabulary {
    static final List<String> WORDS = List.of(
            "alpha", "bravo", "charlie", "delta", "foxtrot", "golf", "hotel", "juliett", "kilo", "lima", "oscar",
            "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "yankee", "zulu");

    /** A message with this word fails in the step {@code direct:crash-step}. */
    static final String POISON = "poison";

    static final int POINTS = 4;
    static final int QUALIFIED_AT = 16;
    static final String QUALIFIED_NOTE = "Qualified by words";

    private static final int NOTED_EACH = 3;

    private Vocabulary() {}

    static boolean isNoted(String word) {
        return WORDS.indexOf(word) % NOTED_EACH == 0;
    }

    static String note(String word) {
        return "Noted " + word;
    }

    static String label(String word) {
        return "seen-" + word;
    }

    static int score(int words) {
        return Math.min(100, words * POINTS);
    }

    /** The rule file. */
    static String rules() {
        StringBuilder out = new StringBuilder("tags:\n");
        WORDS.forEach(w -> out.append("  - {id: tag-%s, any: [%s], labels: [%s]}%n".formatted(w, w, label(w))));
        out.append("scores:\n");
        WORDS.forEach(w -> out.append("  - {id: score-%s, any: [%s], points: %d}%n".formatted(w, w, POINTS)));
        out.append("qualify:\n  at: %d\n  labels: [qualified]\n  priority: high\n  team: sales\n  note: %s\n"
                .formatted(QUALIFIED_AT, QUALIFIED_NOTE));
        out.append("escalate:\n");
        WORDS.stream()
                .filter(Vocabulary::isNoted)
                .forEach(w -> out.append(
                        "  - {id: escalate-%s, when: {labels: {all: [%s]}}, labels: [escalated], priority: urgent, note: %s}%n"
                                .formatted(w, label(w), note(w))));
        return out.toString();
    }

    /** A route that the routing slip ends with. */
    static String poisonRoute() {
        return """
                - route:
                    id: crash-step
                    description: Fails for the messages that are to be set aside.
                    from:
                      uri: direct:crash-step
                      steps:
                        - filter:
                            expression:
                              simple:
                                expression: "${body.text} contains 'poison'"
                            steps:
                              - throwException:
                                  exceptionType: java.lang.IllegalStateException
                                  message: poison
                """;
    }
}
