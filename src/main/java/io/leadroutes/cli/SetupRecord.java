package io.leadroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.Present.Thing;
import io.leadroutes.store.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What setup has made in an account, in a local file, so that {@code setup --remove} takes back that and nothing else.
 * Written after each change. One file serves several accounts.
 */
final class SetupRecord {
    /** Kinds beside those of {@link Present.Kind}: what was added to something that may be another's. */
    static final String MEMBERS = "members";

    static final String SUBSCRIPTIONS = "subscriptions";

    private static final Set<String> KINDS = Set.of(
            Kind.LABEL.word(),
            Kind.ATTRIBUTE.word(),
            Kind.TEAM.word(),
            Kind.MACRO.word(),
            Kind.WEBHOOK.word(),
            MEMBERS,
            SUBSCRIPTIONS);

    /**
     * One thing made.
     *
     * @param kind the word of a {@link Present.Kind}, {@link #MEMBERS} or {@link #SUBSCRIPTIONS}
     * @param id of the thing, or of the team or webhook that it was added to
     * @param look how it was when it was made
     * @param added agents' ids or events
     */
    record Made(String kind, long id, String name, SortedMap<String, String> look, List<String> added) {
        static Made of(Thing thing) {
            return new Made(thing.kind().word(), thing.id(), thing.name(), thing.look(), List.of());
        }

        static Made addition(String kind, Thing to, List<String> added) {
            return new Made(kind, to.id(), to.name(), new TreeMap<>(), List.copyOf(added));
        }

        /** Without the address, which may hold a secret. */
        @Override
        public String toString() {
            return kind + " " + id;
        }
    }

    private final Path file;
    private final String account;
    private final Map<String, List<Made>> byAccount;

    private SetupRecord(Path file, String account, Map<String, List<Made>> byAccount) {
        this.file = file;
        this.account = account;
        this.byAccount = byAccount;
    }

    /**
     * @param account by which the file knows it
     * @throws IOException if the file cannot be read or is something else
     */
    static SetupRecord open(Path file, String account) throws IOException {
        Map<String, List<Made>> byAccount = new LinkedHashMap<>();
        Optional<String> text = PrivateFile.read(file);
        if (text.isPresent()) {
            JsonNode accounts = tree(file, text.get());
            for (var entry : accounts.properties()) {
                byAccount.put(entry.getKey(), list(file, entry.getValue()));
            }
        }
        return new SetupRecord(file, account, byAccount);
    }

    private static JsonNode tree(Path file, String text) throws IOException {
        try {
            JsonNode tree = Json.tree(text);
            if (tree.isObject()) {
                return tree;
            }
        } catch (JsonProcessingException e) {
            // Not with the parser's message, which quotes the text.
            throw notARecord(file);
        }
        throw notARecord(file);
    }

    private static List<Made> list(Path file, JsonNode items) throws IOException {
        List<Made> all = new ArrayList<>();
        for (JsonNode item : items) {
            SortedMap<String, String> look = new TreeMap<>();
            item.path("look")
                    .properties()
                    .forEach(field -> look.put(field.getKey(), field.getValue().asText()));
            List<String> added = new ArrayList<>();
            item.path("added").forEach(value -> added.add(value.asText()));
            String kind = item.path("kind").asText();
            if (!KINDS.contains(kind) || !item.path("id").canConvertToLong()) {
                throw notARecord(file);
            }
            all.add(new Made(kind, item.path("id").asLong(), item.path("name").asText(), look, List.copyOf(added)));
        }
        return all;
    }

    private static IOException notARecord(Path file) {
        return new IOException(file + " holds something else than the record that setup writes");
    }

    /** In the order of making. */
    List<Made> all() {
        return List.copyOf(byAccount.getOrDefault(account, List.of()));
    }

    /** In place of what it knew of the same thing. */
    void add(Made made) throws IOException {
        List<Made> all = byAccount.computeIfAbsent(account, absent -> new ArrayList<>());
        int known = indexOf(made);
        if (known >= 0) {
            all.set(known, merged(all.get(known), made));
        } else {
            all.add(made);
        }
        save();
    }

    void drop(Made made) throws IOException {
        int known = indexOf(made);
        if (known >= 0) {
            byAccount.get(account).remove(known);
            save();
        }
    }

    /** Present if setup made this thing. */
    Optional<Made> find(Thing thing) {
        int known = indexOf(Made.of(thing));
        return known < 0 ? Optional.empty() : Optional.of(all().get(known));
    }

    /** Writes what it holds, so that a folder that cannot be written shows before anything is made. */
    void save() throws IOException {
        byAccount.values().removeIf(List::isEmpty);
        PrivateFile.write(file, Json.write(byAccount) + System.lineSeparator());
    }

    private int indexOf(Made made) {
        List<Made> all = byAccount.getOrDefault(account, List.of());
        for (int i = 0; i < all.size(); i++) {
            if (all.get(i).kind.equals(made.kind) && all.get(i).id == made.id) {
                return i;
            }
        }
        return -1;
    }

    private static Made merged(Made before, Made now) {
        List<String> added = new ArrayList<>(before.added);
        now.added.stream().filter(value -> !before.added.contains(value)).forEach(added::add);
        return new Made(now.kind, now.id, now.name, now.look, List.copyOf(added));
    }
}
