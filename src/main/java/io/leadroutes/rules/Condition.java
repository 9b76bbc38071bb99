package io.leadroutes.rules;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a rule's {@code when} asks for. Immutable and pure: the same reading and facts give the same answer. */
public sealed interface Condition {

    /**
     * Whether it holds.
     *
     * @return what made it hold, for people to read, such as {@code labels: vip} or {@code attributes.seats: 80}; absent if
     *     it does not hold
     */
    Optional<List<String>> held(Reading reading, Facts facts);

    /** The conditions that it is made of; none for one that asks for something itself. */
    default List<Condition> parts() {
        return List.of();
    }

    /** All labels that it asks for or rules out, in the order of the file. */
    default Set<String> labels() {
        Set<String> labels = new LinkedHashSet<>();
        parts().forEach(part -> labels.addAll(part.labels()));
        return labels;
    }

    /** True if it looks at the message or event in hand, without which it says nothing. */
    default boolean asksForMessage() {
        return parts().stream().anyMatch(Condition::asksForMessage);
    }

    /** True if it says itself of which events it is to be asked; others are asked of customers' messages only. */
    default boolean asksForEvent() {
        return parts().stream().anyMatch(Condition::asksForEvent);
    }

    /** All of these hold. */
    record All(List<Condition> parts) implements Condition {
        public All {
            parts = List.copyOf(parts);
        }

        @Override
        public Optional<List<String>> held(Reading reading, Facts facts) {
            List<String> why = new ArrayList<>();
            for (Condition part : parts) {
                Optional<List<String>> held = part.held(reading, facts);
                if (held.isEmpty()) {
                    return Optional.empty();
                }
                why.addAll(held.get());
            }
            return Optional.of(why);
        }
    }

    /** At least one of these holds. */
    record Any(List<Condition> parts) implements Condition {
        public Any {
            parts = List.copyOf(parts);
        }

        @Override
        public Optional<List<String>> held(Reading reading, Facts facts) {
            return parts.stream()
                    .map(part -> part.held(reading, facts))
                    .flatMap(Optional::stream)
                    .findFirst();
        }
    }

    /** None of these holds. */
    record None(List<Condition> parts) implements Condition {
        public None {
            parts = List.copyOf(parts);
        }

        @Override
        public Optional<List<String>> held(Reading reading, Facts facts) {
            boolean holds =
                    parts.stream().allMatch(part -> part.held(reading, facts).isEmpty());
            return holds ? Optional.of(List.of()) : Optional.empty();
        }
    }

    /**
     * What labels the conversation has.
     *
     * @param all must all be there
     * @param any one of them must be there; empty: no such demand
     * @param none none of them may be there
     */
    record Labels(Set<String> all, Set<String> any, Set<String> none) implements Condition {
        public Labels {
            all = inOrder(all);
            any = inOrder(any);
            none = inOrder(none);
        }

        @Override
        public Optional<List<String>> held(Reading reading, Facts facts) {
            Set<String> present = facts.labels();
            boolean holds = present.containsAll(all)
                    && (any.isEmpty() || any.stream().anyMatch(present::contains))
                    && none.stream().noneMatch(present::contains);
            if (!holds) {
                return Optional.empty();
            }
            Set<String> there = new LinkedHashSet<>(all);
            any.stream().filter(present::contains).forEach(there::add);
            return Optional.of(List.of("labels: " + String.join(", ", there)));
        }

        @Override
        public Set<String> labels() {
            Set<String> labels = new LinkedHashSet<>(all);
            labels.addAll(any);
            labels.addAll(none);
            return labels;
        }
    }

    /**
     * What one value is.
     *
     * @param path of the value in {@link Facts}
     * @param tests all must be met
     */
    record Value(String path, List<ValueTest> tests) implements Condition {
        public Value {
            tests = List.copyOf(tests);
        }

        @Override
        public Optional<List<String>> held(Reading reading, Facts facts) {
            Object value = facts.values().get(path);
            return tests.stream().allMatch(test -> test.isMet(value))
                    ? Optional.of(
                            List.of(path + ": " + (value == null ? "not there" : Hit.shortened(value.toString()))))
                    : Optional.empty();
        }

        @Override
        public boolean asksForMessage() {
            return path.equals("attachments") || asksForEvent();
        }

        @Override
        public boolean asksForEvent() {
            return path.equals(Facts.EVENT);
        }
    }

    /**
     * What the message says.
     *
     * @param rule index of the rule that looks for the words
     */
    record Words(int rule) implements Condition {
        @Override
        public Optional<List<String>> held(Reading reading, Facts facts) {
            Set<String> words = reading.words(rule);
            return words.isEmpty() ? Optional.empty() : Optional.of(List.copyOf(words));
        }

        @Override
        public boolean asksForMessage() {
            return true;
        }
    }

    private static Set<String> inOrder(Collection<String> texts) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(texts));
    }
}
