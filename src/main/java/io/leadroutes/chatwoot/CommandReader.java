package io.leadroutes.chatwoot;

import io.leadroutes.conversation.DealOutcome;
import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wish.ChangeAttributes;
import io.leadroutes.conversation.Wish.ChangeLabels;
import io.leadroutes.event.BadEventException;
import io.leadroutes.event.StrictJson;
import io.leadroutes.store.Json;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/** Reads one command, as {@code schema/command.schema.json} says, and collects all that is wrong with it. */
final class CommandReader {
    private static final String VERSION = "version";
    private static final String ID = "id";
    private static final String CONVERSATION_ID = "conversation_id";
    private static final String ADD_LABELS = "add_labels";
    private static final String REMOVE_LABELS = "remove_labels";
    private static final String ATTRIBUTES = "custom_attributes";
    private static final String PRIORITY = "priority";
    private static final String STATUS = "status";
    private static final String SNOOZED_UNTIL = "snoozed_until";
    private static final String TEAM = "team";
    private static final String AGENT_ID = "agent_id";
    private static final String NOTE = "note";
    private static final String OUTCOME = "outcome";
    private static final String DEAL_VALUE = "deal_value";

    private static final List<String> CHANGES = List.of(
            ADD_LABELS,
            REMOVE_LABELS,
            ATTRIBUTES,
            PRIORITY,
            STATUS,
            SNOOZED_UNTIL,
            TEAM,
            AGENT_ID,
            NOTE,
            OUTCOME,
            DEAL_VALUE);

    private static final Pattern COMMAND_ID = Pattern.compile("[\\x21-\\x7e]{1,200}");

    private final Map<String, Object> fields;
    private final List<String> outcomeLabels;
    private final Instant now;
    private final List<String> problems = new ArrayList<>();

    private CommandReader(Map<String, Object> fields, List<String> outcomeLabels, Instant now) {
        this.fields = fields;
        this.outcomeLabels = outcomeLabels;
        this.now = now;
    }

    /** @param wishes in the order in which they are to be granted, one at least */
    record Command(String id, long conversation, List<Wish> wishes) {}

    /**
     * @param messageId names the command if it has no id of its own; null if the message has none
     * @param text null if the message is none
     * @param outcomeLabels those of a won deal and of a lost one
     * @param now tells whether a snooze's end is still to come
     * @throws IllegalArgumentException naming each field that is wrong, its value and what was expected
     */
    static Command read(String messageId, String text, List<String> outcomeLabels, Instant now) {
        CommandReader reader = new CommandReader(object(text), outcomeLabels, now);
        reader.checkKeys();
        Optional<String> id = reader.checked(ID, reader.fields.getOrDefault(ID, messageId), CommandReader::commandId);
        Optional<Long> conversation = reader.checked(CONVERSATION_ID, reader.fields.get(CONVERSATION_ID), Inputs::id);
        List<Wish> wishes = reader.wishes();
        if (!reader.problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", reader.problems));
        }
        return new Command(id.orElseThrow(), conversation.orElseThrow(), wishes);
    }

    private static Map<String, Object> object(String text) {
        if (text == null) {
            throw new IllegalArgumentException("the message is no text; expected one with JSON in it");
        }
        try {
            return Json.map(StrictJson.unredacted(text));
        } catch (BadEventException e) {
            throw new IllegalArgumentException("the command is wrong: " + e.getMessage());
        }
    }

    private static String commandId(String field, Object value) {
        String id = Inputs.text(field, value).strip();
        if (!COMMAND_ID.matcher(id).matches()) {
            throw new IllegalArgumentException(
                    field + " is no id; expected 1 to 200 visible characters of ASCII without blanks");
        }
        return id;
    }

    private void checkKeys() {
        checked(VERSION, fields.getOrDefault(VERSION, 1), (field, value) -> Inputs.oneOf(field, value, List.of("1")));
        for (String key : fields.keySet()) {
            if (!CHANGES.contains(key) && !List.of(VERSION, ID, CONVERSATION_ID).contains(key)) {
                problems.add("\"" + Inputs.shown(key) + "\" is no field of a command; expected "
                        + String.join(", ", List.of(VERSION, ID, CONVERSATION_ID)) + ", " + String.join(", ", CHANGES));
            }
        }
        if (CHANGES.stream().noneMatch(fields::containsKey)) {
            problems.add("nothing is to be changed; expected at least one of " + String.join(", ", CHANGES));
        }
    }

    private List<Wish> wishes() {
        List<Wish> wishes = new ArrayList<>();
        Optional<DealOutcome> deal = deal();
        both(labels(), deal.map(DealOutcome::labels)).ifPresent(wishes::add);
        both(given(ATTRIBUTES, Inputs::attributes).map(ChangeAttributes::set), deal.map(DealOutcome::attributes))
                .ifPresent(wishes::add);
        given(PRIORITY, Inputs::priority).map(Wish.SetPriority::new).ifPresent(wishes::add);
        given(TEAM, Inputs::name).map(Wish.AssignTeam::new).ifPresent(wishes::add);
        given(AGENT_ID, Inputs::id).map(Wish.AssignAgent::new).ifPresent(wishes::add);
        status().ifPresent(wishes::add);
        given(NOTE, Inputs::text)
                .map(text -> new Wish.Note(UUID.randomUUID().toString(), text))
                .ifPresent(wishes::add);
        return wishes;
    }

    private Optional<Wish> labels() {
        List<String> add = given(ADD_LABELS, Inputs::labels).orElse(List.of());
        List<String> remove = given(REMOVE_LABELS, Inputs::storedLabels).orElse(List.of());
        add.stream()
                .filter(label -> remove.stream().anyMatch(label::equalsIgnoreCase))
                .forEach(label -> problems.add("label \"" + label + "\" is in " + ADD_LABELS + " and in "
                        + REMOVE_LABELS + "; expected one of them"));
        return add.isEmpty() && remove.isEmpty() ? Optional.empty() : Optional.of(new ChangeLabels(add, remove, false));
    }

    private Optional<DealOutcome> deal() {
        Optional<BigDecimal> worth = given(DEAL_VALUE, Inputs::amount);
        if (fields.containsKey(DEAL_VALUE) && !fields.containsKey(OUTCOME)) {
            problems.add(DEAL_VALUE + " is given without " + OUTCOME + "; expected both");
        }
        return given(OUTCOME, (field, value) -> LeadWrites.deal(field, value, outcomeLabels, worth));
    }

    private static Optional<Wish> both(Optional<? extends Wish> one, Optional<Wish> other) {
        return one.isPresent() && other.isPresent()
                ? Optional.of(other.get().over(one.get()))
                : one.<Wish>map(wish -> wish).or(() -> other);
    }

    private Optional<Wish> status() {
        Optional<String> status = given(STATUS, Inputs::status);
        Optional<Instant> until = given(SNOOZED_UNTIL, (field, value) -> Inputs.future(field, value, now));
        if (until.isPresent() && !status.equals(Optional.of("snoozed"))) {
            problems.add(SNOOZED_UNTIL + " is given without " + STATUS + " snoozed; expected both");
        }
        return status.map(word -> new Wish.SetStatus(word, until));
    }

    private <T> Optional<T> given(String field, BiFunction<String, Object, T> check) {
        return fields.containsKey(field) ? checked(field, fields.get(field), check) : Optional.empty();
    }

    private <T> Optional<T> checked(String field, Object value, BiFunction<String, Object, T> check) {
        try {
            return Optional.of(check.apply(field, value));
        } catch (IllegalArgumentException e) {
            problems.add(e.getMessage());
            return Optional.empty();
        }
    }
}
