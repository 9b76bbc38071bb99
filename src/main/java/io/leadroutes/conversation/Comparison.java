package io.leadroutes.conversation;

import io.leadroutes.conversation.Rehearsal.Heard;
import io.leadroutes.conversation.Rehearsal.Made;
import io.leadroutes.event.Event;
import io.leadroutes.event.Priority;
import io.leadroutes.event.Snapshot;
import io.leadroutes.event.Snapshot.Ref;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One conversation's events by two rule books. Events show what the active rules have made of the conversation; of that, the
 * other rules are shown only what they would have made too. Not thread-safe.
 */
public final class Comparison {
    private final Rehearsal active;
    private final Rehearsal other;

    public Comparison(Rehearsal active, Rehearsal other) {
        this.active = active;
        this.other = other;
    }

    /** What each of both made of the same. */
    public record Both(Outcome active, Outcome other) {
        /** Of no events. */
        public static final Both NOTHING = new Both(Outcome.NONE, Outcome.NONE);

        /** With that of the events that follow. */
        public Both then(Both next) {
            return new Both(active.then(next.active), other.then(next.other));
        }
    }

    /** @see Rehearsal#take */
    public Both take(List<Heard> events, Instant now) {
        Outcome ours = active.take(events, now);
        return new Both(
                ours,
                other.take(
                        events.stream()
                                .map(heard -> new Heard(shownToOther(heard.event()), heard.at()))
                                .toList(),
                        now));
    }

    /** @see Rehearsal#until */
    public Both until(Instant now) {
        return new Both(active.until(now), other.until(now));
    }

    private Event shownToOther(Event event) {
        return new Event(
                event.type(),
                event.accountId(),
                event.conversationId(),
                event.contactId(),
                event.message(),
                event.conversation().map(this::shownToOther),
                event.contact(),
                event.changes(),
                event.versionMicros(),
                event.isBackfill());
    }

    private Snapshot shownToOther(Snapshot shown) {
        Made ours = active.made();
        Made theirs = other.made();
        Set<String> labels = new LinkedHashSet<>(ours.labels);
        labels.removeAll(theirs.labels);
        Set<String> attributes = new LinkedHashSet<>(ours.attributes);
        attributes.removeAll(theirs.attributes);
        Optional<Priority> priority = shown.priority()
                .filter(now -> ours.priority.equals(theirs.priority)
                        || ours.priority.filter(now::equals).isEmpty());
        Optional<Ref> team = shown.team().filter(now -> ours.team.equals(theirs.team) || !ours.isTeam(now));
        return new Snapshot(
                shown.id(),
                shown.updatedAtMicros(),
                shown.status(),
                priority,
                shown.labels().map(all -> all.stream()
                        .filter(label -> !labels.contains(label))
                        .toList()),
                shown.customAttributes().map(all -> without(all, attributes)),
                shown.additionalAttributes(),
                shown.assignee(),
                team,
                shown.inboxId(),
                shown.channel());
    }

    private static Map<String, Object> without(Map<String, Object> all, Set<String> keys) {
        Map<String, Object> left = new LinkedHashMap<>(all);
        left.keySet().removeAll(keys);
        return left;
    }
}
