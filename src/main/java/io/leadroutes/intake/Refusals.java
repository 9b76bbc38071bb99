package io.leadroutes.intake;

import io.leadroutes.store.Failures;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.WeakHashMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The webhooks that were answered with 503. Chatwoot never sends them again (CONTRACT section 1), so each span of time
 * with refusals is told to a {@link GapSink}, as soon as that works.
 *
 * <p>Thread-safe; no larger for how many there were, only for how many are in hand.
 */
public final class Refusals {
    /** Refusals closer than this are one span. */
    static final Duration QUIET = Duration.ofSeconds(2);

    /** A longer span is told in parts. */
    static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Duration RETRY = Duration.ofSeconds(1);
    private static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

    private final GapSink sink;
    private final Clock clock;
    private final Map<String, Long> counts = new TreeMap<>();

    /** Those counted, for as long as somebody has them in hand: a worker and the door may both give up on one. */
    private final Set<Object> counted = Collections.newSetFromMap(new WeakHashMap<>());

    private Instant from;
    private Instant to;
    private Instant notBefore = Instant.MIN;
    private Instant silentUntil = Instant.MIN;

    public Refusals(GapSink sink, Clock clock) {
        this.sink = sink;
        this.clock = clock;
    }

    /**
     * Counts a request once, by its first reason, whoever refuses it again.
     *
     * @param reason one of a few fixed texts
     * @param request known by its identity
     */
    synchronized void add(String reason, Object request) {
        if (counted.add(request)) {
            count(reason);
        }
    }

    private void count(String reason) {
        Instant now = clock.instant();
        from = from == null ? now : from;
        to = now;
        counts.merge(reason, 1L, Long::sum);
    }

    /** Tells a span that is over, or long enough. Called by one thread, which may have to wait for the sink. */
    void tellIfDue() {
        if (isDue()) {
            tell();
        }
    }

    private synchronized boolean isDue() {
        if (from == null) {
            return false;
        }
        Instant now = clock.instant();
        boolean isOver = !now.isBefore(to.plus(QUIET)) || !now.isBefore(from.plus(LONGEST));
        return isOver && !now.isBefore(notBefore);
    }

    /** Tells what there is. */
    void tell() {
        Instant first;
        Instant last;
        Map<String, Long> told;
        synchronized (this) {
            if (from == null) {
                return;
            }
            first = from;
            last = to;
            told = Map.copyOf(counts);
            from = null;
            to = null;
            counts.clear();
        }
        try {
            sink.record(first, last, describe(told));
        } catch (RuntimeException e) {
            putBack(first, last, told);
            if (!clock.instant().isBefore(silentUntil)) {
                silentUntil = clock.instant().plus(SILENCE);
                LOG.warn(
                        "webhooks were refused from {} to {} ({}), which cannot be stored now and is kept in memory: {}",
                        first,
                        last,
                        describe(told),
                        Failures.kind(e));
            }
        }
    }

    private synchronized void putBack(Instant first, Instant last, Map<String, Long> told) {
        from = first;
        to = to == null ? last : to;
        told.forEach((reason, count) -> counts.merge(reason, count, Long::sum));
        notBefore = clock.instant().plus(RETRY);
    }

    private static String describe(Map<String, Long> counts) {
        return new TreeMap<>(counts)
                .entrySet().stream()
                        .map(entry -> entry.getValue() + " refused: " + entry.getKey())
                        .collect(Collectors.joining(", "));
    }
}
