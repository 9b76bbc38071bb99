package io.leadroutes.chatwoot;

import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.event.Snapshot.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/** The account's teams as last listed; Chatwoot keeps their names stripped and lower-cased (CONTRACT section 3.11). */
public final class Teams {
    private final AtomicReference<List<Ref>> known = new AtomicReference<>(List.of());

    /** @param wanted a name in any case, or a numeric id, which needs no list */
    Optional<Ref> find(String wanted) {
        String name = wanted.strip().toLowerCase(Locale.ROOT);
        if (!name.isEmpty() && name.length() <= 15 && name.chars().allMatch(c -> c >= '0' && c <= '9')) {
            long id = Long.parseLong(name);
            return Optional.of(known.get().stream()
                    .filter(team -> team.id() == id)
                    .findFirst()
                    .orElse(new Ref(id, "")));
        }
        return known.get().stream()
                .filter(team -> team.name().toLowerCase(Locale.ROOT).equals(name))
                .findFirst();
    }

    /** @param list the answer of {@code GET /teams}: an array, bare or in {@code payload} */
    void remember(JsonNode list) {
        List<Ref> teams = new ArrayList<>();
        (list.isArray() ? list : list.path("payload"))
                .forEach(team -> teams.add(
                        new Ref(team.path("id").asLong(), team.path("name").asText())));
        remember(teams);
    }

    void remember(List<Ref> teams) {
        known.set(List.copyOf(teams));
    }

    List<String> names() {
        return known.get().stream().map(Ref::name).toList();
    }
}
