package io.leadroutes.rules;

/**
 * A word of texts, with what was found out about it. Threads may race: they find out the same, and both are immutable.
 */
final class Word {

    final String text;

    /** What the one matcher that sees this word makes of it; absent until then, and if it depends on the text. */
    Matcher.Meaning meaning;

    /** Absent until denials are looked for. */
    Negation.Role role;

    Word(String text) {
        this.text = text;
    }
}
