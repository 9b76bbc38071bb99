package io.leadroutes.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.leadroutes.event.Bodies;
import io.leadroutes.rules.RuleBook;
import io.leadroutes.store.TestDatabases.Engine;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Customers who wait, in virtual time. */
@ParameterizedClass(name = "{0}")
@EnumSource(Engine.class)
class TimersTest {
    private static final long A = 1580;
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");
    private static final Duration POLL = Duration.ofMillis(500);
    private static final Duration LATEST = Duration.ofSeconds(5);
    private static final String CALENDARS = """
            calendars:
              office:
                time-zone: Europe/Berlin
                hours: {mon-fri: "09:00-17:00", sat-sun: "01:30-04:00"}
                holidays: [2026-10-26]
            """;
    private static final RuleBook RULES = RuleBook.parse("r.yaml", CALENDARS + """
            escalate:
              - {id: office, waiting: 30m, calendar: office, note: "Slow"}
              - id: ladder
                steps:
                  - {after: 45m, labels: [slow], note: "Still waiting"}
                  - {after: 6h, priority: urgent, note: "Six hours"}
              - {id: vip, waiting: 1m, when: {labels: {all: [vip]}}, team: sales, note: "A VIP waits"}
            """);

    @Parameter
    Engine engine;

    private Store store;
    private Timers timers;
    private long lastMessage;

    @BeforeEach
    void open() {
        start(TestDatabases.own(engine), TestClock.START);
    }

    @AfterEach
    void close() {
        if (store != null) {
            store.close();
        }
    }

    /** A process on this database. */
    private void start(Database database, Instant now) {
        store = new Store(database, RULES);
        store.clock.set(now);
        timers = new Timers(database, store.inbox, store.clock);
        timers.lookAgain(RULES.version());
    }

    private Bodies customer(long conversation) {
        return Bodies.message(conversation, ++lastMessage, "Hello?").at(store.clock.instant());
    }

    private Bodies agent(long conversation) {
        return customer(conversation).withRoot("message_type", "outgoing").withRoot("sender", Map.of("type", "user"));
    }

    /** Comes in, and is handled when its lane is quiet. */
    private void happens(Bodies... bodies) {
        store.append(bodies);
        store.clock.advance(Store.QUIET);
        store.inbox.dueLanes(100).forEach(store::work);
    }

    /** The scheduler's next look, and all that it leads to. */
    private void tick() {
        timers.raise();
        store.inbox.dueLanes(100).forEach(store::work);
    }

    private void pass(Duration time) {
        store.clock.advance(time);
        tick();
        store.clock.advance(Store.QUIET);
        tick();
    }

    private List<String> notes() {
        return notes(A).stream().map(Fired::step).toList();
    }

    private record Fired(String step, Instant at) {}

    private List<Fired> notes(long conversation) {
        return store.database
                .jdbc()
                .sql(
                        "SELECT kind, created_at FROM outbox WHERE conversation_id = :id AND kind LIKE 'note:%' ORDER BY id")
                .param("id", conversation)
                .query((rs, i) -> new Fired(
                        rs.getString("kind").substring("note:escalate:".length()),
                        rs.getTimestamp("created_at").toInstant()))
                .list();
    }

    /** As if all had been sent: what is wished next is another row. */
    private void granted() {
        store.database
                .jdbc()
                .sql("UPDATE outbox SET state = 'done', wish_key = NULL")
                .update();
    }

    private Object due() {
        return store.rows("SELECT due_at FROM conversation").get(0).get("due_at");
    }

    @Test
    @Tag("invariant-11")
    void eachStepIsTakenOnceAndSaysWhy() {
        happens(customer(A).labels("vip"));
        pass(Duration.ofSeconds(58));
        assertThat(notes()).as("59 s and a bit").isEmpty();
        pass(Duration.ofSeconds(1));
        assertThat(notes()).containsExactly("vip:1m");

        pass(Duration.ofMinutes(31));
        pass(Duration.ofMinutes(31));
        assertThat(notes()).containsExactly("vip:1m", "office:30m", "ladder:45m");
        assertThat(store.rows("SELECT reasons FROM outbox WHERE kind = 'note:escalate:office:30m'")
                        .get(0)
                        .get("reasons"))
                .isEqualTo("[{\"rule\":\"office\",\"messageId\":1,\"matched\":[\"waited 32m in calendar office\"]}]");

        pass(Duration.ofHours(6));
        pass(Duration.ofHours(60));
        assertThat(notes()).containsExactly("vip:1m", "office:30m", "ladder:45m", "ladder:360m");
        assertThat(due()).as("nothing more to look for").isNull();
        assertThat(store.count("webhook_event WHERE state <> 'done'")).isZero();
    }

    @Test
    void anAgentsAnswerEndsTheWaitingAndNothingElseOfWhatIsWritten() {
        happens(customer(A));
        Bodies note = agent(A).withRoot("private", true);
        Bodies bot = agent(A).withRoot("sender", Map.of("type", "agent_bot"));
        Bodies template = agent(A).withRoot("message_type", "template").withRoot("sender", null);
        Bodies automation = agent(A).withRoot("sender", null);
        Bodies ours = agent(A).withRoot("content_attributes", Map.of("leadroutes", "12-3"));
        happens(note, bot, template, automation, ours);
        pass(Duration.ofMinutes(30));
        assertThat(notes()).containsExactly("office:30m");

        happens(agent(A));
        granted();
        pass(Duration.ofHours(24));
        assertThat(notes()).containsExactly("office:30m");
        assertThat(due()).isNull();

        happens(customer(A));
        pass(Duration.ofMinutes(45));
        assertThat(notes()).as("a new waiting").containsExactly("office:30m", "office:30m", "ladder:45m");
    }

    @Test
    void whatIsPutAsideIsNotWaitedForUntilTheCustomerWritesAgain() {
        for (String status : List.of("resolved", "snoozed")) {
            granted();
            store.database.jdbc().sql("DELETE FROM outbox").update();
            happens(customer(A).status("open"));
            happens(Bodies.updated(A).status(status).at(store.clock.instant()));
            assertThat(due()).as(status).isNull();
            // The customer's message comes while it is put aside still, Chatwoot opens it then.
            happens(customer(A).status(status));
            assertThat(due()).as(status).isNull();
            happens(Bodies.updated(A).status("open").at(store.clock.instant()));
            pass(Duration.ofMinutes(31));
            assertThat(notes()).as(status).containsExactly("office:30m");
            happens(agent(A));
        }
    }

    @Test
    @Tag("invariant-3")
    void webhooksThatOvertakeEachOtherChangeNothing() {
        Bodies asked = customer(A);
        store.clock.advance(Duration.ofSeconds(3));
        Bodies answered = agent(A);
        store.clock.advance(Duration.ofSeconds(3));
        Bodies askedAgain = customer(A);
        happens(askedAgain);
        happens(answered);
        happens(asked);

        assertThat(store.conversations
                        .find(Store.ACCOUNT, A)
                        .orElseThrow()
                        .waiting()
                        .unanswered())
                .extracting(unanswered -> unanswered.message())
                .containsExactly(3L);
    }

    @Test
    void whatIsToldOfLongAgoRousesNobody() {
        happens(customer(A).withRoot("leadroutes_backfill", true));

        assertThat(due()).isNull();
    }

    @Test
    @Tag("invariant-6")
    @Tag("invariant-11")
    void theConditionIsOfTheTimeAtWhichTheStepIsTaken() {
        store = new Store(store.database, RuleBook.parse("r.yaml", """
                escalate:
                  - id: twice
                    waiting: 10m
                    when: {messages_without_answer: {at_least: 2}, none: [{labels: {any: [spam]}}]}
                    team: sales
                    reassign: true
                    note: Asked twice
                  - {id: open, waiting: 10m, when: {none: [{status: pending}]}, team: support, note: Open}
                """));
        store.clock.set(TestClock.START);
        timers = new Timers(store.database, store.inbox, store.clock);
        happens(customer(A).status("pending").assignee(7, "Mara Quill"));
        pass(Duration.ofMinutes(11));
        assertThat(notes()).as("one message, and pending").isEmpty();

        happens(customer(A).status("pending").labels("spam"));
        assertThat(notes()).isEmpty();
        happens(Bodies.updated(A).status("pending").labels().at(store.clock.instant()));
        assertThat(notes()).containsExactly("twice:10m");
        assertThat(store.rows("SELECT reasons FROM outbox WHERE kind = 'team'"))
                .as("reassigned")
                .singleElement()
                .extracting(row -> row.get("reasons").toString())
                .asString()
                .contains("\"matched\":[\"waited 11m\",\"messages_without_answer: 2\"]");
        granted();

        happens(Bodies.updated(A).status("open").at(store.clock.instant()));
        assertThat(notes()).containsExactly("twice:10m", "open:10m");
        assertThat(store.count("outbox WHERE kind = 'team'"))
                .as("without reassign the agent keeps it")
                .isEqualTo(1);
    }

    @Test
    @Tag("invariant-2")
    void aRestartNeitherLosesNorRepeats() {
        happens(customer(A));
        Database database = store.database;
        // Down while it comes due.
        start(database, store.clock.instant().plus(Duration.ofMinutes(31)));
        tick();
        store.clock.advance(Store.QUIET);
        tick();
        assertThat(notes()).containsExactly("office:30m");

        granted();
        start(database, store.clock.instant());
        pass(Duration.ofMinutes(1));
        pass(Duration.ofMinutes(15));
        assertThat(notes()).containsExactly("office:30m", "ladder:45m");
    }

    @Test
    void newRulesAreLookedAtOnceTheyAreThere() {
        happens(customer(A));
        Database database = store.database;
        RuleBook others = RuleBook.parse("r.yaml", "escalate: [{id: quick, waiting: 2m, note: Quick}]");
        Instant now = store.clock.instant().plus(Duration.ofMinutes(3));
        store = new Store(database, others);
        store.clock.set(now);
        timers = new Timers(database, store.inbox, store.clock);
        timers.lookAgain(others.version());
        pass(Duration.ZERO);

        assertThat(notes()).containsExactly("quick:2m");
        timers.lookAgain(others.version());
        assertThat(due()).as("these have said already when").isNull();
    }

    @Test
    @Tag("invariant-2")
    void replicasTakeEachStepOnce() throws Exception {
        for (long conversation = 1; conversation <= 30; conversation++) {
            store.append(customer(conversation));
        }
        happens();
        store.clock.advance(Duration.ofMinutes(30));
        Timers other = new Timers(store.database, store.anotherInbox(), store.clock);
        ExecutorService threads = Executors.newFixedThreadPool(2);
        try {
            Callable<Integer> one = () -> timers.raise();
            Callable<Integer> two = () -> other.raise();
            int raised = 0;
            for (var done : threads.invokeAll(List.of(one, two))) {
                raised += done.get();
            }
            assertThat(raised).isEqualTo(30);
            store.clock.advance(Store.QUIET);
            Callable<Void> work = () -> {
                store.inbox.dueLanes(100).forEach(store::work);
                return null;
            };
            for (var done : threads.invokeAll(List.of(work, work))) {
                done.get();
            }
        } finally {
            threads.shutdown();
        }
        tick();

        assertThat(store.count("webhook_event WHERE event = 'conversation_due'"))
                .isEqualTo(30);
        assertThat(store.count("outbox WHERE kind = 'note:escalate:office:30m'"))
                .isEqualTo(30);
    }

    // ---- a week

    private record Happening(Instant at, long conversation, boolean isAgent) {}

    /** Over the night in which the clocks go back, and a holiday; what is expected is counted minute by minute. */
    @Test
    void aWeekInWhichTheClocksGoBack() {
        Random random = new Random(20261025);
        Instant begin = ZonedDateTime.of(2026, 10, 22, 8, 0, 0, 0, BERLIN).toInstant();
        Instant end = begin.plus(Duration.ofDays(7));
        List<Happening> script = new ArrayList<>();
        for (long conversation = 1; conversation <= 25; conversation++) {
            for (int i = 0; i < 6; i++) {
                Instant at = begin.plus(Duration.ofMinutes(random.nextInt(6 * 24 * 60)));
                boolean isAgent = random.nextInt(3) == 0;
                // Customers on the minute, agents between: so nothing happens at the moment that a step is due.
                script.add(new Happening(isAgent ? at.plusSeconds(30) : at, conversation, isAgent));
            }
        }
        script.sort(Comparator.comparing(Happening::at));
        play(script, end);

        int steps = 0;
        for (long conversation = 1; conversation <= 25; conversation++) {
            List<Fired> expected = expected(script, conversation, end);
            List<Fired> actual = notes(conversation);
            assertThat(actual)
                    .as("conversation %s", conversation)
                    .extracting(Fired::step)
                    .containsExactlyElementsOf(
                            expected.stream().map(Fired::step).toList());
            for (int i = 0; i < actual.size(); i++) {
                assertThat(actual.get(i).at)
                        .isBetween(expected.get(i).at, expected.get(i).at.plus(LATEST));
            }
            steps += actual.size();
        }
        assertThat(steps).isEqualTo(144);
    }

    private static boolean isVip(long conversation) {
        return conversation % 3 == 0;
    }

    private void play(List<Happening> script, Instant end) {
        for (Happening next : script) {
            playUntil(next.at);
            store.append((next.isAgent ? agent(next.conversation) : customer(next.conversation))
                    .labels(isVip(next.conversation) ? new String[] {"vip"} : new String[0]));
        }
        playUntil(end);
    }

    /** Every look of both schedulers at which something can be to do. */
    private void playUntil(Instant until) {
        while (true) {
            Optional<Instant> next = nextLook().filter(at -> at.isBefore(until));
            if (next.isEmpty()) {
                store.clock.set(until);
                return;
            }
            long polls = Math.max(
                    1,
                    ChronoUnit.MILLIS.between(store.clock.instant(), next.get().plus(POLL)) / POLL.toMillis());
            Instant at = store.clock.instant().plus(POLL.multipliedBy(polls));
            store.clock.set(at.isBefore(until) ? at : until);
            tick();
            granted();
        }
    }

    private Optional<Instant> nextLook() {
        return store.database
                .jdbc()
                .sql("""
                        SELECT MIN(at)
                        FROM (
                          SELECT due_at AS at FROM conversation
                          UNION ALL
                          SELECT due_at AS at FROM webhook_event WHERE state = 'new') looks""")
                .query((rs, i) -> Optional.ofNullable(rs.getTimestamp(1)).map(at -> at.toInstant()))
                .single();
    }

    /** What the rules ask for, by a walk over the minutes of the week. */
    private static List<Fired> expected(List<Happening> script, long conversation, Instant end) {
        Map<String, Integer> afterMinutes =
                new HashMap<>(Map.of("office:30m", 30, "ladder:45m", 45, "ladder:360m", 360));
        if (isVip(conversation)) {
            afterMinutes.put("vip:1m", 1);
        }
        List<Fired> fired = new ArrayList<>();
        Optional<Instant> since = Optional.empty();
        int waited = 0;
        int waitedInOffice = 0;
        Instant begin = script.get(0).at.truncatedTo(ChronoUnit.MINUTES);
        for (Instant minute = begin; minute.isBefore(end); minute = minute.plusSeconds(60)) {
            if (since.isPresent()) {
                boolean wasOpen = isOffice(minute.minusSeconds(60));
                waited++;
                waitedInOffice += wasOpen ? 1 : 0;
                for (Map.Entry<String, Integer> step : afterMinutes.entrySet()) {
                    boolean byOffice = step.getKey().startsWith("office");
                    boolean isNow = byOffice ? wasOpen && waitedInOffice == step.getValue() : waited == step.getValue();
                    if (isNow) {
                        fired.add(new Fired(step.getKey(), minute));
                    }
                }
            }
            for (Happening h : script) {
                boolean isNow = h.conversation == conversation
                        && !h.at.isBefore(minute)
                        && h.at.isBefore(minute.plusSeconds(60));
                if (isNow && h.isAgent) {
                    since = Optional.empty();
                } else if (isNow && since.isEmpty()) {
                    since = Optional.of(minute);
                    waited = 0;
                    waitedInOffice = 0;
                }
            }
        }
        fired.sort(Comparator.comparing(Fired::at));
        return fired;
    }

    private static boolean isOffice(Instant at) {
        ZonedDateTime local = at.atZone(BERLIN);
        if (local.getMonthValue() == 10 && local.getDayOfMonth() == 26) {
            return false;
        }
        int minute = local.getHour() * 60 + local.getMinute();
        boolean isWeekend = local.getDayOfWeek() == DayOfWeek.SATURDAY || local.getDayOfWeek() == DayOfWeek.SUNDAY;
        return isWeekend ? minute >= 90 && minute < 240 : minute >= 540 && minute < 1020;
    }
}
