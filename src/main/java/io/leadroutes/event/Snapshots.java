package io.leadroutes.event;

import io.leadroutes.event.Snapshot.Ref;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads conversation snapshots, whole (CONTRACT section 2.1) or as far as the original reference has them. */
final class Snapshots {
    private Snapshots() {}

    /**
     * Reads the snapshot that stands at this place.
     *
     * @param changes where parts are taken from that the snapshot itself does not carry
     * @return absent if there is no snapshot, or one without id
     */
    static Optional<Snapshot> read(Part part, Changes changes) {
        OptionalLong id = part.at("id").id();
        if (id.isEmpty()) {
            return Optional.empty();
        }
        Part meta = part.at("meta");
        OptionalLong updatedAt = part.at("updated_at").micros();
        return Optional.of(new Snapshot(
                id.getAsLong(),
                updatedAt.isPresent() ? updatedAt : part.at("changed_at").micros(),
                carried(part, changes, "status").text(),
                priority(carried(part, changes, "priority")),
                labels(carried(part, changes, "labels")),
                attributes(carried(part, changes, "custom_attributes")),
                part.at("additional_attributes").map(),
                assignee(meta).or(() -> ref(changes, "assignee_id")),
                ref(meta.at("team")).or(() -> ref(changes, "team_id")),
                Part.firstId(part.at("inbox_id"), part.at("inbox").at("id")),
                part.at("channel").text()));
    }

    private static Part carried(Part part, Changes changes, String attribute) {
        return part.at(attribute).orElse(changes.after(attribute));
    }

    private static Optional<Priority> priority(Part priority) {
        if (priority.isNull()) {
            return Optional.of(Priority.NONE);
        }
        return priority.text().flatMap(word -> Arrays.stream(Priority.values())
                .filter(known -> known.word().equalsIgnoreCase(word))
                .findFirst());
    }

    private static Optional<List<String>> labels(Part labels) {
        if (!labels.isArray() && !labels.isNull()) {
            return Optional.empty();
        }
        List<String> titles = new ArrayList<>();
        labels.elements().forEach(title -> title.text().ifPresent(titles::add));
        return Optional.of(Collections.unmodifiableList(titles));
    }

    private static Optional<Map<String, Object>> attributes(Part attributes) {
        return attributes.isObject() || attributes.isNull() ? Optional.of(attributes.map()) : Optional.empty();
    }

    /** A bot is no agent, and its id may be that of an agent too. */
    private static Optional<Ref> assignee(Part meta) {
        Part assignee = meta.at("assignee");
        boolean isBot = meta.at("assignee_type")
                        .text()
                        .filter("AgentBot"::equals)
                        .isPresent()
                || assignee.at("type").text().filter("agent_bot"::equals).isPresent();
        return isBot ? Optional.of(Ref.NONE) : ref(assignee);
    }

    /** By its id, where the body has nothing but the change. */
    private static Optional<Ref> ref(Changes changes, String attribute) {
        Part after = changes.after(attribute);
        if (after.isNull()) {
            return Optional.of(Ref.NONE);
        }
        return Optional.of(after.json())
                .filter(id -> id.isIntegralNumber() && id.canConvertToLong() && id.longValue() > 0)
                .map(id -> new Ref(id.longValue(), ""));
    }

    private static Optional<Ref> ref(Part part) {
        if (part.isNull()) {
            return Optional.of(Ref.NONE);
        }
        OptionalLong id = part.at("id").id();
        return id.isPresent()
                ? Optional.of(new Ref(id.getAsLong(), part.at("name").text().orElse("")))
                : Optional.empty();
    }
}
