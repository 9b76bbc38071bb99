package io.leadroutes.conversation;

/** Lanes of the outbox, the most urgent first; the order is the order of sending. */
public enum Urgency {
    ESCALATION,
    QUALIFICATION,
    TAGGING,
    /** What is made of messages of long ago: all else goes first. */
    BACKFILL
}
