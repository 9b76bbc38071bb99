package io.leadroutes.store;

import io.leadroutes.conversation.Conversation;
import io.leadroutes.conversation.Steps;
import io.leadroutes.event.Contact;
import io.leadroutes.event.Event;
import java.util.Set;

/** Brings an event to the conversation that it is about; the route {@code event-router} says which way. */
public final class Events {
    private static final Set<String> LEAD_DATA =
            Set.of("name", "last_name", "email", "phone_number", "custom_attributes", "additional_attributes");

    private final Conversations conversations;
    private final Steps steps;

    public Events(Conversations conversations, Steps steps) {
        this.conversations = conversations;
        this.steps = steps;
    }

    /** The claim's conversation with the event in hand: what steps see. */
    public Conversation conversation(Claim claim, StoredEvent event) {
        claim.take(event);
        Conversation conversation = claim.open()
                .orElseThrow(() -> new IllegalStateException("lane " + claim.getLane() + " has no conversation"));
        conversation.observe(event.event(), event.receivedAt());
        return conversation;
    }

    /**
     * Updates the contact data of the contact's conversations, in the surrounding transaction. The conversation that
     * qualified last is the contact's lead and tells the CRM.
     */
    public void contact(Claim claim, StoredEvent event) {
        claim.take(event);
        Contact contact = event.event().contact().orElseThrow();
        long account = claim.accountId();
        boolean tell = concernsLead(event.event());
        for (Conversation conversation : conversations.ofContact(account, contact.id())) {
            conversation.observe(contact);
            if (tell) {
                steps.contact(conversation);
                tell = false;
            }
            conversations.save(conversation);
        }
    }

    /** Each customer message changes the contact's last activity: no reason to write the lead again (invariant 5). */
    private static boolean concernsLead(Event event) {
        return event.changes().isEmpty() || event.changes().keySet().stream().anyMatch(LEAD_DATA::contains);
    }
}
