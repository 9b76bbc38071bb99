package io.leadroutes.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** Runs like the system's or faster, and jumps ahead when told to. */
public final class JumpingClock extends Clock {
    private final Clock system = Clock.systemUTC();
    private final Instant start = system.instant();
    private final int speed;
    private final AtomicReference<Duration> ahead = new AtomicReference<>(Duration.ZERO);

    public JumpingClock() {
        this(1);
    }

    /** @param speed seconds in a second of the system's */
    public JumpingClock(int speed) {
        this.speed = speed;
    }

    public void jump(Duration by) {
        ahead.updateAndGet(by::plus);
    }

    @Override
    public Instant instant() {
        return start.plus(Duration.between(start, system.instant()).multipliedBy(speed))
                .plus(ahead.get());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("only UTC");
    }
}
