package io.leadroutes.store;

import io.leadroutes.conversation.Conversation;
import java.util.List;
import java.util.Optional;

/** A lane that one worker holds until its transaction ends, with the events to be handled, in order. */
public final class Claim {
    private final String lane;
    private final long accountId;
    private final List<StoredEvent> events;
    private final Optional<Conversation> conversation;
    private Optional<StoredEvent> inHand = Optional.empty();

    Claim(String lane, long accountId, List<StoredEvent> events, Optional<Conversation> conversation) {
        this.lane = lane;
        this.accountId = accountId;
        this.events = List.copyOf(events);
        this.conversation = conversation;
    }

    public String getLane() {
        return lane;
    }

    long accountId() {
        return accountId;
    }

    public List<StoredEvent> getEvents() {
        return events;
    }

    Optional<Conversation> conversation() {
        return conversation;
    }

    /** Takes the next event in hand: if handling fails, it is this one that failed. */
    void take(StoredEvent event) {
        inHand = Optional.of(event);
    }

    /** All events are handled; what fails now is none of them alone. */
    void putDown() {
        inHand = Optional.empty();
    }

    /** The event to blame for a failure: the one in hand, or the only one. */
    Optional<StoredEvent> suspect() {
        return events.size() == 1 ? Optional.of(events.get(0)) : inHand;
    }
}
