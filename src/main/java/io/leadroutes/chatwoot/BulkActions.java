package io.leadroutes.chatwoot;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;

/**
 * Whether this token may ask for bulk actions: an agent bot's may not (CONTRACT section 3.1). Tried again once an hour, as
 * a token can be given another role.
 */
public final class BulkActions {
    private static final Duration REFUSED_FOR = Duration.ofHours(1);

    private final Clock clock;
    private volatile Instant refusedUntil = Instant.MIN;

    public BulkActions(Clock clock) {
        this.clock = clock;
    }

    public boolean areAllowed() {
        return !clock.instant().isBefore(refusedUntil);
    }

    /** A bulk action has failed: remembered, if that was because of who asked and not of what was asked for. */
    void failed(Exception failure) {
        if (failure instanceof ChatwootException.Rejected rejected && rejected.isAboutAsker()) {
            refusedUntil = clock.instant().plus(REFUSED_FOR);
        }
    }
}
