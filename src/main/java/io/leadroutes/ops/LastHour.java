package io.leadroutes.ops;

import io.leadroutes.store.Overview;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.IntSupplier;

/**
 * The last hour of the budget and the throughput, for the page's plot. In this process's memory: the database keeps the
 * calls of the last minute only, and what is plotted need not outlive a restart. Thread-safe.
 */
public final class LastHour {
    /** Points are this far from each other; the route {@code ops-history} says so, too. */
    static final Duration STEP = Duration.ofSeconds(10);

    private static final int POINTS = (int) Duration.ofHours(1).dividedBy(STEP);

    /** What is committed within this time of its own time is counted. */
    private static final Duration SETTLED = Duration.ofSeconds(5);

    private static final Duration LONGEST_STEP = Duration.ofMinutes(1);

    /** One event in less would look like a flood. */
    private static final Duration SHORTEST_STEP = Duration.ofSeconds(1);

    /**
     * How things stood.
     *
     * @param used calls of the minute before
     * @param limit calls per minute
     * @param handled events per minute since the point before
     * @param granted wishes per minute since the point before
     */
    public record Point(Instant at, int used, int limit, double handled, double granted) {}

    private final Overview overview;
    private final IntSupplier used;
    private final IntSupplier limit;
    private final Clock clock;
    private final Deque<Point> points = new ArrayDeque<>();
    private Instant countedTo;

    /**
     * @param used calls of the last minute
     * @param limit calls per minute
     */
    public LastHour(Overview overview, IntSupplier used, IntSupplier limit, Clock clock) {
        this.overview = overview;
        this.used = used;
        this.limit = limit;
        this.clock = clock;
        countedTo = clock.instant().minus(SETTLED);
    }

    /** Notes how things stand. */
    public synchronized void note() {
        Instant now = clock.instant();
        Instant to = now.minus(SETTLED);
        Instant from = countedTo.isBefore(to.minus(LONGEST_STEP)) ? to.minus(LONGEST_STEP) : countedTo;
        if (from.plus(SHORTEST_STEP).isAfter(to)) {
            return;
        }
        double perMinute = 60_000.0 / Duration.between(from, to).toMillis();
        Point point = new Point(
                now,
                used.getAsInt(),
                limit.getAsInt(),
                overview.handled(from, to) * perMinute,
                overview.granted(from, to) * perMinute);
        countedTo = to;
        // Who reads does not wait for the database.
        synchronized (points) {
            points.add(point);
            if (points.size() > POINTS) {
                points.remove();
            }
        }
    }

    /** The oldest first. */
    List<Point> points() {
        synchronized (points) {
            return List.copyOf(points);
        }
    }
}
