package io.leadroutes.intake;

import io.leadroutes.store.NewEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import org.apache.camel.Body;

/**
 * What the routes {@code webhook-inbox-feed} and {@code webhook-topic-feed} do with webhooks that waited at a broker; the
 * routes hold the flow.
 */
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
        store(List.of(Envelope.read(envelope, accountId)));
    }

    /**
     * Returns when all of them that are webhooks are on disk in the inbox, in this order, now or since before.
     *
     * @return why each other is none, by its place
     * @throws InboxWriter.NotStoredException if they could not be stored now; then none is known to be
     */
    public SortedMap<Integer, String> storeAll(@Body List<String> envelopes) throws InboxWriter.NotStoredException {
        SortedMap<Integer, String> wrong = new TreeMap<>();
        List<NewEvent> events = new ArrayList<>();
        for (int i = 0; i < envelopes.size(); i++) {
            try {
                events.add(Envelope.read(envelopes.get(i), accountId));
            } catch (IllegalArgumentException e) {
                wrong.put(i, e.getMessage());
            }
        }
        if (!events.isEmpty()) {
            store(events);
        }
        return wrong;
    }

    private void store(List<NewEvent> events) throws InboxWriter.NotStoredException {
        try {
            inbox.store(events, STORE_WITHIN_MS).toCompletableFuture().join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof InboxWriter.NotStoredException notStored) {
                throw notStored;
            }
            throw e;
        }
    }
}
