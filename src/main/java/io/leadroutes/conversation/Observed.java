package io.leadroutes.conversation;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A part of a conversation as Chatwoot last showed it.
 *
 * @param value what it was
 * @param at when we learned it
 * @param unconfirmedUntil set by our own write: until then, what arrives without our write in it was probably made
 *     before it, and is not believed (CONTRACT section 1.1: snapshots arrive in no order)
 * @param own our own writes whose echoes have not come yet, the older first
 */
public record Observed<T>(T value, Instant at, Optional<Instant> unconfirmedUntil, List<OwnWrite<T>> own) {

    public Observed(T value, Instant at, Optional<Instant> unconfirmedUntil) {
        this(value, at, unconfirmedUntil, List.of());
    }

    public static <T> Observed<T> of(T value, Instant at) {
        return new Observed<>(value, at, Optional.empty());
    }

    /** The same without those of our writes that this change is the echo of, or whose echo is not waited for any more. */
    Observed<T> after(Object change, Instant receivedAt) {
        List<OwnWrite<T>> open = own.stream()
                .filter(write -> !write.isEcho(change, receivedAt) && receivedAt.isBefore(write.until()))
                .toList();
        return new Observed<>(value, at, unconfirmedUntil, open);
    }

    /** True if this may be the base of a read-modify-write: learned after {@code limit} and nothing of ours open. */
    public boolean isFresh(Instant limit, Instant now) {
        return at.isAfter(limit) && !isUnconfirmed(now);
    }

    boolean isUnconfirmed(Instant now) {
        return unconfirmedUntil.filter(now::isBefore).isPresent();
    }
}
