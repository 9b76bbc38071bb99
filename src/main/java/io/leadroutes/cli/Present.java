package io.leadroutes.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What an account has, read from answers of either dialect (CONTRACT, "SEED DIFFERS"). Immutable.
 *
 * @param things those that were listed
 * @param members agents by team, of the teams that were looked at
 */
record Present(Map<Kind, List<Thing>> things, Map<Long, List<Long>> members) {
    static final Present NOTHING = new Present(Map.of(), Map.of());

    private static final List<String> TYPES =
            List.of("text", "number", "currency", "percent", "link", "date", "list", "checkbox");

    /** The order is that of making; what comes later may need what comes before. */
    enum Kind {
        LABEL("label", "title"),
        ATTRIBUTE("attribute", "attribute_key"),
        TEAM("team", "name"),
        MACRO("macro", "name"),
        WEBHOOK("webhook", "url"),
        AGENT("agent", "email");

        private final String word;
        private final String nameField;

        Kind(String word, String nameField) {
            this.word = word;
            this.nameField = nameField;
        }

        String word() {
            return word;
        }

        private String plural() {
            return word + "s";
        }

        /** Chatwoot lower-cases labels, teams and addresses; older servers kept what was sent (CONTRACT section 3.11). */
        private String folded(String name) {
            boolean ignoresCase = this == LABEL || this == TEAM || this == AGENT;
            return ignoresCase ? name.strip().toLowerCase(Locale.ROOT) : name;
        }
    }

    /**
     * One thing of an account.
     *
     * @param name title, key, address or whatever its kind is known by
     * @param look what people may change of it, for telling whether they did
     * @param secret of a webhook, where the server tells it
     */
    record Thing(Kind kind, long id, String name, SortedMap<String, String> look, Optional<String> secret) {

        /** Without the secret. */
        @Override
        public String toString() {
            return kind.word + " " + id;
        }

        /** The events that a webhook gets. */
        List<String> subscriptions() {
            String events = look.getOrDefault("subscriptions", "");
            return events.isEmpty() ? List.of() : List.of(events.split(","));
        }
    }

    /** @throws UnknownShapeException if there is no list in it */
    Present with(Kind kind, JsonNode list) {
        return with(kind, things(kind, list));
    }

    /** This and one thing more; another with its id is replaced. */
    Present with(Thing thing) {
        List<Thing> all = new ArrayList<>(all(thing.kind));
        all.removeIf(other -> other.id == thing.id);
        all.add(thing);
        return with(thing.kind, all);
    }

    private Present with(Kind kind, List<Thing> all) {
        Map<Kind, List<Thing>> more = new EnumMap<>(Kind.class);
        more.putAll(things);
        more.put(kind, List.copyOf(all));
        return new Present(Map.copyOf(more), members);
    }

    Present withMembers(long team, List<Long> agents) {
        Map<Long, List<Long>> more = new LinkedHashMap<>(members);
        more.put(team, List.copyOf(agents));
        return new Present(things, Map.copyOf(more));
    }

    List<Thing> all(Kind kind) {
        return things.getOrDefault(kind, List.of());
    }

    Optional<Thing> find(Kind kind, String name) {
        String wanted = kind.folded(name);
        return all(kind).stream()
                .filter(thing -> kind.folded(thing.name).equals(wanted))
                .findFirst();
    }

    Optional<Thing> find(Kind kind, long id) {
        return all(kind).stream().filter(thing -> thing.id == id).findFirst();
    }

    /** By name in any case, or by id, as {@code rules.yaml} names teams. */
    Optional<Thing> team(String nameOrId) {
        String text = nameOrId.strip();
        return isId(text) ? find(Kind.TEAM, Long.parseLong(text)) : find(Kind.TEAM, text);
    }

    /** True where a team is named by its id. */
    static boolean isId(String nameOrId) {
        return nameOrId.matches("\\d{1,15}");
    }

    /** @throws UnknownShapeException if there is no list in it */
    static List<Thing> things(Kind kind, JsonNode answer) {
        JsonNode payload = answer.path("payload");
        for (JsonNode node : List.of(answer, payload, payload.path(kind.plural()), answer.path(kind.plural()))) {
            if (node.isArray()) {
                List<Thing> things = new ArrayList<>();
                node.forEach(item -> {
                    if (isConversations(kind, item)) {
                        things.add(thing(kind, item));
                    }
                });
                return things;
            }
        }
        throw new UnknownShapeException("a list of " + kind.plural());
    }

    /** @throws UnknownShapeException if it is not there */
    static Thing created(Kind kind, JsonNode answer) {
        JsonNode payload = answer.path("payload");
        for (JsonNode node : List.of(payload.path(kind.word), answer.path(kind.word), payload, answer)) {
            if (node.path("id").canConvertToLong() && node.has(kind.nameField)) {
                return thing(kind, node);
            }
        }
        throw new UnknownShapeException("one " + kind.word);
    }

    /** Definitions of contacts' attributes are none of our business, should the filter be ignored. */
    private static boolean isConversations(Kind kind, JsonNode item) {
        String model = item.path("attribute_model").asText("0");
        return kind != Kind.ATTRIBUTE || model.equals("0") || model.equals("conversation_attribute");
    }

    private static Thing thing(Kind kind, JsonNode item) {
        String secret = item.path("secret").asText("");
        return new Thing(
                kind,
                item.path("id").asLong(),
                item.path(kind.nameField).asText(),
                look(kind, item),
                kind == Kind.WEBHOOK && !secret.isBlank() ? Optional.of(secret) : Optional.empty());
    }

    private static SortedMap<String, String> look(Kind kind, JsonNode item) {
        SortedMap<String, String> look = new TreeMap<>();
        switch (kind) {
            case LABEL -> {
                look.put("description", text(item, "description"));
                look.put("color", text(item, "color"));
            }
            case ATTRIBUTE -> {
                look.put("name", text(item, "attribute_display_name"));
                look.put("description", text(item, "attribute_description"));
                look.put("type", type(item.path("attribute_display_type")));
            }
            case TEAM -> look.put("description", text(item, "description"));
            case MACRO -> look.put("actions", actions(item.path("actions")));
            case WEBHOOK -> look.put("subscriptions", String.join(",", sorted(item.path("subscriptions"))));
            case AGENT -> {
                // Nothing of an agent is changed here.
            }
        }
        return look;
    }

    private static String text(JsonNode item, String field) {
        return item.path(field).isNull() ? "" : item.path(field).asText("");
    }

    private static String type(JsonNode wordOrCode) {
        int code = wordOrCode.asInt(-1);
        return code >= 0 && code < TYPES.size() && wordOrCode.asText().matches("\\d")
                ? TYPES.get(code)
                : wordOrCode.asText("");
    }

    private static List<String> sorted(JsonNode texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(text -> all.add(text.asText()));
        return all.stream().sorted().toList();
    }

    private static String actions(JsonNode actions) {
        List<String> all = new ArrayList<>();
        actions.forEach(action -> {
            List<String> params = new ArrayList<>();
            action.path("action_params").forEach(param -> params.add(param.asText()));
            all.add(action.path("action_name").asText() + params);
        });
        return String.join(" ", all);
    }

    /** How a macro with these actions, as we send them, looks when it is listed. */
    static SortedMap<String, String> macroLook(List<Map<String, Object>> actions) {
        List<String> all = new ArrayList<>();
        for (Map<String, Object> action : actions) {
            List<String> params = ((List<?>) action.get("action_params"))
                    .stream().map(String::valueOf).toList();
            all.add(action.get("action_name") + params.toString());
        }
        return new TreeMap<>(Map.of("actions", String.join(" ", all)));
    }

    /** An answer that holds something else than asked for. */
    static final class UnknownShapeException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnknownShapeException(String expected) {
            super("Chatwoot's answer is of an unknown shape; expected " + expected);
        }
    }
}
