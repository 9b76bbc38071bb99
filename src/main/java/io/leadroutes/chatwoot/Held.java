package io.leadroutes.chatwoot;

import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Permits and when each is free. Asked about for each wish that might be sent, so that only those are gone through that are
 * free by the time asked for. Not thread-safe.
 */
final class Held {
    private final Map<Long, Instant> byId = new HashMap<>();
    private final NavigableSet<Permit> byTime =
            new TreeSet<>(Comparator.comparing(Permit::until).thenComparing(Permit::id));

    private record Permit(Instant until, long id) {}

    int size() {
        return byId.size();
    }

    /** Also anew, until another time. */
    void hold(long id, Instant until) {
        Instant before = byId.put(id, until);
        if (before != null) {
            byTime.remove(new Permit(before, id));
        }
        byTime.add(new Permit(until, id));
    }

    void holdUnlessHeld(long id, Instant until) {
        if (!byId.containsKey(id)) {
            hold(id, until);
        }
    }

    /** How many are free at this time. */
    int freeBy(Instant at) {
        return upTo(at).size();
    }

    /** Forgets those that are free at this time. */
    void endBy(Instant at) {
        end(upTo(at));
    }

    /** Forgets those that are free before this time. */
    void endBefore(Instant at) {
        end(byTime.headSet(new Permit(at, Long.MIN_VALUE), false));
    }

    private NavigableSet<Permit> upTo(Instant at) {
        return byTime.headSet(new Permit(at, Long.MAX_VALUE), true);
    }

    private void end(NavigableSet<Permit> free) {
        free.forEach(permit -> byId.remove(permit.id));
        free.clear();
    }
}
