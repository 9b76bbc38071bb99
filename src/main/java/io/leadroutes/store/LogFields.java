package io.leadroutes.store;

/** Names of what a log line tells beside its message, in the manner of the Elastic Common Schema; values are ids. */
public final class LogFields {
    /** What has come out of something in hand; each outcome has one line that tells it. */
    public static final String ACTION = "event.action";

    /** The action of what is set aside, event or wish. */
    static final String DEAD = "dead-lettered";

    public static final String CONVERSATION = "conversation.id";

    /** Rows of the inbox, comma-separated. */
    public static final String EVENT = "event.id";

    /** Chatwoot's id of a webhook's delivery. */
    public static final String DELIVERY = "delivery.id";

    /** A row of the outbox. */
    public static final String WISH = "wish.id";

    public static final String TRACE = "trace.id";

    private LogFields() {}
}
