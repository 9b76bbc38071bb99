package io.leadroutes.store;

import com.fasterxml.jackson.core.type.TypeReference;
import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.DroppedValue;
import io.leadroutes.conversation.Episode;
import io.leadroutes.conversation.Observed;
import io.leadroutes.conversation.Origin;
import io.leadroutes.conversation.OwnWrite;
import io.leadroutes.conversation.Planner;
import io.leadroutes.conversation.Planner.Step;
import io.leadroutes.conversation.ScoreEntry;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Waiting;
import io.leadroutes.conversation.Wish;
import io.leadroutes.event.Contact;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot.Ref;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/** The last known state of each conversation and its score ledger. */
public final class Conversations {
    /** How long a snapshot without our own write in it is taken to be older than the write. */
    private static final Duration CONFIRM_WITHIN = Duration.ofMinutes(1);

    /** How long the echo of our own write, which may lie in a backlog of webhooks, is waited for. */
    private static final Duration ECHO_WITHIN = Duration.ofMinutes(5);

    // The columns' lengths.
    private static final int MAX_STATUS_CHARS = 20;
    private static final int MAX_WHY_CHARS = 2_000;
    private static final int MAX_NAME_CHARS = 1_000;
    private static final int MAX_CHANNEL_CHARS = 200;
    private static final int MAX_LANGUAGE_CHARS = 20;
    private static final int MAX_REFERER_CHARS = 2_000;
    private static final int MAX_MESSAGE_CHARS = 1_000_000;
    private static final int MAX_WRITES_CHARS = 1_000_000;

    private static final TypeReference<List<String>> TEXTS = new TypeReference<>() {};
    private static final TypeReference<Map<String, Episode>> EPISODES = new TypeReference<>() {};
    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};
    private static final TypeReference<List<OwnWrite<List<String>>>> OWN_LABELS = new TypeReference<>() {};
    private static final TypeReference<List<OwnWrite<Map<String, Object>>>> OWN_ATTRIBUTES = new TypeReference<>() {};

    private final Database database;
    private final Outbox outbox;
    private final Clock clock;
    private final Planner planner;

    public Conversations(Database database, Outbox outbox, Clock clock, Planner planner) {
        this.database = database;
        this.outbox = outbox;
        this.clock = clock;
        this.planner = planner;
    }

    /**
     * Takes due wishes for Chatwoot into hand, the most urgent first and at most one call per conversation, as the planner
     * would have it.
     *
     * @param limits how many calls may be made when one of this urgency is among them; the more urgent, the more
     */
    public List<Delivery> claim(ToIntFunction<Urgency> limits, Linger linger) {
        return outbox.claimForChatwoot(limits, linger, plan());
    }

    /** Takes into hand the wish for Chatwoot that has waited longest, if that is longer than this: none waits for ever. */
    public List<Delivery> claimOldest(Duration waiting, Linger linger) {
        return outbox.claimOldestForChatwoot(waiting, linger, plan());
    }

    /**
     * Other conversations that are to be read before their attributes are written, as this one is.
     *
     * @param fresh how long after it was received a snapshot is written on top of
     * @param limit how many at most
     */
    public List<Long> unread(Delivery wish, Duration fresh, int limit) {
        return outbox.unread(wish.accountId(), fresh, limit);
    }

    /** The conversations of which a macro still grants what it was taken for, and does nothing else. */
    public List<Long> stillByMacro(Delivery delivery) {
        Map<Long, List<Wish>> wishes = delivery.all().stream()
                .collect(Collectors.groupingBy(
                        Delivery::conversationId,
                        LinkedHashMap::new,
                        Collectors.mapping(Delivery::wish, Collectors.toList())));
        return wishes.entrySet().stream()
                .filter(one -> next(
                                delivery.accountId(),
                                one.getKey(),
                                one.getValue().get(0),
                                one.getValue())
                        .macro()
                        .equals(delivery.macro()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private Claims.Plan plan() {
        return planner.combines() ? this::next : new Claims.EachByItself(planner);
    }

    private Step next(long accountId, long conversationId, Wish due, List<Wish> open) {
        ConversationState known =
                find(accountId, conversationId).orElse(ConversationState.unknown(accountId, conversationId));
        return planner.next(due, open, known);
    }

    /** The conversation with its waiting wishes, its row locked until the surrounding transaction ends. */
    Conversation load(long accountId, long conversationId) {
        return load(accountId, List.of(conversationId)).get(conversationId);
    }

    private Map<Long, Conversation> load(long accountId, List<Long> ids) {
        Map<Long, ConversationState> states = states(accountId, ids, true);
        Map<Long, List<Wish>> waiting = outbox.waiting(accountId, ids);
        Instant now = clock.instant();
        return ids.stream()
                .collect(Collectors.toMap(
                        Function.identity(),
                        id -> new Conversation(
                                states.getOrDefault(id, ConversationState.unknown(accountId, id)),
                                waiting.getOrDefault(id, List.of()),
                                now)));
    }

    /** Conversations of an account, to be loaded together when the first of them is asked for. */
    Opening opening(long accountId) {
        return new Opening(accountId);
    }

    /** See {@link #opening}. */
    final class Opening {
        private final long accountId;
        private final List<Long> ids = new ArrayList<>();
        private Map<Long, Conversation> loaded = Map.of();

        private Opening(long accountId) {
            this.accountId = accountId;
        }

        Supplier<Conversation> of(long conversationId) {
            ids.add(conversationId);
            return () -> {
                if (loaded.isEmpty()) {
                    loaded = load(accountId, ids);
                }
                return loaded.get(conversationId);
            };
        }
    }

    /** Tells the W3C traceparent of what the asking thread does. */
    Supplier<Optional<String>> trace() {
        return outbox.trace();
    }

    /**
     * Has a decision made outside of the worker, on the last known state, and stores its wishes but no state, in one
     * transaction.
     */
    public void decide(long accountId, long conversationId, Consumer<Conversation> decision) {
        database.transaction().executeWithoutResult(status -> decideOn(load(accountId, conversationId), decision));
    }

    /**
     * The same on the conversation that is a contact's lead, which is the one that qualified last.
     *
     * @throws IllegalArgumentException if none has
     */
    public void decideOnLead(long accountId, long contactId, Consumer<Conversation> decision) {
        database.transaction().executeWithoutResult(status -> {
            Conversation lead = ofContact(accountId, contactId).stream()
                    .filter(Conversation::isQualified)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("contactId is \"" + contactId
                            + "\"; expected a contact with a conversation that has qualified, or a conversationId"));
            decideOn(lead, decision);
        });
    }

    private void decideOn(Conversation conversation, Consumer<Conversation> decision) {
        decision.accept(conversation);
        ConversationState state = conversation.before();
        outbox.add(state.accountId(), state.conversationId(), planner.prepared(conversation.decided()));
    }

    /** The last known state, if any event of the conversation has been handled. */
    public Optional<ConversationState> find(long accountId, long conversationId) {
        return find(accountId, conversationId, false);
    }

    private Optional<ConversationState> find(long accountId, long conversationId, boolean lock) {
        return Optional.ofNullable(
                states(accountId, List.of(conversationId), lock).get(conversationId));
    }

    /** The last known states by conversation. Locked in one order, so that two that lock several never wait for each other. */
    private Map<Long, ConversationState> states(long accountId, List<Long> ids, boolean lock) {
        // The lock keeps contact events, which run in a lane of their own, from being overwritten.
        String sql =
                "SELECT * FROM conversation WHERE conversation_id = ANY(:ids) ORDER BY conversation_id, account_id";
        // One transaction, hence one connection: a second one, asked for beside it, could starve the pool.
        return database.transaction().execute(status -> database.jdbc()
                .sql(lock ? sql + " FOR UPDATE" : sql)
                .param("ids", Database.numbers(ids))
                .query((ResultSet rs) -> {
                    Map<Long, ConversationState> states = new HashMap<>();
                    Map<Long, List<ScoreEntry>> ledgers = Map.of();
                    while (rs.next()) {
                        if (rs.getLong("account_id") == accountId) {
                            ledgers = states.isEmpty() ? ledgers(database, accountId, ids) : ledgers;
                            long id = rs.getLong("conversation_id");
                            states.put(id, state(rs, ledgers.getOrDefault(id, List.of())));
                        }
                    }
                    return states;
                }));
    }

    /** The conversation's score entries, oldest first. */
    static List<ScoreEntry> ledger(Database database, long accountId, long conversationId) {
        return ledgers(database, accountId, List.of(conversationId)).getOrDefault(conversationId, List.of());
    }

    private static Map<Long, List<ScoreEntry>> ledgers(Database database, long accountId, List<Long> ids) {
        Map<Long, List<ScoreEntry>> ledgers = new HashMap<>();
        database.jdbc()
                .sql("""
                        SELECT s.conversation_id, s.rule, s.rule_version, s.points, s.message_id, s.matched, s.at,
                          s.half_life_s, s.decays_from
                        FROM UNNEST(CAST(:ids AS BIGINT ARRAY)) AS c (id)
                        JOIN score_entry s ON s.conversation_id = c.id AND s.account_id = :account
                        ORDER BY s.id""")
                .param("account", accountId)
                .param("ids", Database.numbers(ids))
                .query(rs -> {
                    ledgers.computeIfAbsent(rs.getLong("conversation_id"), id -> new ArrayList<>())
                            .add(entry(rs));
                });
        return ledgers;
    }

    private static ScoreEntry entry(ResultSet rs) throws SQLException {
        return new ScoreEntry(
                rs.getString("rule"),
                rs.getString("rule_version"),
                rs.getInt("points"),
                rs.getLong("message_id"),
                Json.read(rs.getString("matched"), TEXTS),
                rs.getTimestamp("at").toInstant(),
                decay(rs));
    }

    private static Optional<ScoreEntry.Decay> decay(ResultSet rs) throws SQLException {
        OptionalLong seconds = optionalLong(rs, "half_life_s");
        return seconds.isEmpty()
                ? Optional.empty()
                : instant(rs, "decays_from")
                        .map(from -> new ScoreEntry.Decay(Duration.ofSeconds(seconds.getAsLong()), from));
    }

    private static ConversationState state(ResultSet rs, List<ScoreEntry> ledger) throws SQLException {
        return new ConversationState(
                rs.getLong("account_id"),
                rs.getLong("conversation_id"),
                optionalLong(rs, "version"),
                text(rs, "status"),
                text(rs, "priority").map(Priority::of),
                instant(rs, "priority_unconfirmed_until"),
                observed(rs, "labels", TEXTS, OWN_LABELS),
                observed(rs, "attributes", MAP, OWN_ATTRIBUTES),
                ref(rs, "assignee"),
                ref(rs, "team"),
                text(rs, "channel"),
                optionalLong(rs, "contact_id"),
                text(rs, "contact").map(json -> Json.read(json, Contact.class)),
                text(rs, "first_message"),
                ledger,
                Json.read(rs.getString("episodes"), EPISODES),
                instant(rs, "resolved_at"),
                new Origin(optionalLong(rs, "inbox_id"), text(rs, "language"), text(rs, "referer")),
                waiting(rs));
    }

    /** Stores the state, the new score entries and the decided wishes, in the surrounding transaction. */
    void save(Conversation conversation) {
        save(List.of(new Decision(conversation, outbox.trace().get())));
    }

    /** As {@link #save(Conversation)}, for several at once. */
    void save(List<Decision> decisions) {
        saveStates(decisions);
        database.batch("""
                INSERT INTO score_entry (account_id, conversation_id, rule, rule_version, points, message_id,
                  matched, at, half_life_s, decays_from)
                VALUES (:account, :conversation, :rule, :ruleVersion, :points, :message, :matched, :at,
                  :halfLife, :decaysFrom)""", decisions.stream().map(Decision::conversation).flatMap(it -> it.scored().stream()
                .map(entry -> row(it, entry))));
        database.batch("""
                INSERT INTO dropped_value (account_id, conversation_id, rule, attribute, message_id, why, at)
                VALUES (:account, :conversation, :rule, :attribute, :message, :why, :at)""", decisions.stream().map(Decision::conversation).flatMap(it -> it.dropped().stream()
                .map(value -> row(it, value))));
        outbox.confirm(decisions.stream()
                .map(Decision::conversation)
                .map(it -> new Outbox.Shown(it.state(), it.notes()))
                .toList());
        outbox.addDecided(decisions, planner);
    }

    private void saveStates(List<Decision> decisions) {
        List<SqlParameterSource> rows =
                decisions.stream().map(it -> row(it.conversation())).toList();
        int[] updated = database.batch("""
                UPDATE conversation
                SET version = :version, status = :status, priority = :priority,
                  priority_unconfirmed_until = :priorityUnconfirmedUntil,
                  labels = :labels, labels_at = :labelsAt,
                  labels_unconfirmed_until = :labelsUnconfirmedUntil, labels_writes = :labelsWrites,
                  attributes = :attributes, attributes_at = :attributesAt,
                  attributes_unconfirmed_until = :attributesUnconfirmedUntil, attributes_writes = :attributesWrites,
                  assignee_id = :assigneeId, assignee_name = :assigneeName, team_id = :teamId, team_name = :teamName,
                  channel = :channel, contact_id = :contactId, contact = :contact, first_message = :firstMessage,
                  score = :score, qualified_at = :qualifiedAt, episodes = :episodes, resolved_at = :resolvedAt,
                  inbox_id = :inboxId, language = :language, referer = :referer,
                  waiting = :waiting, waiting_since = :waitingSince, due_at = :dueAt, due_by = :dueBy,
                  updated_at = :updatedAt
                WHERE account_id = :account AND conversation_id = :conversation""", rows.stream());
        database.batch(
                """
                INSERT INTO conversation (account_id, conversation_id, version, status, priority, priority_unconfirmed_until,
                  labels, labels_at, labels_unconfirmed_until, labels_writes, attributes, attributes_at,
                  attributes_unconfirmed_until, attributes_writes, assignee_id, assignee_name, team_id, team_name,
                  channel, contact_id, contact, first_message, score, qualified_at, episodes, resolved_at,
                  inbox_id, language, referer, waiting, waiting_since, due_at, due_by, updated_at)
                VALUES (:account, :conversation, :version, :status, :priority, :priorityUnconfirmedUntil,
                  :labels, :labelsAt, :labelsUnconfirmedUntil, :labelsWrites, :attributes, :attributesAt,
                  :attributesUnconfirmedUntil, :attributesWrites, :assigneeId, :assigneeName, :teamId, :teamName,
                  :channel, :contactId, :contact, :firstMessage, :score, :qualifiedAt, :episodes, :resolvedAt,
                  :inboxId, :language, :referer, :waiting, :waitingSince, :dueAt, :dueBy, :updatedAt)""",
                IntStream.range(0, updated.length).filter(i -> updated[i] == 0).mapToObj(rows::get));
    }

    private static MapSqlParameterSource row(ConversationState s) {
        return new MapSqlParameterSource("account", s.accountId()).addValue("conversation", s.conversationId());
    }

    private SqlParameterSource row(Conversation conversation) {
        ConversationState s = conversation.state();
        Optional<Observed<List<String>>> labels = s.labels();
        Optional<Observed<Map<String, Object>>> attributes = s.attributes();
        return row(s).addValue("version", number(s.versionMicros()))
                .addValue("status", text(s.status(), MAX_STATUS_CHARS))
                .addValue("priority", s.priority().map(Priority::word).orElse(null))
                .addValue("priorityUnconfirmedUntil", timestamp(s.priorityUnconfirmedUntil()))
                .addValue("labels", labels.map(o -> Json.write(o.value())).orElse(null))
                .addValue("labelsAt", timestamp(labels.map(Observed::at)))
                .addValue("labelsUnconfirmedUntil", timestamp(labels.flatMap(Observed::unconfirmedUntil)))
                .addValue(
                        "labelsWrites",
                        labels.map(Observed::own).map(Json::write).orElse(null))
                .addValue(
                        "attributes", attributes.map(o -> Json.write(o.value())).orElse(null))
                .addValue("attributesAt", timestamp(attributes.map(Observed::at)))
                .addValue("attributesUnconfirmedUntil", timestamp(attributes.flatMap(Observed::unconfirmedUntil)))
                .addValue(
                        "attributesWrites",
                        attributes.map(Observed::own).map(Json::write).orElse(null))
                .addValue("assigneeId", s.assignee().map(Ref::id).orElse(null))
                .addValue("assigneeName", text(s.assignee().map(Ref::name), MAX_NAME_CHARS))
                .addValue("teamId", s.team().map(Ref::id).orElse(null))
                .addValue("teamName", text(s.team().map(Ref::name), MAX_NAME_CHARS))
                .addValue("channel", text(s.channel(), MAX_CHANNEL_CHARS))
                .addValue("contactId", number(s.contactId()))
                .addValue("contact", s.contact().map(Json::write).orElse(null))
                .addValue("firstMessage", text(s.firstMessage(), MAX_MESSAGE_CHARS))
                .addValue("score", conversation.getScore())
                .addValue("qualifiedAt", timestamp(s.qualifiedAt()))
                .addValue("episodes", Json.write(s.episodes()))
                .addValue("resolvedAt", timestamp(s.resolvedAt()))
                .addValue("inboxId", number(s.origin().inbox()))
                .addValue("language", text(s.origin().language(), MAX_LANGUAGE_CHARS))
                .addValue("referer", text(s.origin().referer(), MAX_REFERER_CHARS))
                .addValue("waiting", waiting(s.waiting()))
                .addValue("waitingSince", timestamp(s.waiting().oldest().map(Waiting.Unanswered::since)))
                .addValue("dueAt", timestamp(s.waiting().dueAt()))
                .addValue("dueBy", s.waiting().rules())
                .addValue("updatedAt", Timestamp.from(clock.instant()));
    }

    private static SqlParameterSource row(Conversation conversation, ScoreEntry entry) {
        return row(conversation.before())
                .addValue("rule", entry.rule())
                .addValue("ruleVersion", entry.ruleVersion())
                .addValue("points", entry.points())
                .addValue("message", entry.messageId())
                .addValue("matched", Json.write(entry.matched()))
                .addValue("at", Timestamp.from(entry.at()))
                .addValue(
                        "halfLife",
                        entry.decay().map(decay -> decay.halfLife().toSeconds()).orElse(null))
                .addValue("decaysFrom", timestamp(entry.decay().map(ScoreEntry.Decay::from)));
    }

    private static SqlParameterSource row(Conversation conversation, DroppedValue value) {
        return row(conversation.before())
                .addValue("rule", value.rule())
                .addValue("attribute", text(Optional.of(value.attribute()), MAX_NAME_CHARS))
                .addValue("message", value.messageId())
                .addValue("why", text(Optional.of(value.why()), MAX_WHY_CHARS))
                .addValue("at", Timestamp.from(value.at()));
    }

    /**
     * The conversations of a contact, their rows locked until the surrounding transaction ends: the most recently
     * qualified first.
     */
    List<Conversation> ofContact(long accountId, long contactId) {
        List<Long> ids = database.jdbc()
                .sql("""
                        SELECT conversation_id
                        FROM conversation
                        WHERE account_id = :account AND contact_id = :contact
                        ORDER BY conversation_id""")
                .param("account", accountId)
                .param("contact", contactId)
                .query(Long.class)
                .list();
        // Sorted once they are locked: until then a worker may be qualifying one of them, or learn another contact.
        return ids.stream()
                .map(id -> load(accountId, id))
                .filter(conversation -> conversation.isOf(contactId))
                .sorted(Conversation.LATEST_LEAD_FIRST)
                .toList();
    }

    /**
     * Remembers our write of labels and what it is made on, before it is sent. This and what follows is noted only while
     * the wish is in the dispatcher's hand: one that stood still must not put its older view over what was done since
     * (invariant 3).
     *
     * @return false if it must not be sent now: so much of ours waits for its echo that no more can be remembered, and
     *     what is not remembered could take away an agent's label for good (invariant 6)
     * @throws IllegalArgumentException if it is too long to be remembered even alone
     */
    public boolean writingLabels(Delivery wish, List<String> base, List<String> written) {
        return writing(wish, "labels_writes = :writes", ConversationState::labels, base, written);
    }

    /** As {@link #writingLabels}, for the custom attributes. */
    public boolean writingAttributes(Delivery wish, Map<String, Object> base, Map<String, Object> written) {
        return writing(wish, "attributes_writes = :writes", ConversationState::attributes, base, written);
    }

    private <T> boolean writing(
            Delivery wish, String column, Function<ConversationState, Optional<Observed<T>>> part, T base, T written) {
        Instant now = clock.instant();
        return Boolean.TRUE.equals(database.transaction().execute(status -> {
            List<OwnWrite<T>> all = find(wish.accountId(), wish.conversationId(), true).flatMap(part).stream()
                    .flatMap(known -> known.own().stream())
                    .filter(write -> now.isBefore(write.until()))
                    .collect(Collectors.toCollection(ArrayList::new));
            all.add(new OwnWrite<>(base, written, now.plus(ECHO_WITHIN)));
            String json = Json.write(all);
            if (json.length() > MAX_WRITES_CHARS && all.size() == 1) {
                throw new IllegalArgumentException(wish.kind() + " before and after the change have " + json.length()
                        + " characters; expected at most " + MAX_WRITES_CHARS);
            }
            boolean fits = json.length() <= MAX_WRITES_CHARS;
            if (fits) {
                note(wish, column, Map.of("writes", json));
            }
            return fits;
        }));
    }

    /**
     * Remembers what a read showed, unless something newer is known. What waits for the confirmation of our own write
     * still does.
     */
    public void saw(Delivery wish, long versionMicros, List<String> labels, Map<String, Object> attributes) {
        Map<String, Object> seen = Map.of(
                "labels", Json.write(labels),
                "attributes", Json.write(attributes),
                "at", Timestamp.from(clock.instant()),
                "version", versionMicros);
        note(
                wish,
                "labels = :labels, labels_at = :at, attributes = :attributes, attributes_at = :at",
                "AND (version IS NULL OR version <= :version)",
                seen);
    }

    /**
     * The same for a conversation that is in nobody's hand: not while a wish of it is being sent, or an own write waits to
     * be confirmed, because then the read may be older.
     */
    public void sawBeside(
            long accountId,
            long conversationId,
            long versionMicros,
            List<String> labels,
            Map<String, Object> attributes) {
        database.jdbc()
                .sql("""
                        UPDATE conversation
                        SET labels = :labels, labels_at = :at, attributes = :attributes, attributes_at = :at
                        WHERE account_id = :account AND conversation_id = :id
                          AND (version IS NULL OR version <= :version)
                          AND (labels_unconfirmed_until IS NULL OR labels_unconfirmed_until <= :at)
                          AND (attributes_unconfirmed_until IS NULL OR attributes_unconfirmed_until <= :at)
                          AND NOT EXISTS (
                            SELECT 1 FROM outbox o
                            WHERE o.state = 'sending' AND o.conversation_id = :id AND o.account_id = :account
                              AND o.to_chatwoot = TRUE)""")
                .param("labels", Json.write(labels))
                .param("attributes", Json.write(attributes))
                .param("at", Timestamp.from(clock.instant()))
                .param("account", accountId)
                .param("id", conversationId)
                .param("version", versionMicros)
                .update();
    }

    /** Remembers what the conversation's labels are after our own write. */
    public void wroteLabels(Delivery wish, List<String> labels) {
        note(wish, "labels = :value, labels_at = :at, labels_unconfirmed_until = :until", written(labels));
    }

    /** Remembers what the conversation's custom attributes are after our own write. */
    public void wroteAttributes(Delivery wish, Map<String, Object> attributes) {
        note(
                wish,
                "attributes = :value, attributes_at = :at, attributes_unconfirmed_until = :until",
                written(attributes));
    }

    private Map<String, Object> written(Object value) {
        Instant now = clock.instant();
        return Map.of(
                "value",
                Json.write(value),
                "at",
                Timestamp.from(now),
                "until",
                Timestamp.from(now.plus(CONFIRM_WITHIN)));
    }

    /** Remembers the priority after our own write, whose echo may have come before. */
    public void wrotePriority(Delivery wish, Priority priority) {
        note(
                wish,
                """
                priority = :word,
                priority_unconfirmed_until = CASE priority WHEN :word THEN priority_unconfirmed_until ELSE :until END""",
                Map.of(
                        "word",
                        priority.word(),
                        "until",
                        Timestamp.from(clock.instant().plus(CONFIRM_WITHIN))));
    }

    /** Remembers the team after our own write. */
    public void wroteTeam(Delivery wish, Ref team) {
        note(
                wish,
                "team_id = :teamId, team_name = :teamName",
                Map.of("teamId", team.id(), "teamName", text(Optional.of(team.name()), MAX_NAME_CHARS)));
    }

    private void note(Delivery wish, String columns, Map<String, ?> values) {
        note(wish, columns, "", values);
    }

    private void note(Delivery wish, String columns, String condition, Map<String, ?> values) {
        database.transaction().executeWithoutResult(status -> {
            // Locked first: a statement that waited for the lock would see the wish as it was before the wait.
            lock(wish);
            database.jdbc()
                    .sql("""
                            UPDATE conversation
                            SET %s
                            WHERE account_id = :account AND conversation_id = :id %s
                              AND EXISTS (
                                SELECT 1 FROM outbox o
                                WHERE o.id = :wish AND o.state = 'sending' AND o.attempts = :attempts)""".formatted(columns, condition))
                    .params(values)
                    .param("account", wish.accountId())
                    .param("id", wish.conversationId())
                    .param("wish", wish.id())
                    .param("attempts", wish.attempts())
                    .update();
        });
    }

    private void lock(Delivery wish) {
        database.jdbc()
                .sql("SELECT 1 FROM conversation WHERE account_id = :account AND conversation_id = :id FOR UPDATE")
                .param("account", wish.accountId())
                .param("id", wish.conversationId())
                .query(Integer.class)
                .optional();
    }

    /**
     * A call has put a job for these wishes into Chatwoot's queue. Webhooks confirm them; one may have come already.
     *
     * @param answer what came back, in few words
     * @param within how long a webhook may take
     */
    public void asked(List<Delivery> deliveries, String answer, Duration within) {
        Instant until = clock.instant().plus(within);
        for (Delivery delivery : deliveries) {
            database.transaction().executeWithoutResult(status -> {
                // The lock lets a worker that handles that webhook end first, or begin when the wish is asked for.
                Optional<ConversationState> state = find(delivery.accountId(), delivery.conversationId(), true);
                outbox.asked(delivery, answer, until);
                state.ifPresent(known -> outbox.confirm(List.of(new Outbox.Shown(known, List.of()))));
            });
        }
    }

    private static <T> Optional<Observed<T>> observed(
            ResultSet rs, String column, TypeReference<T> type, TypeReference<List<OwnWrite<T>>> ownType)
            throws SQLException {
        String json = rs.getString(column);
        return json == null
                ? Optional.empty()
                : Optional.of(new Observed<>(
                        Json.read(json, type),
                        rs.getTimestamp(column + "_at").toInstant(),
                        instant(rs, column + "_unconfirmed_until"),
                        text(rs, column + "_writes")
                                .map(own -> Json.read(own, ownType))
                                .orElse(List.of())));
    }

    /** What of the waiting nobody searches for. */
    private record Waits(List<Waiting.Unanswered> unanswered, long answeredUpTo, Set<String> fired) {}

    private static String waiting(Waiting w) {
        boolean isNothing = w.unanswered().isEmpty() && w.answeredUpTo() == 0;
        return isNothing ? null : Json.write(new Waits(w.unanswered(), w.answeredUpTo(), w.fired()));
    }

    private static Waiting waiting(ResultSet rs) throws SQLException {
        Waits waits =
                text(rs, "waiting").map(json -> Json.read(json, Waits.class)).orElse(new Waits(List.of(), 0, Set.of()));
        return new Waiting(
                waits.unanswered, waits.answeredUpTo, waits.fired, instant(rs, "due_at"), rs.getString("due_by"));
    }

    private static Optional<Ref> ref(ResultSet rs, String column) throws SQLException {
        OptionalLong id = optionalLong(rs, column + "_id");
        String name = rs.getString(column + "_name");
        return id.isPresent() ? Optional.of(new Ref(id.getAsLong(), name)) : Optional.empty();
    }

    private static Optional<String> text(ResultSet rs, String column) throws SQLException {
        return Optional.ofNullable(rs.getString(column));
    }

    /** As the column can hold it: PostgreSQL has no U+0000, and what is too long must not make the event a dead letter. */
    private static String text(Optional<String> text, int maxChars) {
        return text.map(raw -> Texts.cut(raw.replace("\u0000", ""), maxChars)).orElse(null);
    }

    private static OptionalLong optionalLong(ResultSet rs, String column) throws SQLException {
        long value = rs.getLong(column);
        return rs.wasNull() ? OptionalLong.empty() : OptionalLong.of(value);
    }

    private static Long number(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }

    private static Optional<Instant> instant(ResultSet rs, String column) throws SQLException {
        return Optional.ofNullable(rs.getTimestamp(column)).map(Timestamp::toInstant);
    }

    private static Timestamp timestamp(Optional<Instant> at) {
        return at.map(Timestamp::from).orElse(null);
    }
}
