package io.leadroutes.store;

import io.leadroutes.event.BadEventException;
import io.leadroutes.event.Event;
import io.leadroutes.event.EventDecoder;
import java.sql.Timestamp;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.dao.NonTransientDataAccessResourceException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.TransactionSystemException;

/**
 * The events that were promised to be handled (invariants 1, 2, 3, 9, 10).
 *
 * <p>An event waits ({@code new}) until the worker that holds its lane has handled it ({@code done}) or until it has
 * failed too often ({@code dead}).
 */
public final class Inbox {
    /** After the first event of a lane, quiet or not, it is handled within this time (design, section 1). */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(5);

    /** So many webhooks in one group came while the one before was being stored: faster than they can be decided. */
    private static final int CROWD = 16;

    private static final Duration CROWD_LASTS = Duration.ofMillis(200);
    private static final Duration PAUSE_IN_CROWD = Duration.ofSeconds(1);
    /** Reasons of dead letters: a payload that cannot be read, and one whose handling failed each time. */
    private static final String BAD_EVENT = "bad-event";

    private static final String FAILED = "failed";

    private static final int MAX_ATTEMPTS = 5;
    private static final int MAX_EVENTS_PER_CLAIM = 100;
    private static final int EVENTS_PER_LOOK = 500;

    /** What a commit and its statements cost is shared by so many. */
    private static final int LANES_PER_GROUP = 20;

    /** No lane waits longer for the others of its group. */
    private static final Duration LONGEST_GROUP = Duration.ofMillis(250);

    private static final int MAX_INSERTS = 4;
    private static final int LOOK_FIRST_AFTER_DUPLICATE = 50;
    private static final int IDS_PER_BLOCK = 50;
    private static final int MAX_ERROR_CHARS = 2_000;
    private static final Logger LOG = LoggerFactory.getLogger(Inbox.class);

    private final Database database;
    private final JdbcTemplate jdbcTemplate;
    private final Conversations conversations;
    private final EventDecoder decoder = new EventDecoder();
    private final Clock clock;
    private final Duration quiet;
    private final Tally tally;

    /** Lanes that failed with others. */
    private final Set<String> singly = ConcurrentHashMap.newKeySet();

    private volatile Instant crowdAt = Instant.MIN;
    private Instant handedOutAt = Instant.MIN;
    private long nextId;
    private long idsLeft;
    private int groupsToLookFirst;
    private final Backoff backoff;

    /** @param quiet a lane is handled when no event has come for this long (setting conversation.debounce) */
    public Inbox(Database database, Conversations conversations, Clock clock, Duration quiet, Tally tally) {
        this.database = database;
        this.jdbcTemplate = new JdbcTemplate(database.dataSource());
        this.conversations = conversations;
        this.clock = clock;
        this.quiet = quiet;
        this.tally = tally;
        this.backoff = new Backoff("lanes cannot be handled", clock);
    }

    /**
     * Stores the events that are not there yet, by delivery and by meaning (invariant 2), and returns when they are on
     * disk (invariant 1). Called by one thread at a time in a process; other replicas may do the same beside it.
     *
     * @return how many were new
     * @throws org.springframework.dao.DataAccessException if they could not be stored; then none was
     * @throws StoreBrokenException if they could not be stored and nothing should be from now on
     */
    public synchronized int append(List<NewEvent> events) {
        if (events.size() >= CROWD) {
            crowdAt = clock.instant();
        }
        try {
            int stored = insertNew(events);
            database.sync();
            return stored;
        } catch (DataAccessException | TransactionException e) {
            throw database.isBrokenBy(e) ? new StoreBrokenException(e) : e;
        }
    }

    /**
     * Stores an event and takes it back: as {@link #append} would do, but for waiting until it is on disk.
     *
     * @throws org.springframework.dao.DataAccessException if none could be stored now
     */
    public void tryToWrite() {
        database.transaction().executeWithoutResult(status -> {
            status.setRollbackOnly();
            Timestamp now = Timestamp.from(clock.instant());
            database.jdbc().sql("""
                            INSERT INTO webhook_event (id, account_id, lane, event, received_at, due_at, state)
                            VALUES (-1, 0, 'health', 'health', :now, :now, 'done')""").param("now", now).update();
            database.jdbc()
                    .sql("INSERT INTO webhook_payload (event_id, payload) VALUES (-1, '{}')")
                    .update();
        });
    }

    /** Adds events of our own with what is done in the surrounding transaction; nobody was promised them. */
    synchronized void add(List<NewEvent> events) {
        insert(events);
    }

    /** Without a look at what is there, because what comes twice is rare; where it does come, with one. */
    private int insertNew(List<NewEvent> events) {
        if (groupsToLookFirst > 0) {
            groupsToLookFirst--;
        } else {
            try {
                return insert(distinct(events, new HashSet<>(), new HashSet<>()));
            } catch (DuplicateKeyException e) {
                groupsToLookFirst = LOOK_FIRST_AFTER_DUPLICATE;
            }
        }
        for (int tries = 1; ; tries++) {
            try {
                List<NewEvent> unknown = withoutKnown(events);
                groupsToLookFirst = unknown.size() < events.size() ? LOOK_FIRST_AFTER_DUPLICATE : groupsToLookFirst;
                return insert(unknown);
            } catch (DuplicateKeyException e) {
                // Another replica stored one of them between our look and our insert: now we see it.
                if (tries == MAX_INSERTS) {
                    throw e;
                }
            }
        }
    }

    private int insert(List<NewEvent> unknown) {
        return database.transaction().execute(status -> {
            List<Object[]> rows = new ArrayList<>();
            List<Object[]> payloads = new ArrayList<>();
            for (NewEvent e : unknown) {
                long id = nextId();
                Event event = e.event();
                rows.add(new Object[] {
                    id,
                    e.deliveryId().orElse(null),
                    e.meaningKey().orElse(null),
                    e.accountId(),
                    event.lane(e.accountId()),
                    nullable(event.conversationId()),
                    nullable(event.contactId()),
                    event.type(),
                    nullable(event.versionMicros()),
                    Timestamp.from(e.receivedAt()),
                    Timestamp.from(e.receivedAt()),
                    e.trace().orElse(null)
                });
                payloads.add(new Object[] {id, e.payload()});
            }
            jdbcTemplate.batchUpdate("""
                    INSERT INTO webhook_event (id, delivery_id, meaning_key, account_id, lane, conversation_id,
                      contact_id, event, version, received_at, due_at, trace, state)
                    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'new')""", rows);
            jdbcTemplate.batchUpdate("INSERT INTO webhook_payload (event_id, payload) VALUES (?, ?)", payloads);
            return unknown.size();
        });
    }

    private List<NewEvent> withoutKnown(List<NewEvent> events) {
        return distinct(
                events,
                known("delivery_id", events, NewEvent::deliveryId),
                known("meaning_key", events, NewEvent::meaningKey));
    }

    private static List<NewEvent> distinct(List<NewEvent> events, Set<String> deliveries, Set<String> meanings) {
        List<NewEvent> unknown = new ArrayList<>();
        for (NewEvent event : events) {
            boolean isKnown = event.deliveryId().filter(deliveries::contains).isPresent()
                    || event.meaningKey().filter(meanings::contains).isPresent();
            // Only what is stored makes another one known.
            if (!isKnown) {
                event.deliveryId().ifPresent(deliveries::add);
                event.meaningKey().ifPresent(meanings::add);
                unknown.add(event);
            }
        }
        return unknown;
    }

    private Set<String> known(String column, List<NewEvent> events, Function<NewEvent, Optional<String>> key) {
        List<String> keys =
                events.stream().map(key).flatMap(Optional::stream).distinct().toList();
        if (keys.isEmpty()) {
            return new HashSet<>();
        }
        String sql = column.equals("delivery_id")
                ? "SELECT delivery_id FROM webhook_event WHERE delivery_id IN (:keys)"
                : "SELECT meaning_key FROM webhook_event WHERE meaning_key IN (:keys)";
        return new HashSet<>(
                database.jdbc().sql(sql).param("keys", keys).query(String.class).list());
    }

    private long nextId() {
        if (idsLeft == 0) {
            nextId = database.jdbc()
                    .sql("SELECT nextval('webhook_event_id')")
                    .query(Long.class)
                    .single();
            idsLeft = IDS_PER_BLOCK;
        }
        idsLeft--;
        return nextId++;
    }

    /**
     * Lanes with events whose quiet time, or longest wait, is over: the longest waiting first. None while webhooks crowd
     * in, but for a share: what is not taken in now is lost, what is decided later is not. None, too, for a second after
     * the database has failed.
     */
    public List<String> dueLanes(int limit) {
        return backoff.ask(() -> lanes(limit), List.of());
    }

    private List<String> lanes(int limit) {
        Instant now = clock.instant();
        if (now.isBefore(crowdAt.plus(CROWD_LASTS)) && now.isBefore(handedOutAt.plus(PAUSE_IN_CROWD))) {
            return List.of();
        }
        handedOutAt = now;
        Set<String> lanes = new LinkedHashSet<>();
        int found;
        do {
            List<String> some = lanesOfOldest(now, lanes);
            found = some.size();
            some.stream().distinct().limit(limit - lanes.size()).forEach(lanes::add);
        } while (found == EVENTS_PER_LOOK && lanes.size() < limit);
        if (!lanes.isEmpty()) {
            addMissingLanes(lanes);
        }
        return List.copyOf(lanes);
    }

    /** Of the oldest events in other lanes than these. Not grouped by lane, which would look at each event that waits. */
    private List<String> lanesOfOldest(Instant now, Set<String> others) {
        return database.jdbc()
                .sql("""
                        SELECT e.lane
                        FROM webhook_event e
                        WHERE e.state = 'new' AND e.due_at <= :quietSince AND e.lane NOT IN (:others)
                          AND (e.due_at <= :waitingSince OR NOT EXISTS (
                            SELECT 1 FROM webhook_event n
                            WHERE n.state = 'new' AND n.lane = e.lane AND n.due_at > :quietSince))
                        ORDER BY e.state, e.due_at
                        LIMIT :limit""")
                .param("quietSince", Timestamp.from(now.minus(quiet)))
                .param("waitingSince", Timestamp.from(now.minus(LONGEST_WAIT)))
                .param("others", others.isEmpty() ? Set.of("") : others)
                .param("limit", EVENTS_PER_LOOK)
                .query(String.class)
                .list();
    }

    private void addMissingLanes(Set<String> lanes) {
        Set<String> missing = new HashSet<>(lanes);
        missing.removeAll(database.jdbc()
                .sql("SELECT lane FROM lane WHERE lane IN (:lanes)")
                .param("lanes", lanes)
                .query(String.class)
                .list());
        if (missing.isEmpty()) {
            return;
        }
        List<Object[]> rows =
                missing.stream().sorted().map(lane -> new Object[] {lane}).toList();
        // One transaction for all; in order, so that replicas that add the same ones cannot block each other.
        database.transaction()
                .executeWithoutResult(status ->
                        jdbcTemplate.batchUpdate("INSERT INTO lane (lane) VALUES (?) ON CONFLICT DO NOTHING", rows));
    }

    /** {@link #dueLanes} as they are to be worked off: those of conversations together, some at a time. */
    public List<LaneGroup> dueGroups(int limit) {
        List<LaneGroup> groups = new ArrayList<>();
        List<String> together = new ArrayList<>();
        for (String lane : dueLanes(limit)) {
            // A contact's lane locks conversations of others, so that two groups could wait for each other.
            if (singly.remove(lane) || Event.conversationOf(lane).isEmpty()) {
                groups.add(new LaneGroup(List.of(lane)));
            } else {
                together.add(lane);
            }
        }
        for (int from = 0; from < together.size(); from += LANES_PER_GROUP) {
            groups.add(new LaneGroup(together.subList(from, Math.min(from + LANES_PER_GROUP, together.size()))));
        }
        return groups;
    }

    /**
     * Takes those lanes of a group that no other worker has and in which something waits: their rows are locked until the
     * surrounding transaction ends.
     *
     * @return the claims, until a quarter of a second is over; what is not taken waits on
     */
    public Iterator<Claim> claim(LaneGroup group) {
        Instant now = clock.instant();
        List<String> locked = database.jdbc()
                .sql("SELECT lane FROM lane WHERE lane = ANY(:lanes) ORDER BY lane FOR UPDATE SKIP LOCKED")
                .param("lanes", Database.texts(group.lanes()))
                .query(String.class)
                .list();
        if (locked.isEmpty()) {
            return Collections.emptyIterator();
        }
        database.mayStandStill();
        Map<Long, Conversations.Opening> openings = new HashMap<>();
        Iterator<Claim> claims = waiting(locked).entrySet().stream()
                .flatMap(lane -> claim(lane.getKey(), lane.getValue(), group.isSingle(), openings).stream())
                .toList()
                .iterator();
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return claims.hasNext() && clock.instant().isBefore(now.plus(LONGEST_GROUP));
            }

            @Override
            public Claim next() {
                return group.take(claims.next());
            }
        };
    }

    /** What waits in these lanes, by lane; of much, the oldest. Outer, or H2 begins with all that waits and reads it. */
    private Map<String, List<Row>> waiting(List<String> lanes) {
        return database
                .jdbc()
                .sql("""
                        SELECT e.lane, e.id, e.account_id, e.conversation_id, e.received_at, e.due_at, e.attempts, e.trace,
                          p.payload
                        FROM UNNEST(CAST(:lanes AS VARCHAR(64) ARRAY)) AS l (lane)
                        LEFT JOIN webhook_event e ON e.state = 'new' AND e.lane = l.lane
                        JOIN webhook_payload p ON p.event_id = e.id
                        ORDER BY e.id
                        LIMIT :limit""")
                .param("lanes", Database.texts(lanes))
                .param("limit", MAX_EVENTS_PER_CLAIM)
                .query((rs, i) -> new Row(
                        rs.getString("lane"),
                        rs.getLong("id"),
                        rs.getLong("account_id"),
                        rs.getLong("conversation_id"),
                        rs.getTimestamp("received_at").toInstant(),
                        rs.getTimestamp("due_at").toInstant(),
                        rs.getInt("attempts"),
                        Optional.ofNullable(rs.getString("trace")),
                        rs.getString("payload")))
                .list()
                .stream()
                .collect(Collectors.groupingBy(Row::lane, LinkedHashMap::new, Collectors.toList()));
    }

    private Optional<Claim> claim(
            String lane, List<Row> rows, boolean isSingle, Map<Long, Conversations.Opening> openings) {
        boolean hasFailed = rows.stream().anyMatch(row -> row.attempts > 0);
        if (hasFailed && !isSingle) {
            // It must take no others down with it (invariant 10).
            singly.add(lane);
            return Optional.empty();
        }
        // One that has failed holds its lane for its pause: what came after it must not overtake it (invariant 3).
        Instant now = clock.instant();
        if (rows.stream().anyMatch(row -> row.attempts > 0 && row.dueAt.isAfter(now))) {
            return Optional.empty();
        }
        List<StoredEvent> readable =
                rows.stream().map(this::decode).flatMap(Optional::stream).toList();
        // Once one has failed they are taken singly, so that it takes no other down with it (invariant 10).
        List<StoredEvent> events = StoredEvent.inOrder(readable).stream()
                .limit(hasFailed ? 1 : MAX_EVENTS_PER_CLAIM)
                .toList();
        if (events.isEmpty()) {
            return Optional.empty();
        }
        Row first = rows.get(0);
        return Optional.of(new Claim(
                lane,
                first.accountId,
                events,
                first.conversationId == 0
                        ? Optional.empty()
                        : Optional.of(openings.computeIfAbsent(first.accountId, conversations::opening)
                                .of(first.conversationId)),
                conversations.trace()));
    }

    /** Absent for what this release cannot read: set aside at once, so that it does not block its lane (invariant 10). */
    private Optional<StoredEvent> decode(Row row) {
        try {
            return Optional.of(
                    new StoredEvent(row.id, decoder.stored(row.payload), row.receivedAt, row.attempts, row.trace));
        } catch (BadEventException e) {
            setAside(row, e.getMessage());
            return Optional.empty();
        }
    }

    private void setAside(Row row, String problem) {
        database.jdbc()
                .sql("""
                        UPDATE webhook_event
                        SET attempts = attempts + 1, state = 'dead', reason = :reason, error = :error
                        WHERE id = :id""")
                .param("reason", BAD_EVENT)
                .param("error", problem)
                .param("id", row.id)
                .update();
        database.afterCommit(() -> tally.deadEvent(BAD_EVENT));
        LOG.atWarn()
                .addKeyValue(LogFields.ACTION, LogFields.DEAD)
                .addKeyValue(LogFields.CONVERSATION, row.conversationId)
                .addKeyValue(LogFields.EVENT, row.id)
                .log("event {} cannot be read and is set aside as a dead letter: {}", row.id, problem);
    }

    private record Row(
            String lane,
            long id,
            long accountId,
            long conversationId,
            Instant receivedAt,
            Instant dueAt,
            int attempts,
            Optional<String> trace,
            String payload) {}

    /** Stores what was decided and marks the events as done, in the surrounding transaction (invariant 4). */
    public void complete(LaneGroup group) {
        List<Claim> claims = group.getTaken();
        if (claims.isEmpty()) {
            return;
        }
        conversations.save(claims.stream()
                .flatMap(claim -> claim.opened().map(it -> new Decision(it, claim.trace())).stream())
                .toList());
        // One time for all, by which history knows what was decided together.
        database.jdbc()
                .sql("UPDATE webhook_event SET state = 'done', error = NULL, handled_at = :now WHERE id = ANY(:ids)")
                .param("now", Timestamp.from(clock.instant()))
                .param(
                        "ids",
                        Database.numbers(claims.stream()
                                .flatMap(claim -> claim.getEvents().stream())
                                .map(StoredEvent::id)
                                .toList()))
                .update();
        database.afterCommit(() -> claims.forEach(tally::handled));
    }

    /** Tells the log, once it is committed, what was decided together. */
    public void tellDecided(LaneGroup group) {
        for (Claim claim : group.getTaken()) {
            inLane(LOG.atInfo(), claim)
                    .addKeyValue(LogFields.ACTION, "decided")
                    .addKeyValue(
                            LogFields.EVENT,
                            claim.getEvents().stream()
                                    .map(event -> Long.toString(event.id()))
                                    .collect(Collectors.joining(",")))
                    .log(
                            "{}: {} event(s) decided, {} wish(es)",
                            claim.getLane(),
                            claim.getEvents().size(),
                            claim.opened().map(it -> it.decided().size()).orElse(0));
        }
    }

    private static LoggingEventBuilder inLane(LoggingEventBuilder line, Claim claim) {
        LoggingEventBuilder ofConversation = Event.conversationOf(claim.getLane())
                .map(id -> line.addKeyValue(LogFields.CONVERSATION, id))
                .orElse(line);
        return claim.trace()
                .map(trace -> ofConversation.addKeyValue(LogFields.TRACE, traceId(trace)))
                .orElse(ofConversation);
    }

    /** Of a W3C traceparent: version, id of the trace, id of the span, flags. */
    private static String traceId(String traceparent) {
        return traceparent.split("-")[1];
    }

    /**
     * Notes that handling a group of lanes failed and was rolled back. Several are taken singly then, so that it is known
     * whose fault it is. Of one, the event to blame is tried again after a growing pause, and set aside as a dead letter when
     * it has failed too often; the others are as they were. A database that is away is nobody's fault.
     */
    public void failed(LaneGroup group, Exception failure) {
        if (isInfrastructure(failure)) {
            backoff.failed(failure);
        } else if (!group.isSingle()) {
            singly.addAll(group.lanes());
            LOG.info(
                    "{} lanes could not be decided together and are taken one by one: {}",
                    group.lanes().size(),
                    Failures.kind(failure));
        } else if (group.getTaken().isEmpty()) {
            LOG.warn("a lane could not be claimed and will be tried again: {}", Failures.kind(failure));
        } else {
            backoff.ask(() -> blame(group.getTaken().get(0), failure), false);
        }
    }

    private boolean blame(Claim claim, Exception failure) {
        Instant now = clock.instant();
        if (claim.suspect().isEmpty()) {
            database.jdbc()
                    .sql("UPDATE webhook_event SET attempts = 1 WHERE state = 'new' AND attempts = 0 AND id IN (:ids)")
                    .param(
                            "ids",
                            claim.getEvents().stream().map(StoredEvent::id).toList())
                    .update();
            return true;
        }
        StoredEvent suspect = claim.suspect().get();
        int attempts = suspect.attempts() + 1;
        boolean dead = attempts >= MAX_ATTEMPTS;
        int blamed = database.jdbc()
                .sql("""
                        UPDATE webhook_event
                        SET attempts = :attempts, state = :state, reason = :reason, error = :error, due_at = :dueAt
                        WHERE id = :id AND state = 'new'""")
                .param("attempts", attempts)
                .param("state", dead ? "dead" : "new")
                .param("reason", dead ? FAILED : null)
                .param("error", Failures.describe(failure, MAX_ERROR_CHARS))
                .param("dueAt", Timestamp.from(now.plusMillis(100L << attempts)))
                .param("id", suspect.id())
                .update();
        if (dead && blamed == 1) {
            database.afterCommit(() -> tally.deadEvent(FAILED));
        }
        LoggingEventBuilder line = inLane(LOG.atWarn(), claim).addKeyValue(LogFields.EVENT, suspect.id());
        (dead ? line.addKeyValue(LogFields.ACTION, LogFields.DEAD) : line)
                .log(
                        "event {} of lane {} failed, attempt {} of {}{}: {}",
                        suspect.id(),
                        claim.getLane(),
                        attempts,
                        MAX_ATTEMPTS,
                        dead ? ", set aside as a dead letter" : "",
                        Failures.kind(failure));
        return true;
    }

    private boolean isInfrastructure(Throwable failure) {
        return database.isBrokenBy(failure)
                || database.isEndedBy(failure)
                || Failures.causes(failure)
                        .anyMatch(cause -> cause instanceof TransientDataAccessException
                                || cause instanceof NonTransientDataAccessResourceException
                                || cause instanceof CannotCreateTransactionException
                                || cause instanceof TransactionSystemException);
    }

    private static Long nullable(OptionalLong value) {
        return value.isPresent() ? value.getAsLong() : null;
    }
}
