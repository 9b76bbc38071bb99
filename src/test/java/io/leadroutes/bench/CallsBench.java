package io.leadroutes.bench;

import io.leadroutes.cli.Product;
import io.leadroutes.sandbox.Call;
import io.leadroutes.sandbox.ConversationView;
import io.leadroutes.sandbox.SandboxChatwoot;
import io.leadroutes.testkit.JumpingClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How much is done with 60 calls a minute: by the reference's handler and by ours with each strategy, against the sandbox
 * with its limiter, in accelerated time. Without arguments all, else those named.
 *
 * <p>Floors. An escalation's first call comes {@code conversation.debounce}, 1 s, after the message at the earliest. The
 * trace has 238 changes of a score in 160 conversations, 27 leads and 27 escalations. Nothing but an attribute call for each
 * conversation tells a score: 8 calls per 100 messages if each waited for the last change. With {@code direct} the priority,
 * team and note of a lead or an escalation are three calls more, another 8. A lead's attributes are one call, so that no
 * more than 60 a minute are possible; a backlog of leads is read 25 at a time, of which at 60 a minute 5 can be written
 * before {@code chatwoot.snapshot-fresh} of 5 s is over: 50 a minute, less what the macros take.
 */
final class CallsBench {
    private static final long SEED = 20_261_122;
    private static final int LIMIT = 60;
    private static final int LEADS = 200;
    private static final String QUALIFYING = "An enterprise with a budget wants a demo";
    private static final String ESCALATING = "Our enterprise wants to cancel";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private static final String REFERENCE = "reference";
    private static final String DIRECT = "direct";
    private static final String MACRO = "macro";

    /** The same with {@code chatwoot.snapshot-fresh} of five minutes in place of 5 s. */
    private static final String MACRO_UNREAD = "macro-5m";

    private CallsBench() {}

    static void run(List<String> wanted) throws IOException, InterruptedException, SQLException {
        List<String> all = List.of(REFERENCE, DIRECT, MACRO, MACRO_UNREAD);
        if (!all.containsAll(wanted)) {
            throw new IllegalArgumentException("bench calls " + wanted + "; expected some of " + all);
        }
        Trace trace = Trace.of(SEED);
        System.out.printf(
                Locale.ROOT,
                "%d customer messages in %d conversations within 20 minutes, %d calls a minute%n",
                Trace.MESSAGES,
                trace.conversations(),
                LIMIT);
        System.out.printf(
                Locale.ROOT,
                "%-10s %22s %12s %16s %8s %10s %14s %26s%n",
                "",
                "calls/100 messages",
                "leads/min",
                LEADS + " leads (min)",
                "429s",
                "minutes",
                "lost of agents",
                "escalation p50/p99 (s)");
        for (String name : wanted.isEmpty() ? all : wanted) {
            Row row = name.equals(REFERENCE) ? reference(trace) : ours(trace, name);
            System.out.printf(
                    Locale.ROOT,
                    "%-10s %22.1f %12.1f %16.1f %8d %10.1f %14d %26s%n",
                    name,
                    row.calls * 100.0 / Trace.MESSAGES,
                    row.leads.perMinute,
                    row.leads.minutes,
                    row.refused,
                    row.minutes,
                    row.lost,
                    row.escalation);
            System.out.println("           of these: " + row.kinds);
        }
    }

    /**
     * @param perMinute without the first minute, for which there is a minute's calls at once; what was begun in it counts
     * @param minutes until the last is complete
     */
    private record Leads(double perMinute, double minutes) {}

    /** The calls that were answered, by what they ask for, the most frequent first. */
    private static String kinds(List<Call> calls) {
        Map<String, Integer> kinds = new TreeMap<>();
        calls.stream()
                .filter(call -> call.status() != 429)
                .map(Report::kind)
                .forEach(kind -> kinds.merge(kind, 1, Integer::sum));
        return kinds.entrySet().stream()
                .sorted(Map.Entry.<String, Integer>comparingByValue().reversed())
                .map(kind -> kind.getValue() + " " + kind.getKey())
                .collect(Collectors.joining(", "));
    }

    private record Row(
            long calls, Leads leads, long refused, double minutes, int lost, String escalation, String kinds) {}

    // The reference.

    private static Row reference(Trace trace) throws IOException, InterruptedException {
        int speed = 400;
        JumpingClock clock = new JumpingClock(speed);
        try (SandboxChatwoot sandbox =
                SandboxChatwoot.builder().clock(clock).rateLimitPerMinute(LIMIT).start()) {
            Players players = new Players(sandbox, trace.conversations());
            ReferenceHandler handler = new ReferenceHandler(sandbox, clock, speed);
            Instant start = clock.instant();
            for (Trace.Act act : trace.acts()) {
                players.play(act);
                if (act.kind() == Trace.Kind.CUSTOMER) {
                    handler.customerWrote(players.id(act.conversation()), act.text());
                }
            }
            double minutes = minutes(start, clock.instant());
            int calls = handler.answered();
            long refused = handler.refused();
            String kinds = kinds(sandbox.calls());
            Instant leadsFrom = clock.instant();
            for (int i = 0; i < LEADS; i++) {
                handler.customerWrote(players.newConversation(), QUALIFYING);
            }
            return new Row(
                    calls,
                    new Leads(LEADS / minutes(leadsFrom, clock.instant()), minutes(leadsFrom, clock.instant())),
                    refused,
                    minutes,
                    players.lost(),
                    "behind all others",
                    kinds);
        }
    }

    // Ours.

    private static Row ours(Trace trace, String strategy) throws IOException, InterruptedException, SQLException {
        Row played = play(trace, strategy);
        return new Row(
                played.calls,
                leads(strategy),
                played.refused,
                played.minutes,
                played.lost,
                escalations(strategy),
                played.kinds);
    }

    private static Row play(Trace trace, String strategy) throws InterruptedException {
        int speed = 40;
        try (Bed bed = new Bed(speed, strategy)) {
            SandboxChatwoot sandbox = bed.product.sandbox();
            Players players = new Players(sandbox, trace.conversations());
            Instant start = bed.clock.instant();
            for (Trace.Act act : trace.acts()) {
                bed.waitUntil(start.plus(act.at()));
                players.play(act);
            }
            bed.drain();
            List<Call> calls = sandbox.calls();
            if (bed.product.runtime().records().outbox().dead() > 0) {
                throw new IllegalStateException("dead letters: " + bed.product.admin("/admin/dead"));
            }
            return new Row(
                    calls.size(),
                    new Leads(0, 0),
                    refused(calls),
                    minutes(start, calls.get(calls.size() - 1).at()),
                    players.lost(),
                    "",
                    kinds(calls));
        }
    }

    private static long refused(List<Call> calls) {
        return calls.stream().filter(call -> call.status() == 429).count();
    }

    /** Complete leads when more come at once than can be worked off. */
    private static Leads leads(String strategy) throws InterruptedException {
        int speed = 20;
        try (Bed bed = new Bed(speed, strategy)) {
            Players players = new Players(bed.product.sandbox(), 0);
            Instant start = bed.clock.instant();
            List<Long> open = new ArrayList<>();
            for (int i = 0; i < LEADS; i++) {
                long id = players.newConversation();
                open.add(id);
                bed.product.sandbox().customerWrites(id, QUALIFYING);
            }
            int inFirstMinute = 0;
            Instant last = start;
            Instant giveUp = Instant.now().plus(PATIENCE);
            while (!open.isEmpty() && Instant.now().isBefore(giveUp)) {
                Thread.sleep(5);
                int before = open.size();
                open.removeIf(id -> isComplete(bed.product.sandbox().conversation(id)));
                Instant now = bed.clock.instant();
                if (now.isBefore(start.plusSeconds(60))) {
                    inFirstMinute = LEADS - open.size();
                } else if (open.size() < before) {
                    last = now;
                }
            }
            if (!open.isEmpty()) {
                throw new IllegalStateException(open.size() + " leads are not complete after " + PATIENCE + ": "
                        + bed.product.sandbox().conversation(open.get(0)) + " "
                        + bed.product.own(
                                "SELECT kind, state, attempts, error, due_at FROM outbox WHERE conversation_id = "
                                        + open.get(0)));
            }
            return new Leads((LEADS - inFirstMinute) / minutes(start.plusSeconds(60), last), minutes(start, last));
        }
    }

    private static boolean isComplete(ConversationView conversation) {
        return conversation.labels().containsAll(List.of("qualified", "hot-lead", "enterprise-lead"))
                && conversation.priority().isPresent()
                && conversation.teamName().isPresent()
                && conversation.customAttributes().containsKey("lead_score")
                && !conversation.notes().isEmpty();
    }

    /**
     * From the message to the first call about it, with 10,000 tag wishes before it; two escalations a minute. While one is
     * on its way the clock goes no faster than the system's, because what the product does takes its time there.
     */
    private static String escalations(String strategy) throws InterruptedException, SQLException {
        int speed = 10;
        int escalations = 20;
        try (Bed bed = new Bed(speed, strategy)) {
            SandboxChatwoot sandbox = bed.product.sandbox();
            Players players = new Players(sandbox, 0);
            bed.backlog(10_000);
            Random random = new Random(SEED);
            Instant next = bed.clock.instant().plusSeconds(90);
            double[] seconds = new double[escalations];
            for (int i = 0; i < escalations; i++) {
                bed.waitUntil(next);
                bed.isHeldUp = true;
                bed.clock.goAt(1);
                long id = players.newConversation();
                Instant written = bed.clock.instant();
                sandbox.customerWrites(id, ESCALATING);
                seconds[i] = Duration.between(written, bed.firstCallAbout(id)).toMillis() / 1000.0;
                bed.isHeldUp = false;
                next = next.plusMillis(15_000 + random.nextInt(30_000));
            }
            Arrays.sort(seconds);
            if (refused(sandbox.calls()) > 0) {
                throw new IllegalStateException(refused(sandbox.calls()) + " calls were refused");
            }
            return String.format(
                    Locale.ROOT,
                    "%.1f / %.1f",
                    seconds[seconds.length / 2],
                    seconds[(int) Math.ceil(seconds.length * 0.99) - 1]);
        }
    }

    /** Those that a call is about: one by its path, or many by its body. */
    private static List<Long> conversations(Call call) {
        if (call.path().contains("/conversations/")) {
            return List.of(Long.parseLong(call.path().replaceAll(".*/conversations/(\\d+).*", "$1")));
        }
        return call.body().matches(".*\"(conversation_)?ids\":\\[.*")
                ? Arrays.stream(call.body()
                                .replaceAll(".*\"(conversation_)?ids\":\\[([\\d,]*)].*", "$2")
                                .split(","))
                        .map(Long::valueOf)
                        .toList()
                : List.of();
    }

    private static double minutes(Instant from, Instant to) {
        return Duration.between(from, to).toMillis() / 60_000.0;
    }

    /** Conversations and what customers and agents do in them. */
    private static final class Players {
        private final SandboxChatwoot sandbox;
        private final List<Long> ids = new ArrayList<>();
        private final Map<Long, Set<String>> foreign = new HashMap<>();
        private int made;

        Players(SandboxChatwoot sandbox, int conversations) {
            this.sandbox = sandbox;
            for (int i = 0; i < conversations; i++) {
                ids.add(newConversation());
            }
        }

        long newConversation() {
            int number = ++made;
            return sandbox.addConversation(
                    sandbox.addContact("Customer " + number, "customer." + number + "@harborpine.example"));
        }

        long id(int conversation) {
            return ids.get(conversation);
        }

        void play(Trace.Act act) {
            long id = id(act.conversation());
            ConversationView now = sandbox.conversation(id);
            switch (act.kind()) {
                case CUSTOMER -> sandbox.customerWrites(id, act.text());
                case REPLY -> sandbox.agentReplies(id, act.text());
                case LABEL -> {
                    Set<String> labels = new LinkedHashSet<>(now.labels());
                    labels.add(act.text());
                    sandbox.agentSetsLabels(id, labels.toArray(String[]::new));
                    foreign.computeIfAbsent(id, k -> new LinkedHashSet<>()).add("label " + act.text());
                }
                case ATTRIBUTE -> {
                    Map<String, Object> attributes = new LinkedHashMap<>(now.customAttributes());
                    attributes.put(act.text(), "A-" + id);
                    sandbox.agentSetsCustomAttributes(id, attributes);
                    foreign.computeIfAbsent(id, k -> new LinkedHashSet<>()).add("attribute " + act.text());
                }
                case PRIORITY -> sandbox.agentSetsPriority(id, act.text());
                default -> throw new IllegalStateException(act.toString());
            }
        }

        /** What agents set and is not there any more. */
        int lost() {
            int lost = 0;
            for (Map.Entry<Long, Set<String>> set : foreign.entrySet()) {
                ConversationView now = sandbox.conversation(set.getKey());
                for (String what : set.getValue()) {
                    String name = what.substring(what.indexOf(' ') + 1);
                    boolean isThere = what.startsWith("label ")
                            ? now.labels().contains(name)
                            : now.customAttributes().containsKey(name);
                    lost += isThere ? 0 : 1;
                }
            }
            return lost;
        }
    }

    /**
     * The product with its limit, on a clock that runs ahead while nothing is to be done but wait, and slowly while events
     * and calls are worked off: so a slow machine makes figures little worse. The throttle's minute is as
     * short as that clock's shortest.
     */
    private static final class Bed implements AutoCloseable {
        private static final int BUSY_SPEED = 4;
        private static final String BUSY = """
                SELECT COUNT(*)
                FROM (SELECT id FROM webhook_event WHERE state = 'new' AND due_at <= ?
                  UNION ALL SELECT id FROM outbox WHERE state = 'sending') busy""";

        private final Path routes;
        private final JumpingClock clock;
        private final int speed;
        private final Product product;
        private final Thread pacer = new Thread(this::pace, "pacer");
        private volatile boolean isHeldUp;
        private volatile boolean isClosed;

        Bed(int speed, String strategy) {
            this.speed = speed;
            clock = new JumpingClock(speed);
            routes = routes(speed);
            product = Product.connected(
                    SandboxChatwoot.builder()
                            .clock(clock)
                            .rateLimitPerMinute(LIMIT)
                            .deliveryWorkers(4),
                    Map.of(
                            "chatwoot.rate-limit",
                            Integer.toString(LIMIT),
                            "chatwoot.strategy",
                            strategy.equals(DIRECT) ? DIRECT : MACRO,
                            "chatwoot.snapshot-fresh",
                            strategy.equals(MACRO_UNREAD) ? "5m" : "5s",
                            "chatwoot.confirm-within",
                            "2m",
                            "conversation.debounce",
                            "1s",
                            "routes.directory",
                            routes.toString()),
                    clock);
            if (!strategy.equals(DIRECT)) {
                product.installMacros();
                // The limiter has counted them; the product has not.
                clock.jump(Duration.ofMinutes(2));
            }
            pacer.start();
        }

        private void pace() {
            try (Connection connection = product.ownConnection();
                    PreparedStatement busy = connection.prepareStatement(BUSY)) {
                while (!isClosed) {
                    busy.setTimestamp(1, Timestamp.from(clock.instant()));
                    try (ResultSet rs = busy.executeQuery()) {
                        rs.next();
                        boolean isBusy = rs.getInt(1) > 0 || !product.sandbox().isQuiet();
                        clock.goAt(isHeldUp ? 1 : isBusy ? Math.min(speed, BUSY_SPEED) : speed);
                    }
                    Thread.sleep(2);
                }
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static Path routes(int speed) {
            try {
                Path folder = Files.createTempDirectory("leadroutes-bench");
                return Product.routesWith(
                        folder,
                        "chatwoot.camel.yaml",
                        Files.readString(Path.of("routes/chatwoot.camel.yaml"))
                                .replace(
                                        "timePeriodMillis: \"60000\"", "timePeriodMillis: \"" + 60_000 / speed + "\""));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void waitUntil(Instant at) throws InterruptedException {
            while (clock.instant().isBefore(at)) {
                Thread.sleep(1);
            }
        }

        Instant firstCallAbout(long conversation) throws InterruptedException {
            Instant giveUp = Instant.now().plus(PATIENCE);
            while (Instant.now().isBefore(giveUp)) {
                for (Call call : product.sandbox().calls()) {
                    if (conversations(call).contains(conversation)) {
                        return call.at();
                    }
                }
                Thread.sleep(5);
            }
            throw new IllegalStateException("no call about conversation " + conversation + " within " + PATIENCE);
        }

        /** Returns when nothing waits any more. */
        void drain() throws InterruptedException {
            Instant giveUp = Instant.now().plus(PATIENCE);
            int quiet = 0;
            while (quiet < 5) {
                if (Instant.now().isAfter(giveUp)) {
                    throw new IllegalStateException("not at rest after " + PATIENCE);
                }
                Thread.sleep(100);
                product.sandbox().quiesce(PATIENCE);
                boolean isAtRest = product.runtime().records().inbox().pending() == 0
                        && product.runtime().records().outbox().pending() == 0;
                quiet = isAtRest ? quiet + 1 : 0;
            }
        }

        /** Wishes of as many conversations, half for labels and half for attributes, each another one. */
        void backlog(int wishes) throws SQLException {
            long contact = product.sandbox().addContact("Backlog", "");
            try (Connection connection = product.ownConnection();
                    PreparedStatement insert = connection.prepareStatement("""
                            INSERT INTO outbox (wish_key, account_id, conversation_id, kind, destination, payload, reasons,
                              urgency, state, created_at, due_at)
                            VALUES (?, ?, ?, ?, 'chatwoot', ?, '[]', 2, 'pending', ?, ?)""")) {
                Timestamp now = Timestamp.from(clock.instant());
                for (int i = 0; i < wishes; i++) {
                    long id = product.sandbox().addConversation(contact);
                    String kind = i % 2 == 0 ? "labels" : "attributes";
                    insert.setString(1, product.sandbox().accountId() + ":" + id + ":chatwoot:" + kind);
                    insert.setLong(2, product.sandbox().accountId());
                    insert.setLong(3, id);
                    insert.setString(4, kind);
                    insert.setString(
                            5,
                            i % 2 == 0
                                    ? "{\"add\":[\"tag-" + i + "\"],\"remove\":[],\"exactly\":false}"
                                    : "{\"set\":{\"lead_score\":" + i + "},\"remove\":[]}");
                    insert.setTimestamp(6, now);
                    insert.setTimestamp(7, now);
                    insert.addBatch();
                }
                insert.executeBatch();
            }
        }

        @Override
        public void close() {
            isClosed = true;
            try {
                pacer.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            product.close();
            try (Stream<Path> files = Files.walk(routes)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
