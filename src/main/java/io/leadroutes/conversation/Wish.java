package io.leadroutes.conversation;

import io.leadroutes.event.Priority;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** True if the last known state shows what is wished; false where it cannot show it, as with notes. */
    default boolean isMet(ConversationState state) {
        return false;
    }

    /** True if the other one wishes for a part of what this one does and not for all: of labels to add, for fewer. */
    default boolean includes(Wish part) {
        return false;
    }

    /** What is left to wish for once a part that this one {@link #includes} is granted. */
    default Wish without(Wish part) {
        throw new IllegalArgumentException(kind() + " has no parts");
    }

    /** The wish that has both this one's and the older one's effect; this one's value wins. */
    default Wish over(Wish older) {
        return this;
    }

    /**
     * A change of the conversation's labels; those of others stay, unless all are replaced.
     *
     * @param add to be there
     * @param remove not to be there
     * @param exactly true if there are to be no others than {@code add}
     */
    record ChangeLabels(List<String> add, List<String> remove, boolean exactly) implements Wish {
        public static ChangeLabels add(List<String> labels) {
            return new ChangeLabels(labels, List.of(), false);
        }

        public static ChangeLabels remove(List<String> labels) {
            return new ChangeLabels(List.of(), labels, false);
        }

        public static ChangeLabels exactly(List<String> labels) {
            return new ChangeLabels(labels, List.of(), true);
        }

        @Override
        public String kind() {
            return "labels";
        }

        @Override
        public Wish over(Wish older) {
            ChangeLabels before = (ChangeLabels) older;
            if (exactly) {
                return this;
            }
            List<String> gone = before.exactly ? List.of() : joined(without(before.remove, add), remove);
            return new ChangeLabels(joined(without(before.add, remove), add), gone, before.exactly);
        }

        @Override
        public boolean includes(Wish part) {
            return part instanceof ChangeLabels fewer
                    && addsOnly()
                    && fewer.addsOnly()
                    && !fewer.add.isEmpty()
                    && add.containsAll(fewer.add)
                    && !fewer.add.containsAll(add);
        }

        @Override
        public Wish without(Wish part) {
            return add(without(add, ((ChangeLabels) part).add));
        }

        @Override
        public boolean isMet(ConversationState state) {
            return state.labels()
                    .map(Observed::value)
                    .filter(there -> Set.copyOf(appliedTo(there)).equals(Set.copyOf(there)))
                    .isPresent();
        }

        /** True if it only adds: then it does not matter what stands there. */
        public boolean addsOnly() {
            return remove.isEmpty() && !exactly;
        }

        /** The labels after the change, in the order that they stand in. */
        public List<String> appliedTo(List<String> there) {
            return exactly ? add : joined(without(there, remove), add);
        }

        private static List<String> without(List<String> labels, List<String> others) {
            return labels.stream().filter(label -> !others.contains(label)).toList();
        }

        private static List<String> joined(List<String> labels, List<String> more) {
            Set<String> both = new LinkedHashSet<>(labels);
            both.addAll(more);
            return List.copyOf(both);
        }
    }

    /**
     * A change of the conversation's custom attributes; other keys stay.
     *
     * @param set to have these values
     * @param remove keys not to be there
     */
    record ChangeAttributes(Map<String, Object> set, List<String> remove) implements Wish {
        public static ChangeAttributes set(Map<String, Object> attributes) {
            return new ChangeAttributes(attributes, List.of());
        }

        public static ChangeAttributes remove(List<String> keys) {
            return new ChangeAttributes(Map.of(), keys);
        }

        @Override
        public String kind() {
            return "attributes";
        }

        @Override
        public Wish over(Wish older) {
            ChangeAttributes before = (ChangeAttributes) older;
            Set<String> gone = new LinkedHashSet<>(before.remove);
            gone.removeAll(set.keySet());
            gone.addAll(remove);
            return new ChangeAttributes(appliedTo(before.set), List.copyOf(gone));
        }

        @Override
        public boolean isMet(ConversationState state) {
            return state.attributes()
                    .map(Observed::value)
                    .filter(there -> Values.same(there, appliedTo(there)))
                    .isPresent();
        }

        /** The map after the change. */
        public Map<String, Object> appliedTo(Map<String, Object> there) {
            Map<String, Object> after = new LinkedHashMap<>(there);
            remove.forEach(after::remove);
            after.putAll(set);
            return after;
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

        @Override
        public boolean isMet(ConversationState state) {
            return state.priority()
                    .filter(now -> now == priority || raise && now.compareTo(priority) > 0)
                    .isPresent();
        }
    }

    /**
     * The team that the conversation is assigned to.
     *
     * @param team its name, in any case, or its numeric id as text
     * @param reassign false if an agent who has the conversation, perhaps by the time that this is sent, keeps it: the
     *     assignment would take it from one who is not of the team (CONTRACT section 3.8, invariant 6)
     */
    record AssignTeam(String team, boolean reassign) implements Wish {
        /** This team, whoever has the conversation. */
        public AssignTeam(String team) {
            this(team, true);
        }

        @Override
        public String kind() {
            return "team";
        }

        @Override
        public boolean isMet(ConversationState state) {
            boolean isAgents = state.assignee().filter(agent -> !agent.isNone()).isPresent();
            return isAgents && !reassign
                    || state.team()
                            .filter(now -> now.name().equalsIgnoreCase(team.strip())
                                    || Long.toString(now.id()).equals(team.strip()))
                            .isPresent();
        }
    }

    /**
     * The agent that the conversation is assigned to.
     *
     * @param agent id, or 0 for nobody
     */
    record AssignAgent(long agent) implements Wish {
        @Override
        public String kind() {
            return "agent";
        }
    }

    /**
     * The conversation's status.
     *
     * @param status open, resolved, pending or snoozed
     * @param until of a snooze; absent until the customer's next message
     */
    record SetStatus(String status, Optional<Instant> until) implements Wish {
        @Override
        public String kind() {
            return "status";
        }
    }

    /**
     * A message that the customer sees, written once.
     *
     * @param id tells it from others that wait
     */
    record Message(String id, String text) implements Wish {
        @Override
        public String kind() {
            return "message:" + id;
        }
    }

    /** A change of a contact's labels, as {@link ChangeLabels} is of a conversation's. */
    record ChangeContactLabels(long contact, ChangeLabels change) implements Wish {
        @Override
        public String kind() {
            return "contact-labels:" + contact;
        }

        @Override
        public Wish over(Wish older) {
            return new ChangeContactLabels(contact, (ChangeLabels) change.over(((ChangeContactLabels) older).change));
        }
    }

    /**
     * Any other request.
     *
     * @param id tells it from others that wait
     * @param repeatable false if it must not be sent again once it may have been carried out (CONTRACT section 4)
     */
    record Call(String id, String verb, String method, String path, Optional<String> body, boolean repeatable)
            implements Wish {
        @Override
        public String kind() {
            return "call:" + id;
        }
    }

    /**
     * A private note, written once.
     *
     * @param occasion what it is written for, such as {@code qualify}, 1 to 95 characters; one note per occasion
     * @param text Markdown, ready to be sent but for its {@link Mention mentions}
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

        /** True if a message that says this is the note: servers strip what is blank at its ends. */
        public boolean isText(String said) {
            return said.strip().equals(text.strip());
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

        /** The lead as it is now, with facts that only the older wish has: a route may have given them. */
        @Override
        public Wish over(Wish older) {
            return new Publish(destination, occasion, lead.over(((Publish) older).lead));
        }
    }

    /**
     * An event for a route that begins with it; each has a row of its own.
     *
     * @param destination a Camel endpoint
     * @param event its row in the inbox, which keeps the body
     */
    record Forward(String destination, long event) implements Wish {
        /** Before the row's number in its kind. */
        public static final String KIND = "event:";

        @Override
        public String kind() {
            return KIND + event;
        }
    }
}
