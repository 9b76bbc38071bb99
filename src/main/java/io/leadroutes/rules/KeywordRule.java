package io.leadroutes.rules;

import com.google.re2j.Pattern;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A tag or score rule as the file has it, or the words of a condition. One of what it looks for must be found, if it looks for
 * anything, and its condition must hold.
 *
 * @param any keywords
 * @param near keywords that must stand together
 * @param regex patterns
 * @param typos whether a keyword may be misspelt
 * @param when a condition besides, or alone
 */
record KeywordRule(
        Hit.Kind kind,
        String id,
        List<String> any,
        Optional<Near> near,
        List<Pattern> regex,
        boolean typos,
        Optional<Condition> when,
        int points,
        List<String> labels) {

    boolean looksForWords() {
        return !any.isEmpty() || near.isPresent() || !regex.isEmpty();
    }

    /** What it looks for, in the words of the file. */
    List<String> said() {
        List<String> said = new ArrayList<>(any);
        near.ifPresent(near -> said.add(String.join(" … ", near.words())));
        regex.forEach(pattern -> said.add("/" + pattern.pattern() + "/"));
        return said;
    }

    /**
     * Keywords that must all be found close to each other, in any order.
     *
     * @param within how many words, these included, they may span
     */
    record Near(List<String> words, int within) {}
}
