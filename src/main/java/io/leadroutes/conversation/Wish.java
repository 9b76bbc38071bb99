package io.leadroutes.conversation;

import io.leadroutes.event.Priority;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a decision wants to be true outside. A wish becomes one outbox row, keyed by conversation and {@link #kind()};
 * a newer one of the same kind is merged into the one that still waits by {@link #over}.
 */
public sealed interface Wish {

    /** Destination of wishes that the Chatwoot dispatcher grants; every other destination is a Camel endpoint. */
    String CHATWOOT = "chatwoot";

    /** What there may be only one waiting wish of, per conversation and destination. At most 100 characters. */
    String kind();

    /** Where it goes: {@link #CHATWOOT} or a Camel endpoint. */
    default String destination() {
        return CHATWOOT;
    }

    /** The wish that has both this one's and the older one's effect; this one's value wins. */
    default Wish over(Wish older) {
        return this;
    }

    /** Labels to be there; those of others stay. */
    record AddLabels(List<String> labels) implements Wish {
        @Override
        public String kind() {
            return "labels";
        }

        @Override
        public Wish over(Wish older) {
            Set<String> both = new LinkedHashSet<>(((AddLabels) older).labels);
            both.addAll(labels);
            return new AddLabels(List.copyOf(both));
        }
    }

    /** Conversation custom attributes to have these values; other keys stay. */
    record SetAttributes(Map<String, Object> attributes) implements Wish {
        @Override
        public String kind() {
            return "attributes";
        }

        @Override
        public Wish over(Wish older) {
            Map<String, Object> both = new LinkedHashMap<>(((SetAttributes) older).attributes);
            both.putAll(attributes);
            return new SetAttributes(both);
        }
    }

    /**
     * The conversation's priority.
     *
     * @param raise true if a higher one, which an agent may set before this is sent, is to stay (invariant 6)
     */
    record SetPriority(Priority priority, boolean raise) implements Wish {
        /** This priority, whatever it is now. */
        public SetPriority(Priority priority) {
            this(priority, false);
        }

        /** This priority or a higher one. */
        public static SetPriority atLeast(Priority priority) {
            return new SetPriority(priority, true);
        }

        @Override
        public String kind() {
            return "priority";
        }
    }

    /**
     * The team that the conversation is assigned to.
     *
     * @param team its name, in any case, or its numeric id as text
     */
    record AssignTeam(String team) implements Wish {
        @Override
        public String kind() {
            return "team";
        }
    }

    /**
     * A private note, written once.
     *
     * @param occasion what it is written for, such as {@code qualify}, 1 to 95 characters; one note per occasion
     * @param text Markdown, ready to be sent
     */
    record Note(String occasion, String text) implements Wish {
        private static final int MAX_OCCASION_CHARS = 95;

        public Note {
            if (occasion.isBlank() || occasion.length() > MAX_OCCASION_CHARS) {
                throw new IllegalArgumentException("a note's occasion has " + occasion.length()
                        + " characters; expected a name of 1 to " + MAX_OCCASION_CHARS);
            }
        }

        @Override
        public String kind() {
            return "note:" + occasion;
        }
    }

    /**
     * A lead or an escalation for somebody else's system.
     *
     * @param destination a Camel endpoint from the settings
     * @param occasion {@code lead} or {@code escalation:<rule>}
     * @param lead the lead as it is now
     */
    record Publish(String destination, String occasion, Lead lead) implements Wish {
        @Override
        public String kind() {
            return occasion;
        }
    }
}
