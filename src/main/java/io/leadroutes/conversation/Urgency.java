package io.leadroutes.conversation;

/** Lanes of the outbox, the most urgent first; the order is the order of sending. */
public enum Urgency {
    ESCALATION,
    QUALIFICATION,
    TAGGING
}
