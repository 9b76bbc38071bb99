package io.leadroutes.store;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.event.Bodies;
import io.leadroutes.event.Event;

/** Makes a conversation's state known as its events do. */
public final class Known {
    private Known() {}

    public static void make(Store store, Bodies body) {
        // As the decoder reads what was stored, with secrets redacted.
        Event event = body.event();
        store.inTransaction(s -> {
            Conversation conversation =
                    s.conversations.load(Store.ACCOUNT, event.conversationId().orElseThrow());
            conversation.observe(event, s.clock.instant());
            s.conversations.save(conversation);
            return null;
        });
    }
}
