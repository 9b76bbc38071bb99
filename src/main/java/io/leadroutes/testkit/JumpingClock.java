package io.leadroutes.testkit;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.concurrent.atomic.AtomicReference;

/** Runs like the system's or faster, and jumps ahead when told to. */
public final class JumpingClock extends Clock {
    private final Clock system = Clock.systemUTC();
    private final AtomicReference<Pace> pace;

    /** From an instant of the system's on, when this clock showed another one. */
    private record Pace(Instant system, Instant shown, int speed) {
        Instant at(Instant now) {
            return shown.plus(Duration.between(system, now).multipliedBy(speed));
        }
    }

    public JumpingClock() {
        this(1);
    }

    /** @param speed seconds in a second of the system's */
    public JumpingClock(int speed) {
        Instant now = system.instant();
        pace = new AtomicReference<>(new Pace(now, now, speed));
    }

    public void jump(Duration by) {
        pace.updateAndGet(from -> new Pace(from.system, from.shown.plus(by), from.speed));
    }

    /** Goes on from what it shows with so many seconds in a second of the system's. */
    public void goAt(int speed) {
        pace.updateAndGet(from -> {
            Instant now = system.instant();
            return new Pace(now, from.at(now), speed);
        });
    }

    @Override
    public Instant instant() {
        return pace.get().at(system.instant());
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
