package io.leadroutes.ops;

import io.leadroutes.conversation.Urgency;
import io.leadroutes.store.Backoff;
import io.leadroutes.store.Overview;
import io.leadroutes.store.Overview.Standing;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * How full the queues and the budget are, for Prometheus. A scrape reads what {@link #look} has seen, a few seconds ago, so
 * that it costs nothing and is answered while the database is away; ages go on then.
 *
 * <table>
 * <caption>Gauges</caption>
 * <tr><td>leadroutes_inbox_events{state}</td><td>waiting or dead, counted up to 10,001</td></tr>
 * <tr><td>leadroutes_inbox_oldest_age_seconds</td><td>since the oldest waiting event came; 0 if none waits</td></tr>
 * <tr><td>leadroutes_outbox_wishes{state,lane}</td><td>pending, sending, asked or dead, counted up to 10,001 of each</td></tr>
 * <tr><td>leadroutes_outbox_oldest_age_seconds{lane}</td><td>since the oldest that is neither granted nor dead was
 * wished for; 0 if there is none</td></tr>
 * <tr><td>leadroutes_budget_used</td><td>calls of the last minute and in flight</td></tr>
 * <tr><td>leadroutes_budget_limit</td><td>calls per minute, as a 429 may have lowered it</td></tr>
 * <tr><td>leadroutes_budget_pause_seconds</td><td>for how long nothing is sent because Chatwoot said so</td></tr>
 * </table>
 */
public final class Levels {
    private static final String INBOX = "inbox";
    private static final String OUTBOX = "outbox";
    private static final String DEAD = "dead";

    private record Seen(List<Standing> queues, int used, int limit, long pauseMs) {}

    private final Overview overview;
    private final IntSupplier used;
    private final IntSupplier limit;
    private final LongSupplier pauseMs;
    private final Clock clock;
    private final Backoff backoff;
    private volatile Seen seen = new Seen(List.of(), 0, 0, 0);

    /**
     * @param used calls of the last minute
     * @param limit calls per minute
     * @param pauseMs for how long nothing is sent
     */
    public Levels(
            Overview overview,
            IntSupplier used,
            IntSupplier limit,
            LongSupplier pauseMs,
            Clock clock,
            MeterRegistry registry) {
        this.overview = overview;
        this.used = used;
        this.limit = limit;
        this.pauseMs = pauseMs;
        this.clock = clock;
        this.backoff = new Backoff("the queues cannot be looked at for the metrics", clock);
        registerQueues(registry);
        registerBudget(registry);
    }

    private void registerQueues(MeterRegistry registry) {
        Map.of("waiting", "new", DEAD, DEAD)
                .forEach((shown, state) -> Gauge.builder("leadroutes.inbox.events", () -> count(INBOX, state, 0))
                        .tag("state", shown)
                        .register(registry));
        Gauge.builder("leadroutes.inbox.oldest.age", () -> age(s -> s.queue().equals(INBOX)))
                .baseUnit("seconds")
                .register(registry);
        for (Urgency urgency : Urgency.values()) {
            String lane = urgency.name().toLowerCase(Locale.ROOT);
            for (String state : List.of("pending", "sending", "asked", DEAD)) {
                Gauge.builder("leadroutes.outbox.wishes", () -> count(OUTBOX, state, urgency.ordinal()))
                        .tag("state", state)
                        .tag("lane", lane)
                        .register(registry);
            }
            Gauge.builder(
                            "leadroutes.outbox.oldest.age",
                            () -> age(s -> s.queue().equals(OUTBOX) && s.urgency() == urgency.ordinal()))
                    .baseUnit("seconds")
                    .tag("lane", lane)
                    .register(registry);
        }
    }

    private void registerBudget(MeterRegistry registry) {
        Gauge.builder("leadroutes.budget.used", () -> seen.used).register(registry);
        Gauge.builder("leadroutes.budget.limit", () -> seen.limit).register(registry);
        Gauge.builder("leadroutes.budget.pause", () -> seen.pauseMs / 1000.0)
                .baseUnit("seconds")
                .register(registry);
    }

    /** Sees how things stand; what was seen before stays if that fails. */
    public void look() {
        backoff.ask(
                        () -> Optional.of(
                                new Seen(overview.queues(), used.getAsInt(), limit.getAsInt(), pauseMs.getAsLong())),
                        Optional.<Seen>empty())
                .ifPresent(now -> seen = now);
    }

    private long count(String queue, String state, int urgency) {
        return seen.queues.stream()
                .filter(s -> s.queue().equals(queue) && s.state().equals(state) && s.urgency() == urgency)
                .mapToLong(s -> s.more() ? s.count() + 1 : s.count())
                .sum();
    }

    private double age(Predicate<Standing> which) {
        Instant now = clock.instant();
        return seen.queues.stream()
                        .filter(s -> !s.state().equals(DEAD))
                        .filter(which)
                        .map(s -> Duration.between(s.oldestAt(), now))
                        .mapToLong(Duration::toMillis)
                        .max()
                        .orElse(0)
                / 1000.0;
    }
}
