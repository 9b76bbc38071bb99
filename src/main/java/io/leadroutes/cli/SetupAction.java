package io.leadroutes.cli;

import io.leadroutes.chatwoot.ApiRequest;
import io.leadroutes.chatwoot.Requests;
import io.leadroutes.cli.Present.Kind;
import io.leadroutes.cli.Present.Thing;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One change that setup makes, shown before it is made. */
sealed interface SetupAction {
    /** What will be there or different, in one line without secrets. */
    String description();

    /** Something new in the account. */
    sealed interface Add extends SetupAction {
        Kind kind();

        String name();

        /** @throws UnmetException if something that it builds on is not there */
        ApiRequest request(Requests requests, Present present);
    }

    record AddLabel(String title, String purpose, String color) implements Add {
        @Override
        public Kind kind() {
            return Kind.LABEL;
        }

        @Override
        public String name() {
            return title;
        }

        @Override
        public String description() {
            return "label " + title;
        }

        @Override
        public ApiRequest request(Requests requests, Present present) {
            return requests.createAccountLabel(title, purpose, color);
        }
    }

    /**
     * @param type Chatwoot's word for it
     * @param values of a list
     */
    record AddAttribute(
            String key,
            String displayName,
            String type,
            String purpose,
            List<String> values,
            Optional<String> regex,
            Optional<String> cue)
            implements Add {
        @Override
        public Kind kind() {
            return Kind.ATTRIBUTE;
        }

        @Override
        public String name() {
            return key;
        }

        @Override
        public String description() {
            return "attribute " + key + " of conversations (" + type + ")";
        }

        @Override
        public ApiRequest request(Requests requests, Present present) {
            return requests.createAttributeDefinition(
                    key, displayName, type, "conversation", Optional.of(purpose), values, regex, cue);
        }
    }

    record AddTeam(String name) implements Add {
        @Override
        public Kind kind() {
            return Kind.TEAM;
        }

        @Override
        public String description() {
            return "team " + name;
        }

        @Override
        public ApiRequest request(Requests requests, Present present) {
            return requests.createTeam(name, Optional.of("leadroutes assigns conversations to it"), true);
        }
    }

    /**
     * What a rule does, as one call for many conversations (notes, reliability, section 5).
     *
     * @param labels may be empty
     * @param priority Chatwoot's word
     * @param team name or id
     * @param note rendered by Chatwoot as a Liquid template
     */
    record AddMacro(
            String name, List<String> labels, Optional<String> priority, Optional<String> team, Optional<String> note)
            implements Add {
        @Override
        public Kind kind() {
            return Kind.MACRO;
        }

        @Override
        public String description() {
            List<String> parts = new ArrayList<>();
            if (!labels.isEmpty()) {
                parts.add("labels " + String.join(", ", labels));
            }
            priority.ifPresent(word -> parts.add("priority " + word));
            team.ifPresent(text -> parts.add("team " + text));
            note.ifPresent(text -> parts.add("a note"));
            return "macro " + name + " (" + String.join("; ", parts) + ")";
        }

        @Override
        public ApiRequest request(Requests requests, Present present) {
            return requests.createMacro(name, actions(present));
        }

        /** @throws UnmetException if the team is not there */
        List<Map<String, Object>> actions(Present present) {
            List<Map<String, Object>> actions = new ArrayList<>();
            if (!labels.isEmpty()) {
                actions.add(action("add_label", labels));
            }
            priority.ifPresent(word -> actions.add(action("change_priority", List.of(word))));
            team.ifPresent(text -> {
                Thing found = present.team(text).orElseThrow(() -> new UnmetException("there is no team " + text));
                actions.add(action("assign_team", List.of(found.id())));
            });
            note.ifPresent(text -> actions.add(action("add_private_note", List.of(text))));
            return actions;
        }

        private static Map<String, Object> action(String name, List<?> params) {
            Map<String, Object> action = new LinkedHashMap<>();
            action.put("action_name", name);
            action.put("action_params", params);
            return action;
        }
    }

    record AddWebhook(String url, List<String> events) implements Add {
        @Override
        public Kind kind() {
            return Kind.WEBHOOK;
        }

        @Override
        public String name() {
            return url;
        }

        @Override
        public String description() {
            return "webhook " + Lines.address(url) + " for " + String.join(", ", events);
        }

        @Override
        public ApiRequest request(Requests requests, Present present) {
            return requests.createWebhook(url, events);
        }

        /** Without the query, which may hold a secret. */
        @Override
        public String toString() {
            return description();
        }
    }

    /** More events for a webhook that is there. */
    record AddSubscriptions(Thing webhook, List<String> events) implements SetupAction {
        @Override
        public String description() {
            return "webhook " + Lines.address(webhook.name()) + " also for " + String.join(", ", events);
        }
    }

    /** @param emails of agents that are not in it yet */
    record AddMembers(String team, List<String> emails) implements SetupAction {
        @Override
        public String description() {
            return "in team " + team + ": " + String.join(", ", emails);
        }
    }

    /** The secret that Chatwoot signs with, where the product can read it. */
    record SaveSecret(String url, Path file) implements SetupAction {
        @Override
        public String description() {
            return "the webhook's secret in " + file;
        }

        @Override
        public String toString() {
            return description();
        }
    }

    /** Something that an action builds on is not there. */
    final class UnmetException extends RuntimeException {
        private static final long serialVersionUID = 1L;

        UnmetException(String message) {
            super(message);
        }
    }
}
