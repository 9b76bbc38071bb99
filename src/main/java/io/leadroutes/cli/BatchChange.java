package io.leadroutes.cli;

import io.leadroutes.chatwoot.ConversationSummary;
import io.leadroutes.conversation.Values;
import io.leadroutes.event.Priority;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a conversation is to become. Labels are lower-cased, those to remove are as others may have written them.
 *
 * @param labels exactly these; beside them none is added or removed
 * @param attributes those to set; others stay
 */
record BatchChange(
        List<String> addLabels,
        List<String> removeLabels,
        Optional<List<String>> labels,
        Map<String, Object> attributes,
        Optional<Priority> priority,
        Optional<String> status) {

    boolean isEmpty() {
        return !concernsLabels() && attributes.isEmpty() && priority.isEmpty() && status.isEmpty();
    }

    boolean concernsLabels() {
        return !addLabels.isEmpty() || !removeLabels.isEmpty() || labels.isPresent();
    }

    /** True if a bulk action can do all of it: labels to add, a status, and nothing else. */
    boolean isShareable() {
        return removeLabels.isEmpty() && labels.isEmpty() && attributes.isEmpty() && priority.isEmpty();
    }

    /** True if a conversation shows all that a {@linkplain #isShareable() shareable} change is about. */
    boolean isMet(ConversationSummary shown) {
        boolean hasLabels = addLabels.isEmpty()
                || shown.labels().filter(there -> there.containsAll(addLabels)).isPresent();
        return hasLabels && (status.isEmpty() || shown.status().equals(status));
    }

    /** All labels to write over those that are there; empty when it is already so. */
    Optional<List<String>> labelsOver(List<String> present) {
        Set<String> wanted = new LinkedHashSet<>(labels.orElse(present));
        // In any case: the same label was perhaps stored before Chatwoot lower-cased it (CONTRACT section 3.2).
        wanted.removeIf(label -> removeLabels.stream().anyMatch(label::equalsIgnoreCase));
        wanted.addAll(addLabels);
        return wanted.equals(new HashSet<>(present)) ? Optional.empty() : Optional.of(List.copyOf(wanted));
    }

    /** The whole map to write over the one that is there; empty when it is already so. */
    Optional<Map<String, Object>> attributesOver(Map<String, Object> present) {
        if (Values.hasAll(present, attributes)) {
            return Optional.empty();
        }
        Map<String, Object> wanted = new LinkedHashMap<>(present);
        wanted.putAll(attributes);
        return Optional.of(wanted);
    }
}
