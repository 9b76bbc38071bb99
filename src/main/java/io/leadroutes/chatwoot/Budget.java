package io.leadroutes.chatwoot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The calls per minute that Chatwoot allows us. A permit is held from the sending of a request until a minute after its
 * answer, so that no minute of the server's holds more than the limit, whichever way its clock is set (notes,
 * reliability, section 4). The {@code throttle} in the gateway route is the gate; this counts what passes it.
 *
 * <p>Thread-safe. Counts this process only.
 */
public final class Budget {
    private static final Duration WINDOW = Duration.ofMinutes(1);

    private final int limit;
    private final Clock clock;
    private final Deque<Instant> freeAt = new ArrayDeque<>();
    private int inFlight;
    private Instant pausedUntil = Instant.MIN;

    /** @param limit calls per minute */
    public Budget(int limit, Clock clock) {
        this.limit = limit;
        this.clock = clock;
    }

    /** A request is sent now. */
    public synchronized void sending() {
        inFlight++;
    }

    /** A request that was {@link #sending} was answered, or it is known that it will not be. */
    public synchronized void answered() {
        inFlight--;
        freeAt.addLast(clock.instant().plus(WINDOW));
    }

    /** Nothing is to be sent before this time. */
    synchronized void pause(Instant until) {
        if (until.isAfter(pausedUntil)) {
            pausedUntil = until;
        }
    }

    /** Calls that may be sent now. */
    public synchronized int free() {
        return clock.instant().isBefore(pausedUntil) ? 0 : Math.max(0, limit - held());
    }

    /** How long nothing is to be sent because Chatwoot said so, in milliseconds; 0 if calls may be made. */
    public synchronized long pauseMs() {
        Instant now = clock.instant();
        // A millisecond more than cut off: who waits so long is not too early.
        return now.isBefore(pausedUntil) ? Duration.between(now, pausedUntil).toMillis() + 1 : 0;
    }

    public int limit() {
        return limit;
    }

    /** Permits that are held: calls in flight and those of the last minute. */
    public synchronized int used() {
        return held();
    }

    private int held() {
        Instant now = clock.instant();
        while (!freeAt.isEmpty() && !freeAt.peekFirst().isAfter(now)) {
            freeAt.removeFirst();
        }
        return inFlight + freeAt.size();
    }
}
