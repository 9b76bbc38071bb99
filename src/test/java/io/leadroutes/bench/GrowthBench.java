package io.leadroutes.bench;

import static io.leadroutes.bench.Report.median;
import static io.leadroutes.bench.Report.number;
import static io.leadroutes.bench.Report.spread;
import static io.leadroutes.bench.Report.tell;
import static io.leadroutes.bench.Report.tellMachine;

import io.leadroutes.bench.BenchDatabase.Engine;
import io.leadroutes.bench.Stopwatch.Rate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What deciding on an event costs when much is stored: events, conversations, score entries and granted wishes of before.
 * The baseline is the smallest size.
 */
final class GrowthBench {
    private static final int EVENTS_PER_CONVERSATION = 5;
    private static final int PAYLOAD_CHARS = 4_000;
    private static final int ROWS_AT_ONCE = 10_000;

    private GrowthBench() {}

    /** @param args rounds (1), events to be decided (6000), sizes (10000,100000,1000000), engine (H2) */
    static void run(List<String> args) throws Exception {
        int rounds = number(args, 0, 1);
        int events = number(args, 1, 6_000);
        List<Integer> sizes = Arrays.stream((args.size() > 2 ? args.get(2) : "10000,100000,1000000").split(","))
                .map(Integer::valueOf)
                .toList();
        Engine engine = args.size() > 3 ? Engine.valueOf(args.get(3)) : Engine.H2;
        tellMachine(
                "%s; %d events decided in conversations all over those that are stored; CPU of the Java threads",
                engine.label, events);
        Map<Integer, List<Double>> costs = new LinkedHashMap<>();
        for (int round = 1; round <= rounds; round++) {
            for (int size : sizes) {
                try (BenchDatabase database = new BenchDatabase(engine)) {
                    store(database, size);
                    WebhookMaker webhooks = new WebhookMaker();
                    int conversations = size / EVENTS_PER_CONVERSATION;
                    int stride = Math.max(1, conversations * EVENTS_PER_CONVERSATION / events);
                    database.append(
                            events, i -> webhooks.nextBodyOf(i / EVENTS_PER_CONVERSATION * stride % conversations));
                    Rate rate = DecisionsBench.decide(database, events, Map.of());
                    costs.computeIfAbsent(size, s -> new ArrayList<>()).add(rate.cpuMicros());
                    tell(
                            "round %d  %,9d stored  %6.0f events/s  %4.0f us CPU each",
                            round, size, rate.perSecond(), rate.cpuMicros());
                }
            }
        }
        double smallest = median(costs.get(sizes.get(0)));
        costs.forEach((size, all) -> tell(
                "median of %d  %,9d stored  %s us CPU each, %+.0f%%",
                rounds, size, spread(all, 0), 100 * (median(all) / smallest - 1)));
    }

    /** As deciding and sending leave it, an event each second until now: of less than 30 days, so that nothing is pruned. */
    private static void store(BenchDatabase database, int events) throws Exception {
        String at = "CURRENT_TIMESTAMP - (%d - n) * INTERVAL '1' SECOND".formatted(events);
        long firstConversation = WebhookMaker.FIRST_CONVERSATION;
        int conversations = events / EVENTS_PER_CONVERSATION;
        for (int from = 1; from <= events; from += ROWS_AT_ONCE) {
            String rows = "generate_series(%d, %d) AS s (n)".formatted(from, Math.min(events, from + ROWS_AT_ONCE - 1));
            String conversation = "%d + MOD(n, %d)".formatted(firstConversation, conversations);
            // Ids of the sequence's first blocks are for those that are appended.
            database.execute("""
                    INSERT INTO webhook_event (id, delivery_id, meaning_key, account_id, lane, conversation_id, contact_id,
                      event, version, received_at, due_at, state, handled_at)
                    SELECT n - 100000000, 'd-' || n, 'message_created:' || n, 7, 'conversation:7:' || (%1$s), %1$s, 9,
                      'message_created', n, %3$s, %3$s, 'done', %3$s
                    FROM %2$s""".formatted(conversation, rows, at));
            database.execute(
                    "INSERT INTO webhook_payload (event_id, payload) SELECT n - 100000000, REPEAT('x', %d) FROM %s"
                            .formatted(PAYLOAD_CHARS, rows));
            database.execute("""
                    INSERT INTO score_entry (account_id, conversation_id, rule, rule_version, points, message_id, matched, at)
                    SELECT 7, %s, 'rule-' || n, 'v', 1, n, '[]', %s
                    FROM %s WHERE MOD(n, 2) = 0""".formatted(conversation, at, rows));
            database.execute("""
                    INSERT INTO outbox (account_id, conversation_id, kind, destination, to_chatwoot, payload, reasons, urgency, state,
                      created_at, due_at, done_at, answer)
                    SELECT 7, %1$s, 'labels', 'chatwoot', TRUE, '{"add":["bug"],"remove":[]}', '[]', 3, 'done',
                      %2$s, %2$s, %2$s, '200'
                    FROM %3$s WHERE MOD(n, 2) = 0""".formatted(conversation, at, rows));
        }
        database.execute("""
                INSERT INTO conversation (account_id, conversation_id, score, episodes, due_by, updated_at)
                SELECT 7, %d + n, 0, '{}', '', CURRENT_TIMESTAMP
                FROM generate_series(0, %d) AS s (n)""".formatted(firstConversation, conversations - 1));
    }
}
