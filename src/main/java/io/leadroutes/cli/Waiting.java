package io.leadroutes.cli;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/** Waits until a time has come. */
@FunctionalInterface
interface Waiting {
    void until(Instant time) throws InterruptedException;

    /** By this clock, asleep meanwhile. */
    static Waiting by(Clock clock) {
        return time -> {
            // Once more if the clock was set back meanwhile.
            for (Duration left = left(clock, time); !left.isZero() && !left.isNegative(); left = left(clock, time)) {
                Thread.sleep(left.plusMillis(1).toMillis());
            }
        };
    }

    private static Duration left(Clock clock, Instant time) {
        return Duration.between(clock.instant(), time);
    }
}
