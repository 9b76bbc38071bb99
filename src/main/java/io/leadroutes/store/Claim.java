package io.leadroutes.store;

import io.leadroutes.conversation.Conversation;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** A lane that one worker holds until its transaction ends, with the events to be handled, in order. */
public final class Claim {
    private final String lane;
    private final long accountId;
    private final List<StoredEvent> events;
    private final Optional<Supplier<Conversation>> loader;
    private final Supplier<Optional<String>> tracer;
    private Optional<Conversation> conversation = Optional.empty();
    private Optional<String> trace = Optional.empty();
    private Optional<StoredEvent> inHand = Optional.empty();

    /**
     * @param loader of the conversation that the lane is of, if it is one's
     * @param tracer tells the W3C traceparent of what the thread does
     */
    Claim(
            String lane,
            long accountId,
            List<StoredEvent> events,
            Optional<Supplier<Conversation>> loader,
            Supplier<Optional<String>> tracer) {
        this.lane = lane;
        this.accountId = accountId;
        this.events = List.copyOf(events);
        this.loader = loader;
        this.tracer = tracer;
    }

    /** The claim is in hand from now on: what is decided is decided in this thread's trace. */
    void begin() {
        trace = tracer.get();
    }

    Optional<String> trace() {
        return trace;
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

    /**
     * The lane's conversation, loaded when it is first asked for: if it cannot be, that is a failure of the event in hand,
     * which ends as a dead letter and does not block the lane (invariant 10).
     */
    Optional<Conversation> open() {
        if (conversation.isEmpty()) {
            conversation = loader.map(Supplier::get);
        }
        return conversation;
    }

    /** The conversation, if an event opened it. */
    public Optional<Conversation> opened() {
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
