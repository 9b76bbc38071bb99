package io.leadroutes.store;

import io.leadroutes.conversation.ConversationState;
import io.leadroutes.conversation.FlipFlop;
import io.leadroutes.conversation.Planner;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wished;
import io.leadroutes.store.Tally.Fate;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;

/**
 * The wishes that were decided, until they are granted (invariants 4, 5, 9).
 *
 * <p>A wish waits ({@code pending}), is in a dispatcher's hand ({@code sending}), and ends as {@code done}, as
 * {@code merged} into a newer one of its kind, or as {@code dead}. One whose call only puts a job into Chatwoot's queue is
 * {@code asked} for until a webhook shows it granted; if none does in time, it waits again, for a call of its own. The intent to send is on disk before the call is
 * made, so that after a crash it is known that the call may have happened.
 */
public final class Outbox {
    private static final int UPKEEPS_PER_LEASE = 6;
    private static final Instant FOREVER = Instant.parse("9999-01-01T00:00:00Z");

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_GROWN_PAUSE = Duration.ofMinutes(5);
    private static final Duration LATE_PAUSE = Duration.ofMinutes(15);
    private static final int GROWING_ATTEMPTS = 10;

    /** About 72 hours of trying. */
    private static final int MAX_ATTEMPTS = GROWING_ATTEMPTS + 72 * 4;

    /** Reason of dead letters that were repeated for 72 hours in vain. */
    private static final String GAVE_UP = "gave-up";

    /** Reason of what was dropped because it is fought over, and within what time it has to be undone for that. */
    private static final String FLIP_FLOP = "flip-flop";

    private static final Duration FIGHT = Duration.ofHours(1);

    /** The answer of what needed no call. */
    public static final String ALREADY_SO = "already so";

    /** A macro whose call was not answered, may be in Chatwoot's queue for so long: then its note is looked for. */
    private static final Duration JOB_TIME = Duration.ofMinutes(2);

    /** As many as the column holds. */
    private static final int MAX_TRACES = 10;

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);

    private final Database database;
    private final Clock clock;
    private final RandomGenerator random;
    private final Duration lease;
    private final Tally tally;
    private final WishRows rows;
    private final Claims claims;
    private final Supplier<Optional<String>> trace;
    private final Map<Long, Hold> inHand = new ConcurrentHashMap<>();
    private volatile Instant nextUpkeep = Instant.MIN;

    /** A wish in this process's hand: with how many attempts it was taken, and until when nobody else takes it. */
    private record Hold(int attempts, Instant until) {}

    /**
     * @param random spreads retries
     * @param lease how long a wish stays in a dispatcher's hand that shows no sign of life (setting outbox.lease); then
     *     another one takes it over
     * @param trace the W3C traceparent of what this thread does, to be kept with the wishes that come of it
     */
    public Outbox(
            Database database,
            Clock clock,
            RandomGenerator random,
            Duration lease,
            Tally tally,
            Supplier<Optional<String>> trace) {
        this.database = database;
        this.clock = clock;
        this.random = random;
        this.lease = lease;
        this.tally = tally;
        rows = new WishRows(database, tally);
        claims = new Claims(database, clock, rows);
        this.trace = trace;
    }

    private void tell(String kind, Fate fate) {
        database.afterCommit(() -> tally.wish(kind, fate));
    }

    /** Tells the W3C traceparent of what the asking thread does, to be kept with the wishes that come of it. */
    Supplier<Optional<String>> trace() {
        return trace;
    }

    /** Adds wishes, each merged into the waiting one of its kind, in the surrounding transaction (invariant 5). */
    void add(long accountId, long conversationId, Collection<Wished> decided) {
        add(news(accountId, conversationId, decided, trace.get()));
    }

    private static List<New> news(
            long accountId, long conversationId, Collection<Wished> decided, Optional<String> trace) {
        return decided.stream()
                .map(wished -> new New(
                        key(accountId, conversationId, wished.wish()), accountId, conversationId, wished, trace))
                .toList();
    }

    private record New(String key, long accountId, long conversationId, Wished wished, Optional<String> trace) {
        New over(New older) {
            return new New(key, accountId, conversationId, wished.over(older.wished), trace);
        }
    }

    private void add(List<New> wishes) {
        if (wishes.isEmpty()) {
            return;
        }
        Map<String, New> byKey = new LinkedHashMap<>();
        wishes.forEach(wish -> byKey.merge(wish.key, wish, (older, newer) -> newer.over(older)));
        Map<String, Waiting> older = waiting(byKey.keySet());
        update(older.values().stream().map(waiting -> waiting.with(byKey.get(waiting.key))));
        insert(byKey.values().stream().filter(wish -> !older.containsKey(wish.key)));
        byKey.forEach(
                (key, wish) -> tell(wish.wished.wish().kind(), older.containsKey(key) ? Fate.MERGED : Fate.ADDED));
    }

    /**
     * Adds a wish that a route asks for, in the surrounding transaction if there is one.
     *
     * @param conversationId 0 for what is no conversation's
     * @param asker the verb that was called, as the wish's reason
     */
    public void wish(long accountId, long conversationId, Wish wish, String asker) {
        try {
            wish(accountId, conversationId, wish, new Reason(asker, 0, List.of()));
        } catch (DuplicateKeyException e) {
            // Somebody added one of its kind between our look and our insert: now we see it, and merge.
            wish(accountId, conversationId, wish, new Reason(asker, 0, List.of()));
        }
    }

    /** The same, unless one of its kind was asked for before in this conversation, for as long as that is kept. */
    public void wishOnce(long accountId, long conversationId, Wish wish, String asker) {
        Wished wished = new Wished(wish, Urgency.TAGGING, List.of(new Reason(asker, 0, List.of())));
        try {
            database.transaction().executeWithoutResult(status -> {
                if (!isAskedFor(accountId, conversationId, wish)) {
                    add(accountId, conversationId, List.of(wished));
                }
            });
        } catch (DuplicateKeyException e) {
            LOG.debug("conversation {}: {} was asked for at the same time", conversationId, wish.kind());
        }
    }

    private boolean isAskedFor(long accountId, long conversationId, Wish wish) {
        return database.jdbc()
                        .sql("""
                                SELECT COUNT(*)
                                FROM outbox
                                WHERE account_id = :account AND conversation_id = :conversation AND kind = :kind
                                  AND destination = :destination""")
                        .param("account", accountId)
                        .param("conversation", conversationId)
                        .param("kind", wish.kind())
                        .param("destination", wish.destination())
                        .query(Integer.class)
                        .single()
                > 0;
    }

    /**
     * The same for a reason of one's own.
     *
     * @return the row that it waits in
     * @throws DuplicateKeyException if another one of its kind came between; worth another try, in another transaction
     */
    long wish(long accountId, long conversationId, Wish wish, Reason reason) {
        Wished wished = new Wished(wish, Urgency.TAGGING, List.of(reason));
        return database.transaction().execute(status -> {
            add(accountId, conversationId, List.of(wished));
            return database.jdbc()
                    .sql("SELECT id FROM outbox WHERE wish_key = :key")
                    .param("key", key(accountId, conversationId, wish))
                    .query(Long.class)
                    .single();
        });
    }

    private record Waiting(String key, long id, Wished wished, List<String> traces) {
        static Waiting of(WishRow row) {
            Wished wished = row.wished();
            return new Waiting(
                    Outbox.key(row.accountId(), row.conversationId(), wished.wish()), row.id(), wished, row.traces());
        }

        Waiting with(New newer) {
            return new Waiting(key, id, newer.wished.over(wished), joined(newer.trace.stream(), traces));
        }
    }

    /** Those that wait, by their keys, locked until the surrounding transaction ends. */
    private Map<String, Waiting> waiting(Set<String> wishKeys) {
        return database
                .jdbc()
                .sql("""
                        SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at,
                          reasons, urgency, traces
                        FROM outbox
                        WHERE wish_key = ANY(:keys)
                        ORDER BY wish_key
                        FOR UPDATE""")
                .param("keys", Database.texts(wishKeys))
                .query((rs, i) -> WishRow.of(rs))
                .list()
                .stream()
                .flatMap(row -> rows.readable(row, Waiting::of).stream())
                .collect(Collectors.toMap(Waiting::key, Function.identity()));
    }

    private void update(Stream<Waiting> changed) {
        // A wish that changes is worth trying at once, whatever befell the older value.
        database.batch("""
                UPDATE outbox
                SET payload = :payload, reasons = :reasons, urgency = :urgency, traces = :traces, due_at = :now
                WHERE id = :id""", changed.map(it -> row(it.wished)
                .addValue("traces", column(it.traces))
                .addValue("now", Timestamp.from(clock.instant()))
                .addValue("id", it.id)));
    }

    private static MapSqlParameterSource row(Wished wished) {
        return new MapSqlParameterSource("payload", WishCodec.payload(wished.wish()))
                .addValue("reasons", Json.write(wished.reasons()))
                .addValue("urgency", wished.urgency().ordinal());
    }

    /** Takes an older wish's effect over: when it is tried stays as it is. */
    private void merge(long id, Wished wished, List<String> traces) {
        database.batch(
                """
                UPDATE outbox
                SET payload = :payload, reasons = :reasons, urgency = :urgency, traces = :traces
                WHERE id = :id""", Stream.of(row(wished).addValue("traces", column(traces)).addValue("id", id)));
    }

    /** The newest first; of many the oldest are left out. */
    private static List<String> joined(Stream<String> newer, List<String> older) {
        return Stream.concat(newer, older.stream()).distinct().limit(MAX_TRACES).toList();
    }

    private static String column(List<String> traces) {
        return traces.isEmpty() ? null : String.join(",", traces);
    }

    private void insert(Stream<New> wishes) {
        Timestamp now = Timestamp.from(clock.instant());
        database.batch("""
                INSERT INTO outbox (wish_key, account_id, conversation_id, kind, destination, to_chatwoot, payload,
                  reasons, urgency, state, created_at, due_at, traces)
                VALUES (:key, :account, :conversation, :kind, :destination, :toChatwoot, :payload,
                  :reasons, :urgency, 'pending', :now, :now, :trace)""", wishes.map(it -> row(it.wished)
                .addValue("key", it.key)
                .addValue("account", it.accountId)
                .addValue("conversation", it.conversationId)
                .addValue("kind", it.wished.wish().kind())
                .addValue("destination", it.wished.wish().destination())
                .addValue("toChatwoot", it.wished.wish().destination().equals(Wish.CHATWOOT))
                .addValue("now", now)
                .addValue("trace", it.trace.orElse(null))));
    }

    static String key(long accountId, long conversationId, Wish wish) {
        return accountId + ":" + conversationId + ":" + wish.destination() + ":" + wish.kind();
    }

    /**
     * Adds what was decided, as {@link #add} does, without what somebody else has undone three times lately; that is kept as
     * dropped, with its reason.
     */
    void addDecided(Collection<Decision> decisions, Planner planner) {
        Map<Long, List<Decision>> byAccount = decisions.stream()
                .filter(it -> !it.conversation().decided().isEmpty())
                .collect(Collectors.groupingBy(it -> it.conversation().before().accountId()));
        byAccount.forEach((account, some) -> {
            Map<Long, List<Wish>> granted = granted(
                    account, some.stream().map(it -> it.conversation().getId()).toList());
            add(some.stream()
                    .flatMap(it -> {
                        long id = it.conversation().getId();
                        List<Wished> left = withoutFights(
                                account, id, it.conversation().decided(), granted.getOrDefault(id, List.of()));
                        return news(account, id, planner.prepared(left), it.trace()).stream();
                    })
                    .toList());
        });
    }

    private List<Wished> withoutFights(
            long accountId, long conversationId, Collection<Wished> decided, List<Wish> granted) {
        List<Wished> left = new ArrayList<>();
        for (Wished wished : decided) {
            Optional<Wish> allowed = FlipFlop.without(wished.wish(), granted);
            allowed.ifPresent(wish -> left.add(new Wished(wish, wished.urgency(), wished.reasons())));
            if (!allowed.equals(Optional.of(wished.wish())) && drop(accountId, conversationId, wished)) {
                tell(wished.wish().kind(), Fate.FOUGHT_OVER);
            }
        }
        return left;
    }

    /** By a call, by conversation: what was already so, nobody has undone. */
    private Map<Long, List<Wish>> granted(long accountId, List<Long> conversations) {
        return byConversation(database.jdbc()
                .sql("""
                        SELECT o.id, o.account_id, o.conversation_id, o.kind, o.destination, o.payload, o.attempts,
                          o.created_at, o.reasons, o.urgency, o.traces
                        FROM UNNEST(CAST(:conversations AS BIGINT ARRAY)) AS c (id)
                        LEFT JOIN outbox o ON o.conversation_id = c.id AND o.account_id = :account AND o.state = 'done'
                        WHERE o.to_chatwoot = TRUE AND o.done_at > :since AND o.answer <> :already""")
                .param("account", accountId)
                .param("conversations", Database.numbers(conversations))
                .param("since", Timestamp.from(clock.instant().minus(FIGHT)))
                .param("already", ALREADY_SO)
                .query((rs, i) -> WishRow.of(rs))
                .list());
    }

    private Map<Long, List<Wish>> byConversation(List<WishRow> found) {
        return found.stream()
                .collect(Collectors.groupingBy(
                        WishRow::conversationId,
                        Collectors.flatMapping(
                                row -> rows.readable(row, r -> r.wished().wish()).stream(), Collectors.toList())));
    }

    /** @return false if one of its kind was dropped before */
    private boolean drop(long accountId, long conversationId, Wished wished) {
        Timestamp now = Timestamp.from(clock.instant());
        int before = database.jdbc()
                .sql("""
                        SELECT COUNT(*)
                        FROM outbox
                        WHERE account_id = :account AND conversation_id = :conversation AND state = 'dropped'
                          AND kind = :kind AND reason = :reason""")
                .param("account", accountId)
                .param("conversation", conversationId)
                .param("kind", wished.wish().kind())
                .param("reason", FLIP_FLOP)
                .query(Integer.class)
                .single();
        if (before > 0) {
            return false;
        }
        database.jdbc()
                .sql("""
                        INSERT INTO outbox (account_id, conversation_id, kind, destination, to_chatwoot, payload, reasons,
                          urgency, state, created_at, due_at, done_at, reason, error)
                        VALUES (:account, :conversation, :kind, :destination, :toChatwoot, :payload, :reasons,
                          :urgency, 'dropped', :now, :now, :now, :reason, :error)""")
                .param("account", accountId)
                .param("conversation", conversationId)
                .param("kind", wished.wish().kind())
                .param("destination", wished.wish().destination())
                .param("toChatwoot", wished.wish().destination().equals(Wish.CHATWOOT))
                .param("payload", WishCodec.payload(wished.wish()))
                .param("reasons", Json.write(wished.reasons()))
                .param("urgency", wished.urgency().ordinal())
                .param("now", now)
                .param("reason", FLIP_FLOP)
                .param("error", "somebody else, perhaps another automation, has undone it three times within an hour")
                .update();
        LOG.atWarn()
                .addKeyValue(LogFields.CONVERSATION, conversationId)
                .log(
                        "conversation {}: somebody else undoes our {} again and again, so it is left to them;"
                                + " /admin/conversations/{} says what",
                        conversationId,
                        wished.wish().kind(),
                        conversationId);
        return true;
    }

    /** The wishes of a conversation that are not yet granted, the older first. */
    List<Wish> waiting(long accountId, long conversationId) {
        return waiting(accountId, List.of(conversationId)).getOrDefault(conversationId, List.of());
    }

    /** As {@link #waiting(long, long)}, by conversation. Outer, or H2 begins with all that wait. */
    Map<Long, List<Wish>> waiting(long accountId, List<Long> conversations) {
        return byConversation(database.jdbc()
                .sql("""
                        SELECT o.id, o.account_id, o.conversation_id, o.kind, o.destination, o.payload, o.attempts,
                          o.created_at, o.reasons, o.urgency, o.traces
                        FROM UNNEST(CAST(:conversations AS BIGINT ARRAY)) AS c (id)
                        LEFT JOIN outbox o ON o.conversation_id = c.id AND o.account_id = :account
                          AND o.state IN ('pending', 'sending', 'asked')
                        WHERE o.id IS NOT NULL
                        ORDER BY o.id""")
                .param("account", accountId)
                .param("conversations", Database.numbers(conversations))
                .query((rs, i) -> WishRow.of(rs))
                .list());
    }

    /** Takes due wishes for Chatwoot into hand, the most urgent first and at most one per conversation. */
    List<Delivery> claimForChatwoot(int limit) {
        return claimForChatwoot(urgency -> limit, Linger.NONE, Claims.EACH_BY_ITSELF);
    }

    /** The same by {@link Claims#forChatwoot}. */
    List<Delivery> claimForChatwoot(ToIntFunction<Urgency> limits, Linger linger, Claims.Plan plan) {
        return claim(limits, now -> claims.forChatwoot(now, limits, linger, plan));
    }

    /** Takes into hand the wish for Chatwoot that has waited longest, if that is longer than this: none waits for ever. */
    List<Delivery> claimOldestForChatwoot(Duration waiting, Linger linger, Claims.Plan plan) {
        return claim(urgency -> 1, now -> claims.oldestForChatwoot(now, waiting, linger, plan));
    }

    /** Takes due wishes for other systems into hand, the most urgent first and at most one per conversation. */
    public List<Delivery> claimForEndpoints(int limit) {
        return claim(urgency -> limit, now -> claims.forEndpoints(now, limit));
    }

    /** As {@link Claims#unread}. */
    List<Long> unread(long accountId, Duration fresh, int limit) {
        return claims.unread(accountId, fresh, limit);
    }

    private List<Delivery> claim(ToIntFunction<Urgency> limits, Function<Instant, List<Delivery>> choice) {
        Instant now = clock.instant();
        keepUp(now);
        if (limits.applyAsInt(Urgency.ESCALATION) <= 0) {
            return List.of();
        }
        List<Delivery> claimed = database.transaction().execute(status -> {
            List<Delivery> mine = choice.apply(now);
            mine.forEach(taken -> taken.all().forEach(one -> sending(one, taken.isByMacro(), now)));
            return mine;
        });
        if (!claimed.isEmpty()) {
            database.sync();
            claimed.stream()
                    .flatMap(delivery -> delivery.all().stream())
                    .forEach(delivery -> inHand.put(delivery.id(), new Hold(delivery.attempts(), now.plus(lease))));
        }
        return claimed;
    }

    private void sending(Delivery delivery, boolean isJob, Instant now) {
        database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET state = 'sending', wish_key = NULL, sent_at = :now, lease_until = :lease, is_job = :job
                        WHERE id = :id""")
                .param("now", Timestamp.from(now))
                .param("lease", Timestamp.from(now.plus(lease)))
                .param("job", isJob)
                .param("id", delivery.id())
                .update();
    }

    /**
     * True if the wish is in this hand for long enough to make a call for it: half a lease. A process that stood still for
     * longer must not go on where it was, because another one may have taken the wish over.
     */
    public boolean mayCallFor(Delivery delivery) {
        Hold hold = inHand.get(delivery.id());
        return hold != null
                && hold.attempts == delivery.attempts()
                && clock.instant().plus(lease.dividedBy(2)).isBefore(hold.until);
    }

    private void letGo(Delivery delivery) {
        inHand.computeIfPresent(delivery.id(), (id, hold) -> hold.attempts == delivery.attempts() ? null : hold);
    }

    /** @param answer what came back, in few words; no customer text */
    public void done(Delivery delivery, String answer) {
        letGo(delivery);
        int ended = database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET state = 'done', done_at = :now, answer = :answer, error = NULL, lease_until = NULL
                        WHERE id = :id AND state = 'sending' AND attempts = :attempts""")
                .param("now", Timestamp.from(clock.instant()))
                .param("answer", WishRows.cut(answer))
                .param("id", delivery.id())
                .param("attempts", delivery.attempts())
                .update();
        if (ended == 1) {
            tell(delivery.kind(), answer.equals(ALREADY_SO) ? Fate.ALREADY_SO : Fate.GRANTED);
        }
    }

    /**
     * The call has put a job into Chatwoot's queue; whether it was done, a webhook will show.
     *
     * @param until when it is tried otherwise if none has
     */
    void asked(Delivery delivery, String answer, Instant until) {
        letGo(delivery);
        database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET state = 'asked', answer = :answer, error = NULL, lease_until = :until
                        WHERE id = :id AND state = 'sending' AND attempts = :attempts""")
                .param("answer", WishRows.cut(answer))
                .param("until", Timestamp.from(until))
                .param("id", delivery.id())
                .param("attempts", delivery.attempts())
                .update();
    }

    /**
     * What a conversation shows.
     *
     * @param notes texts of private notes that were written
     */
    record Shown(ConversationState state, Collection<String> notes) {
        private boolean isGranted(Wish wish) {
            return wish.isMet(state)
                    || wish instanceof Wish.Note note && notes.stream().anyMatch(note::isText);
        }
    }

    /**
     * Ends the wishes that were asked for and that their conversation shows, in the surrounding transaction. Where a macro
     * grants them, its note may be told of before its call is answered.
     */
    void confirm(Collection<Shown> shown) {
        Map<Long, Shown> byConversation =
                shown.stream().collect(Collectors.toMap(it -> it.state.conversationId(), Function.identity()));
        List<WishRow> asked = database.jdbc()
                .sql("""
                        SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons,
                          urgency, traces
                        FROM outbox
                        WHERE conversation_id = ANY(:conversations)
                          AND (state = 'asked' OR state = 'sending' AND is_job)""")
                .param("conversations", Database.numbers(byConversation.keySet()))
                .query((rs, i) -> WishRow.of(rs))
                .list();
        for (WishRow row : asked) {
            Shown conversation = byConversation.get(row.conversationId());
            if (row.accountId() == conversation.state.accountId()
                    && rows.readable(row, WishRow::wished)
                            .filter(wished -> conversation.isGranted(wished.wish()))
                            .isPresent()) {
                database.jdbc()
                        .sql("UPDATE outbox SET state = 'done', done_at = :now, lease_until = NULL WHERE id = :id")
                        .param("now", Timestamp.from(clock.instant()))
                        .param("id", row.id())
                        .update();
                tell(row.kind(), Fate.GRANTED);
            }
        }
    }

    /**
     * Sets a wish aside that will never be granted as it is.
     *
     * @param reason the class of the error, by which dead letters are found: lower-case words and hyphens, at most 50
     */
    public void dead(Delivery delivery, String reason, String error) {
        letGo(delivery);
        int ended = database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET state = 'dead', attempts = attempts + 1, reason = :reason, error = :error,
                          lease_until = NULL
                        WHERE id = :id AND state = 'sending' AND attempts = :attempts""")
                .param("reason", reason)
                .param("error", WishRows.cut(error))
                .param("id", delivery.id())
                .param("attempts", delivery.attempts())
                .update();
        if (ended == 1) {
            database.afterCommit(() -> tally.deadWish(reason));
        }
        LOG.atWarn()
                .addKeyValue(LogFields.ACTION, LogFields.DEAD)
                .addKeyValue(LogFields.CONVERSATION, delivery.conversationId())
                .addKeyValue(LogFields.WISH, delivery.id())
                .log("wish {} ({}) set aside as a dead letter: {}", delivery.id(), delivery.kind(), reason);
    }

    /**
     * Puts a wish back: with full jitter, 1 s doubled by each attempt up to 5 min, then every 15 min; after 72 h it is a
     * dead letter (notes, reliability, section 7). A newer wish of its kind that came meanwhile takes it over.
     */
    public void retryLater(Delivery delivery, String error) {
        if (delivery.attempts() + 1 >= MAX_ATTEMPTS) {
            dead(delivery, GAVE_UP, error);
            return;
        }
        letGo(delivery);
        putBack(
                delivery.id(),
                delivery.attempts(),
                clock.instant().plus(pause(delivery.attempts())),
                delivery.attempts() + 1,
                error);
    }

    /**
     * Puts a wish back until a time that the other side named.
     *
     * @param attempted false if the request never reached the application, which then is no attempt
     */
    public void retryAt(Delivery delivery, Instant at, boolean attempted, String error) {
        letGo(delivery);
        putBack(delivery.id(), delivery.attempts(), at, delivery.attempts() + (attempted ? 1 : 0), error);
    }

    private Duration pause(int attempts) {
        if (attempts >= GROWING_ATTEMPTS) {
            return LATE_PAUSE;
        }
        long grown = FIRST_PAUSE.toMillis() << attempts;
        return Duration.ofMillis(random.nextLong(Math.min(grown, LONGEST_GROWN_PAUSE.toMillis())) + 1);
    }

    /**
     * Puts back a wish that is in this hand; if another dispatcher has taken it over meanwhile, that one's outcome counts.
     *
     * @param attempts those that the wish had when it was taken: they tell whose hand it is in
     */
    private boolean putBack(long id, int attempts, Instant dueAt, int attemptsAfter, String error) {
        return putBack("""
                SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons,
                  urgency, traces
                FROM outbox
                WHERE id = :id AND state = 'sending' AND attempts = :attempts
                FOR UPDATE""", Map.of("id", id, "attempts", attempts), dueAt, attemptsAfter, error);
    }

    private boolean putBack(String sql, Map<String, ?> params, Instant dueAt, int attempts, String error) {
        return Boolean.TRUE.equals(database.transaction().execute(status -> {
            Optional<WishRow> row = database.jdbc()
                    .sql(sql)
                    .params(params)
                    .query((rs, i) -> WishRow.of(rs))
                    .optional();
            Optional<Wished> wished = row.flatMap(r -> rows.readable(r, WishRow::wished));
            wished.ifPresent(mine -> putBack(row.get(), mine, dueAt, attempts, error));
            return wished.isPresent();
        }));
    }

    private void putBack(WishRow row, Wished wished, Instant dueAt, int attempts, String error) {
        // A worker that adds a newer one holds this lock: so there are never two that wait.
        database.jdbc()
                .sql("""
                        SELECT conversation_id
                        FROM conversation
                        WHERE account_id = :account AND conversation_id = :conversation
                        FOR UPDATE""")
                .param("account", row.accountId())
                .param("conversation", row.conversationId())
                .query(Long.class)
                .optional();
        String key = key(row.accountId(), row.conversationId(), wished.wish());
        Optional<Waiting> newer = Optional.ofNullable(waiting(Set.of(key)).get(key));
        newer.ifPresent(n -> merge(n.id, n.wished.over(wished), joined(n.traces.stream(), row.traces())));
        database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET state = :state, wish_key = :key, attempts = :attempts, reason = NULL, error = :error,
                          due_at = :dueAt, done_at = :doneAt, lease_until = NULL
                        WHERE id = :id""")
                .param("state", newer.isPresent() ? "merged" : "pending")
                .param("doneAt", newer.isPresent() ? Timestamp.from(clock.instant()) : null)
                .param("key", newer.isPresent() ? null : key)
                .param("attempts", attempts)
                .param("error", WishRows.cut(error))
                .param("dueAt", Timestamp.from(dueAt))
                .param("id", row.id())
                .update();
        newer.ifPresent(n -> tell(row.kind(), Fate.MERGED));
    }

    /**
     * Puts back what a dispatcher that died had in hand; the call may or may not have been made. While wishes are
     * claimed, this happens by itself for those whose lease is over.
     *
     * @param alone true if no other process can be sending, so that leases need not run out
     * @return how many were put back
     */
    public int recover(boolean alone) {
        Instant now = clock.instant();
        List<Abandoned> abandoned = database.jdbc()
                .sql("""
                        SELECT id, attempts, is_job
                        FROM outbox
                        WHERE state = 'sending' AND lease_until <= :until""")
                .param("until", Timestamp.from(alone ? FOREVER : now))
                .query((rs, i) -> new Abandoned(rs.getLong("id"), rs.getInt("attempts"), rs.getBoolean("is_job")))
                .list();
        giveUpAsking(now);
        int recovered = 0;
        for (Abandoned row : abandoned) {
            Instant dueAt = row.isJob ? now.plus(JOB_TIME) : now;
            if (putBack(
                    row.id(),
                    row.attempts(),
                    dueAt,
                    row.attempts() + 1,
                    "the dispatcher stopped while it was sending")) {
                recovered++;
            }
        }
        return recovered;
    }

    private record Abandoned(long id, int attempts, boolean isJob) {}

    /** What no webhook has confirmed in time is wished for again: it counts as tried. */
    private void giveUpAsking(Instant now) {
        List<WishRow> unconfirmed = database.jdbc()
                .sql("""
                        SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons,
                          urgency, traces
                        FROM outbox
                        WHERE state = 'asked' AND lease_until <= :now""")
                .param("now", Timestamp.from(now))
                .query((rs, i) -> WishRow.of(rs))
                .list();
        for (WishRow row : unconfirmed) {
            putBack("""
                    SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons,
                      urgency, traces
                    FROM outbox
                    WHERE id = :id AND state = 'asked'
                    FOR UPDATE""", Map.of("id", row.id()), now, row.attempts() + 1, "no webhook has confirmed it in time");
        }
    }

    /** A few times per lease: shows that this process lives, and takes over from those that do not. */
    private void keepUp(Instant now) {
        if (!now.isBefore(nextUpkeep)) {
            nextUpkeep = now.plus(lease.dividedBy(UPKEEPS_PER_LEASE));
            inHand.forEach((id, hold) -> renew(id, hold, now));
            int recovered = recover(false);
            if (recovered > 0) {
                LOG.warn(
                        "{} wishes were left in the hand of a dispatcher that stopped; they are tried again",
                        recovered);
            }
        }
    }

    private void renew(long id, Hold hold, Instant now) {
        // What another one has taken over meanwhile has more attempts.
        int renewed = database.jdbc()
                .sql("""
                        UPDATE outbox
                        SET lease_until = :until
                        WHERE id = :id AND state = 'sending' AND attempts = :attempts AND lease_until > :now""")
                .param("until", Timestamp.from(now.plus(lease)))
                .param("id", id)
                .param("attempts", hold.attempts)
                .param("now", Timestamp.from(now))
                .update();
        inHand.computeIfPresent(
                id,
                (key, held) ->
                        !held.equals(hold) ? held : renewed == 1 ? new Hold(hold.attempts, now.plus(lease)) : null);
    }

    /**
     * Puts a dead letter back, to be tried at once and as long as a new one. It counts as tried once, so that a note is
     * looked for first.
     *
     * @return false if there is no such dead letter, or it cannot be read
     */
    public boolean revive(long id) {
        return putBack("""
                SELECT id, account_id, conversation_id, kind, destination, payload, attempts, created_at, reasons,
                  urgency, traces
                FROM outbox
                WHERE id = :id AND state = 'dead'
                FOR UPDATE""", Map.of("id", id), clock.instant(), 1, "put back by hand");
    }

    /**
     * How many wishes for Chatwoot wait to be sent now or are being sent, counted up to a limit.
     *
     * @param limit where counting ends
     */
    public int dueForChatwoot(int limit) {
        return database.jdbc()
                .sql("""
                        SELECT COUNT(*)
                        FROM (
                          SELECT id
                          FROM outbox
                          WHERE to_chatwoot = TRUE
                            AND (state = 'sending' OR state = 'pending' AND due_at <= :now)
                          LIMIT :limit) due""")
                .param("now", Timestamp.from(clock.instant()))
                .param("limit", limit)
                .query(Integer.class)
                .single();
    }
}
