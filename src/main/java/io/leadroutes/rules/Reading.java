package io.leadroutes.rules;

import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a {@link RuleBook} found in a text; of use to that rule book only. */
public final class Reading {

    private final SortedMap<Integer, Set<String>> wordsByRule;

    Reading(SortedMap<Integer, Set<String>> wordsByRule) {
        this.wordsByRule = Collections.unmodifiableSortedMap(new TreeMap<>(wordsByRule));
    }

    /** The words that met each rule, by the rule's index; none for those that no words met. */
    Map<Integer, Set<String>> wordsByRule() {
        return wordsByRule;
    }

    Set<String> words(int rule) {
        return wordsByRule.getOrDefault(rule, Set.of());
    }
}
