package io.leadroutes.store;

import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.Planner;
import io.leadroutes.conversation.Planner.Step;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * Chooses, in the surrounding transaction, which wishes are to be sent next, and which others their calls grant with them; all
 * are locked until it ends.
 */
final class Claims {
    private static final String ATTRIBUTES = "attributes";

    /** Conversations in one bulk action; Chatwoot has no limit of its own, but a job of its own works them off. */
    private static final int MAX_BULK = 100;

    /** Wishes that are looked at for whether they may share a call. */
    private static final int MAX_SHARING = 4 * MAX_BULK;

    /** Of a wish o for Chatwoot: one call at a time for a conversation. */
    private static final String UNLESS_IN_HAND = """
            AND NOT EXISTS (
              SELECT 1 FROM outbox s
              WHERE s.state = 'sending' AND s.conversation_id = o.conversation_id
                AND s.account_id = o.account_id AND s.to_chatwoot = TRUE)
            """;

    /**
     * The same, and no value is set while a job that sets another waits in Chatwoot's queue, which would come after it. Labels
     * are only added by jobs.
     */
    private static final String UNLESS_IN_HAND_OR_ASKED = """
            AND NOT EXISTS (
              SELECT 1 FROM outbox s
              WHERE (s.state = 'sending' OR s.state = 'asked' AND s.kind = o.kind AND s.kind <> 'labels')
                AND s.conversation_id = o.conversation_id AND s.account_id = o.account_id
                AND s.to_chatwoot = TRUE)
            """;

    static final Plan EACH_BY_ITSELF = new EachByItself(Planner.DIRECT);

    private final Database database;
    private final Clock clock;
    private final WishRows rows;

    /** When leads were last told of by a macro. */
    private volatile Instant leadsToldAt = Instant.EPOCH;

    /** Says which call is to be made for a wish that is due. */
    interface Plan {
        /** @param open the conversation's wishes that may be sent now and were never tried, the due one too */
        Step next(long accountId, long conversationId, Wish due, List<Wish> open);
    }

    /** Each wish has a call that grants nothing else of its conversation, whatever is known of that and open in it. */
    record EachByItself(Planner planner) implements Plan {
        @Override
        public Step next(long accountId, long conversationId, Wish due, List<Wish> open) {
            return planner.next(due, List.of(due), ConversationState.unknown(accountId, conversationId));
        }
    }

    Claims(Database database, Clock clock, WishRows rows) {
        this.database = database;
        this.clock = clock;
        this.rows = rows;
    }

    /**
     * Due wishes for Chatwoot, the most urgent first and at most one per conversation. Less urgent ones leave room, and wait
     * for others that may be merged into them.
     *
     * @param limits how many may be taken when one of this urgency is among them; the more urgent, the more
     */
    List<Delivery> forChatwoot(Instant now, ToIntFunction<Urgency> limits, Linger linger, Plan plan) {
        return chosen(now, """
                SELECT o.id
                FROM outbox o
                WHERE o.state = 'pending' AND o.due_at <= :now AND o.to_chatwoot = TRUE
                  AND (o.urgency < :leads
                    OR o.urgency = :leads AND (o.kind = 'attributes' OR o.created_at <= :leadsFrom)
                    OR o.urgency > :leads AND (o.kind <> 'attributes' AND o.created_at <= :from
                      OR o.kind = 'attributes' AND (o.created_at <= :unreadFrom
                        OR o.created_at <= :readFrom AND EXISTS (
                          SELECT 1 FROM conversation c
                          WHERE c.conversation_id = o.conversation_id AND c.account_id = o.account_id
                            AND c.attributes_at > :freshFrom
                            AND (c.attributes_unconfirmed_until IS NULL OR c.attributes_unconfirmed_until <= :now)))))
                """ + UNLESS_IN_HAND_OR_ASKED + """
                ORDER BY o.state, o.to_chatwoot, o.urgency, o.id
                LIMIT :limit""", limits, linger, plan);
    }

    /** The wish for Chatwoot that has waited longest, if that is longer than this. */
    List<Delivery> oldestForChatwoot(Instant now, Duration waiting, Linger linger, Plan plan) {
        // Asked by urgency, so that it is read in the index's order and not sorted out of all that waits.
        List<Long> oldest = Arrays.stream(Urgency.values())
                .map(urgency -> oldest(now, urgency))
                .flatMap(Optional::stream)
                .filter(aged -> !aged.since.isAfter(now.minus(waiting)))
                .map(Aged::id)
                .min(Comparator.naturalOrder())
                .stream()
                .toList();
        return chosen(now, oldest, urgency -> 1, linger.ofAll(waiting), plan);
    }

    private record Aged(long id, Instant since) {}

    private Optional<Aged> oldest(Instant now, Urgency urgency) {
        return database.jdbc()
                .sql("""
                        SELECT o.id, o.created_at
                        FROM outbox o
                        WHERE o.state = 'pending' AND o.due_at <= :now AND o.to_chatwoot = TRUE
                          AND o.urgency = :urgency
                        """ + UNLESS_IN_HAND_OR_ASKED + """
                        ORDER BY o.state, o.to_chatwoot, o.urgency, o.id
                        LIMIT 1""")
                .param("now", Timestamp.from(now))
                .param("urgency", urgency.ordinal())
                .query((rs, i) ->
                        new Aged(rs.getLong("id"), rs.getTimestamp("created_at").toInstant()))
                .optional();
    }

    /** Due wishes for other systems, the most urgent first and at most one per conversation. */
    List<Delivery> forEndpoints(Instant now, int limit) {
        return chosen(now, """
                SELECT o.id
                FROM outbox o
                WHERE o.state = 'pending' AND o.due_at <= :now AND o.to_chatwoot = FALSE
                  AND NOT EXISTS (
                    SELECT 1 FROM outbox s
                    WHERE s.state = 'sending' AND s.conversation_id = o.conversation_id
                      AND s.account_id = o.account_id AND s.destination = o.destination)
                ORDER BY o.state, o.to_chatwoot, o.urgency, o.id
                LIMIT :limit""", urgency -> limit, Linger.NONE, EACH_BY_ITSELF);
    }

    /**
     * Locks those that still wait and that nobody else has locked, the most urgent first.
     *
     * @param ids what a statement without locks has found: one that locks is read by H2 to its end, whatever its limit, and
     *     asks a query within it anew for each row that it locks
     */
    private List<WishRow> locked(List<Long> ids) {
        return ids.isEmpty()
                ? List.of()
                : database.jdbc()
                        .sql("""
                                SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at,
                                  reasons, urgency, traces
                                FROM outbox
                                WHERE state = 'pending' AND id = ANY(:ids)
                                ORDER BY urgency, id
                                FOR UPDATE SKIP LOCKED""")
                        .param("ids", Database.numbers(ids))
                        .query((rs, i) -> WishRow.of(rs))
                        .list();
    }

    /** @param due tells the ids of what is due */
    private List<Delivery> chosen(Instant now, String due, ToIntFunction<Urgency> limits, Linger linger, Plan plan) {
        List<Long> ids = database.jdbc()
                .sql(due)
                .param("now", Timestamp.from(now))
                .param("from", Timestamp.from(now.minus(linger.tags())))
                .param("leadsFrom", Timestamp.from(leadsFrom(now, linger)))
                .param("unreadFrom", Timestamp.from(now.minus(linger.attributes())))
                .param("readFrom", Timestamp.from(now.minus(linger.attributes().dividedBy(2))))
                .param("freshFrom", Timestamp.from(now.minus(linger.fresh())))
                .param("leads", Urgency.QUALIFICATION.ordinal())
                // Permits may have gone since they were asked for.
                .param("limit", Math.max(0, limits.applyAsInt(Urgency.ESCALATION)))
                .query(Long.class)
                .list();
        return chosen(now, ids, limits, linger, plan);
    }

    private List<Delivery> chosen(
            Instant now, List<Long> ids, ToIntFunction<Urgency> limits, Linger linger, Plan plan) {
        List<WishRow> found = locked(ids);
        List<Delivery> mine = found.isEmpty() ? List.of() : onePerConversation(found, limits, linger, plan);
        if (mine.stream().anyMatch(taken -> taken.isByMacro() && taken.urgency() == Urgency.QUALIFICATION)) {
            leadsToldAt = now;
        }
        return mine;
    }

    /**
     * Leads whose text comes to be there one after the other, however long they have waited for that, share a macro, too: it
     * is not executed again at once.
     */
    private Instant leadsFrom(Instant now, Linger linger) {
        return leadsToldAt.plus(linger.leads()).isAfter(now) ? Instant.EPOCH : now.minus(linger.leads());
    }

    private List<Delivery> onePerConversation(
            List<WishRow> due, ToIntFunction<Urgency> limits, Linger linger, Plan plan) {
        Set<String> taken = inHandNow(due);
        List<Delivery> mine = new ArrayList<>();
        for (WishRow row : due) {
            boolean isRoom = mine.size() < limits.applyAsInt(Urgency.values()[row.urgency()]);
            if (isRoom && !taken.contains(row.conversation())) {
                rows.readable(row, WishRow::delivery)
                        .map(delivery -> {
                            taken.add(row.conversation());
                            return row.isUntried() ? planned(row, delivery, taken, plan) : delivery;
                        })
                        .filter(delivery -> !waitsForRead(delivery, mine, linger))
                        .ifPresent(mine::add);
            }
        }
        return mine;
    }

    /**
     * True for attributes whose conversation is to be read first, while others are being sent: one read serves many
     * conversations, and is made by the next that has its turn alone. An escalation does not wait.
     */
    private boolean waitsForRead(Delivery delivery, List<Delivery> mine, Linger linger) {
        return delivery.kind().equals(ATTRIBUTES)
                && delivery.urgency() != Urgency.ESCALATION
                && delivery.attempts() == 0
                && !linger.fresh().isZero()
                && (mine.stream().anyMatch(other -> other.kind().equals(ATTRIBUTES))
                        || areAttributesSent(linger.fresh()))
                && isAged(delivery, linger.fresh());
    }

    /** A call that takes longer than what it has read is good for, holds up nobody. */
    private boolean areAttributesSent(Duration fresh) {
        int sent = database.jdbc()
                .sql("""
                        SELECT COUNT(*)
                        FROM outbox
                        WHERE state = 'sending' AND kind = 'attributes' AND to_chatwoot = TRUE
                          AND sent_at > :from""")
                .param("from", Timestamp.from(clock.instant().minus(fresh)))
                .query(Integer.class)
                .single();
        return sent > 0;
    }

    /** True if the conversation is known, but its attributes not well enough to be written without a read. */
    private boolean isAged(Delivery delivery, Duration fresh) {
        Instant now = clock.instant();
        return database.jdbc()
                        .sql("""
                                SELECT COUNT(*)
                                FROM conversation
                                WHERE account_id = :account AND conversation_id = :conversation
                                  AND (attributes_at <= :from OR attributes_unconfirmed_until > :now)""")
                        .param("account", delivery.accountId())
                        .param("conversation", delivery.conversationId())
                        .param("from", Timestamp.from(now.minus(fresh)))
                        .param("now", Timestamp.from(now))
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * Conversations whose attributes are to be written soon and have to be read first, the most urgent first; none that is
     * in hand, and none that was tried, which is read by itself.
     *
     * @param fresh how long after it was received a snapshot is written on top of
     * @param limit how many at most
     */
    List<Long> unread(long accountId, Duration fresh, int limit) {
        Instant now = clock.instant();
        return database.jdbc()
                .sql("""
                        SELECT o.conversation_id
                        FROM outbox o
                          JOIN conversation c ON c.account_id = o.account_id AND c.conversation_id = o.conversation_id
                        WHERE o.state = 'pending' AND o.due_at <= :now AND o.to_chatwoot = TRUE
                          AND o.account_id = :account AND o.kind = 'attributes' AND o.attempts = 0
                          AND c.attributes_at <= :from
                          AND (c.attributes_unconfirmed_until IS NULL OR c.attributes_unconfirmed_until <= :now)
                          AND (c.labels_unconfirmed_until IS NULL OR c.labels_unconfirmed_until <= :now)
                        """ + UNLESS_IN_HAND + """
                        ORDER BY o.state, o.to_chatwoot, o.urgency, o.id
                        LIMIT :limit""")
                .param("now", Timestamp.from(now))
                .param("account", accountId)
                .param("from", Timestamp.from(now.minus(fresh)))
                .param("limit", limit)
                .query(Long.class)
                .list();
    }

    /** What is to be sent now for a wish that is due. */
    private Delivery planned(WishRow row, Delivery due, Set<String> taken, Plan plan) {
        List<Delivery> open = plan instanceof EachByItself ? List.of(due) : open(row);
        Step step = next(row, due.wish(), open, plan);
        List<Delivery> granted = granted(step, open);
        Delivery first = granted.get(0);
        if (step.macro().isPresent()) {
            List<Delivery> all = new ArrayList<>(granted.subList(1, granted.size()));
            all.addAll(byTheSameMacro(row, step, taken, plan));
            return first.with(all, step.macro());
        }
        return step.mayBeShared() ? first.with(sharing(first, taken), Optional.empty()) : first;
    }

    private static Step next(WishRow row, Wish due, List<Delivery> open, Plan plan) {
        return plan.next(
                row.accountId(),
                row.conversationId(),
                due,
                open.stream().map(Delivery::wish).toList());
    }

    /** What a step grants of the open wishes; of one that it grants in part, the rest waits on as a tag. */
    private List<Delivery> granted(Step step, List<Delivery> open) {
        List<Delivery> granted = new ArrayList<>();
        for (Delivery delivery : open) {
            if (step.wishes().contains(delivery.wish())) {
                granted.add(delivery);
            } else {
                step.wishes().stream()
                        .filter(delivery.wish()::includes)
                        .findFirst()
                        .ifPresent(part -> granted.add(
                                split(delivery, part, isLeisurely(delivery) ? delivery.urgency() : Urgency.TAGGING)));
            }
        }
        return granted;
    }

    /** The wishes of a conversation that may be sent now and were never tried. */
    private List<Delivery> open(WishRow row) {
        return database
                .jdbc()
                .sql("""
                        SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons,
                          urgency, traces
                        FROM outbox
                        WHERE conversation_id = :conversation AND account_id = :account AND state = 'pending'
                          AND due_at <= :now AND to_chatwoot = TRUE AND attempts = 0
                        ORDER BY urgency, id
                        FOR UPDATE SKIP LOCKED""")
                .param("conversation", row.conversationId())
                .param("account", row.accountId())
                .param("now", Timestamp.from(clock.instant()))
                .query((rs, i) -> WishRow.of(rs))
                .list()
                .stream()
                .flatMap(open -> rows.readable(open, WishRow::delivery).stream())
                .toList();
    }

    /** Wishes of other conversations for which the same macro is to be executed now. */
    private List<Delivery> byTheSameMacro(WishRow row, Step step, Set<String> taken, Plan plan) {
        List<Delivery> all = new ArrayList<>();
        int conversations = 1;
        for (WishRow other : others(row.accountId(), kindOfEach(step))) {
            if (conversations < MAX_BULK && !taken.contains(other.conversation())) {
                List<Delivery> open = open(other);
                Optional<Step> same = rows.readable(other, WishRow::delivery)
                        .map(delivery -> next(other, delivery.wish(), open, plan))
                        .filter(theirs -> theirs.macro().equals(step.macro()));
                if (same.isPresent()) {
                    taken.add(other.conversation());
                    all.addAll(granted(same.get(), open));
                    conversations++;
                }
            }
        }
        return all;
    }

    /** A kind of wish that the macro grants in each conversation: its note if it writes one. */
    private static String kindOfEach(Step step) {
        return step.wishes().stream()
                .filter(Wish.Note.class::isInstance)
                .findFirst()
                .orElse(step.wishes().get(0))
                .kind();
    }

    private List<WishRow> others(long accountId, String kind) {
        return locked(database.jdbc()
                .sql("""
                        SELECT o.id
                        FROM outbox o
                        WHERE o.state = 'pending' AND o.due_at <= :now AND o.to_chatwoot = TRUE
                          AND o.account_id = :account AND o.kind = :kind AND o.attempts = 0
                        """ + UNLESS_IN_HAND + """
                        ORDER BY o.state, o.to_chatwoot, o.urgency, o.id
                        LIMIT :limit""")
                .param("now", Timestamp.from(clock.instant()))
                .param("account", accountId)
                .param("kind", kind)
                .param("limit", MAX_BULK)
                .query(Long.class)
                .list());
    }

    /**
     * Wishes of other conversations that one call can grant together with this one: equal ones, and those for more labels,
     * of which these labels are split off. Only such as have not been tried: what a bulk action did not grant has a call of
     * its own.
     *
     * @param taken the conversations that are in hand; those found are added
     */
    private List<Delivery> sharing(Delivery delivery, Set<String> taken) {
        Wish shared = delivery.wish();
        return locked(database.jdbc()
                        .sql("""
                        SELECT o.id
                        FROM outbox o
                        WHERE o.state = 'pending' AND o.due_at <= :now AND o.to_chatwoot = TRUE
                          AND o.account_id = :account AND o.kind = :kind AND POSITION(:part IN o.payload) > 0
                          AND o.attempts = 0
                        """ + UNLESS_IN_HAND + """
                        ORDER BY o.state, o.to_chatwoot, o.urgency, o.id
                        LIMIT :limit""")
                        .param("now", Timestamp.from(clock.instant()))
                        .param("account", delivery.accountId())
                        .param("kind", delivery.kind())
                        .param("part", WishCodec.part(shared))
                        .param("limit", MAX_SHARING)
                        .query(Long.class)
                        .list())
                .stream()
                .filter(other -> other.conversationId() != 0 && !taken.contains(other.conversation()))
                .flatMap(other -> rows.readable(other, WishRow::delivery).stream())
                .filter(other -> other.wish().equals(shared)
                        || isLeisurely(other) && other.wish().includes(shared))
                .filter(other -> taken.add(conversation(other)))
                .limit(MAX_BULK - 1L)
                .map(other -> other.wish().equals(shared) ? other : split(other, shared, other.urgency()))
                .toList();
    }

    /** What is more urgent is not held up by a part of it that is on its way. */
    private static boolean isLeisurely(Delivery delivery) {
        return delivery.urgency().compareTo(Urgency.TAGGING) >= 0;
    }

    /**
     * Leaves in the row what a call grants now; the rest waits on in a row of its own.
     *
     * @param part of the wish, to be sent
     * @param urgency of the rest
     */
    private Delivery split(Delivery whole, Wish part, Urgency urgency) {
        Wish rest = whole.wish().without(part);
        database.jdbc()
                .sql("UPDATE outbox SET payload = :payload, wish_key = NULL WHERE id = :id")
                .param("payload", WishCodec.payload(part))
                .param("id", whole.id())
                .update();
        database.jdbc()
                .sql("""
                        INSERT INTO outbox (wish_key, account_id, conversation_id, kind, destination, to_chatwoot, payload,
                          reasons, urgency, state, created_at, due_at, traces)
                        SELECT :key, account_id, conversation_id, kind, destination, to_chatwoot, :payload,
                          reasons, :urgency, state, created_at, due_at, traces
                        FROM outbox
                        WHERE id = :id""")
                .param("key", Outbox.key(whole.accountId(), whole.conversationId(), rest))
                .param("payload", WishCodec.payload(rest))
                .param("urgency", urgency.ordinal())
                .param("id", whole.id())
                .update();
        return whole.of(part);
    }

    /**
     * The conversations that a dispatcher has in hand. Dispatchers of several replicas take turns here: what another one
     * has claimed between our query and this lock is seen only now.
     */
    private Set<String> inHandNow(List<WishRow> due) {
        database.jdbc()
                .sql("SELECT lane FROM lane WHERE lane = 'outbox' FOR UPDATE")
                .query(String.class)
                .optional();
        return new HashSet<>(database.jdbc()
                .sql("""
                        SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons,
                          urgency, traces
                        FROM outbox
                        WHERE state = 'sending' AND conversation_id IN (:conversations)""")
                .param(
                        "conversations",
                        due.stream().map(WishRow::conversationId).distinct().toList())
                .query((rs, i) -> WishRow.of(rs).conversation())
                .list());
    }

    private static String conversation(Delivery delivery) {
        return WishRow.conversation(delivery.accountId(), delivery.conversationId(), delivery.destination());
    }
}
