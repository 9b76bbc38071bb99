package io.leadroutes.conversation;

import java.time.Instant;
import java.util.Optional;

/**
 * A part of a conversation as Chatwoot last showed it.
 *
 * @param value what it was
 * @param at when we learned it
 * @param unconfirmedUntil set by our own write: until then, what arrives without our write in it was probably made
 *     before it, and is not believed (CONTRACT section 1.1: snapshots arrive in no order)
 * @param own our own write whose echo has not come yet
 */
public record Observed<T>(T value, Instant at, Optional<Instant> unconfirmedUntil, Optional<OwnWrite<T>> own) {

    public Observed(T value, Instant at, Optional<Instant> unconfirmedUntil) {
        this(value, at, unconfirmedUntil, Optional.empty());
    }

    public static <T> Observed<T> of(T value, Instant at) {
        return new Observed<>(value, at, Optional.empty());
    }

    /** The same when the echo of our write has come. */
    Observed<T> echoed() {
        return new Observed<>(value, at, unconfirmedUntil);
    }

    /** True if this may be the base of a read-modify-write: learned after {@code limit} and nothing of ours open. */
    public boolean isFresh(Instant limit, Instant now) {
        return at.isAfter(limit) && !isUnconfirmed(now);
    }

    boolean isUnconfirmed(Instant now) {
        return unconfirmedUntil.filter(now::isBefore).isPresent();
    }
}
