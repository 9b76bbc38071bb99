package io.leadroutes.store;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.Destinations;
import io.leadroutes.conversation.Planner;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.Steps;
import io.leadroutes.conversation.Urgency;
import io.leadroutes.conversation.Waits;
import io.leadroutes.conversation.Wish;
import io.leadroutes.conversation.Wished;
import io.leadroutes.event.Bodies;
import io.leadroutes.event.Decoded;
import io.leadroutes.rules.RuleBook;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Function;

/** The store on one database with a clock that stands still, and what a worker does with it. */
public final class Store implements AutoCloseable {
    public static final long ACCOUNT = Bodies.ACCOUNT;
    public static final Duration QUIET = Duration.ofSeconds(1);
    static final Duration LEASE = Duration.ofMinutes(1);
    private static final RuleBook RULES = RuleBook.load(Path.of("rules.yaml"));

    public final TestClock clock = new TestClock();
    /** What the tally was told, the oldest first. */
    final List<String> told = new CopyOnWriteArrayList<>();

    public final Database database;
    public final Outbox outbox;
    public final Conversations conversations;
    public final Inbox inbox;
    public final Records records;
    public final Steps steps;
    public final Events events;

    /** What is wished for in this store is wished for in this trace. */
    Optional<String> trace = Optional.empty();

    public Store(TestDatabases.Engine engine) {
        this(TestDatabases.own(engine));
    }

    public Store(Database database) {
        this(database, RULES);
    }

    Store(Database database, RuleBook rules) {
        this(database, rules, Planner.DIRECT);
    }

    public Store(TestDatabases.Engine engine, Planner planner) {
        this(TestDatabases.own(engine), RULES, planner);
    }

    private Store(Database database, RuleBook rules, Planner planner) {
        this.database = database;
        steps = new Steps(rules, new Destinations(List.of("direct:crm-sync"), List.of("direct:alarm"), "https://chat"));
        outbox = new Outbox(database, clock, new Random(42), LEASE, new Told(told), () -> trace);
        conversations = new Conversations(database, outbox, clock, planner);
        inbox = anotherInbox();
        records = new Records(database, outbox, clock);
        events = new Events(conversations, steps, new Waits(rules, steps));
    }

    private record Told(List<String> told) implements Tally {
        @Override
        public void handled(Claim claim) {
            told.add("handled " + claim.getEvents().size());
        }

        @Override
        public void wish(String kind, Fate fate) {
            told.add(fate + " " + kind);
        }

        @Override
        public void deadEvent(String reason) {
            told.add("dead event " + reason);
        }

        @Override
        public void deadWish(String reason) {
            told.add("dead wish " + reason);
        }
    }

    /** As a second replica would have it. */
    Inbox anotherInbox() {
        return new Inbox(database, conversations, clock, QUIET, new Told(told));
    }

    /** As it would come in now. */
    NewEvent event(Bodies body) {
        return event(body, UUID.randomUUID().toString());
    }

    NewEvent event(Bodies body, String delivery) {
        Decoded decoded = body.decoded();
        return new NewEvent(
                decoded.event(),
                ACCOUNT,
                decoded.storedPayload(),
                Optional.of(delivery),
                decoded.meaningKey(),
                clock.instant());
    }

    public int append(Bodies... bodies) {
        return inbox.append(Arrays.stream(bodies).map(this::event).toList());
    }

    <T> T inTransaction(Function<Store, T> work) {
        return database.transaction().execute(status -> work.apply(this));
    }

    /** A claim that is given back at once; null if there is none. */
    Claim claim(String lane) {
        return inTransaction(s -> s.take(lane).getTaken().stream().findFirst().orElse(null));
    }

    /** Takes what there is of these lanes in hand, in the surrounding transaction. */
    LaneGroup take(String... lanes) {
        LaneGroup group = new LaneGroup(List.of(lanes));
        inbox.claim(group).forEachRemaining(events::of);
        return group;
    }

    /** Lanes as the worker's route handles them together, with this in place of its steps; true if there was something. */
    boolean work(LaneGroup group, Consumer<Conversation> slip) {
        try {
            return database.transaction().execute(status -> {
                inbox.claim(group).forEachRemaining(claim -> {
                    events.of(claim).forEach(event -> handle(claim, event, slip));
                    events.waits(claim);
                });
                inbox.complete(group);
                return !group.getTaken().isEmpty();
            });
        } catch (RuntimeException e) {
            inbox.failed(group, e);
            return true;
        }
    }

    /** The same of one lane. */
    boolean work(String lane, Consumer<Conversation> slip) {
        return work(new LaneGroup(List.of(lane)), slip);
    }

    private void handle(Claim claim, StoredEvent event, Consumer<Conversation> slip) {
        if (event.isCustomerMessage()) {
            slip.accept(events.conversation(claim, event));
        } else if (event.isOfConversation()) {
            Conversation conversation = events.conversation(claim, event);
            steps.resolution(conversation);
            steps.merge(conversation);
            steps.react(conversation);
            steps.correct(conversation);
        } else if (event.isOfContact()) {
            events.contact(claim, event);
        }
    }

    public boolean work(String lane) {
        return work(lane, this::allSteps);
    }

    void allSteps(Conversation conversation) {
        steps.tag(conversation);
        steps.score(conversation);
        steps.qualify(conversation);
        steps.escalate(conversation);
    }

    public static String lane(long conversation) {
        return "conversation:" + ACCOUNT + ":" + conversation;
    }

    /** Wishes as a committed decision adds them. */
    public void wish(long conversation, Urgency urgency, Wish... wishes) {
        wish(conversation, urgency, new Reason("rule", 1, List.of("word")), wishes);
    }

    void wish(long conversation, Urgency urgency, Reason reason, Wish... wishes) {
        List<Wished> decided = Arrays.stream(wishes)
                .map(wish -> new Wished(wish, urgency, List.of(reason)))
                .toList();
        database.transaction().executeWithoutResult(status -> outbox.add(ACCOUNT, conversation, decided));
    }

    /** The next wish for Chatwoot, in hand. */
    public Delivery next() {
        return outbox.claimForChatwoot(1).get(0);
    }

    List<Map<String, Object>> rows(String sql) {
        return database.jdbc().sql(sql).query().listOfRows();
    }

    Map<String, Object> row(long outboxId) {
        return database.jdbc()
                .sql("SELECT * FROM outbox WHERE id = :id")
                .param("id", outboxId)
                .query()
                .singleRow();
    }

    long count(String fromWhere) {
        return database.jdbc()
                .sql("SELECT COUNT(*) FROM " + fromWhere)
                .query(Long.class)
                .single();
    }

    @Override
    public void close() {
        database.close();
    }
}
