package io.leadroutes.store;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * For what asks the database again and again: while that fails it is asked once a second, and the log says so once a
 * minute, however often it is called. Thread-safe.
 */
public final class Backoff {
    static final Duration PAUSE = Duration.ofSeconds(1);
    static final Duration SILENCE = Duration.ofMinutes(1);
    private static final Logger LOG = LoggerFactory.getLogger(Backoff.class);

    private final String work;
    private final Clock clock;
    private Instant notBefore = Instant.MIN;
    private Instant silentUntil = Instant.MIN;

    /** @param work what cannot be done then, for the log: {@code "lanes cannot be handled"} */
    public Backoff(String work, Clock clock) {
        this.work = work;
        this.clock = clock;
    }

    /** @return what was asked for; {@code nothing} if that failed, just now or less than a second ago */
    public <T> T ask(Supplier<T> question, T nothing) {
        if (isPausing()) {
            return nothing;
        }
        try {
            return question.get();
        } catch (RuntimeException e) {
            failed(e);
            return nothing;
        }
    }

    private synchronized boolean isPausing() {
        return clock.instant().isBefore(notBefore);
    }

    /** What was asked for was there, but could not be worked off. */
    synchronized void failed(Exception failure) {
        Instant now = clock.instant();
        notBefore = now.plus(PAUSE);
        if (!now.isBefore(silentUntil)) {
            silentUntil = now.plus(SILENCE);
            LOG.warn("{}, which is tried again each second: {}", work, Failures.kind(failure));
        }
    }
}
