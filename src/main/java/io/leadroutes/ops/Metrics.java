package io.leadroutes.ops;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.Effect;
import io.leadroutes.conversation.Reason;
import io.leadroutes.conversation.ScoreEntry;
import io.leadroutes.store.Claim;
import io.leadroutes.store.Tally;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Counts what happens, for Prometheus; {@link Levels} has the rest. No label holds what a customer or a server wrote: each
 * has few values, and what is none of them is {@code other}. Counters that alerts are about are there from the start, as the
 * first increase of one that was not there is none to Prometheus.
 *
 * <table>
 * <caption>Counters and histograms</caption>
 * <tr><td>leadroutes_webhooks_total{result,event}</td><td>webhooks by how they were answered: accepted, malformed (400),
 * unauthorized, other_account, too_large, unsupported, busy (503), gone (the sender was), other; event is none where it was
 * not known yet</td></tr>
 * <tr><td>leadroutes_webhook_ack_seconds</td><td>histogram: from the head of the request to the end of the 200</td></tr>
 * <tr><td>leadroutes_webhooks_lost_total{event}</td><td>what Chatwoot knew and no webhook had told</td></tr>
 * <tr><td>leadroutes_events_handled_total{event}</td><td>events out of the inbox that were decided on, duplicates not
 * counted</td></tr>
 * <tr><td>leadroutes_decisions_total</td><td>conversations that were decided on, each for all its events that waited</td></tr>
 * <tr><td>leadroutes_rule_hits_total{rule}</td><td>decisions in which a rule scored, or was a reason of a wish; beside the
 * ids of rules the few names that reasons have: score, status, contact, half-life, put-back, step</td></tr>
 * <tr><td>leadroutes_leads_total</td><td>conversations that qualified</td></tr>
 * <tr><td>leadroutes_escalations_total</td><td>escalations by rules</td></tr>
 * <tr><td>leadroutes_escalation_send_seconds</td><td>histogram: from the customer's message to the first call of its
 * escalation; escalations of waiting rules and of other events have no message to count from</td></tr>
 * <tr><td>leadroutes_wishes_total{kind,result}</td><td>added, merged (into one that waits), skipped (it was so, or wished
 * for), already_so (when its turn came), granted, fought_over</td></tr>
 * <tr><td>leadroutes_calls_total{verb,status}</td><td>calls to Chatwoot; status is none where there was no answer</td></tr>
 * <tr><td>leadroutes_rate_limited_total</td><td>calls that were answered with 429</td></tr>
 * <tr><td>leadroutes_token_refused</td><td>gauge: 1 while Chatwoot refuses the token</td></tr>
 * <tr><td>leadroutes_dead_letters_total{queue,reason}</td><td>events and wishes that were set aside, by the class of the
 * error</td></tr>
 * <tr><td>leadroutes_rules_shadow_differences_total{kind}</td><td>effects that only one of rules.file and rules.shadow
 * has</td></tr>
 * </table>
 *
 * <p>Thread-safe, and as cheap as a look-up in a map.
 */
public final class Metrics implements Tally {
    private static final String OTHER = "other";
    private static final String NONE = "none";
    private static final String ACCEPTED = "accepted";
    private static final String BUSY = "busy";
    private static final String EVENT = "event";
    private static final String WISH = "wish";
    private static final int TOO_MANY_REQUESTS = 429;

    /** Verbs are those of the code, and rules those of a file; it is no more than a stop. */
    private static final int MOST_NAMES = 1_000;

    private static final Map<Integer, String> RESULTS = Map.of(
            0, "gone",
            200, ACCEPTED,
            400, "malformed",
            401, "unauthorized",
            403, "other_account",
            413, "too_large",
            415, "unsupported",
            503, BUSY);

    /** The statuses of CONTRACT section 3.1; others are told by their class, as {@code 5xx}. */
    private static final Set<Integer> STATUSES =
            Set.of(200, 201, 204, 400, 401, 402, 403, 404, 408, 409, 422, 429, 500, 502, 503, 504);

    private static final List<String> EVENT_REASONS = List.of("bad-event", "failed");
    private static final List<String> WISH_REASONS = List.of(
            "impossible",
            "gave-up",
            "unreadable",
            "chatwoot-400",
            "chatwoot-401",
            "chatwoot-402",
            "chatwoot-403",
            "chatwoot-404",
            "chatwoot-409",
            "chatwoot-422");

    private static final Duration[] ACK_BUCKETS = Stream.of(2, 5, 10, 25, 50, 100, 250, 500, 850, 1_000, 5_000)
            .map(Duration::ofMillis)
            .toArray(Duration[]::new);
    private static final Duration[] ESCALATION_BUCKETS = Stream.of(1, 2, 3, 5, 10, 30, 60, 300, 1_800)
            .map(Duration::ofSeconds)
            .toArray(Duration[]::new);

    private final MeterRegistry registry;
    private final Set<String> events;
    private final Set<String> verbs = ConcurrentHashMap.newKeySet();
    private final Set<String> rules = ConcurrentHashMap.newKeySet();
    private final Timer ack;
    private final Timer escalationSend;

    /**
     * @param events the names of events that are told apart
     * @param isTokenRefused asked at each scrape
     */
    public Metrics(MeterRegistry registry, Set<String> events, BooleanSupplier isTokenRefused) {
        this.registry = registry;
        this.events = Set.copyOf(events);
        registry.config().meterFilter(new MetricTexts());
        ack = Timer.builder("leadroutes.webhook.ack")
                .serviceLevelObjectives(ACK_BUCKETS)
                .register(registry);
        escalationSend = Timer.builder("leadroutes.escalation.send")
                .serviceLevelObjectives(ESCALATION_BUCKETS)
                .register(registry);
        Gauge.builder("leadroutes.token.refused", () -> isTokenRefused.getAsBoolean() ? 1 : 0)
                .register(registry);
        startAtZero();
    }

    private void startAtZero() {
        RESULTS.values().forEach(result -> webhooks(result, NONE));
        Stream.concat(events.stream(), Stream.of(OTHER)).forEach(event -> {
            webhooks(ACCEPTED, event);
            webhooks(BUSY, event);
            lostWebhooks(event);
        });
        EVENT_REASONS.forEach(reason -> deadLetters(EVENT, reason));
        WISH_REASONS.forEach(reason -> deadLetters(WISH, reason));
        for (Effect.Kind kind : Effect.Kind.values()) {
            shadowDifferences(kind);
        }
        for (String name : List.of("decisions", "leads", "escalations", "rate.limited")) {
            counter(name);
        }
    }

    private Counter counter(String name, String... tags) {
        return registry.counter("leadroutes." + name, tags);
    }

    private Counter webhooks(String result, String event) {
        return counter("webhooks", "result", result, EVENT, event);
    }

    private Counter lostWebhooks(String event) {
        return counter("webhooks.lost", EVENT, event);
    }

    private Counter deadLetters(String queue, String reason) {
        return counter("dead.letters", "queue", queue, "reason", reason);
    }

    private String known(String event) {
        return event.isEmpty() ? NONE : events.contains(event) ? event : OTHER;
    }

    private static String bounded(String name, Set<String> names) {
        boolean isKnown = names.contains(name) || names.size() < MOST_NAMES && names.add(name);
        return isKnown ? name : OTHER;
    }

    /** A webhook was answered: see {@code Answered.Listener}. */
    public void answered(int status, String event, Duration took) {
        String result = RESULTS.getOrDefault(status, OTHER);
        webhooks(result, known(event)).increment();
        if (result.equals(ACCEPTED)) {
            ack.record(took);
        }
    }

    /** A webhook was lost, and what it would have told was found. */
    public void lost(String event) {
        lostWebhooks(known(event)).increment();
    }

    /** @param status 0 if there was no answer */
    public void called(String verb, int status) {
        String shown = status == 0 ? NONE : STATUSES.contains(status) ? Integer.toString(status) : status / 100 + "xx";
        counter("calls", "verb", bounded(verb, verbs), "status", shown).increment();
        if (status == TOO_MANY_REQUESTS) {
            counter("rate.limited").increment();
        }
    }

    /** The first call of an escalation is made, so long after its message came. */
    public void escalationSent(Duration after) {
        escalationSend.record(after);
    }

    /** Rules beside the active ones would have done something else. */
    public void shadowDiffers(Effect.Kind kind) {
        shadowDifferences(kind).increment();
    }

    private Counter shadowDifferences(Effect.Kind kind) {
        return counter("rules.shadow.differences", "kind", kind.word());
    }

    @Override
    public void handled(Claim claim) {
        claim.getEvents().forEach(event -> counter(
                        "events.handled", EVENT, known(event.event().type()))
                .increment());
        claim.opened().ifPresent(this::decided);
    }

    private void decided(Conversation conversation) {
        counter("decisions").increment();
        counter("leads").increment(conversation.hasQualified() ? 1 : 0);
        counter("escalations").increment(conversation.escalated().size());
        conversation.needless().forEach(kind -> wishes(kind, "skipped").increment());
        Set<String> hits = new HashSet<>(conversation.escalated());
        conversation.scored().stream().map(ScoreEntry::rule).forEach(hits::add);
        conversation.decided().stream()
                .flatMap(wished -> wished.reasons().stream())
                .map(Reason::rule)
                .forEach(hits::add);
        hits.forEach(rule -> counter("rule.hits", "rule", bounded(rule, rules)).increment());
    }

    @Override
    public void wish(String kind, Fate fate) {
        wishes(kind, fate.name().toLowerCase(Locale.ROOT)).increment();
    }

    /** Of a kind that has a name in it, as {@code note:qualify} has, what stands before that. */
    private Counter wishes(String kind, String result) {
        return counter("wishes", "kind", kind.replaceFirst(":.*", ""), "result", result);
    }

    @Override
    public void deadEvent(String reason) {
        deadLetters(EVENT, EVENT_REASONS.contains(reason) ? reason : OTHER).increment();
    }

    @Override
    public void deadWish(String reason) {
        deadLetters(WISH, WISH_REASONS.contains(reason) ? reason : OTHER).increment();
    }
}
