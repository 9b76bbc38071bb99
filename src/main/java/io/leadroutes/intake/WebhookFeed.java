package io.leadroutes.intake;

import io.leadroutes.store.NewEvent;
import java.util.concurrent.CompletionException;
import org.apache.camel.Body;

/** What the route {@code webhook-inbox-feed} does with a webhook that waited at a broker; the route holds the flow. */
public final class WebhookFeed {
    /** Nobody waits for an answer here, but a consumer. */
    private static final long STORE_WITHIN_MS = 10_000;

    private final InboxWriter inbox;
    private final long accountId;

    public WebhookFeed(InboxWriter inbox, long accountId) {
        this.inbox = inbox;
        this.accountId = accountId;
    }

    /**
     * Returns when the webhook is on disk in the inbox, now or since before.
     *
     * @param envelope as {@link Envelope} writes it
     * @throws IllegalArgumentException if it is none
     * @throws InboxWriter.NotStoredException if it could not be stored now
     */
    public void store(@Body String envelope) throws InboxWriter.NotStoredException {
        NewEvent event = Envelope.read(envelope, accountId);
        try {
            inbox.store(event, STORE_WITHIN_MS).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof InboxWriter.NotStoredException notStored) {
                throw notStored;
            }
            throw e;
        }
    }
}
