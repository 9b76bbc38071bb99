package io.leadroutes.sandbox;

import java.time.Clock;

/**
 * Counts calls per clock minute, aligned to the epoch; refused calls count too, and nothing is carried over (CONTRACT
 * section 3.1).
 */
public final class RateWindow {
    private static final long WINDOW_SECONDS = 60;

    private final Clock clock;
    private final int limit;
    private long window;
    private int used;

    public RateWindow(Clock clock, int limit) {
        this.clock = clock;
        this.limit = limit;
    }

    /** Counts one call; false when it is over the limit. */
    public synchronized boolean admit() {
        long current = clock.instant().getEpochSecond() / WINDOW_SECONDS;
        if (current != window) {
            window = current;
            used = 0;
        }
        used++;
        return limit == 0 || used <= limit;
    }

    long secondsToNext() {
        return WINDOW_SECONDS - clock.instant().getEpochSecond() % WINDOW_SECONDS;
    }
}
