package io.leadroutes.store;

/** Is told what becomes of events and wishes, each time when that is committed. Must neither throw nor wait. */
public interface Tally {
    /** Counts nothing. */
    Tally NONE = new Tally() {};

    /** What becomes of a wish. */
    enum Fate {
        /** It waits in the outbox. */
        ADDED,
        /** Another one of its kind, which waits, has taken it over. */
        MERGED,
        /** It needed no call: when its turn came, what it wants was so. */
        ALREADY_SO,
        /** A call has granted it. */
        GRANTED,
        /** Somebody else undoes it again and again; told once for each conversation and kind. */
        FOUGHT_OVER
    }

    /** The claim's events are handled, and what was decided on them is stored. */
    default void handled(Claim claim) {}

    /** @param kind as {@link io.leadroutes.conversation.Wish#kind()} has it */
    default void wish(String kind, Fate fate) {}

    /** An event has become a dead letter, for one of a few reasons. */
    default void deadEvent(String reason) {}

    /** The same of a wish. */
    default void deadWish(String reason) {}
}
