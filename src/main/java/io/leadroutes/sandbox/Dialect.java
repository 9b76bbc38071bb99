package io.leadroutes.sandbox;

/** Which of the two descriptions of Chatwoot the sandbox follows where they differ (CONTRACT, "SEED DIFFERS"). */
public enum Dialect {
    /** As Chatwoot's own code has it. */
    ACTUAL,
    /** As the original API reference says: other answer and webhook shapes, unsigned webhooks, JSON 429. */
    REFERENCE
}
