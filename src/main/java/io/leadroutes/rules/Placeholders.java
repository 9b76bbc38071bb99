package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * The names that a note may hold in braces, such as <code>{score}</code>. Whoever renders a note leaves out a line whose
 * placeholder has no value.
 */
public final class Placeholders {

    /** Every allowed name. */
    public static final Set<String> NAMES = Set.of(
            "score",
            "reasons",
            "labels",
            "name",
            "email",
            "phone",
            "company",
            "company_size",
            "industry",
            "deal_value",
            "message");

    private Placeholders() {}

    /** The texts in braces that are no placeholder, in text order; an opening brace that is never closed too. */
    static List<String> unknownIn(String note) {
        List<String> unknown = new ArrayList<>();
        int open = note.indexOf('{');
        while (open >= 0) {
            int close = note.indexOf('}', open);
            if (close < 0) {
                unknown.add(note.substring(open, Math.min(note.length(), open + 20)));
                return unknown;
            }
            if (!NAMES.contains(note.substring(open + 1, close))) {
                unknown.add(note.substring(open, close + 1));
            }
            open = note.indexOf('{', close);
        }
        return unknown;
    }

    static String list() {
        return "{" + String.join("}, {", new TreeSet<>(NAMES)) + "}";
    }
}
