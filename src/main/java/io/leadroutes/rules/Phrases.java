package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A trie of phrases, word by word, each with a value. Looking up costs the length of the phrases that fit, whatever their
 * number.
 *
 * @param <V> what a phrase stands for
 */
final class Phrases<V> {

    private final Map<String, Phrases<V>> next = new HashMap<>();
    private final List<V> values = new ArrayList<>(1);

    void add(List<String> words, V value) {
        Phrases<V> node = this;
        for (String word : words) {
            node = node.next.computeIfAbsent(word, key -> new Phrases<>());
        }
        node.values.add(value);
    }

    /** What may follow after this word, or null. */
    Phrases<V> after(String word) {
        return next.get(word);
    }

    /** The words by which phrases begin. */
    Set<String> beginnings() {
        return next.keySet();
    }

    /** The values of the phrases that end here. */
    List<V> values() {
        return values;
    }
}
